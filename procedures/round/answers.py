"""What becomes of an answer: a later review date, or a draft that waits for an editor. Nothing is published here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from cms_blocks.publication.unit import unit
from procedures.models import ProcedurePage, UpdateRequest
from procedures.policies import may_run_rounds
from procedures.round.asked import answerables
from procedures.round.links import letter_of, works
from procedures.round.states import Answer, Outcome
from procedures.round.values import Plain

#: So long what a department has answered counts as looked at: such lists are renewed three times a year.
FRESH = timedelta(days=120)
#: Comes along with a change: a department that corrects something has looked at the rest as well.
REVIEW = Plain("review_date", {})


class AnswerRequest:
    """What a department says about one procedure. The link in its letter is the permission; an answer is given once."""

    def __init__(self, token: str, request: UpdateRequest, form: Any) -> None:
        """``form``: a valid :class:`~procedures.round.answering.AnswerForm`."""
        self.token, self.request, self.form = token, request, form

    def check(self) -> None:
        """``PermissionDenied``: the link does not work (any more); ``ValidationError``: answered before."""
        letter = letter_of(self.token)
        if letter is None or letter.pk != self.request.letter_id or not works(self.token, letter):
            raise PermissionDenied
        if self.request.answer:
            raise ValidationError(_("This procedure has been answered already."), code="answered")

    def execute(self) -> UpdateRequest:
        with unit():
            page = _locked(self.request.page_id)
            self.request = UpdateRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=self.request.pk)
            self.check()
            for name in ("answer", "remark", "shown", "changes", "stage"):
                setattr(self.request, name, getattr(self.form, name))
            self.request.answered_at = timezone.now()
            self.request.save()
            letter = self.request.letter
            said = {"contact": letter.name, "round": letter.round.title}
            log(page, f"procedures.round.{self.request.answer}", data=said)
            if self.request.answer == Answer.CONFIRMED:
                _put_off_review(page)
            elif self.request.is_changed and not is_held(page):
                _write_draft(self.request, page, None)
        return self.request


class ChangeAction:
    """What an editor does with the change that a department wants."""

    def __init__(self, user: Any, request: UpdateRequest) -> None:
        self.user, self.request = user, request

    def check(self, page: ProcedurePage) -> None:
        """``PermissionDenied``: not this person; ``ValidationError``: too late, or somebody else has the page."""
        if not may_run_rounds(self.user) or not page.permissions_for_user(self.user).can_edit():
            raise PermissionDenied
        if self.request.outcome not in self.possible:
            raise ValidationError(_("That is done already. Load the page anew."))
        if (self.writes or self.request.revision is not None) and is_held(page):
            message = _("The page is locked, planned or waits for approval. Try again when that is over.")
            raise ValidationError(message)

    #: Outcomes from which this is possible, and whether it writes a new version in any case.
    possible: frozenset[Outcome]
    writes = False

    def execute(self) -> UpdateRequest:
        with unit():
            page = _locked(self.request.page_id)
            self.request = UpdateRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=self.request.pk)
            self.check(page)
            self.act(page)
        return self.request

    def act(self, page: ProcedurePage) -> None:
        raise NotImplementedError


class MakeDraft(ChangeAction):
    """Put a change into a draft that could not be put there when the answer came."""

    possible = frozenset({Outcome.WAITING})
    writes = True

    def act(self, page: ProcedurePage) -> None:
        _write_draft(self.request, page, self.user)


class DiscardChange(ChangeAction):
    """Take a change out of the draft again, or lay a mere remark aside. What editors have written beside it stays."""

    possible = frozenset({Outcome.WAITING, Outcome.DRAFT, Outcome.REMARK})

    def act(self, page: ProcedurePage) -> None:
        self.request.discarded_at = timezone.now()
        self.request.save(update_fields=["discarded_at"])
        if self.request.revision is not None:
            _take_out(self.request, page, self.user)
        log(page, "procedures.round.discard", user=self.user)


def is_held(page: ProcedurePage) -> bool:
    """Whether nobody may write a new version now: locked, planned, or on its way through an approval."""
    return page.get_lock() is not None or page.workflow_in_progress


def _locked(page_id: int) -> ProcedurePage:
    """The page; nobody else saves it meanwhile."""
    list(Page.objects.select_for_update(no_key=True).filter(pk=page_id).values_list("pk"))
    page: ProcedurePage = ProcedurePage.objects.get(pk=page_id)
    return page


def _put_off_review(page: ProcedurePage) -> None:
    """A review date that comes sooner moves, on the page and in every version that may become public next: the office
    has nothing to decide about it. The gate learns of it by the page's saving."""
    day = timezone.localdate() + FRESH
    if not _comes_sooner(page, day):
        return
    page.review_date = day
    page.save(clean=False, update_fields=["review_date"])
    for version in {page.latest_revision, page.live_revision, page.scheduled_revision} - {None}:
        Revision.objects.filter(pk=version.pk).update(content={**version.content, "review_date": day.isoformat()})


def _comes_sooner(page: ProcedurePage, day: date) -> bool:
    """Whether the page is to be looked at before this day. One without a review date is never."""
    return page.review_date is not None and page.review_date < day


def _reviewed_until(request: UpdateRequest) -> date:
    """How long this answer counts, from the day on which it was given."""
    assert request.answered_at is not None
    return timezone.localdate(request.answered_at) + FRESH


def _write_draft(request: UpdateRequest, page: ProcedurePage, user: Any) -> None:
    """A new version: the newest one with what the department has changed and a later review date, nothing else."""
    draft = page.get_latest_revision_as_object()
    changes, newest = request.all_changes, answerables(request.all_changes, {})
    request.before = {value.key: value.of(draft) for value in newest}
    for value in newest:
        value.put(draft, value.read(changes[value.key]))
    if _comes_sooner(draft, day := _reviewed_until(request)):
        request.before[REVIEW.key] = REVIEW.of(draft)
        REVIEW.put(draft, day)
    # A draft may be incomplete; the editor's form asks before it is published.
    request.revision = draft.save_revision(user=user, clean=False, log_action="procedures.round.draft")
    request.save()


def _take_out(request: UpdateRequest, page: ProcedurePage, user: Any) -> None:
    draft = page.get_latest_revision_as_object()
    changes = request.all_changes
    for value in answerables(changes, {}):
        value.take_out(draft, value.read(changes[value.key]), value.read(request.before.get(value.key)))
    if REVIEW.key in request.before:
        REVIEW.take_out(draft, _reviewed_until(request), REVIEW.read(request.before[REVIEW.key]))
    versions = page.revisions.exclude(pk=request.revision_id)
    if page.live_revision is not None:
        versions = versions.filter(created_at__gt=page.live_revision.created_at)
    is_public = page.live and not versions.exists()
    draft.save_revision(user=user, clean=False, changed=False)
    if is_public:
        ProcedurePage.objects.filter(pk=page.pk).update(has_unpublished_changes=False)
