"""The list of methods as the address asks for it. Reads public records and their facts, never pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page as PageOfHits
from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from cms_blocks.office import Topic
from cms_blocks.publication.reader import moment
from cms_blocks.publication.records import PublicRecord
from cms_blocks.search.found import found_by
from toolkit.cards import MethodCard, card_of
from toolkit.facets import Facet, count_facets
from toolkit.filters import MethodFilters, bound_label
from toolkit.picks import Picks, picks_from
from toolkit.places import Places, places_below
from toolkit.records import methods_under

if TYPE_CHECKING:
    from toolkit.models import MethodIndexPage

PER_PAGE = 24

SORTS = {
    "relevance": (gettext_lazy("best match first"), ()),
    "title": (gettext_lazy("by name"), ("method_facts__sort_key",)),
    "cost": (gettext_lazy("by cost"), ("method_facts__cost_level", "method_facts__sort_key")),
    "duration": (
        gettext_lazy("by time"),
        ("method_facts__duration_minutes_min", "method_facts__duration_minutes_max", "method_facts__sort_key"),
    ),
    "people": (gettext_lazy("by number of people"), ("method_facts__group_size_min", "method_facts__sort_key")),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use and the address without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class SortOption:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WayOut:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the list shows. ``ignored`` names what in the address could not be used, in words.

    ``carried`` are the parameters that a new search keeps; ``picks_elsewhere`` are slugs ticked on other pages of the
    list; ``ways_out`` are links out of an empty selection.
    """

    q: str
    facets: list[Facet]
    chips: list[Chip]
    cards: list[MethodCard]
    page: PageOfHits
    total: int
    count_text: str
    sorts: list[SortOption]
    ignored: list[str]
    relaxed: bool
    carried: list[tuple[str, str]]
    ways_out: list[WayOut]
    places: Places
    picks: Picks
    picks_elsewhere: list[str]
    is_filtered: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """What an address asks for: filters, and the ids of the records in the order they are shown."""

    q: str
    filters: MethodFilters
    ids: Any
    sort: str
    offered: list[str]
    relaxed: bool
    records: Any


def selection_for(page: MethodIndexPage, query: QueryDict) -> Selection:
    """The methods below ``page`` that the address leaves. Queries wait until :attr:`Selection.ids` are read."""
    records = methods_under(page)
    q = query.get("q", "").strip()[:200].replace("\x00", "")
    found = found_by(q, page.locale.language_code, "method", moment())
    if q:
        records = records.among(found.ids)
    filters = MethodFilters(query, records, topics_of(page))
    offered = [name for name in SORTS if q or name != "relevance"]
    sort = query.get("sort", "")
    if sort not in offered:
        sort = offered[0]
    ids: Any
    if sort == "relevance":
        left = set(filters.qs.values_list("pk", flat=True))
        ids = [pk for pk in found.ids if pk in left]
    else:
        ids = filters.qs.order_by(*SORTS[sort][1], "pk").values_list("pk", flat=True)
    return Selection(q, filters, ids, sort, offered, found.relaxed, records)


def listing_for(page: MethodIndexPage, query: QueryDict) -> Listing:
    """A constant number of queries, however many methods and filters there are."""
    selection = selection_for(page, query)
    filters = selection.filters
    counts = count_facets(selection.records, filters, any_label=pgettext("filter", "any"))
    ignored = [f"{label}: {value[:40]}" for label, value in filters.ignored()]
    if (sort := query.get("sort", "")) and sort not in selection.offered:
        ignored.append(_("Sorting: %(value)s") % {"value": sort[:40]})
    paginator = Paginator(selection.ids, PER_PAGE)
    if selection.sort != "relevance":
        paginator.count = counts.total  # counted already, with the facets
    wanted = query.get("page", "1")
    page_of_hits = paginator.get_page(wanted)
    if str(page_of_hits.number) != wanted:
        ignored.append(_("Page: %(value)s") % {"value": wanted[:40]})
    cards = _cards(list(page_of_hits))
    places, picks = places_below(page), picks_from(query)
    chips = chips_of(query, filters, counts.facets)
    return Listing(
        q=selection.q,
        facets=counts.facets,
        chips=chips,
        cards=cards,
        page=page_of_hits,
        total=counts.total,
        count_text=ngettext("%(count)s method", "%(count)s methods", counts.total) % {"count": counts.total},
        sorts=[SortOption(name, str(SORTS[name][0]), name == selection.sort) for name in selection.offered],
        ignored=ignored,
        relaxed=selection.relaxed,
        carried=[(name, value) for name, values in query.lists() if name not in {"q", "page"} for value in values],
        ways_out=_ways_out(places),
        places=places,
        picks=picks,
        picks_elsewhere=[slug for slug in picks.slugs if slug not in {card.slug for card in cards}],
        is_filtered=bool(chips),
    )


def topics_of(page: Any) -> dict[str, str]:
    """Topics by slug, in the page's language, in their order."""
    return {topic.slug: topic.name for topic in Topic.objects.filter(locale_id=page.locale_id)}


def _ways_out(places: Places) -> list[WayOut]:
    found = [WayOut(_("Show all methods"), "?")]
    return [*found, WayOut(_("Open the finder"), places.finder.path)] if places.finder else found


def _cards(ids: list[int]) -> list[MethodCard]:
    """The cards of one page, in this order."""
    found = PublicRecord.objects.visible().select_related("method_facts").in_bulk(ids)
    return [card_of(found[pk]) for pk in ids if pk in found]


def chips_of(query: QueryDict, filters: MethodFilters, facets: list[Facet]) -> list[Chip]:
    """The filters in use, in words."""
    without = partial(address_without, query)
    chips = (
        [Chip(_("“%(words)s”") % {"words": query["q"].strip()[:40]}, without("q"))]
        if query.get("q", "").strip()
        else []
    )
    for facet in facets:
        if facet.kind == "checkbox":
            chips += [
                Chip(option.label, without(facet.name, option.value)) for option in facet.options if option.checked
            ]
        elif facet.kind == "radio" and (value := filters.answers().get(facet.name)) is not None:
            chips.append(Chip(f"{facet.label}: {bound_label(facet.name, value)}", without(facet.name)))
        elif facet.value:
            chips.append(Chip(f"{facet.label}: {facet.value}", without(facet.name)))
    return chips


def address_without(query: QueryDict, name: str, value: str | None = None) -> str:
    """The present query without one value of a parameter, or without the parameter; back on the first page."""
    rest = query.copy()
    rest.pop("page", None)
    kept = [word for word in rest.getlist(name) if value is not None and word != value]
    rest.setlist(name, kept)
    return "?" + rest.urlencode()
