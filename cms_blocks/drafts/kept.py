"""Texts that could not be saved as the newest version: kept beside it, in the history of the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import COMMENTS_RELATION_NAME, Comment, PageLogEntry, Revision

from cms_blocks.publication.unit import unit

ACTION = "cms_blocks.text.keep"
STEP = timedelta(microseconds=1)


def kept_by(page: Any) -> Any:
    """Log entries of the texts of this page that were kept, the latest first."""
    return PageLogEntry.objects.filter(page_id=page.pk, action=ACTION, revision__isnull=False).order_by("-timestamp")


class KeepText:
    """Store what somebody wrote as a version of the page that is not the newest.

    ``again``: id of the version that the same person's same form was kept as before; it is written anew, so that a form
    that goes on saving itself leaves one version and not a hundred. Any other id is ignored.
    """

    def __init__(self, page: Any, text: Any, *, user: Any, again: str = "") -> None:
        self.page, self.text, self.user, self.again = page, text, user, again

    def execute(self) -> Revision:
        """Write version and log entry in one unit."""
        with unit():
            revision = self._known() or Revision(
                content_object=self.text,
                base_content_type=self.text.get_base_content_type(),
                user=self.user,
                created_at=self._just_before_the_newest(),
            )
            is_new = revision.pk is None
            if not is_new:
                Comment.objects.filter(revision_created=revision, user=self.user).delete()
            comments = list(getattr(self.text, COMMENTS_RELATION_NAME).filter(pk__isnull=True))
            for comment in comments:
                comment.save()
            revision.content, revision.object_str = self.text.serializable_data(), str(self.text)
            revision.save()
            for comment in comments:
                comment.revision_created = revision
                comment.save()
            if is_new:
                log(self.page, ACTION, user=self.user, revision=revision, content_changed=True)
        return revision

    def _known(self) -> Revision | None:
        if not self.again.isdigit():
            return None
        entry = (
            kept_by(self.page).filter(user=self.user, revision_id=int(self.again)).select_related("revision").first()
        )
        newest = {self.page.latest_revision_id, self.page.live_revision_id}
        return entry.revision if entry and entry.revision_id not in newest else None

    def _just_before_the_newest(self) -> Any:
        """Wagtail takes the version with the latest time for the newest, also when it tells others to look."""
        newest = self.page.latest_revision
        return newest.created_at - STEP if newest else timezone.now()
