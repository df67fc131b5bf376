"""``manage.py load_demo``: the example office with its pages, methods, names and pictures, in six languages."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from cms_blocks.progress import Bar
from demo.loader import load


class Command(BaseCommand):
    help = (
        "Load the demo content: pages on the office, all methods, names and pictures. Creates what is missing and "
        "never changes what exists; a second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        report = None if options["verbosity"] < 1 else self._say
        with Bar(self.stderr, "pages") as bar:
            loaded = load(report, bar.update)
        if report:
            report(f"{loaded} in {time.monotonic() - started:.0f} s.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
