"""An update round: who was asked about which procedures until when, and what each answered."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from procedures.round.states import Answer, Outcome, State

#: So long after the deadline a link still works: who is a little late should not be turned away.
GRACE = timedelta(days=7)
#: So long before the deadline the worker reminds; in a short round after half of its time.
REMINDED_BEFORE = timedelta(days=5)
#: The key of a new stage among the changes.
NEW_STAGE = "stages/new"


def new_nonce() -> str:
    return secrets.token_hex(16)


def _public() -> Any:
    """Ids of the procedures that a department can answer about: those that are public now."""
    from procedures.round.choice import public_procedures

    return public_procedures().order_by().values("object_id")


class UpdateRoundQuerySet(models.QuerySet[Any]):
    def open(self) -> UpdateRoundQuerySet:
        """Not closed yet."""
        return self.filter(closed_at=None)

    def counted(self) -> UpdateRoundQuerySet:
        """With the numbers of procedures that are ``asked`` about, answers ``missing`` (of procedures that are public)
        and changes ``waiting`` for an editor, as :attr:`UpdateRequest.outcome` says it."""
        one = "letters__requests"
        missing = models.Q(**{f"{one}__answer": "", f"{one}__page__in": _public()})
        unpublished = (
            models.Q(**{f"{one}__revision": None})
            | models.Q(**{f"{one}__page__live_revision": None})
            | models.Q(**{f"{one}__page__live_revision__created_at__lt": models.F(f"{one}__revision__created_at")})
        )
        waiting = unpublished & models.Q(**{f"{one}__answer": Answer.CHANGED, f"{one}__discarded_at": None})
        return self.annotate(
            asked=models.Count(one),
            missing=models.Count(one, filter=missing),
            waiting=models.Count(one, filter=waiting),
        )


class UpdateRound(models.Model):
    """One round. It begins with its letters and ends when it is closed: then no link works any more."""

    title = models.CharField(
        _("name of the round"), max_length=100, help_text=_("For the office, for example “Project list, spring 2027”.")
    )
    deadline = models.DateField(
        _("answers until"), help_text=_("The last day. A few days before, the worker reminds whoever has not answered.")
    )
    message = models.TextField(
        _("covering text"),
        max_length=2000,
        blank=True,
        help_text=_("Stands at the top of the mail: why you ask, and whom people can call. The link comes by itself."),
    )
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = UpdateRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("update round")
        verbose_name_plural = _("update rounds")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def links_until(self) -> date:
        """The last day on which the links work."""
        return self.deadline + GRACE

    @property
    def expires_at(self) -> datetime:
        """From this moment on the links do not work any more."""
        return timezone.make_aware(datetime.combine(self.links_until + timedelta(days=1), time.min))

    @property
    def reminds_on(self) -> date:
        """The day from which the worker reminds."""
        length = self.deadline - timezone.localdate(self.started_at)
        return self.deadline - min(REMINDED_BEFORE, length / 2)

    def is_open(self, now: datetime | None = None) -> bool:
        """Whether answers are taken."""
        return self.closed_at is None and (now or timezone.now()) < self.expires_at


class UpdateLetter(models.Model):
    """The mail to one contact, about all procedures of theirs. Name and address are those it was sent to."""

    round = models.ForeignKey(UpdateRound, on_delete=models.CASCADE, related_name="letters")
    contact = models.ForeignKey("cms_blocks.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    #: Makes the link this letter's own; another one makes the old link worthless.
    nonce = models.CharField(max_length=32, default=new_nonce)
    sent_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True)
    #: How many mails were written, and the Message-ID of the last one, by which its delivery is known.
    mails = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("letter of an update round")
        verbose_name_plural = _("letters of an update round")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.round}: {self.name}"


class UpdateRequestQuerySet(models.QuerySet[Any]):
    def missing(self) -> UpdateRequestQuerySet:
        """Not answered yet, and the procedure is public: about another nobody can answer."""
        return self.public().filter(answer="")

    def public(self) -> UpdateRequestQuerySet:
        return self.filter(page__in=_public())

    def with_public(self) -> UpdateRequestQuerySet:
        """With ``is_public``."""
        return self.annotate(is_public=models.Case(models.When(page__in=_public(), then=True), default=False))

    def answered(self) -> UpdateRequestQuerySet:
        return self.exclude(answer="")


class UpdateRequest(models.Model):
    """One procedure that a department was asked about, and its answer.

    ``shown``, ``before`` and ``changes`` hold values by their keys (:mod:`procedures.round.values`), of what has
    changed only: what the public page said, what the newest version said when the draft was made, and what the
    department says. Under ``names`` ``shown`` says what the blocks of these values were called. ``stage`` is a new
    entry of the project's stages.
    """

    letter = models.ForeignKey(UpdateLetter, on_delete=models.CASCADE, related_name="requests")
    page = models.ForeignKey("procedures.ProcedurePage", on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=20, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    shown = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    stage = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    remark = models.TextField(max_length=2000, blank=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    revision = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    discarded_at = models.DateTimeField(null=True)

    objects = UpdateRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of an update round")
        verbose_name_plural = _("questions of an update round")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["letter", "page"], name="one_request_per_procedure")]

    def __str__(self) -> str:
        return f"{self.letter}: {self.page}"

    @property
    def is_changed(self) -> bool:
        """Whether there is something that could stand in a draft."""
        return bool(self.changes or self.stage)

    @property
    def all_changes(self) -> dict[str, Any]:
        """With the new stage."""
        return {**self.changes, **({NEW_STAGE: self.stage} if self.stage else {})}

    def state(self, *, mail_failed: bool = False) -> State:
        if self.answer:
            return State(self.answer)
        if mail_failed:
            return State.FAILED
        return State.REMINDED if self.letter.reminded_at else State.SENT

    @property
    def outcome(self) -> Outcome | None:
        """What came of a change; asks for the page's public version unless it was joined."""
        if self.answer != Answer.CHANGED:
            return None
        if not self.is_changed:
            return Outcome.SEEN if self.discarded_at else Outcome.REMARK
        if self.discarded_at:
            return Outcome.DISCARDED
        if self.revision is None:
            return Outcome.WAITING
        public = self.page.live_revision
        return Outcome.PUBLISHED if public and public.created_at >= self.revision.created_at else Outcome.DRAFT
