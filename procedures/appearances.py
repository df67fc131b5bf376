"""Where lists of the room show a procedure, a district or a piece of news."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord
from cms_blocks.writing.appearances import Place, lists_records
from procedures.records import CITY_WIDE

LISTS = {"procedure": "procedure_index", "district": "district_index", "news": "news_index"}


@lists_records
def in_lists(record: PublicRecord) -> Iterator[Place]:
    """The list above it, for a procedure the pages of its districts, for news those of what it names."""
    if record.kind not in LISTS:
        return
    public = PublicRecord.objects.listed().in_locale(record.locale)
    for row in public.of_kind(LISTS[record.kind]).filter(tree_path=record.tree_path[: -Page.steplen]):
        yield Place(row.title, row.path, _("in the list, as long as the filters let it through"))
    if record.kind == "procedure":
        where = set(record.districts) - {CITY_WIDE}
        districts = public.of_kind("district")
        if CITY_WIDE not in record.districts:
            districts = districts.filter(districts__has_any=sorted(where))
        for row in districts.order_by("title", "pk"):
            yield Place(row.title, row.path, _("among what happens there"))
    if record.kind == "news":
        named = public.filter(
            Q(kind="procedure", procedure_facts__reference__in=record.news_facts.procedures)
            | Q(kind="district", districts__has_any=sorted(record.districts))
        )
        for row in named.order_by("title", "pk"):
            yield Place(row.title, row.path, _("under “News about this”"))
