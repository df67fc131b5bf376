"""Carrying out an import and taking it back: each one action, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from cms_blocks.indexes import refer, together
from cms_blocks.publication.unit import unit
from cms_blocks.slugs import slug_of
from procedures.changes import differences
from procedures.importing.batch import add_drafts, delete, places_below, publish_drafts, read_anew
from procedures.importing.cells import Wrong
from procedures.importing.columns import BY_KEY, complaint
from procedures.importing.memory import remember
from procedures.importing.planning import CHANGE, CREATE, UNCHANGED, CellError, Plan, Step, make_plan
from procedures.importing.sheet import Sheet, Unreadable, cell_name, read_sheet
from procedures.models.imports import ImportedPage, ImportRun
from procedures.models.index import ProcedureIndexPage
from procedures.models.procedure import ProcedurePage
from procedures.numbering import next_references, take_number_lock

Progress = Callable[[int, int], None]


class Refused(Exception):
    """Cells of the sheet are wrong; nothing may be kept."""

    def __init__(self, errors: list[CellError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


def plan_of_run(run: ImportRun, sheet: Sheet | None = None) -> Plan:
    """What the run would do now. Raises :class:`~procedures.importing.sheet.Unreadable`."""
    if run.file is None:
        raise Unreadable(_("The file of this import is not kept any more. Upload it again."))
    sheet = sheet or read_sheet(run.file_name, bytes(run.file))
    return make_plan(sheet, run.mapping, run.index, complete=run.publish)


def may_import(user: Any, index: Any) -> bool:
    """Whoever may write in the list and could publish there; who has to agree is asked for each page."""
    if user.is_superuser:
        return bool(user.is_active)
    tester = index.permissions_for_user(user)
    return bool(tester.can_add_subpage() and tester.can_edit() and "publish" in tester.permissions)


class ImportProcedures:
    """Write a run's sheet. ``user`` is ``None`` at the command line, where nothing is published.

    What this person may not publish alone becomes a draft that can be sent for approval.
    """

    #: What was found in the sheet, after :meth:`execute`.
    plan: Plan

    def __init__(
        self, run: ImportRun, user: Any, progress: Progress = lambda done, total: None, sheet: Sheet | None = None
    ) -> None:
        """``sheet``: that of the run, where it was read already."""
        self.run, self.user, self.progress, self.sheet = run, user, progress, sheet

    def check(self) -> None:
        """``PermissionDenied``: not this person. ``ValidationError``: done already."""
        if self.user is not None and not may_import(self.user, self.run.index):
            raise PermissionDenied
        if self.user is None and self.run.publish:
            raise PermissionDenied
        if self.run.state != ImportRun.State.PREPARED:
            raise ValidationError(_("This sheet has been imported already."))

    def execute(self) -> ImportRun:
        """Raises :class:`Refused` for cells, ``ValidationError`` where the question “What is new?” is not answered."""
        with unit(), transaction.atomic(), disable_reference_index_auto_update(), together():
            self.run = ImportRun.objects.select_for_update(of=("self",)).select_related("index").get(pk=self.run.pk)
            # As whoever adds a page by hand: first the place, then the number.
            Page.objects.select_for_update(no_key=True).get(pk=self.run.index_id)
            self.index = ProcedureIndexPage.objects.annotate_site_root_state().get(pk=self.run.index_id)
            take_number_lock()
            self.check()
            self.plan = plan = plan_of_run(self.run, self.sheet)
            if plan.errors and not self.run.faulty_as_drafts:
                raise Refused(plan.errors)
            if self.run.publish and plan.asks_what_is_new and not (self.run.news_what or self.run.editorial_only):
                message = _("Something has changed that people rely on. Say what is new, or tick “Editorial only”.")
                raise ValidationError({"news_what": message})
            self._write(plan)
            self._finish(plan)
        return self.run

    def _write(self, plan: Plan) -> None:
        steps = [step for step in plan.steps if step.kind != UNCHANGED and not step.is_blocked]
        new = [step for step in steps if step.kind == CREATE]
        self._give_numbers(new)
        refused: list[CellError] = []
        pages = self._new_pages(new, refused)
        if refused:
            raise Refused(refused)
        notes = self._create(new, pages, lambda done: self.progress(done, len(steps)))
        for done, step in enumerate((step for step in steps if step.kind == CHANGE), start=len(new) + 1):
            try:
                notes.append(self._change(step))
            except ValidationError as error:
                refused += _refusals(step, error)
            self.progress(done, len(steps))
        if refused:
            raise Refused(refused)
        ImportedPage.objects.bulk_create(notes)
        # Of a draft beside a public page the tables say nothing new; rows of published ones have got their ids there.
        published = read_anew([note.page for note in notes if note.is_published and not note.is_new])
        refer([note.page for note in notes if note.is_new] + published)

    def _give_numbers(self, new: Iterable[Step]) -> None:
        without = [step for step in new if not step.reference]
        years = [(step.values.get("listed_on") or timezone.localdate()).year for step in without]
        numbers = next_references(ProcedurePage, years, [step.reference for step in new if step.reference])
        for step, number in zip(without, numbers, strict=True):
            step.reference = number

    def _new_pages(self, steps: list[Step], refused: list[CellError]) -> list[ProcedurePage]:
        """In their places and checked as in the editor: what is to be public whole, a draft in its title and address.

        With the contact and the half of their list where the sheet says nothing about them.
        """
        index = self.index
        slugs = set(Page.objects.child_of(index).values_list("slug", flat=True))
        pages = []
        for step in steps:
            page = ProcedurePage(
                locale=index.locale, contact_id=index.contact_id, half=index.half,
                title=step.title or _("Row %(row)d of the sheet") % {"row": step.row},
            )  # fmt: skip
            _fill(page, step, step.values)
            page.reference = step.reference
            page.slug = _slug(page.title, slugs)
            pages.append(page)
        places_below(index, pages)
        # What it found by name, and the place that it has just been given, need not be looked up again.
        relations = [field.name for field in ProcedurePage._meta.fields if field.is_relation]
        for step, page in zip(steps, pages, strict=True):
            try:
                if self._publishes(step):
                    page.full_clean(exclude=relations, validate_unique=False)
                else:
                    page.minimal_clean()
            except ValidationError as error:
                refused += _refusals(step, error)
        return pages

    def _publishes(self, step: Step) -> bool:
        return self.run.publish and not step.is_faulty

    def _create(self, steps: list[Step], pages: list[ProcedurePage], done: Callable[[int], None]) -> list[ImportedPage]:
        pages = add_drafts(self.index, pages, self.user, done)
        # Alike in all that the question depends on but the half: written by this person, below this list, never public.
        may: dict[str, bool] = {}
        public = set()
        for step, page in zip(steps, pages, strict=True):
            if self._publishes(step) and self.user is not None:
                if page.half not in may:
                    may[page.half] = page.permissions_for_user(self.user).can_publish()
                if may[page.half]:
                    public.add(page)
        publish_drafts([page for page in pages if page in public], self.user)
        return [
            self._note(step, page, page.latest_revision, is_new=True, is_published=page in public)
            for step, page in zip(steps, pages, strict=True)
        ]

    def _change(self, step: Step) -> ImportedPage:
        """The page with what differs; one without any version gets that of today first, so that it can be set back."""
        page = ProcedurePage.objects.get(pk=step.base.pk)
        before = page.get_latest_revision() or page.save_revision(clean=False)
        public_before = (page.live_revision or before) if page.live else None
        had_changes = page.has_unpublished_changes
        if self.user is not None and not page.permissions_for_user(self.user).can_edit():
            raise ValidationError({"title": _("You may not change this procedure.")})
        if had_changes or not page.live:
            page = before.as_object()
        _fill(page, step, {one.key: step.values[one.key] for one in step.differences})
        self._tell(page, step)
        publishes = self.run.publish and not step.is_faulty and (page.live or step.is_ours)
        revision = page.save_revision(user=self.user, clean=publishes, log_action=True)
        published = publishes and self._publish(page, revision)
        return self._note(
            step, page, revision, before=before, public_before=public_before, had_changes=had_changes,
            is_published=published,
        )  # fmt: skip

    def _publish(self, page: ProcedurePage, revision: Any) -> bool:
        """Asked of the newest version, which is this person's now. Others have to agree first where they must."""
        if self.user is None or not page.permissions_for_user(self.user).can_publish():
            return False
        if not page.live:
            page.full_clean()
        revision.publish(user=self.user)
        return True

    def _tell(self, page: ProcedurePage, step: Step) -> None:
        """The answer to “What is new?” joins the change log of each public page that changes in a duty."""
        if not (step.changes_duty and self.run.news_what):
            return
        public = ProcedurePage.objects.get(pk=page.pk)
        if not public.live:
            return
        cost, days = differences(public.duties(), page.duties())
        entry = {"on": timezone.localdate(), "what": self.run.news_what, "why": self.run.news_why}
        page.changes.append(("change", {**entry, "cost": cost, "days": days}))

    def _note(self, step: Step, page: ProcedurePage, revision: Any, **more: Any) -> ImportedPage:
        if step.errors:
            cells = [str(error) for error in step.errors]
            log(page, "procedures.import.faulty", user=self.user, revision=revision, data={"cells": cells})
        return ImportedPage(
            run=self.run, page=page, reference=page.reference, title=page.title, row=step.row, revision=revision,
            is_faulty=step.is_faulty, **more,
        )  # fmt: skip

    def _finish(self, plan: Plan) -> None:
        run = self.run
        run.state, run.finished_at, run.user, run.file = ImportRun.State.DONE, timezone.now(), self.user, None
        run.unchanged = len(plan.of_kind(UNCHANGED))
        run.errors = [asdict(error) for error in plan.errors]
        run.save()
        remember(run.mapping)
        counts = {"created": len(plan.of_kind(CREATE)), "changed": len(plan.of_kind(CHANGE))}
        if sum(counts.values()):
            log(self.index, "procedures.import", user=self.user, data={"run": run.pk, "file": run.file_name, **counts})


class UndoImport:
    """Take an import back: its new pages go, changed ones are as they were before. All of them or none."""

    def __init__(self, run: ImportRun, user: Any) -> None:
        self.run, self.user = run, user

    def check(self) -> None:
        """``PermissionDenied``: not this person. ``ValidationError``: not imported, or edited by somebody since."""
        if self.user is not None and not may_import(self.user, self.run.index):
            raise PermissionDenied
        if self.run.state != ImportRun.State.DONE:
            raise ValidationError(_("Only an import that was carried out and not taken back can be taken back."))
        notes = self.run.pages.select_related("page")
        edited = [note for note in notes if note.page is not None and note.page.latest_revision_id != note.revision_id]
        if edited:
            names = ", ".join(f"{note.reference} {note.title}" for note in edited[:10]) + (" …" if edited[10:] else "")
            raise ValidationError(
                _("Not taken back: somebody has edited procedures since: {names}. Change them by hand.").format(
                    names=names
                )
            )
        for note in notes:
            self._check_right(note)

    def _check_right(self, note: ImportedPage) -> None:
        if self.user is None or note.page is None:
            return
        tester = note.page.permissions_for_user(self.user)
        allowed = (
            tester.can_delete()
            if note.is_new
            else tester.can_edit() and (not note.is_published or tester.can_publish())
        )
        if not allowed:
            raise ValidationError(
                _("Not taken back: you may not do that with {name}. Ask the other half.").format(
                    name=f"{note.reference} {note.title}"
                )
            )

    def execute(self) -> ImportRun:
        with unit(), transaction.atomic():
            self.run = ImportRun.objects.select_for_update(of=("self",)).select_related("index").get(pk=self.run.pk)
            self.check()
            notes = self.run.pages.exclude(page=None).select_related("page", "before", "public_before", "revision")
            for note in notes.filter(is_new=False):
                self._set_back(note)
            delete([note.page for note in notes.filter(is_new=True)], self.user)
            self.run.state, self.run.undone_at = ImportRun.State.UNDONE, timezone.now()
            self.run.save(update_fields=["state", "undone_at"])
            log(self.run.index, "procedures.import.undone", user=self.user, data={"run": self.run.pk})
        return self.run

    def _anew(self, version: Any) -> Any:
        """An old version as the newest one."""
        page = version.as_object()
        return page.save_revision(user=self.user, clean=False, log_action=True, previous_revision=version)

    def _set_back(self, note: ImportedPage) -> None:
        """What was published is published as it was. A draft of the import goes as if it had never been."""
        page = ProcedurePage.objects.get(pk=note.page_id)
        if note.is_published:
            public = note.public_before or note.before
            self._anew(public).publish(user=self.user, previous_revision=public, skip_permission_checks=True)
            if note.public_before is None:
                ProcedurePage.objects.get(pk=note.page_id).unpublish(user=self.user)
            elif note.before_id != note.public_before_id:
                self._anew(note.before)
            return
        page.latest_revision, page.draft_title = note.before, note.before.content["title"]
        page.latest_revision_created_at, page.has_unpublished_changes = note.before.created_at, note.had_changes
        page.save(
            clean=False,
            update_fields=["latest_revision", "draft_title", "latest_revision_created_at", "has_unpublished_changes"],
        )
        note.revision.delete()
        log(page, "procedures.import.undone", user=self.user, data={"run": self.run.pk})


def _fill(page: ProcedurePage, step: Step, values: dict[str, Any]) -> None:
    for key, value in values.items():
        BY_KEY[key].put(page, value)


def _slug(title: str, taken: set[str]) -> str:
    """The end of the address, with umlauts written out; numbered where another page has it."""
    stem = slug_of(title)[:80].strip("-") or "verfahren"
    found = next(
        name
        for number in range(1, len(taken) + 3)
        if (name := stem if number == 1 else f"{stem}-{number}") not in taken
    )
    taken.add(found)
    return found


def _refusals(step: Step, error: ValidationError) -> list[CellError]:
    """What the page itself says against the row."""
    found = []
    for name, errors in getattr(error, "error_dict", {"": [error]}).items():
        wrong: Wrong = complaint(ValidationError(errors))
        label = BY_KEY[name].label if name in BY_KEY else name
        found.append(CellError(cell_name(step.row, 0), label, "", wrong.reason, wrong.remedy))
    return found
