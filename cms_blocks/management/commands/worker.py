"""``manage.py worker``: delivers the outbox and keeps the clock. Any number may run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections

from cms_blocks.publication import outbox, ticker

#: Seconds until a database that did not answer is asked again.
PATIENCE = 2.0


class Command(BaseCommand):
    help = "Deliver the outbox and run what is due by the clock, until stopped. Any number of workers may run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop.")
        parser.add_argument("--pause", type=float, default=1.0, help="Seconds to wait when nothing is due.")
        parser.add_argument("--sign-of-life", type=Path, help="A file that is touched after every step.")

    def handle(self, *args: Any, once: bool, pause: float, sign_of_life: Path | None, **options: Any) -> None:
        stopped = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            worked = self._round(stopped, sign_of_life.touch if sign_of_life else lambda: None)
            if once and not worked:
                return
            if not worked:
                stopped.wait(pause)

    def _round(self, stopped: threading.Event, alive: Callable[[], None]) -> bool:
        """One look at the clock and at the outbox. Returns whether anything was due there."""
        close_old_connections()
        alive()
        worked = False
        try:
            ticker.run_due()
            due = outbox.claim()
            while due and not stopped.is_set():
                outbox.deliver(due.pop(0))
                alive()
                ticker.run_due()  # the clock does not wait for a long queue
                worked = True
            outbox.release(due)
            return worked
        except OperationalError as error:  # the database is away or locked: try again, never give up
            self.stderr.write(f"The database does not answer: {error}. Trying again.")
            stopped.wait(PATIENCE)
            return False
