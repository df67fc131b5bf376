"""The card of those who review Leichte Sprache: what is public unreviewed, and what will be when it is approved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Revision

from cms_blocks.desk.cards import Card, Entry, register_card
from cms_blocks.desk.pages import short_date
from cms_blocks.easy_language import PERMISSION, sent_drafts, unreviewed


@register_card
class ToReview(Card):
    """Drafts that were sent for approval come first: they can still become public with the label."""

    name = "easy-language"
    heading = gettext_lazy("To be reviewed as Leichte Sprache")
    lead = gettext_lazy(
        "Pages whose words nobody has reviewed: they call themselves “Einfache Sprache, ungeprüft”. Read them, and "
        "approve them when people of the review group have understood them."
    )
    empty = gettext_lazy("Every page in Leichte Sprache has been reviewed. Well done!")
    order = 15

    def is_shown(self) -> bool:
        return self.user.has_perm(PERMISSION)

    def rows(self) -> Sequence[Any]:
        drafts = sent_drafts()
        sent = [int(draft.object_id) for draft in drafts]
        return [*drafts, *unreviewed().exclude(object_id__in=sent).order_by("wording_since", "pk")]

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [_of_draft(row) if isinstance(row, Revision) else _of_record(row) for row in rows]


def _of_draft(draft: Revision) -> Entry:
    note = _("sent for approval, written on {day}").format(day=short_date(draft.created_at))
    return Entry(draft.object_str, review_url(draft.object_id), note)


def _of_record(record: Any) -> Entry:
    note = _("public since {day}, not reviewed").format(day=short_date(record.wording_since))
    return Entry(record.title, review_url(record.object_id), note)


def review_url(page_id: int | str) -> str:
    """Where the words are read and approved."""
    return reverse("languages:page", args=[page_id]) + "#review"
