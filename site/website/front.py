"""What the website's pages show of other pages. Everything comes from the gate."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from wagtail.models import Page

import procedures.front
from cms_blocks.publication.records import PublicRecord, PublicRecordQuerySet


@dataclass(frozen=True, slots=True)
class Front:
    """The home page's sections: procedures and districts, the method of the week, further methods, and the pages of the
    menu."""

    planned: procedures.front.Front
    method_of_the_week: PublicRecord | None
    methods: list[PublicRecord]
    method_count: int
    method_index: PublicRecord | None
    doors: list[PublicRecord]


def front_for(page: Page) -> Front:
    """Six queries, however much there is."""
    records = list(
        PublicRecord.objects.listed()
        .in_locale(page.locale.language_code)
        .under(page.path)
        .of_kind("method", "method_index")
        .order_by("tree_path")
    )
    methods = [record for record in records if record.kind == "method"]
    # Weeks since the beginning of the calendar, Monday to Sunday: the turn goes on when a year ends.
    week = (timezone.localdate().toordinal() - 1) // 7
    chosen = methods[week % len(methods)] if methods else None
    others = [record for record in methods if record is not chosen]
    start = (week * 3) % len(others) if others else 0
    return Front(
        planned=procedures.front.front_of(page),
        method_of_the_week=chosen,
        methods=(others[start:] + others[:start])[:3],
        method_count=len(methods),
        method_index=next((record for record in records if record.kind == "method_index"), None),
        doors=list(_children(page).filter(in_menu=True)),
    )


def children_of(page: Page) -> list[PublicRecord]:
    """The public pages right below this one, in the editor's order."""
    return list(_children(page))


def _children(page: Page) -> PublicRecordQuerySet:
    return PublicRecord.objects.listed().under(page.path).filter(depth=page.depth + 1).order_by("tree_path")
