"""What editors do with an edition. Each is checked, atomic, and written in the log. Publishing: :mod:`.publishing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from cms_blocks.office import Half
from cms_blocks.publication.unit import unit
from governance.halves import half_of
from governance.review import half_label
from procedures.edition.choice import Draft, by_default, drafts_of, halves_to_agree, offered_drafts
from procedures.models import Edition, EditionDraft, ProcedureIndexPage
from procedures.policies import may_make_editions, may_withdraw_editions
from procedures.wording import day

#: What an editor fills in.
FACTS = ("title", "cut_off", "adopted_by", "adopted_on", "adopted_number", "embargo")
#: Of these the days that have come when it is public.
DAYS = ("cut_off", "adopted_on")
#: Drafts that a message names.
MOST_NAMED = 5


def days_ahead(facts: Mapping[str, date | None], instant: datetime) -> dict[str, str]:
    """What cannot have been when the edition becomes public, as messages by field name: a decision or a cut-off date
    of a later day than that of ``instant``. ``facts``: days by field name."""
    public = timezone.localdate(instant)
    words = _(
        "{field}: {day} lies after {public}, the day on which the edition becomes public. Correct the day, or publish "
        "the edition later."
    )
    return {
        name: words.format(
            field=capfirst(str(Edition._meta.get_field(name).verbose_name)), day=day(on), public=day(public)
        )
        for name, on in facts.items()
        if on and on > public
    }


def _no_facts() -> set[str]:
    return {one.name for one in Edition._meta.fields} - set(FACTS)


class CreateEdition:
    """A new edition of a list, with all complete drafts up to its cut-off date."""

    def __init__(self, user: Any, index: ProcedureIndexPage, values: Mapping[str, Any]) -> None:
        self.user, self.index = user, index
        self.edition = Edition(
            index=index, locale=index.locale, list_key=index.translation_key, created_by=user, **values
        )

    def check(self) -> None:
        """``PermissionDenied``: not this person; ``ValidationError``: a fact does not fit."""
        if not may_make_editions(self.user):
            raise PermissionDenied
        self.edition.clean_fields(exclude=_no_facts())

    def execute(self) -> Edition:
        with unit():
            self.check()
            self.edition.save()
            for draft in by_default(self.edition, offered_drafts(self.edition, self.user)):
                EditionDraft.objects.create(edition=self.edition, page=draft.page, revision=draft.revision)
            log(self.edition, "procedures.edition.create", user=self.user)
        return self.edition


class EditionAction:
    """What is done with an edition that is not public and not planned."""

    word: str

    def __init__(self, user: Any, edition: Edition) -> None:
        self.user, self.edition = user, edition

    def check(self) -> None:
        """``PermissionDenied``: not this person; ``ValidationError``: not in this state, or something is missing."""
        if not may_make_editions(self.user):
            raise PermissionDenied
        if self.edition.published_at:
            raise ValidationError(_("The edition is public and stays as it is. Make a new one."))
        if self.edition.scheduled_at:
            raise ValidationError(_("The edition is planned. Call the publication off to change it."))

    def execute(self) -> Any:
        with unit():
            self.edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=self.edition.pk)
            self.check()
            outcome = self.act()
            log(self.edition, f"procedures.edition.{self.word}", user=self.user)
        return outcome

    def act(self) -> Any:
        raise NotImplementedError


class ChangeFacts(EditionAction):
    """Name, days, decision and embargo."""

    word = "change"

    def __init__(self, user: Any, edition: Edition, values: Mapping[str, Any]) -> None:
        super().__init__(user, edition)
        self.values = values

    def act(self) -> None:
        for name in FACTS:
            setattr(self.edition, name, self.values[name])
        self.edition.clean_fields(exclude=_no_facts())
        self.edition.save(update_fields=FACTS)


class ChooseDrafts(EditionAction):
    """Exactly these pages go along; those that did before keep their version. ``editorial``: of these pages only
    wording or a mistake was corrected."""

    word = "choose"

    def __init__(self, user: Any, edition: Edition, pages: Iterable[int], editorial: Iterable[int] = ()) -> None:
        super().__init__(user, edition)
        self.pages, self.editorial = set(pages), set(editorial)

    def act(self) -> None:
        self.edition.drafts.exclude(page__in=self.pages).delete()
        for draft in offered_drafts(self.edition, self.user):
            if draft.page.pk in self.pages:
                EditionDraft.objects.create(edition=self.edition, page=draft.page, revision=draft.revision)
        for kept in self.edition.drafts.all():
            if kept.editorial_only != (kept.page_id in self.editorial):
                kept.editorial_only = not kept.editorial_only
                kept.save(update_fields=["editorial_only"])


class TakeNewest(EditionAction):
    """The newest version of one page in place of the chosen one. Who agreed to that one has not seen this."""

    word = "take"

    def __init__(self, user: Any, draft: EditionDraft) -> None:
        super().__init__(user, draft.edition)
        self.draft = draft

    def act(self) -> None:
        draft = EditionDraft.objects.select_related("page").get(pk=self.draft.pk, edition=self.edition)
        draft.revision = draft.page.get_latest_revision()
        draft.editorial_only = False
        draft.save()
        draft.agreed.clear()


class AgreeToDrafts(EditionAction):
    """Say yes, for one's own half, to versions that have been read. ``revisions``: the ids that were shown."""

    word = "agree"

    def __init__(self, user: Any, edition: Edition, revisions: Iterable[int]) -> None:
        super().__init__(user, edition)
        self.revisions = set(revisions)

    def check(self) -> None:
        super().check()
        if not half_of(self.user):
            raise ValidationError(_("Only editors of one of the two halves agree for their half."))
        if not self.revisions:
            raise ValidationError(_("Tick at least one draft that you have read."))

    def act(self) -> int:
        agreed = 0
        for kept in self.edition.drafts.filter(revision__in=self.revisions):
            kept.agreed.add(self.user)
            agreed += 1
        if agreed < len(self.revisions):
            raise ValidationError(_("A version was exchanged meanwhile. Read the new one and agree again."))
        return agreed


class ScheduleEdition(EditionAction):
    """Let the worker publish the edition at its embargo, or at once. Whoever plans it agrees to all of it for their
    half; every other half that a page speaks for has agreed before."""

    word = "schedule"

    def __init__(self, user: Any, edition: Edition, *, now: bool = False) -> None:
        super().__init__(user, edition)
        self.now = now

    def check(self) -> None:
        super().check()
        errors: dict[str, str] = {}
        for name in ("adopted_by", "adopted_on", "adopted_number"):
            if not getattr(self.edition, name):
                errors[name] = _("{field} is missing: an edition is public only once it is adopted.").format(
                    field=self.edition._meta.get_field(name).verbose_name
                )
        embargo = self.edition.embargo
        if not self.now and embargo is None:
            errors["embargo"] = _("Say from when on it is public, or publish it now.")
        elif not self.now and embargo is not None and embargo <= timezone.now():
            errors["embargo"] = _("The instant of publication has passed. Choose one that lies ahead, or publish now.")
        if self.edition.index is None:
            errors["index"] = _("The list that this edition belongs to was deleted.")
        if instant := timezone.now() if self.now else embargo:
            days = {name: getattr(self.edition, name) for name in DAYS}
            errors |= days_ahead(days, instant)
        if errors:
            raise ValidationError({name: [message] for name, message in errors.items()})
        check_drafts(drafts_of(self.edition), self.user)

    def act(self) -> None:
        edition = self.edition
        edition.scheduled_by, edition.scheduled_at, edition.failure = self.user, timezone.now(), {}
        if self.now:
            edition.embargo = edition.scheduled_at
        edition.save(update_fields=["scheduled_by", "scheduled_at", "failure", "embargo"])


def check_drafts(drafts: Iterable[Draft], user: Any) -> None:
    """Raises ``ValidationError`` naming the drafts that are not complete, and those that a half has not agreed to."""
    open_drafts = [draft for draft in drafts if not draft.is_settled]
    said = []
    if incomplete := [draft.title for draft in open_drafts if draft.problems]:
        words = ngettext(
            "{titles} is not complete. Below you see why and what helps.",
            "These are not complete: {titles}. Below you see why and what helps.",
            len(incomplete),
        )
        said.append(words.format(titles=_named(incomplete)))
    silent: dict[Half, list[str]] = {}
    for draft in open_drafts:
        for half in halves_to_agree(draft, [user]):
            silent.setdefault(half, []).append(draft.title)
    for half, titles in sorted(silent.items()):
        words = _("{half} has not agreed to: {titles}. Ask an editor there to open this page and agree.")
        said.append(words.format(half=half_label(half), titles=_named(titles)))
    if said:
        raise ValidationError(said)


def _named(titles: list[str]) -> str:
    named = ", ".join(_("“%(words)s”") % {"words": title} for title in titles[:MOST_NAMED])
    return named + (" …" if len(titles) > MOST_NAMED else "")


class CallOff(EditionAction):
    """Before the instant: nothing is published, and the edition can be changed again."""

    word = "call_off"

    def check(self) -> None:
        if not may_make_editions(self.user):
            raise PermissionDenied
        if self.edition.published_at:
            raise ValidationError(_("Too late: the edition is public. An administrator can withdraw it."))
        if not self.edition.scheduled_at:
            raise ValidationError(_("The edition is not planned."))

    def act(self) -> None:
        self.edition.scheduled_by, self.edition.scheduled_at = None, None
        self.edition.save(update_fields=["scheduled_by", "scheduled_at"])


class DeleteEdition(EditionAction):
    """An edition that was never public goes without a trace in the list; its drafts stay drafts."""

    word = "delete"

    def act(self) -> None:
        self.edition.delete()

    def execute(self) -> Any:
        with unit():
            self.edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=self.edition.pk)
            self.check()
            log(self.edition, f"procedures.edition.{self.word}", user=self.user)
            self.act()


class WithdrawEdition(EditionAction):
    """The edition leaves the public; its pages stay as they are, and the edition stays in the admin with its reason."""

    word = "withdraw"

    def __init__(self, user: Any, edition: Edition, reason: str) -> None:
        super().__init__(user, edition)
        self.reason = reason.strip()

    def check(self) -> None:
        if not may_withdraw_editions(self.user):
            raise PermissionDenied
        if not self.edition.published_at or self.edition.withdrawn_at:
            raise ValidationError(_("Only an edition that is public can be withdrawn."))
        if not self.reason:
            raise ValidationError(_("Say why the edition is withdrawn. The reason stays here."))

    def act(self) -> None:
        edition = self.edition
        edition.withdrawn_by, edition.withdrawn_at, edition.withdrawn_reason = self.user, timezone.now(), self.reason
        edition.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason"])
