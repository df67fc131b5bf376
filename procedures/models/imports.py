"""What was imported: runs with what they did to which page, and how headings are understood. Never public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: So long a file is kept that nobody has imported.
FILE_KEPT = timedelta(days=1)


class ImportRunQuerySet(models.QuerySet[Any]):
    def prepared(self) -> ImportRunQuerySet:
        """Looked at, not carried out."""
        return self.filter(state=ImportRun.State.PREPARED)

    def finished(self) -> ImportRunQuerySet:
        """Carried out, also those that were taken back."""
        return self.exclude(state=ImportRun.State.PREPARED)


class ImportRun(models.Model):
    """One sheet on its way into a list. Its file goes with the import, or after a day."""

    class State(models.TextChoices):
        PREPARED = "prepared", pgettext_lazy("import", "prepared")
        DONE = "done", pgettext_lazy("import", "imported")
        UNDONE = "undone", pgettext_lazy("import", "taken back")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=pgettext_lazy("import", "by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    index = models.ForeignKey(
        "procedures.ProcedureIndexPage",
        verbose_name=pgettext_lazy("import", "list"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    file_name = models.CharField(pgettext_lazy("import", "file"), max_length=200)
    file = models.BinaryField(_("content of the file"), null=True)
    #: Key of the column by heading; empty where the column is left out.
    mapping = models.JSONField(pgettext_lazy("import", "columns"), default=dict)
    publish = models.BooleanField(pgettext_lazy("import", "publish"), default=False)
    faulty_as_drafts = models.BooleanField(_("faulty rows as drafts"), default=False)
    news_what = models.CharField(_("What is new?"), max_length=200, blank=True)
    news_why = models.CharField(_("Why?"), max_length=300, blank=True)
    editorial_only = models.BooleanField(_("Editorial only"), default=False)
    state = models.CharField(pgettext_lazy("import", "state"), max_length=20, choices=State, default=State.PREPARED)
    created_at = models.DateTimeField(pgettext_lazy("import", "uploaded"), default=timezone.now)
    finished_at = models.DateTimeField(_("imported on"), null=True)
    undone_at = models.DateTimeField(_("taken back on"), null=True)
    unchanged = models.PositiveIntegerField(pgettext_lazy("import", "unchanged"), default=0)
    #: The cells of faulty rows, each with its reason, for whoever completes the drafts.
    errors = models.JSONField(_("faulty cells"), default=list)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of procedures")
        verbose_name_plural = _("imports of procedures")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class ImportedPage(models.Model):
    """What an import did to one page. Stays when the page is gone."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="pages")
    # As in Wagtail's log: what happens to a page later must not fail over a note about it.
    page = models.ForeignKey(
        "procedures.ProcedurePage", null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    reference = models.CharField(max_length=9)
    title = models.CharField(max_length=255)
    row = models.PositiveIntegerField()
    is_new = models.BooleanField(default=False)
    is_published = models.BooleanField(default=False)
    is_faulty = models.BooleanField(default=False)
    #: The newest version before and after; before is empty for a new page.
    before = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    #: The version that was public before; empty where none was.
    public_before = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )
    had_changes = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("imported procedure")
        verbose_name_plural = _("imported procedures")
        default_permissions = ()
        ordering = ["row", "pk"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class ColumnMemory(models.Model):
    """How the headings of a sheet were understood last, by the set of its headings."""

    headings = models.CharField(max_length=64, primary_key=True)
    mapping = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        default_permissions = ()

    def __str__(self) -> str:
        return self.headings
