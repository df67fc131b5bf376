"""Public procedures and districts, as lists and pages read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.http import urlencode
from wagtail.models import Page

from cms_blocks.languages import original_language
from cms_blocks.publication.records import PublicRecord, PublicRecordQuerySet
from procedures.cards import CITY_WIDE, ProcedureCard, card_of
from procedures.enums import OVER, Participation
from procedures.outlines import neighbours_of

#: Most that a district's page shows; the list has them all.
MOST = 12


@dataclass(frozen=True, slots=True)
class Happening:
    """What a district's page shows. ``total``: all that the list has for the district and the whole city, over or not,
    at ``address``; that is empty where there is no public list."""

    cards: list[ProcedureCard]
    total: int
    address: str

    @property
    def has_more(self) -> bool:
        return bool(self.address) and self.total > len(self.cards)


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
    """Names of the public districts by the word they are known by: in this language, else the original ones."""
    rows = in_language_or_original(locale, "district").order_by("title", "pk")
    return {words[0]: title for words, title in rows.values_list("districts", "title") if words}


def district_of(word: str) -> PublicRecord | None:
    """The first public district with this word, in whatever language."""
    return PublicRecord.objects.listed().of_kind("district").filter(districts__has=word).order_by("pk").first()


def districts_of_city(locale: str) -> list[PublicRecord]:
    """All public districts with their facts, each once, by name: in this language, else the original one."""
    rows = in_language_or_original(locale, "district").select_related("district_facts")
    return list(rows.order_by("title", "pk"))


def in_language_or_original(locale: str, *kinds: str) -> PublicRecordQuerySet:
    """What is listed in this language, and what is not translated into it in the original one."""
    rows = PublicRecord.objects.listed().of_kind(*kinds)
    if locale == original_language():
        return rows.in_locale(locale)
    translated = rows.in_locale(locale).values("translation_key")
    return rows.filter(Q(locale=locale) | Q(locale=original_language()) & ~Q(translation_key__in=translated))


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


def happening_in(district: Any) -> Happening:
    """What happens in a district, in the order of :func:`happening`. Three queries."""
    records, asked = _in_language_of(district), {"district": [district.slug, CITY_WIDE]}
    cards = [card_of(row, {}) for row in happening(records, district.slug)]
    index = records.of_kind("procedure_index").order_by("tree_path").first()
    if index is None:
        return Happening(cards, 0, "")
    total = _concerning(records, district.slug).under(index.tree_path).count()
    return Happening(cards, total, f"{index.path}?{urlencode(asked, doseq=True)}")


def happening(records: PublicRecordQuerySet, word: str, most: int = MOST) -> list[PublicRecord]:
    """The procedures among these that take place in the district with this word or in the whole city: what is open
    first, then what is the district's own, then the newest. What is done or dropped happens no more. One query."""
    rows = _concerning(records, word).exclude(procedure_facts__stage__in=OVER)
    here = Case(When(districts__has=word, then=Value(0)), default=Value(1))
    return list(open_first(rows, here).with_span().select_related("procedure_facts")[:most])


def open_first(rows: PublicRecordQuerySet, *then: Any) -> PublicRecordQuerySet:
    """Procedures in the order of lists that show only some: what people can take part in, ``then``, the newest."""
    is_open = Case(When(status=Participation.OPEN, then=Value(0)), default=Value(1))
    return rows.order_by(is_open, *then, "-procedure_facts__news_on", "pk")


def _concerning(records: PublicRecordQuerySet, word: str) -> PublicRecordQuerySet:
    return records.of_kind("procedure").filter(districts__has_any=[word, CITY_WIDE])


def _in_language_of(page: Page) -> PublicRecordQuerySet:
    return PublicRecord.objects.listed().in_locale(page.locale.language_code)
