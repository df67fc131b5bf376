"""From what somebody types to a street, and from a street to what is planned nearest. Reads public records only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import reduce
from math import cos, inf, radians
from operator import or_
from typing import Any

from django.db.models import F, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cms_blocks.publication.records import PublicRecord, PublicRecordQuerySet
from procedures.cards import CITY_WIDE, ProcedureCard, card_of
from procedures.enums import OVER
from procedures.models import Street
from procedures.outlines import nearest_point
from procedures.records import in_language_or_original, open_first
from procedures.streets.distances import metres, rounded
from procedures.streets.house_numbers import Number, one, parse
from procedures.streets.names import fold, split, thirds

#: Metres within which something is near.
NEAR = 1000
#: Procedures in each part of the answer, and streets that are offered where it is unclear which is meant.
MOST, MOST_OFFERED = 12, 8
#: From so many letters on their beginning is enough.
LEAST_LETTERS = 3
#: Streets that are compared letter by letter, and how alike they have to be.
MOST_COMPARED, ALIKE = 500, 0.75


@dataclass(frozen=True, slots=True)
class Offer:
    """A street that may be meant. ``district``: the word, where several districts have a street of this name."""

    name: str
    district: str = ""
    district_name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A street, or one of its houses: as exactly as it is known. ``number`` is what was typed, if the directory has it
    there; else that is ``unknown``, and ``known`` the next one in the directory, empty where it has none. ``chosen`` is
    the district where several have a street of this name."""

    name: str
    number: str
    unknown: str
    known: str
    district: str
    chosen: str
    point: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Match:
    """Either a place or offers; neither if no street is like what was typed, or if that is ``too_short`` to tell."""

    place: Place | None = None
    offers: list[Offer] = field(default_factory=list)
    too_short: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A procedure on the way: ``metres`` as the crow flies and in words. Infinite and empty where it has no point."""

    card: ProcedureCard
    metres: float
    distance: str


@dataclass(frozen=True, slots=True)
class Nearby:
    """What is planned: near, further away in the district, and for the whole city. ``nearest``: where nothing is
    near."""

    near: list[Planned]
    district: list[Planned]
    city_wide: list[Planned]
    nearest: Planned | None
    district_name: str


def find(typed: str, number: str = "", district: str = "", *, names: Mapping[str, str]) -> Match:
    """The street that is meant. ``names``: those of the districts by their words. At most three queries."""
    street, inline = split(typed)
    rows = _rows(fold(typed)) if fold(typed) else []
    if not rows and inline:  # else the number belongs to the name
        rows, number = _rows(fold(street)), number or inline
    if not rows:
        is_short = len(fold(street)) < LEAST_LETTERS
        offers = _beginning_with(street) if is_short else _similar(fold(street))
        if len(offers) != 1:
            return Match(offers=offers, too_short=is_short and not offers)
        rows = _rows(fold(offers[0].name))
    houses, is_shared = one(number), len({row.district for row in rows if row.district}) > 1
    if district and any(row.district == district for row in rows):
        rows = [row for row in rows if row.district == district]
    exact = [row for row in rows if houses and any(span.holds(houses) for span in parse(row.numbers))]
    rows = exact or rows
    districts = list(dict.fromkeys(row.district for row in rows if row.district))
    if len(districts) > 1:
        return Match(offers=[Offer(rows[0].name, word, names.get(word, word)) for word in districts])
    row = _house(rows, houses) if houses and any(one.numbers for one in rows) else _middle(rows)
    known = _nearest_number(row, houses) if houses and not exact else ""
    chosen = row.district if is_shared else ""
    here, missing = (number, "") if exact else ("", number)
    return Match(Place(row.name, here, missing, known, row.district, chosen, (row.latitude, row.longitude)))


def is_street(typed: str) -> bool:
    """Whether exactly this is a street's name, digits included: “Straße des 17. Juni”."""
    return Street.objects.filter(key=fold(typed)).exists()


def nearby(place: Place, locale: str, names: Mapping[str, str]) -> Nearby:
    """Five queries, however much is planned."""
    planned = in_language_or_original(locale, "procedure").exclude(procedure_facts__stage__in=OVER)
    ids = list(_by_distance(planned, place.point).values_list("pk", flat=True)[: 2 * MOST])
    nearest = sorted(_planned(ids, place.point, names), key=_metres)
    near = [one for one in nearest if one.metres <= NEAR][:MOST]
    others = planned.exclude(pk__in=[one.card.record.pk for one in near or nearest[:1]])
    here = others.filter(districts__has_any=[place.district]) if place.district else others.none()
    here_ids = list(_foremost(here.exclude(districts__has_any=[CITY_WIDE])))
    wide_ids = list(_foremost(others.filter(districts__has_any=[CITY_WIDE])))
    found = {one.card.record.pk: one for one in _planned([*here_ids, *wide_ids], place.point, names)}
    here_shown = [found[pk] for pk in here_ids if pk in found]
    return Nearby(
        near=near,
        district=sorted(here_shown, key=_metres),
        city_wide=[found[pk] for pk in wide_ids if pk in found],
        nearest=nearest[0] if nearest and not near else None,
        district_name=names.get(place.district, ""),
    )


def for_everybody(locale: str) -> list[Planned]:
    """What is planned for the whole city, for whoever lives in a street that nobody knows. Two queries."""
    planned = in_language_or_original(locale, "procedure").exclude(procedure_facts__stage__in=OVER)
    ids = list(_foremost(planned.filter(districts__has_any=[CITY_WIDE])))
    found = PublicRecord.objects.visible().select_related("procedure_facts").in_bulk(ids)
    return [Planned(card_of(found[pk], {}), inf, "") for pk in ids if pk in found]


def distance_words(distance: float) -> str:
    """“about 350 metres”, “about 2.3 kilometres”."""
    about = rounded(distance)
    if about < 1000:
        return _("about {count} metres").format(count=about)
    decimals = 1 if about < 10_000 else 0
    return _("about {count} kilometres").format(count=number_format(about / 1000, decimals))


def _rows(key: str) -> list[Street]:
    return list(Street.objects.filter(key=key).order_by("district", "pk"))


def _similar(key: str) -> list[Offer]:
    """Streets that begin so, else those that differ by a few letters; the most similar first."""
    streets = Street.objects.order_by("key").values_list("key", "name")
    names = dict(streets.filter(key__startswith=key).distinct()[:MOST_COMPARED])
    if not names:
        parts = reduce(or_, (Q(key__contains=part) for part in thirds(key)))
        names = dict(streets.filter(parts).distinct()[:MOST_COMPARED])
        names = {found: names[found] for found in get_close_matches(key, names, MOST_OFFERED, ALIKE)}
    return [Offer(name) for name in list(names.values())[:MOST_OFFERED]]


def _beginning_with(word: str) -> list[Offer]:
    """Streets with this first word: “Am” alone begins too many others."""
    names = Street.objects.filter(name__istartswith=f"{word} ").order_by("key").values_list("name", flat=True)
    return [Offer(name) for name in names.distinct()[:MOST_OFFERED]] if word else []


def _house(rows: list[Street], wanted: Number) -> Street:
    """The row with the fewest houses that holds the number, else the one whose numbers come nearest."""

    def order(row: Street) -> tuple[int, int]:
        spans = parse(row.numbers)
        away = min((span.distance(wanted) for span in spans), default=10_000)
        return away, sum(span.last[0] - span.first[0] for span in spans)

    return min(rows, key=order)


def _nearest_number(row: Street, wanted: Number) -> str:
    """In words: “20”, “7a”. Empty for a row that names no houses."""
    spans = parse(row.numbers)
    if not spans:
        return ""
    number, letter = min(spans, key=lambda span: span.distance(wanted)).nearest(wanted)
    return f"{number}{letter}"


def _middle(rows: list[Street]) -> Street:
    """The row that lies next to the middle of the street."""
    middle = (sum(row.latitude for row in rows) / len(rows), sum(row.longitude for row in rows) / len(rows))
    return min(rows, key=lambda row: metres(middle, (row.latitude, row.longitude)))


def _by_distance(rows: PublicRecordQuerySet, point: tuple[float, float]) -> Any:
    """The nearest first, told by the database; degrees of longitude are shorter than those of latitude."""
    north, east = F("latitude") - point[0], (F("longitude") - point[1]) * cos(radians(point[0]))
    with_point = rows.filter(latitude__isnull=False, longitude__isnull=False)
    return with_point.order_by(north * north + east * east, "pk")


def _foremost(rows: PublicRecordQuerySet) -> Any:
    return open_first(rows).values_list("pk", flat=True)[:MOST]


def _planned(ids: Iterable[int], point: tuple[float, float], names: Mapping[str, str]) -> list[Planned]:
    """In the order of ``ids``; what has left the public meanwhile is left out."""
    ids = list(ids)
    found = PublicRecord.objects.visible().select_related("procedure_facts").in_bulk(ids)
    return [_one(found[pk], point, names) for pk in ids if pk in found]


def _one(record: PublicRecord, point: tuple[float, float], names: Mapping[str, str]) -> Planned:
    if record.latitude is None or record.longitude is None:
        return Planned(card_of(record, names), inf, "")
    edge = nearest_point(record.procedure_facts.area, *point)
    away = metres(point, edge or (record.latitude, record.longitude))
    return Planned(card_of(record, names), away, _("your street lies in it") if edge == point else distance_words(away))


def _metres(planned: Planned) -> float:
    return planned.metres
