"""What one half did alone with a page that speaks for both: public or gone at once, confirmed by the other later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState

from cms_blocks.office import Half
from cms_blocks.publication.unit import unit
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
    from governance.notifications import tell_of_acts

    acts = [
        UnilateralAct.objects.create(
            kind=kind,
            page_id=page.pk,
            title=page.get_admin_display_title(),
            revision=revision,
            half=half,
            user=user,
            reason=reason,
        )
        for half in sorted(halves)
    ]
    tell_of_acts(acts)
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
    kind = LOGGED.get(instance.action)
    if kind is None or not created or raw or instance.user_id is None:
        return
    model = instance.content_type.model_class()
    page = model._base_manager.filter(pk=instance.page_id).first() if model else None
    if page is None or not hasattr(page, "half"):
        return
    if kind in {UnilateralAct.Kind.MOVED, UnilateralAct.Kind.DELETED} and not page.live:
        return
    standing = Standing(page, asking=instance.user)
    if kind == UnilateralAct.Kind.DIRECT and (_agreed(instance.revision_id) or _announced(instance.revision_id)):
        return
    # Whoever may publish here answers for the page alone, and so may take it away.
    if standing.allows(instance.user, Action.PUBLISH) and not instance.user.is_superuser:
        return
    halves = standing.halves - {half_of(instance.user)}
    record(kind, page, instance.user, halves, revision=Revision.objects.filter(pk=instance.revision_id).first())


def _agreed(revision_id: int | None) -> bool:
    from governance.review import HalfReview

    return HalfReview.objects.filter(
        revision=revision_id,
        status=TaskState.STATUS_APPROVED,
        workflow_state__status=WorkflowState.STATUS_APPROVED,
    ).exists()


def _announced(revision_id: int | None) -> bool:
    return UnilateralAct.objects.filter(kind=UnilateralAct.Kind.URGENT, revision=revision_id).exists()
