"""What one half did alone with a page that speaks for both: public or gone at once, confirmed by the other later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, TaskState, WorkflowState

from cms_blocks.office import Half
from cms_blocks.publication.reach import chunks
from cms_blocks.publication.unit import at_the_end, unit
from governance.halves import half_of
from governance.rights import Action
from governance.standing import Standing


class UnilateralActQuerySet(models.QuerySet[Any]):
    def open(self) -> UnilateralActQuerySet:
        """Not answered yet."""
        return self.filter(answer="")

    def for_half(self, half: Half | None) -> UnilateralActQuerySet:
        """What this half is asked about."""
        return self.filter(half=half) if half else self.none()


class UnilateralAct(models.Model):
    """One thing one half did alone, addressed to the half that was not asked. Stays when the page is gone."""

    class Kind(models.TextChoices):
        URGENT = "urgent", _("published urgently")
        DIRECT = "direct", _("published without approval")
        DEPUTY = "deputy", _("approved by a deputy")
        UNPUBLISHED = "unpublished", _("taken offline")
        MOVED = "moved", _("moved")
        DELETED = "deleted", _("deleted")

    class Answer(models.TextChoices):
        SEEN = "seen", _("seen and agreed")
        OBJECTED = "objected", _("objected")

    kind = models.CharField(_("what happened"), max_length=20, choices=Kind)
    # As in Wagtail's log: the page may be deleted in the same moment, and that must not fail over a note about it.
    page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page"),
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    title = models.CharField(_("title"), max_length=255)
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        verbose_name=_("version"),
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        related_name="+",
    )
    half = models.CharField(_("to be confirmed by"), max_length=20, choices=Half)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    answer = models.CharField(_("answer"), max_length=20, choices=Answer, blank=True, default="")
    note = models.TextField(_("note"), blank=True, max_length=1000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answered by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered on"), null=True)

    objects = UnilateralActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of one half alone")
        verbose_name_plural = _("acts of one half alone")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["half", "answer"], name="act_by_half")]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_kind_display()}"


def record(
    kind: str, page: Any, user: Any, halves: Iterable[str], *, reason: str = "", revision: Any = None
) -> list[UnilateralAct]:
    """Ask each of ``halves`` to confirm, and tell their editors by mail."""
    return _ask([_act(kind, page, user, half, revision.pk if revision else None, reason) for half in sorted(halves)])


def _act(kind: str, page: Any, user: Any, half: str, revision_id: int | None, reason: str = "") -> UnilateralAct:
    title = page.get_admin_display_title()
    return UnilateralAct(
        kind=kind, page_id=page.pk, title=title, revision_id=revision_id, half=half, user=user, reason=reason
    )


def _ask(acts: list[UnilateralAct]) -> list[UnilateralAct]:
    """With one letter for each editor, however many acts a unit of work has."""
    from governance.notifications import tell_of_acts

    acts = UnilateralAct.objects.bulk_create(acts, batch_size=500)
    at_the_end(tell_of_acts, [act.pk for act in acts])
    return acts


class PublishUrgently:
    """Publish the newest version at once and ask the half that was not asked to confirm."""

    def __init__(self, page: Any, user: Any, reason: str) -> None:
        self.page, self.user, self.reason = page, user, reason.strip()

    def check(self) -> None:
        """``PermissionDenied``: not this person. ``ValidationError``: no reason, or a page that is not complete."""
        if not self.page.permissions_for_user(self.user).can_publish_urgently():
            raise PermissionDenied
        if not self.reason:
            raise ValidationError({"reason": _("Please say why this cannot wait for the other half.")})
        self.page.get_latest_revision_as_object().full_clean()

    def execute(self) -> None:
        with unit():
            Page.objects.select_for_update(no_key=True).get(pk=self.page.pk)
            self.check()
            revision = self.page.get_latest_revision() or self.page.save_revision(user=self.user)
            halves = Standing(self.page).halves - {half_of(self.user)}
            record(UnilateralAct.Kind.URGENT, self.page, self.user, halves, reason=self.reason, revision=revision)
            log(
                instance=self.page,
                action="governance.urgent",
                user=self.user,
                revision=revision,
                data={"reason": self.reason},
            )
            PublishPageRevisionAction(revision, user=self.user).execute(skip_permission_checks=True)


class AnswerAct:
    """Confirm what the other half did alone, or object. An objection changes nothing by itself: both halves talk."""

    def __init__(self, act: UnilateralAct, user: Any, answer: str, note: str = "") -> None:
        self.act, self.user, self.answer, self.note = act, user, answer, note.strip()

    def check(self) -> None:
        """``PermissionDenied``: not asked. ``ValidationError``: answered before, or an objection without a word."""
        if half_of(self.user) != self.act.half:
            raise PermissionDenied
        if self.act.answer:
            raise ValidationError(_("Somebody of your half has answered already."))
        if self.answer not in UnilateralAct.Answer.values:
            raise ValidationError(_("Please choose one of the two answers."))
        if self.answer == UnilateralAct.Answer.OBJECTED and not self.note:
            raise ValidationError({"note": _("Please say what you object to.")})

    @transaction.atomic
    def execute(self) -> None:
        from governance.notifications import tell_of_answer

        self.act = UnilateralAct.objects.select_for_update(of=("self",), no_key=True).get(pk=self.act.pk)
        self.check()
        self.act.answer, self.act.note = self.answer, self.note
        self.act.answered_by, self.act.answered_at = self.user, timezone.now()
        self.act.save()
        page = Page.objects.filter(pk=self.act.page_id).first()
        if page:
            log(
                instance=page.specific,
                action="governance.answer",
                user=self.user,
                data={"answer": self.answer, "note": self.note},
            )
        tell_of_answer(self.act)


#: What Wagtail logs, whichever way it was done, and what it is for the other half.
LOGGED = {
    "wagtail.publish": UnilateralAct.Kind.DIRECT,
    "wagtail.unpublish": UnilateralAct.Kind.UNPUBLISHED,
    "wagtail.move": UnilateralAct.Kind.MOVED,
    "wagtail.delete": UnilateralAct.Kind.DELETED,
}


def on_log_entry(sender: Any, instance: PageLogEntry, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Notice what somebody did alone, from Wagtail's log: admin, bulk action and write API write it alike."""
    if created and not raw:
        notice([instance])


def notice(entries: Sequence[PageLogEntry]) -> None:
    """The same for entries that were written by ``bulk_create``, which sends no signal. All by the same user."""
    entries = [entry for entry in entries if entry.action in LOGGED and entry.user_id is not None]
    pages = _pages(entries)
    announced = _announced({entry.revision_id for entry in entries if entry.action == "wagtail.publish"} - {None})
    acts = []
    for entry in entries:
        kind, page = LOGGED[entry.action], pages.get(entry.page_id)
        if (
            page is None
            or not hasattr(page, "half")
            or (kind == UnilateralAct.Kind.DIRECT and entry.revision_id in announced)
        ):
            continue
        if kind in {UnilateralAct.Kind.MOVED, UnilateralAct.Kind.DELETED} and not page.live:
            continue
        standing = Standing(page, asking=entry.user)
        # Whoever may publish here answers for the page alone, and so may take it away.
        if standing.allows(entry.user, Action.PUBLISH) and not entry.user.is_superuser:
            continue
        halves = standing.halves - {half_of(entry.user)}
        acts += [_act(kind, page, entry.user, half, entry.revision_id) for half in sorted(halves)]
    _ask(acts)


def _pages(entries: Sequence[PageLogEntry]) -> dict[int, Any]:
    """The pages as the database has them now, by id. Bulk actions log them as plain pages, whatever they are."""
    found: dict[int, Any] = {}
    for part in chunks([entry.page_id for entry in entries]):
        found |= {page.pk: page for page in Page.objects.filter(pk__in=part).specific()}
    return found


def _announced(revisions: Iterable[int]) -> set[int]:
    """Versions that both halves have agreed to, or about which the other half was asked already."""
    from governance.review import HalfReview

    found: set[int] = set()
    for part in chunks(sorted(revisions)):
        agreed = HalfReview.objects.filter(
            revision__in=part,
            status=TaskState.STATUS_APPROVED,
            workflow_state__status=WorkflowState.STATUS_APPROVED,
        )
        urgent = UnilateralAct.objects.filter(kind=UnilateralAct.Kind.URGENT, revision__in=part)
        found.update(agreed.values_list("revision_id", flat=True), urgent.values_list("revision_id", flat=True))
    return found
