"""``manage.py import_methods FILE``: methods from a JSON file, all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from wagtail.models import Locale

from cms_blocks.progress import Bar
from cms_blocks.publication.unit import unit
from toolkit.importing.schema import Problem, read_methods
from toolkit.importing.writing import Outcome, Refused, write_methods
from toolkit.models import MethodIndexPage, MethodPage

#: Nobody corrects more at a time.
SHOWN_PROBLEMS = 200
#: Bytes; far more than any toolkit needs.
LARGEST_FILE = 50 * 1024 * 1024


class _DryRun(Exception):
    """Rolls back what would have been written."""


class Command(BaseCommand):
    help = (
        "Create and update methods from a JSON file, by slug. All or nothing: with a single mistake nothing is "
        "written, and every mistake is reported by line and field. A second run changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="JSON file with a list of methods")
        parser.add_argument("--parent", help="toolkit page to import into: its id or its address, such as /methoden/")
        parser.add_argument("--dry-run", action="store_true", help="check and report, but write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        text = self._read(Path(options["file"]))
        index = self._index(options["parent"])
        known = MethodPage.objects.child_of(index).values_list("slug", flat=True)
        reading = read_methods(text, set(known))
        if reading.problems:
            self._fail(reading.problems)
        outcome = Outcome()
        try:
            with unit(), Bar(self.stderr, "import") as bar:
                outcome = write_methods(index, reading.entries, bar.update)
                if options["dry_run"]:
                    raise _DryRun
        except Refused as refusal:
            self._fail(refusal.problems)
        except _DryRun:
            self.stdout.write(_("Trial run: nothing is written."))
        self._report(outcome, options["verbosity"])

    def _read(self, path: Path) -> str:
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise CommandError(_("%(path)s is larger than 50 MB. Is it the right file?") % {"path": path})
            data = path.read_bytes()
        except OSError as error:
            words = {"path": path, "reason": error.strerror or error}
            raise CommandError(_("%(path)s cannot be read: %(reason)s. Check the name.") % words) from None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            place = {"path": path, "line": line}
            raise CommandError(
                _("%(path)s, line %(line)d: this is no UTF-8. Save the file as UTF-8.") % place
            ) from None

    def _index(self, parent: str | None) -> MethodIndexPage:
        """The toolkit to import into. Without ``--parent`` the only one in the default language."""
        indexes = list(MethodIndexPage.objects.select_related("locale").order_by("path"))
        if parent is not None:
            wanted = [page for page in indexes if parent == str(page.pk) or _same(page, parent)]
        else:
            wanted = [
                page for page in indexes if page.locale_id == Locale.get_default().pk and page.alias_of_id is None
            ]
        if len(wanted) == 1:
            return wanted[0]
        choices = ", ".join(f"{page.pk} ({page.url or page.url_path})" for page in wanted or indexes)
        if not indexes:
            raise CommandError(_("There is no toolkit page yet. Create one below the home page, then import again."))
        if not wanted:
            raise CommandError(_("No such toolkit page. Set --parent to one of: %(choices)s.") % {"choices": choices})
        raise CommandError(
            _("There are several toolkit pages. Set --parent to one of: %(choices)s.") % {"choices": choices}
        )

    def _fail(self, problems: list[Problem]) -> None:
        for problem in problems[:SHOWN_PROBLEMS]:
            self.stderr.write(str(problem))
        if len(problems) > SHOWN_PROBLEMS:
            self.stderr.write(_("… and %(count)d more.") % {"count": len(problems) - SHOWN_PROBLEMS})
        raise CommandError(_("Nothing was imported: the file has %(count)d mistakes.") % {"count": len(problems)})

    def _report(self, outcome: Outcome, verbosity: int) -> None:
        if verbosity > 1:
            for word, slugs in (("+", outcome.created), ("~", outcome.updated)):
                for slug in slugs:
                    self.stdout.write(f"{word} {slug}")
        self.stdout.write(
            _("%(created)d methods created, %(updated)d updated, %(unchanged)d unchanged.")
            % {
                "created": len(outcome.created),
                "updated": len(outcome.updated),
                "unchanged": len(outcome.unchanged),
            }
        )


def _same(page: MethodIndexPage, address: str) -> bool:
    wanted = f"/{address.strip('/')}/"
    return wanted in {page.url, page.url_path}
