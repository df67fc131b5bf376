"""``manage.py import_procedures FILE``: the office's own list from a sheet, all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from wagtail.models import Locale

from cms_blocks.progress import Bar
from cms_blocks.publication.unit import unit
from procedures.importing.memory import understood
from procedures.importing.planning import CHANGE, CREATE, UNCHANGED, CellError, Plan, headings_of
from procedures.importing.sheet import MOST_BYTES, Sheet, Unreadable, read_sheet
from procedures.importing.writing import ImportProcedures, Refused, UndoImport, plan_of_run
from procedures.models import ImportRun, ProcedureIndexPage

#: Nobody corrects more at a time.
SHOWN_ERRORS = 200


class Command(BaseCommand):
    help = (
        "Create and change procedures from a sheet (XLSX or CSV), by number or title. All or nothing: with a single "
        "mistake nothing is written, and every wrong cell is reported. A second run changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="XLSX or CSV with a row of headings")
        parser.add_argument("--parent", help="list to import into: its id or its address, such as /verfahren/")
        parser.add_argument("--publish-as", metavar="NAME", help="publish with the rights of this account; else drafts")
        parser.add_argument("--drafts", action="store_true", help="keep faulty rows as drafts instead of refusing all")
        parser.add_argument(
            "--news", metavar="TEXT", default="", help="what is new, for the change log of public pages"
        )
        parser.add_argument("--why", metavar="TEXT", default="", help="what led to it, for the change log")
        parser.add_argument("--editorial", action="store_true", help="nothing is new: only wording was corrected")
        parser.add_argument("--dry-run", action="store_true", help="check and report, but write nothing")
        parser.add_argument("--undo", metavar="ID", type=int, help="take an import back, by its number")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["publish_as"])
        if options["undo"]:
            self._undo(options["undo"], user)
            return
        if not options["file"]:
            raise CommandError(_("Name the file to import."))
        path = Path(options["file"])
        run = ImportRun(
            user=user,
            index=self._index(options["parent"]),
            file_name=path.name[:200],
            file=self._read(path),
            publish=user is not None,
            faulty_as_drafts=options["drafts"],
            news_what=options["news"][:200],
            news_why=options["why"][:300],
            editorial_only=options["editorial"],
        )
        try:
            sheet = read_sheet(run.file_name, bytes(run.file))
            _row, headings = headings_of(sheet)
            run.mapping = understood(headings)
            if options["dry_run"]:
                self._try(plan_of_run(run, sheet), run, options["verbosity"])
            else:
                self._import(run, user, sheet, options["verbosity"])
        except Unreadable as error:
            raise CommandError(str(error)) from None

    def _try(self, plan: Plan, run: ImportRun, verbosity: int) -> None:
        if plan.errors and not run.faulty_as_drafts:
            self._fail(plan.errors)
        self._show(plan, verbosity)
        self.stdout.write(_("Trial run: nothing is written."))

    def _import(self, run: ImportRun, user: Any, sheet: Sheet, verbosity: int) -> None:
        try:
            with unit(), Bar(self.stderr, "import") as bar:
                run.save()
                action = ImportProcedures(run, user, bar.update, sheet)
                done, plan = action.execute(), action.plan
        except Refused as refusal:
            self._fail(refusal.errors)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages) + " " + _("Use --news or --editorial.")) from None
        except PermissionDenied:
            raise CommandError(_("This account may not import into this list.")) from None
        for error in plan.errors[:SHOWN_ERRORS]:
            self.stderr.write(str(error))
        self._show(plan, verbosity)
        self._say_what_waits(done)

    def _say_what_waits(self, run: ImportRun) -> None:
        written = run.pages.count()
        published = run.pages.filter(is_published=True).count()
        if written > published:
            self.stdout.write(_("%(count)d of them are drafts.") % {"count": written - published})
        self.stdout.write(_("To take it back: --undo %(run)d") % {"run": run.pk})

    def _show(self, plan: Plan, verbosity: int) -> None:
        if plan.ignored:
            self.stdout.write(_("Columns that fill nothing: %(names)s.") % {"names": ", ".join(plan.ignored)})
        if verbosity > 1:
            for step in plan.steps:
                if step.kind == CREATE:
                    self.stdout.write(f"+ {step.reference} {step.title}")
                for one in step.differences:
                    self.stdout.write(f"~ {step.reference} {step.title}: {one.label}: {one.before!r} → {one.after!r}")
        counts = {kind: len(plan.of_kind(kind)) for kind in (CREATE, CHANGE, UNCHANGED)}
        self.stdout.write(_("%(create)d procedures created, %(change)d changed, %(unchanged)d unchanged.") % counts)

    def _undo(self, number: int, user: Any) -> None:
        run = ImportRun.objects.filter(pk=number).select_related("index").first()
        if run is None:
            known = ", ".join(map(str, ImportRun.objects.finished().values_list("pk", flat=True)[:10]))
            raise CommandError(
                _("There is no import %(run)d. The last ones: %(known)s.") % {"run": number, "known": known or "–"}
            )
        try:
            UndoImport(run, user).execute()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except PermissionDenied:
            raise CommandError(_("This account may not import into this list.")) from None
        self.stdout.write(_("The import %(run)d is taken back.") % {"run": number})

    def _user(self, name: str | None) -> Any:
        if name is None:
            return None
        model = get_user_model()
        user = model.objects.filter(**{model.USERNAME_FIELD: name}, is_active=True).first()
        if user is None:
            raise CommandError(_("There is no active account “%(name)s”.") % {"name": name})
        return user

    def _read(self, path: Path) -> bytes:
        try:
            if path.stat().st_size > MOST_BYTES:
                raise CommandError(_("%(path)s is larger than 10 MB. Is it the right file?") % {"path": path})
            return path.read_bytes()
        except OSError as error:
            words = {"path": path, "reason": error.strerror or error}
            raise CommandError(_("%(path)s cannot be read: %(reason)s. Check the name.") % words) from None

    def _index(self, parent: str | None) -> ProcedureIndexPage:
        """The list to import into. Without ``--parent`` the only one in the default language."""
        indexes = list(ProcedureIndexPage.objects.select_related("locale").order_by("path"))
        if parent is not None:
            address = f"/{parent.strip('/')}/"
            wanted = [page for page in indexes if parent == str(page.pk) or address in {page.url, page.url_path}]
        else:
            locale = Locale.get_default().pk
            wanted = [page for page in indexes if page.locale_id == locale and page.alias_of_id is None]
        if len(wanted) == 1:
            return wanted[0]
        if not indexes:
            raise CommandError(
                _("There is no list of procedures yet. Create one below the home page, then import again.")
            )
        choices = ", ".join(f"{page.pk} ({page.url or page.url_path})" for page in wanted or indexes)
        raise CommandError(_("Set --parent to one of these lists: %(choices)s.") % {"choices": choices})

    def _fail(self, errors: list[CellError]) -> None:
        for error in errors[:SHOWN_ERRORS]:
            self.stderr.write(str(error))
        if len(errors) > SHOWN_ERRORS:
            self.stderr.write(_("… and %(count)d more.") % {"count": len(errors) - SHOWN_ERRORS})
        raise CommandError(_("Nothing was imported: the file has %(count)d mistakes.") % {"count": len(errors)})
