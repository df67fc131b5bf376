"""The list of procedures as the address asks for it. Reads public records and their facts, never pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.core.paginator import Page as PageOfHits
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from cms_blocks.office import Half, office_for
from cms_blocks.publication.counting import Counted
from cms_blocks.publication.reader import LONGEST, etag, moment
from cms_blocks.publication.records import PublicRecord
from cms_blocks.search.found import found_by
from procedures.cards import Outcome, ProcedureCard, card_of, outcome_of
from procedures.exits import export_address
from procedures.filters import ProcedureFilters
from procedures.map_listing import MOST as MOST_ON_MAP
from procedures.map_listing import MapListing, map_listing
from procedures.months import YEARS, Calendar, calendar_for, month_from
from procedures.records import CITY_WIDE, district_names, procedures_under
from toolkit.facets import Facet, Option
from toolkit.levels import level_choices
from toolkit.listing import Chip, SortOption, WayOut, address_without, topics_of

if TYPE_CHECKING:
    from procedures.models import ProcedureIndexPage

PER_PAGE = 24

#: Label, columns, and something that is true of all procedures, said so that SQLite goes along an index from the first
#: on instead of sorting them all.
SORTS: dict[str, tuple[Any, tuple[str, ...], Q]] = {
    "relevance": (gettext_lazy("best match first"), (), Q()),
    "new": (
        gettext_lazy("newest first"),
        ("-procedure_facts__news_on", "-procedure_facts__record_id"),
        Q(procedure_facts__news_on__gt=date.min),
    ),
    "title": (gettext_lazy("by name"), ("title", "pk"), Q()),
    "number": (
        gettext_lazy("by number"),
        ("procedure_facts__reference", "procedure_facts__record_id"),
        Q(procedure_facts__reference__gt=""),
    ),
}


#: How a selection can be looked at; the first without a word in the address.
VIEWS = {
    "list": pgettext_lazy("view", "List"),
    "map": pgettext_lazy("view", "Map"),
    "calendar": gettext_lazy("Calendar"),
    "outcomes": gettext_lazy("What came of it"),
}


@dataclass(frozen=True, slots=True)
class View:
    """A way to look at the selection."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the list shows. ``ignored`` names what in the address could not be used, in words; ``without_ignored``
    is the address that has none of it.

    ``map``, ``calendar`` or ``outcomes`` instead of cards where they are asked for; ``before`` and ``after``: the
    addresses of earlier and later months; ``undated``: the procedures that no month shows, as a list.

    ``carried`` are the parameters that a new search keeps; ``ways_out`` are links out of an empty selection, and
    ``only_words``: nothing but words makes the selection.
    """

    q: str
    facets: list[Facet]
    chips: list[Chip]
    cards: list[ProcedureCard]
    page: PageOfHits
    total: int
    count_text: str
    sorts: list[SortOption]
    ignored: list[str]
    without_ignored: str
    relaxed: bool
    carried: list[tuple[str, str]]
    ways_out: list[WayOut]
    exits: list[WayOut]
    is_filtered: bool
    only_words: bool
    views: list[View]
    view: str
    map: MapListing | None
    calendar: Calendar | None
    outcomes: list[Outcome]
    before: str
    after: str
    undated: WayOut | None
    only_undated: bool


def listing_for(page: ProcedureIndexPage, query: QueryDict) -> Listing:
    """A constant number of queries, however many procedures and filters there are."""
    locale = page.locale.language_code
    present = moment()  # before the data that it names
    records = procedures_under(page)
    q = query.get("q", "").strip()[:200].replace("\x00", "")
    found = found_by(q, locale, "procedure", present)
    if q:
        records = records.among(found.ids)
    only_undated = query.get("dates") == "none"
    if only_undated:
        records = records.filter(starts_at=None)
    filters = ProcedureFilters(query, records, _choices(page, locale))
    counted = _counted(filters, records, etag(page.path, q, only_undated, present.token))
    facets = _facets(filters, counted)
    offered = [name for name in SORTS if q or name != "relevance"]
    sort = query.get("sort", "")
    unknown = filters.ignored()
    ignored = [f"{filters.filters[name].label}: {value[:40]}" for name, value in unknown]
    if query.get("dates") and not only_undated:
        unknown.append(("dates", query["dates"]))
        ignored.append(_("Dates: %(value)s") % {"value": query["dates"][:40]})
    if sort and sort not in offered:
        unknown.append(("sort", sort))
        ignored.append(_("Sorting: %(value)s") % {"value": sort[:40]})
    sort = sort if sort in offered else offered[0]
    ids: Any
    if sort == "relevance":
        left = set(filters.qs.values_list("pk", flat=True))
        ids = [pk for pk in found.ids if pk in left]
    else:
        _label, columns, always = SORTS[sort]
        ids = filters.qs.filter(always).order_by(*columns).values_list("pk", flat=True)
    paginator = Paginator(ids, PER_PAGE)
    if sort != "relevance":
        paginator.count = counted.total  # counted already, with the facets
    view = query.get("view", "list")
    if view not in VIEWS:
        unknown.append(("view", view))
        ignored.append(_("View: %(value)s") % {"value": view[:40]})
        view = "list"
    calendar = undated = None
    if view == "calendar":
        first = month_from(query.get("month", ""), timezone.localdate())
        if first is None:
            unknown.append(("month", query["month"]))
            ignored.append(_("Month: %(value)s") % {"value": query["month"][:40]})
        calendar = calendar_for(filters.qs, first or timezone.localdate().replace(day=1))
        undated = _undated(query, filters.qs.filter(starts_at=None).count())
    wanted = query.get("page", "1")
    page_of_hits = paginator.get_page(wanted)
    if str(page_of_hits.number) != wanted:
        ignored.append(_("Page: %(value)s") % {"value": wanted[:40]})
    chips = _chips(query, facets, only_undated)
    return Listing(
        q=q,
        facets=facets,
        chips=chips,
        cards=_cards(list(page_of_hits), dict(filters.filters["district"].extra["choices"])) if view == "list" else [],
        page=page_of_hits,
        total=counted.total,
        count_text=ngettext("%(count)s procedure", "%(count)s procedures", counted.total) % {"count": counted.total},
        sorts=[SortOption(name, str(SORTS[name][0]), name == sort) for name in offered],
        ignored=ignored,
        without_ignored=_without(query, unknown),
        relaxed=found.relaxed,
        carried=[(name, value) for name, values in query.lists() if name not in {"q", "page"} for value in values],
        ways_out=[WayOut(_("Show all procedures"), "?")],
        exits=_exits(locale, q, filters, only_undated),
        is_filtered=bool(chips),
        only_words=bool(q) and len(chips) == 1,
        views=[View(str(label), _address(query, view=name, month=""), name == view) for name, label in VIEWS.items()],
        view=view,
        map=_map(locale, query, filters.qs, list(ids[: MOST_ON_MAP + 1])) if view == "map" else None,
        calendar=calendar,
        outcomes=_outcomes(list(page_of_hits)) if view == "outcomes" else [],
        before=_address(query, month=calendar.before) if calendar and calendar.before else "",
        after=_address(query, month=calendar.after) if calendar and calendar.after else "",
        undated=undated,
        only_undated=only_undated,
    )


def _address(query: QueryDict, **values: str) -> str:
    """The present query with these values; an empty one, and the view that needs no word, are left out."""
    asked = query.copy()
    asked.pop("page", None)
    for name, value in values.items():
        asked.pop(name, None)
        if value and value != "list":
            asked[name] = value
    return f"?{asked.urlencode()}#count"


def _without(query: QueryDict, unknown: list[tuple[str, str]]) -> str:
    """The present query without these values of its parameters, on the first page."""
    asked = [(name, value) for name, values in query.lists() for value in values if name != "page"]
    return f"?{urlencode([pair for pair in asked if pair not in unknown])}#count"


def _undated(query: QueryDict, count: int) -> WayOut | None:
    """What a calendar cannot show is said below it."""
    words = ngettext("%(count)s procedure has no date yet", "%(count)s procedures have no date yet", count)
    return WayOut(words % {"count": count}, _address(query, view="list", month="", dates="none")) if count else None


def _counted(filters: ProcedureFilters, records: Any, selection: str) -> Counted:
    """What ``filters`` count among ``records``. It is the same on every page, in any order and view, so it is kept
    for this selection and moment."""
    key = etag("counted", selection, sorted(filters.answers().items()))
    found: Counted | None = cache.get(key)
    if found is None:
        found = filters.count(records)
        cache.set(key, found, timeout=LONGEST)
    return found


def _choices(page: ProcedureIndexPage, locale: str) -> dict[str, dict[str, str]]:
    """Words that are content: districts, topics, the names of the halves; and the years, the newest first."""
    office = office_for(locale)
    return {
        "district": {CITY_WIDE: _("The whole city"), **district_names(locale)},
        "topic": topics_of(page),
        "level": dict(level_choices()),
        "half": {half: office.half_name(half) for half in Half.values},
        "year": {str(year): str(year) for year in reversed(YEARS)},
    }


def _exits(locale: str, q: str, filters: ProcedureFilters, only_undated: bool) -> list[WayOut]:
    """The same selection for calendars, feeds, tables and maps, by the content API where the site has it."""
    asked = {"locale": locale, **({"q": q} if q else {}), **({"starts_at__isnull": "true"} if only_undated else {})}
    for name, words in filters.answers().items():
        asked[f"{filters.filters[name].field_name.rpartition('__')[2]}__in"] = ",".join(words)
    labels = {
        "atom": _("Feed"),
        "ics": _("Calendar (ICS)"),
        "xlsx": _("Table (Excel)"),
        "csv": _("Table (CSV)"),
        "geojson": _("Map (GeoJSON)"),
    }
    newest_first = {"atom": {"sort": "-news_on"}}
    addresses = {name: export_address("procedures", name, asked | newest_first.get(name, {})) for name in labels}
    return [WayOut(label, addresses[name]) for name, label in labels.items() if addresses[name]]


def _facets(filters: ProcedureFilters, counted: Counted) -> list[Facet]:
    """Words that no record has are not offered, unless they are ticked."""
    answers = filters.answers()
    facets = []
    for name, used in filters.filters.items():
        counts, ticked = counted.words[name], answers.get(name, ())
        options = [
            Option(str(value), capfirst(str(label)), counts.get(str(value), 0), str(value) in ticked)
            for value, label in used.extra["choices"]
            if str(value) in counts or str(value) in ticked
        ]
        if options:
            facets.append(Facet(name, str(used.label), "checkbox", options))
    return facets


def _chips(query: QueryDict, facets: list[Facet], only_undated: bool) -> list[Chip]:
    """The filters in use, in words."""
    words = query.get("q", "").strip()
    chips = [Chip(_("“%(words)s”") % {"words": words[:40]}, address_without(query, "q"))] if words else []
    if only_undated:
        chips.append(Chip(_("Without a date"), address_without(query, "dates")))
    return chips + [
        Chip(option.label, address_without(query, facet.name, option.value))
        for facet in facets
        for option in facet.options
        if option.checked
    ]


def _map(locale: str, query: QueryDict, records: Any, ids: list[int]) -> MapListing:
    return map_listing(locale, records, ids, lambda key: _address(query, view="list", district=key))


def _outcomes(ids: list[int]) -> list[Outcome]:
    found = PublicRecord.objects.visible().select_related("procedure_facts").in_bulk(ids)
    today = timezone.localdate()
    return [outcome_of(found[pk], today) for pk in ids if pk in found]


def _cards(ids: list[int], districts: dict[str, str]) -> list[ProcedureCard]:
    """The cards of one page, in this order."""
    found = PublicRecord.objects.visible().with_span().select_related("procedure_facts").in_bulk(ids)
    return [card_of(found[pk], districts) for pk in ids if pk in found]
