"""An edition of the list of procedures: what is published with it, and what it has frozen."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.records import RecordFacts
from procedures.edition.states import State


class EditionQuerySet(models.QuerySet[Any]):
    def pending(self) -> EditionQuerySet:
        """Not published yet."""
        return self.filter(published_at=None)

    def due(self, now: datetime | None = None) -> EditionQuerySet:
        """Planned, and their instant has come."""
        return self.pending().filter(scheduled_at__isnull=False, embargo__lte=now or timezone.now())

    def in_force(self) -> EditionQuerySet:
        """Published and not withdrawn, the newest first."""
        return self.filter(published_at__isnull=False, withdrawn_at=None).order_by("-published_at", "-pk")

    def slim(self) -> EditionQuerySet:
        """Without what they have frozen."""
        return self.defer("entries")


class Edition(models.Model):
    """One edition. Nothing of it is public before its instant; then all of it is, and it stays as it was.

    ``entries`` are the procedures of the list as they stood then (:class:`procedures.edition.comparing.Entry`), and
    ``previous`` is the edition that it is compared with.
    """

    title = models.CharField(
        _("name of the edition"),
        max_length=100,
        help_text=_("As people read it, for example “Project list, spring 2027”."),
    )
    cut_off = models.DateField(
        _("cut-off date"), help_text=_("What was written up to this day is in it. It stands on the printed edition.")
    )
    adopted_by = models.CharField(
        _("adopted by"), max_length=120, blank=True, help_text=_("The body, for example “Main committee”.")
    )
    adopted_on = models.DateField(
        _("adopted on"), null=True, blank=True, help_text=_("May stay empty until it is adopted.")
    )
    adopted_number = models.CharField(
        _("number of the decision"),
        max_length=60,
        blank=True,
        help_text=_("As the body counts its decisions, for example “27/SVV/0123”."),
    )
    embargo = models.DateTimeField(
        _("public from"),
        null=True,
        blank=True,
        help_text=_("Day and minute, local time. Nothing of it is public before; then all of it at once."),
    )
    index = models.ForeignKey(
        "procedures.ProcedureIndexPage", verbose_name=_("list"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.PROTECT, related_name="+", editable=False)
    translation_key = models.UUIDField(default=uuid.uuid4, editable=False)
    #: The list in all its languages.
    list_key = models.UUIDField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    scheduled_at = models.DateTimeField(null=True)
    #: Why the last attempt published nothing: ``page`` (id or null), ``title``, ``why``, ``remedy``, ``at``.
    failure = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    number = models.PositiveIntegerField(null=True)
    address = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    entries = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(max_length=1000, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-cut_off", "-pk"]
        constraints = [models.UniqueConstraint(fields=["list_key", "number"], name="one_edition_with_this_number")]

    def __str__(self) -> str:
        return self.title

    def state_at(self, now: datetime | None = None) -> State:
        if self.withdrawn_at:
            return State.WITHDRAWN
        if self.published_at:
            return State.PUBLISHED
        if self.scheduled_at:
            is_due = self.embargo is not None and self.embargo <= (now or timezone.now())
            return State.DUE if is_due else State.PLANNED
        return State.FAILED if self.failure else State.DRAFT

    @property
    def state(self) -> State:
        return self.state_at()

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.published_at is None and self.scheduled_at is None


class EditionDraft(models.Model):
    """One version of a procedure that is published with an edition. Who edits the page later does not change it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="drafts")
    page = models.ForeignKey("procedures.ProcedurePage", on_delete=models.CASCADE, related_name="+")
    revision = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    #: The answer to “What is new?” that stands in no version: only wording or a mistake was corrected.
    editorial_only = models.BooleanField(default=False)
    #: Editors who have said yes to exactly this version.
    agreed = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        verbose_name = _("draft in an edition")
        verbose_name_plural = _("drafts in an edition")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "page"], name="one_draft_of_a_page_in_an_edition")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.page_id}"


class EditionPaper(models.Model):
    """The printed edition. Written once, with the publication itself; never again."""

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, primary_key=True, related_name="paper")
    pdf = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("printed edition")
        verbose_name_plural = _("printed editions")

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.digest[:12]}"


class EditionFacts(RecordFacts):
    """Which list a public edition belongs to, and its facts in a line."""

    record = RecordFacts.link("edition_facts")
    list_key = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField()
    cut_off = models.DateField()
    adopted_by = models.CharField(max_length=120)
    adopted_on = models.DateField()

    class Meta:
        verbose_name = _("facts of an edition")
        verbose_name_plural = _("facts of editions")
