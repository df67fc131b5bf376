"""The card of what stands on top of every page, now or soon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_blocks.desk.cards import Card, Entry, register_card
from cms_blocks.desk.pages import moment_in_words
from cms_blocks.notices import Notice


@register_card
class Notices(Card):
    """Notices that are up or will be."""

    name = "notices"
    heading = gettext_lazy("On top of every page")
    lead = gettext_lazy("Notices that are up now or appear by themselves later.")
    empty = gettext_lazy("No notice is up.")
    order = 45

    def is_shown(self) -> bool:
        return bool(self.user.has_perm("cms_blocks.change_notice"))

    def rows(self) -> QuerySet[Any]:
        return Notice.objects.filter(ends__gt=timezone.now()).select_related("locale").order_by("begins", "pk")

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [
            Entry(
                notice.text,
                reverse("wagtailsnippets_cms_blocks_notice:edit", args=[notice.pk]),
                _note(notice),
                language=notice.locale.language_code,
            )
            for notice in rows
        ]


def _note(notice: Notice) -> str:
    if notice.begins > timezone.now():
        return _("appears on {when}").format(when=moment_in_words(notice.begins))
    return _("up until {when}").format(when=moment_in_words(notice.ends))
