"""The selection of the list as a map, and the same procedures in words beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from cms_blocks.publication.records import PublicRecord
from procedures.cards import ProcedureCard, card_of
from procedures.city_map import CityMap, areas_of, city_map, places_of
from procedures.records import CITY_WIDE, districts_of_city, key_of

#: Procedures on the map and beside it: who has more narrows the selection down.
MOST = 500


@dataclass(frozen=True, slots=True)
class MapListing:
    """``drawn`` are on the map, ``city_wide`` and ``elsewhere`` have no point there; all in the order of the list.

    ``map`` is ``None`` if neither districts nor procedures can be drawn. ``has_more``: some are left out.
    """

    map: CityMap | None
    drawn: list[ProcedureCard]
    city_wide: list[ProcedureCard]
    elsewhere: list[ProcedureCard]
    has_more: bool
    most: int = MOST


def map_listing(locale: str, records: Any, ids: Sequence[int], href: Callable[[str], str]) -> MapListing:
    """``records``: a queryset of the whole selection; ``ids``: its first ones in their order, one more than are shown.

    ``href``: the address of the list narrowed down to a district. Three queries.
    """
    found = PublicRecord.objects.visible().select_related("procedure_facts").in_bulk(ids[:MOST])
    rows = [found[pk] for pk in ids if pk in found]
    districts = districts_of_city(locale)
    counts: Counter[str] = Counter()
    for words, number in records.order_by().values_list("districts").annotate(number=Count("pk")):
        counts.update(dict.fromkeys(words, number))
    areas = areas_of(districts, lambda row: href(key_of(row)))
    shown = city_map([replace(area, count=counts[area.key]) for area in areas], places_of(rows))
    drawn = {point.place.key for point in shown.points} if shown else set()
    cards = [card_of(row, {key_of(district): district.title for district in districts}) for row in rows]
    without = [card for card in cards if card.record.pk not in drawn]
    return MapListing(
        map=shown,
        drawn=[card for card in cards if card.record.pk in drawn],
        city_wide=[card for card in without if CITY_WIDE in card.record.districts],
        elsewhere=[card for card in without if CITY_WIDE not in card.record.districts],
        has_more=len(ids) > MOST,
    )
