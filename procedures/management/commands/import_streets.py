"""``manage.py import_streets FILE``: the city's directory of streets from a CSV file, all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cms_blocks.progress import Bar
from cms_blocks.publication.unit import unit
from procedures.streets.districts import known_districts
from procedures.streets.reading import Problem, read_streets
from procedures.streets.writing import Outcome, write_streets

#: Nobody corrects more at a time.
SHOWN_PROBLEMS = 200
#: Bytes; a city of a million has a fifth of that.
LARGEST_FILE = 50 * 1024 * 1024


class _DryRun(Exception):
    """Rolls back what would have been written."""


class Command(BaseCommand):
    help = (
        "Replace the directory of streets by a CSV file: street, house numbers, district, latitude and longitude. All "
        "or nothing: with a single mistake nothing is written, and every mistake is reported by row and column. A "
        "second run changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV file with a row for each street, or for each group of its houses")
        parser.add_argument("--dry-run", action="store_true", help="check and report, but write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        reading = read_streets(self._read(Path(options["file"])), known_districts())
        if reading.problems:
            self._fail(reading.problems)
        try:
            with unit(), Bar(self.stderr, "import") as bar:
                outcome = write_streets(reading.entries, bar.update)
                if options["dry_run"]:
                    raise _DryRun
        except _DryRun:
            self.stdout.write(_("Trial run: nothing is written."))
        self._report(outcome)

    def _read(self, path: Path) -> bytes:
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise CommandError(_("%(path)s is larger than 50 MB. Is it the right file?") % {"path": path})
            return path.read_bytes()
        except OSError as error:
            words = {"path": path, "reason": error.strerror or error}
            raise CommandError(_("%(path)s cannot be read: %(reason)s. Check the name.") % words) from None

    def _fail(self, problems: list[Problem]) -> None:
        for problem in problems[:SHOWN_PROBLEMS]:
            self.stderr.write(str(problem))
        if len(problems) > SHOWN_PROBLEMS:
            self.stderr.write(_("… and %(count)d more.") % {"count": len(problems) - SHOWN_PROBLEMS})
        raise CommandError(_("Nothing was imported: the file has %(count)d mistakes.") % {"count": len(problems)})

    def _report(self, outcome: Outcome) -> None:
        self.stdout.write(
            _("%(created)d rows created, %(updated)d updated, %(removed)d removed, %(unchanged)d unchanged.")
            % {name: getattr(outcome, name) for name in ("created", "updated", "removed", "unchanged")}
        )
