"""The worker publishes an edition: all of its pages, what they leave of the list, and the paper, or nothing at all.

Twice, in two transactions: once to see what the list will be, which is taken back; then the paper is set, with no lock
held; then for good, if the list is still what the paper says. See docs/adr/0013-editions-are-rehearsed.md.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from cms_blocks.print.typesetting import NotPrintable, typeset
from cms_blocks.publication.targets import Targets, rendering
from cms_blocks.publication.ticker import every
from cms_blocks.publication.unit import unit
from procedures.edition.actions import check_drafts
from procedures.edition.choice import Draft, drafts_of
from procedures.edition.comparing import Entry, compare, read, stored
from procedures.edition.frozen import entries_of
from procedures.edition.paper import TEMPLATE, data_of
from procedures.importing.batch import lock_pages
from procedures.models import Edition, EditionPaper, ProcedurePage

logger = logging.getLogger(__name__)

#: How often it is tried anew because something else was published between rehearsal and publication.
TRIES = 5


class Refused(Exception):
    """Nothing is published, because of this page (or of the edition as a whole). Editors read why and what to do."""

    def __init__(self, why: str, remedy: str, page: ProcedurePage | None = None, title: str = "") -> None:
        super().__init__(why)
        self.failure = {"page": page.pk if page else None, "title": title, "why": why, "remedy": remedy}


class _Rehearsed(Exception):
    """Takes a rehearsal back."""


class _Differs(Exception):
    """The list is not any more what the paper says."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an edition makes of the list, and what its paper is set from."""

    number: int
    address: str
    entries: list[Entry]
    data: dict[str, Any]


class PublishEdition:
    """Publish an edition whose instant has come. Any number may try at once: one of them does it."""

    def __init__(self, pk: int) -> None:
        self.pk = pk

    def execute(self) -> bool:
        """Whether it is public now by this call. What an editor has to mend is kept in the edition; nothing of it is
        published then, and it is not tried again before somebody plans it again."""
        now = timezone.now()
        try:
            for _attempt in range(TRIES):
                outcome = rehearse(self.pk, now)
                if outcome is None:
                    return False
                pdf = set_paper(outcome.data)
                try:
                    with transaction.atomic():
                        edition = _due(self.pk, now)
                        if edition is None:
                            return False
                        if _carry_out(edition, now) != outcome:
                            raise _Differs
                        keep(edition, now, outcome, pdf)
                        return True
                except _Differs:
                    continue
        except Refused as refusal:
            _note_failure(self.pk, refusal)
            return False
        logger.warning("The list changed while edition %s was published; it is tried again.", self.pk)
        return False


def rehearse(pk: int, now: datetime, *, planned: bool = True) -> Outcome | None:
    """What publishing would make of the list at ``now``. Leaves no trace. ``None`` if it is not due (any more);
    ``planned=False``: due or not, for those who prepare it."""
    found: Outcome | None = None
    try:
        with transaction.atomic():
            edition = _due(pk, now, planned=planned)
            if edition is not None:
                found = _carry_out(edition, now, check=planned)
                raise _Rehearsed
    except _Rehearsed:
        pass
    return found


def set_paper(data: dict[str, Any]) -> bytes:
    """The PDF. Raises :class:`Refused`."""
    try:
        return typeset(TEMPLATE, data)
    except NotPrintable as error:
        logger.exception("The paper of an edition could not be set.")
        raise Refused(
            _("The printed edition could not be set: {error}").format(error=error),
            _("Tell those who run the site, with this message. Then publish it again."),
        ) from error


def _due(pk: int, now: datetime, *, planned: bool = True) -> Edition | None:
    """The edition, locked; read again, for it may have been called off or published by another worker meanwhile."""
    wanted = Edition.objects.due(now) if planned else Edition.objects.pending()
    rows: Any = wanted.select_for_update(of=("self",), no_key=True)
    found: Edition | None = rows.select_related("index", "locale", "scheduled_by").filter(pk=pk).first()
    return found


def _carry_out(edition: Edition, now: datetime, *, check: bool = True) -> Outcome:
    """Publish the pages in one unit and look at the list. Inside a transaction that stands or falls as a whole."""
    with translation.override(edition.locale.language_code):
        # Whoever publishes one of them by itself right now waits: what is settled is looked at once.
        lock_pages(edition.drafts.values_list("page", flat=True))
        drafts = drafts_of(edition)
        if check:
            _check(edition, drafts)
        open_drafts = [draft for draft in drafts if not draft.is_settled and draft.revision is not None]
        with unit():
            for draft in open_drafts:
                _publish(draft, now)
        with rendering(Targets(now)):  # whatever is looked up is looked up anew, after the flush
            return _outcome(edition, open_drafts, now)


def _check(edition: Edition, drafts: Sequence[Draft]) -> None:
    if edition.index is None:
        raise Refused(_("The list that this edition belongs to was deleted."), _("Make a new edition."))
    if edition.scheduled_by is None or not edition.scheduled_by.is_active:
        raise Refused(
            _("The account that planned the edition is gone or blocked."),
            _("Somebody else who may publish these pages plans it again."),
        )
    for draft in drafts:
        if not draft.is_settled and draft.problems:
            problem = draft.problems[0]
            raise Refused(problem.why, problem.remedy, draft.page, draft.title)
    try:
        check_drafts(drafts, edition.scheduled_by)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), _("Then plan the edition again.")) from error


def _publish(draft: Draft, now: datetime) -> None:
    """One page, as by the clock. It gets the instant of the edition. Raises :class:`Refused`."""
    remedy = _(
        "Open it in the editor, correct and save it; then take the newest version and publish the edition again."
    )
    assert draft.revision is not None
    try:
        draft.revision.as_object().full_clean()
        draft.revision.publish(log_action="wagtail.publish.scheduled", skip_permission_checks=True)
        first = {"first_published_at": now} if draft.page.first_published_at is None else {}
        # Not a second time through ``save``: the unit has marked the page, and looks at it when all is written.
        ProcedurePage.objects.filter(pk=draft.page.pk).update(last_published_at=now, **first)
    except OperationalError:  # the database is away or locked: the worker comes again
        raise
    except ValidationError as error:
        raise Refused(_words(error), remedy, draft.page, draft.title) from error
    except Exception as error:
        logger.exception("The page %s of an edition could not be published.", draft.page.pk)
        why = _("An unexpected error: {error}").format(error=f"{type(error).__name__}: {error}")
        raise Refused(why, remedy, draft.page, draft.title) from error


def _words(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())


def _outcome(edition: Edition, published: Sequence[Draft], now: datetime) -> Outcome:
    entries = entries_of(edition, now)
    here = {entry.page for entry in entries}
    for draft in published:
        if draft.page.pk not in here:
            raise Refused(
                _("It would not be on the public list: it stands below a page that is not public, or in another list."),
                _("Publish what is above it or move it back, or leave it out."),
                draft.page,
                draft.title,
            )
    last = previous_of(edition)
    numbers = Edition.objects.filter(list_key=edition.list_key).aggregate(last=Max("number"))
    number = (numbers["last"] or 0) + 1
    address = address_of(edition, number)
    compared = compare(read(last.entries) if last else None, entries)
    return Outcome(number, address, entries, data_of(edition, number, now, compared, entries, last))


def previous_of(edition: Edition) -> Edition | None:
    """The edition in force, with which the next one is compared."""
    found: Edition | None = Edition.objects.in_force().filter(list_key=edition.list_key).exclude(pk=edition.pk).first()
    return found


def address_of(edition: Edition, number: int) -> str:
    """Below the list as it is called now; kept, whatever the list is called later."""
    from cms_blocks.publication.records import PublicRecord

    record = PublicRecord.objects.live().filter(kind="procedure_index", object_id=edition.index_id).first()
    if record is None:
        raise Refused(_("The list is not public."), _("Publish the list first, then the edition."))
    return f"{record.path}ausgabe-{number}.pdf"


def keep(edition: Edition, now: datetime, outcome: Outcome, pdf: bytes) -> None:
    """Freeze what was published. With this the edition itself becomes public."""
    last = previous_of(edition)
    with unit():
        edition.number, edition.address, edition.published_at = outcome.number, outcome.address, now
        edition.entries, edition.previous = stored(outcome.entries), last
        EditionPaper.objects.create(edition=edition, pdf=pdf, digest=hashlib.sha256(pdf).hexdigest())
        edition.save()
        log(edition, "procedures.edition.publish", user=edition.scheduled_by, data={"number": outcome.number})


def _note_failure(pk: int, refusal: Refused) -> None:
    with unit():
        edition = Edition.objects.pending().select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        if edition is None or edition.scheduled_at is None:
            return
        edition.failure = {**refusal.failure, "at": timezone.now()}
        edition.scheduled_at = None
        edition.save(update_fields=["failure", "scheduled_at"])
        log(edition, "procedures.edition.fail", user=None, data=refusal.failure)


@every(seconds=20)
def publish_editions() -> None:
    """Each edition by itself, so that one failure holds up nothing else."""
    for pk in Edition.objects.due().order_by("embargo", "pk").values_list("pk", flat=True):
        try:
            PublishEdition(pk).execute()
        except Exception:
            logger.exception("The edition %s could not be published; it is tried again.", pk)
