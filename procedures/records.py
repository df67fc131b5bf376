"""Public procedures and districts, as lists and pages read them."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord, PublicRecordQuerySet
from procedures.cards import CITY_WIDE, ProcedureCard, card_of
from procedures.outlines import neighbours_of

#: Most that a district's page shows; the list has them all.
MOST = 12


def procedures_under(index: Any) -> PublicRecordQuerySet:
    """The procedures below an index page; none for one that is not saved yet."""
    if not index.path:
        return PublicRecord.objects.none()
    return _in_language_of(index).of_kind("procedure").under(index.path)


def districts_below(index: Any) -> list[PublicRecord]:
    if not index.path:
        return []
    rows = _in_language_of(index).of_kind("district").under(index.path).select_related("district_facts")
    return list(rows.order_by("title", "pk"))


def district_names(locale: str) -> dict[str, str]:
    """Names of the public districts in this language by the word they are known by."""
    rows = PublicRecord.objects.listed().of_kind("district").in_locale(locale).order_by("title", "pk")
    return {words[0]: title for words, title in rows.values_list("districts", "title") if words}


def districts_of_city(locale: str) -> list[PublicRecord]:
    """All public districts in this language, with their facts, by name."""
    rows = PublicRecord.objects.listed().of_kind("district").in_locale(locale).select_related("district_facts")
    return list(rows.order_by("title", "pk"))


def neighbours_among(districts: list[PublicRecord], page: Any) -> list[PublicRecord]:
    """Those that touch the district of this page, by name. Asks the database nothing."""
    if not page.outline:
        return []
    outlines = {key: row.district_facts.outline for row in districts if (key := key_of(row)) != page.slug}
    near = set(neighbours_of(page.slug, outlines | {page.slug: page.outline}))
    return [row for row in districts if key_of(row) in near]


def key_of(district: PublicRecord) -> str:
    """The word that other records know a district by."""
    return district.districts[0] if district.districts else ""


def happening_in(district: Any) -> list[ProcedureCard]:
    """What happens in a district: what is open first, then what concerns the whole city."""
    return [card_of(row, {}) for row in happening(_in_language_of(district), district.slug)]


def happening(records: PublicRecordQuerySet, word: str) -> list[PublicRecord]:
    """The procedures among these that take place in the district with this word, in the order of its page."""
    rows = records.of_kind("procedure").filter(districts__has_any=[word, CITY_WIDE])
    here = list(
        rows.with_span().select_related("procedure_facts").order_by("-procedure_facts__news_on", "pk")[: MOST * 4]
    )
    here.sort(key=lambda row: (row.status != "open", word not in row.districts))
    return here[:MOST]


def _in_language_of(page: Page) -> PublicRecordQuerySet:
    return PublicRecord.objects.listed().in_locale(page.locale.language_code)
