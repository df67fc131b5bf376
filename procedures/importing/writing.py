"""Carrying out an import and taking it back: each one action, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
from procedures.importing.batch import (
    add_drafts,
    add_versions,
    delete,
    lock_pages,
    log_entry,
    log_pages,
    places_below,
    publish_drafts,
    read_to_change,
)
from procedures.importing.cells import Wrong
from procedures.importing.columns import BY_KEY, complaint
from procedures.importing.memory import remember
from procedures.importing.planning import CHANGE, CREATE, UNCHANGED, CellError, Plan, Step, make_plan
from procedures.importing.sheet import Sheet, Unreadable, cell_name, read_sheet
from procedures.importing.versions import (
    as_versions,
    check,
    drop_versions,
    newest_versions,
    publish_versions,
    save_versions,
    with_aliases,
)
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
        changed = [step for step in steps if step.kind == CHANGE]
        notes += self._change(changed, lambda done: self.progress(len(new) + done, len(steps)))
        ImportedPage.objects.bulk_create(notes)
        # Of a draft beside a public page the tables say nothing new; rows of published ones have got their ids there.
        published = with_aliases([note.page for note in notes if note.is_published and not note.is_new])
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
            self._note(step, page, is_new=True, is_published=page in public)
            for step, page in zip(steps, pages, strict=True)
        ]

    def _change(self, steps: list[Step], done: Callable[[int], None]) -> list[ImportedPage]:
        """Pages with what differs; one without any version gets that of today first, so that it can be set back."""
        stored = read_to_change([step.base for step in steps])
        had_changes = {page.pk for page in stored if page.has_unpublished_changes}
        add_versions([page for page in stored if page.latest_revision_id is None], None)
        before = {page.pk: page.latest_revision_id for page in stored}
        public_before = {page.pk: page.live_revision_id or before[page.pk] for page in stored if page.live}
        drafts = [page for page in stored if page.pk in had_changes or not page.live]
        pages = as_versions(stored, newest_versions(drafts))
        refused: list[CellError] = []
        for number, (step, page, public) in enumerate(zip(steps, pages, stored, strict=True), start=1):
            try:
                self._fill_anew(step, page, public)
            except ValidationError as error:
                refused += _refusals(step, error)
            done(number)
        if refused:
            raise Refused(refused)
        save_versions(pages, self.user)
        published = self._publish(steps, pages)
        return [
            self._note(
                step, page, before_id=before[page.pk], public_before_id=public_before.get(page.pk),
                had_changes=page.pk in had_changes, is_published=page in published,
            )
            for step, page in zip(steps, pages, strict=True)
        ]  # fmt: skip

    def _fill_anew(self, step: Step, page: ProcedurePage, public: ProcedurePage) -> None:
        """``page`` as the row says, checked if it is to be public; ``public``: as it is stored, perhaps the same."""
        if self.user is not None and not public.permissions_for_user(self.user).can_edit():
            raise ValidationError({"title": _("You may not change this procedure.")})
        tells = public.live and step.changes_duty and self.run.news_what
        was = public.duties() if tells else {}
        _fill(page, step, {one.key: step.values[one.key] for one in step.differences})
        if tells:
            self._tell(page, was)
        if self._publishes_again(step, page):
            check(page)

    def _publishes_again(self, step: Step, page: ProcedurePage) -> bool:
        """What was taken off the site stays off it."""
        return self._publishes(step) and (page.live or step.is_ours)

    def _publish(self, steps: list[Step], pages: list[ProcedurePage]) -> set[ProcedurePage]:
        """Asked of the newest version, which is this person's now. Others have to agree first where they must."""
        rows = {page: step for step, page in zip(steps, pages, strict=True) if self._publishes_again(step, page)}
        public = [page for page in rows if self.user is not None and page.permissions_for_user(self.user).can_publish()]
        if refused := publish_versions(public, self.user):
            raise Refused([one for page, error in refused.items() for one in _refusals(rows[page], error)])
        return set(public)

    def _tell(self, page: ProcedurePage, was: Mapping[str, Any]) -> None:
        """The answer to “What is new?” joins the change log of each public page that changes in a duty."""
        cost, days = differences(was, page.duties())
        entry = {"on": timezone.localdate(), "what": self.run.news_what, "why": self.run.news_why}
        page.changes.append(("change", {**entry, "cost": cost, "days": days}))

    def _note(self, step: Step, page: ProcedurePage, **more: Any) -> ImportedPage:
        revision = page.latest_revision
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
            # As an import: first the place, then the pages.
            Page.objects.select_for_update(no_key=True).get(pk=self.run.index_id)
            notes = self.run.pages.exclude(page=None).select_related("page", "before", "public_before")
            lock_pages(notes.values_list("page", flat=True))
            self.check()
            changed = notes.filter(is_new=False)
            with disable_reference_index_auto_update(), together():
                self._publish_as_before(list(changed.filter(is_published=True)))
            self._drop_drafts(list(changed.filter(is_published=False)))
            delete([note.page for note in notes.filter(is_new=True)], self.user)
            self.run.state, self.run.undone_at = ImportRun.State.UNDONE, timezone.now()
            self.run.save(update_fields=["state", "undone_at"])
            log(self.run.index, "procedures.import.undone", user=self.user, data={"run": self.run.pk})
        return self.run

    def _publish_as_before(self, notes: list[ImportedPage]) -> None:
        """What was published is published as it was, with the draft that lay beside it; what was none is none again."""
        versions = {note.page_id: note.public_before or note.before for note in notes}
        pages = as_versions(read_to_change([note.page for note in notes]), versions)
        for page in pages:
            check(page)
        save_versions(pages, self.user, versions)
        for error in publish_versions(pages, self.user, versions).values():
            raise error
        for note in notes:
            if note.public_before is None:
                _take_off(ProcedurePage.objects.get(pk=note.page_id), self.user)
        drafts = {note.page_id: note.before for note in notes if note.public_before_id not in (None, note.before_id)}
        beside = [page for page in pages if page.pk in drafts]
        save_versions(as_versions(read_to_change(beside), drafts), self.user, drafts)
        refer(with_aliases(pages))

    def _drop_drafts(self, notes: list[ImportedPage]) -> None:
        """A draft of the import goes as if it had never been."""
        pages = read_to_change([note.page for note in notes])
        changed = {note.page_id for note in notes if note.had_changes}
        drop_versions(pages, {note.page_id: note.before for note in notes}, changed)
        log_pages([log_entry(page, "procedures.import.undone", self.user, data={"run": self.run.pk}) for page in pages])


def _fill(page: ProcedurePage, step: Step, values: dict[str, Any]) -> None:
    for key, value in values.items():
        BY_KEY[key].put(page, value)


def _take_off(page: ProcedurePage, user: Any) -> None:
    """Not public, nor to be so at the time that its version names."""
    if page.live:
        page.unpublish(user=user)
    elif version := page.scheduled_revision:
        version.approved_go_live_at = None
        version.save(user=user, update_fields=["approved_go_live_at"])


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
