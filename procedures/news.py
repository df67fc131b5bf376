"""News as lists and pages show it. Reads public records and their facts, never pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page as PageOfNews
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from cms_blocks.publication.records import PublicRecord, PublicRecordQuerySet
from cms_blocks.publication.targets import Target, current_targets
from procedures.cards import NewsCard, news_card_of
from procedures.exits import export_address
from procedures.records import district_names

if TYPE_CHECKING:
    from procedures.models import DistrictPage, NewsIndexPage, NewsPage, ProcedurePage

PER_PAGE = 12
#: Most that a procedure's or a district's page shows.
MOST = 5
NEWEST_FIRST = ("-news_facts__news_on", "-pk")


@dataclass(frozen=True, slots=True)
class NewsList:
    """One page of the list. ``feed``: its address, empty where the site has no content API. ``ignored``: what in the
    address could not be used, in words."""

    cards: list[NewsCard]
    page: PageOfNews
    feed: str
    ignored: list[str]


@dataclass(frozen=True, slots=True)
class Named:
    """The public procedures and districts that a piece of news names."""

    procedures: list[Target]
    districts: list[Target]


def news_list_for(index: NewsIndexPage, query: QueryDict) -> NewsList:
    """Three queries, however much there is."""
    locale = index.locale.language_code
    rows = _news_in(locale).under(index.path) if index.path else PublicRecord.objects.none()
    wanted = query.get("page", "1")
    page = Paginator(rows.order_by(*NEWEST_FIRST), PER_PAGE).get_page(wanted)
    ignored = [_("Page: %(value)s") % {"value": wanted[:40]}] if str(page.number) != wanted else []
    names = district_names(locale)
    return NewsList([news_card_of(row, names) for row in page], page, feed_address(locale), ignored)


def news_about_procedure(procedure: ProcedurePage) -> list[NewsCard]:
    """The newest that name it. One query."""
    rows = _news_in(procedure.locale.language_code).filter(news_facts__procedures__has=procedure.reference)
    return _newest(rows) if procedure.reference else []


def news_about_district(district: DistrictPage) -> list[NewsCard]:
    """The newest that name it. One query."""
    return _newest(_news_in(district.locale.language_code).filter(districts__has=district.slug))


def named_in(news: NewsPage) -> Named:
    """One query."""
    from procedures.presentation import targets_of

    targets = current_targets()
    ids = [row.procedure_id for row in news.procedures.all()] + [row.district_id for row in news.districts.all()]
    targets.preload(pages=ids)
    return Named(
        targets_of(news, "procedures", "procedure_id", targets), targets_of(news, "districts", "district_id", targets)
    )


def feed_address(locale: str) -> str:
    """The feed of all news in a language, where the site has the content API."""
    return export_address("news", "atom", {"locale": locale, "sort": "-news_on"})


def _news_in(locale: str) -> PublicRecordQuerySet:
    return PublicRecord.objects.listed().in_locale(locale).of_kind("news").select_related("news_facts")


def _newest(rows: Any) -> list[NewsCard]:
    return [news_card_of(row, {}) for row in rows.order_by(*NEWEST_FIRST)[:MOST]]
