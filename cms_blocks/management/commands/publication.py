"""``manage.py publication check|repair|rebuild``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms_blocks.progress import Bar
from cms_blocks.publication import reconcile


class Command(BaseCommand):
    help = "Compare the publication gate with what is public (check), mend it (repair) or write it anew (rebuild)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["check", "repair", "rebuild"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        with Bar(self.stderr, action) as bar:
            drift = getattr(reconcile, action)(bar.update)
        for line in drift.leaked:
            self.stdout.write(f"not public any more: {line}")
        if action != "rebuild":
            for line in drift.wrong:
                self.stdout.write(f"out of date or missing: {line}")
        for line in (*drift.failed, *filter(None, [drift.search])):
            self.stdout.write(line)
        found = f"{len(drift.leaked)} records of what is not public, {len(drift.wrong)} out of date or missing"
        if drift.failed:
            raise CommandError(f"{drift.pages} pages compared: {found}, and {len(drift.failed)} could not be rendered.")
        if action == "check" and drift:
            raise CommandError(f"{drift.pages} pages compared: {found}. Mend it with: manage.py publication repair")
        words = {"check": "no drift", "repair": f"mended: {found}", "rebuild": f"{len(drift.wrong)} records written"}
        self.stdout.write(self.style.SUCCESS(f"{drift.pages} pages compared, {words[action]}."))
