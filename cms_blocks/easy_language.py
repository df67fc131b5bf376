"""Leichte Sprache: only a text that a reviewer has approved may call itself so.

A review is given to a wording, not to a page. Whoever publishes other words loses the label with them, and has it back
when the approved words are published again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision, WorkflowState

from cms_blocks.languages import EASY
from cms_blocks.publication.unit import unit
from cms_blocks.wording import digest

if TYPE_CHECKING:
    from cms_blocks.publication.records import PublicRecord

PERMISSION = "cms_blocks.review_easy_language"


class EasyLanguageReview(models.Model):
    """A reviewer has read this wording of the page and calls it Leichte Sprache."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    wording = models.CharField(max_length=64)
    reviewed_on = models.DateField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("review of Leichte Sprache")
        verbose_name_plural = _("reviews of Leichte Sprache")
        default_permissions = ()
        permissions = [("review_easy_language", _("Can approve texts as Leichte Sprache"))]
        constraints = [models.UniqueConstraint(fields=["page", "wording"], name="one_review_per_wording")]

    def __str__(self) -> str:
        return f"page {self.page_id}: {self.wording[:8]} reviewed on {self.reviewed_on}"


def reviews(pages: Iterable[Page]) -> dict[tuple[int, str], date]:
    """(page id, wording) → day of the review, for the pages in easy language among these. One query at most."""
    ids = [page.pk for page in pages if page.locale.language_code == EASY]
    if not ids:
        return {}
    rows = EasyLanguageReview.objects.filter(page_id__in=ids).values_list("page_id", "wording", "reviewed_on")
    return {(page_id, wording): day for page_id, wording, day in rows}


def unreviewed() -> models.QuerySet[PublicRecord]:
    """Public pages in easy language that say of themselves that nobody has reviewed them."""
    from cms_blocks.publication.declaration import page_kinds
    from cms_blocks.publication.records import PublicRecord

    return PublicRecord.objects.live().filter(locale=EASY, listed=True, kind__in=page_kinds(), reviewed_on=None)


def sent_drafts() -> list[Revision]:
    """Texts in easy language on their way through a workflow whose words no reviewer has approved. Oldest first.

    Each is read, but without a query of its own as long as its blocks ask for none: there are never many.
    """
    pages = ContentType.objects.get_for_model(Page)
    on_their_way = WorkflowState.objects.filter(
        base_content_type=pages, status=WorkflowState.STATUS_IN_PROGRESS
    ).annotate(number=Cast("object_id", models.BigIntegerField()))
    found = Revision.objects.filter(
        pk__in=Page.objects.filter(
            pk__in=on_their_way.values("number"), locale__language_code=EASY, alias_of=None
        ).values("latest_revision")
    ).order_by("created_at", "pk")
    drafts = list(found)
    known = set(
        EasyLanguageReview.objects.filter(page_id__in=[int(draft.object_id) for draft in drafts]).values_list(
            "page_id", "wording"
        )
    )
    return [draft for draft in drafts if (int(draft.object_id), _wording(draft)) not in known]


def _wording(draft: Revision) -> str:
    model: Any = ContentType.objects.get_for_id(draft.content_type_id).model_class()
    return digest(model.from_serializable_data(draft.content, check_fks=False, strict_fks=False))


def may_review(user: Any, page: Page) -> bool:
    """Whether ``user`` may approve or refuse this page: a page in easy language, and the permission of reviewers."""
    return page.locale.language_code == EASY and page.alias_of_id is None and user.has_perm(PERMISSION)


class GiveReview:
    """Approve the latest text of a page as Leichte Sprache, or take the approval back.

    ``wording`` is the digest of the text that the reviewer has read: another one in the meantime is refused.
    """

    def __init__(self, page: Page, wording: str, *, user: Any, approve: bool = True) -> None:
        self.page, self.wording, self.user, self.approve = page, wording, user, approve

    def check(self) -> None:
        """Raises ``PermissionDenied``, or ``ValidationError`` if the text is not the one that was read."""
        if not may_review(self.user, self.page):
            raise PermissionDenied
        present = Page.objects.get(pk=self.page.pk).get_latest_revision_as_object()
        if not self.wording or self.wording != digest(present):
            raise ValidationError(_("The text was changed while you were reading it. Please read it once more."))

    def execute(self) -> None:
        """Check, then write review and log entry in one unit."""
        with unit():
            Page.objects.select_for_update().get(pk=self.page.pk)
            self.check()
            known = EasyLanguageReview.objects.filter(page=self.page, wording=self.wording)
            if self.approve:
                if not known.exists():
                    EasyLanguageReview.objects.create(
                        page=self.page,
                        wording=self.wording,
                        reviewed_on=timezone.localdate(),
                        reviewed_by=self.user,
                    )
            else:
                for review in known:
                    review.delete()
            action = "cms_blocks.easy_language.approve" if self.approve else "cms_blocks.easy_language.withdraw"
            log(self.page, action, user=self.user)
