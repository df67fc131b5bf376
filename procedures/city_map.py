"""The map of the city: districts and procedures as they are drawn, each a link. Asks the database nothing."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms_blocks.publication.records import PublicRecord
from procedures.enums import Participation
from procedures.maps import ON_PHONE, WIDTH, Projection, city_projection, marks_apart, name_spot, path_of, rings_of
from procedures.outlines import label_point
from procedures.records import key_of
from procedures.tiles import Streets, streets
from procedures.wording import status_label

if TYPE_CHECKING:
    from procedures.cards import ProcedureCard
    from procedures.models import DistrictPage

#: The longer side of a map without a style sheet, in pixels.
UNSTYLED = 400


@dataclass(frozen=True, slots=True)
class Area:
    """A district to draw. ``count``: procedures in it, ``None`` where nobody counts. Without ``href`` it is no link.
    ``locale``: of its name, empty where that is the page's."""

    key: str
    name: str
    outline: str
    label_at: tuple[float, float] | None
    href: str = ""
    count: int | None = None
    is_here: bool = False
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A procedure to draw. ``key`` is its own among the places; ``outline``: of its area, empty where it has only a
    point; without ``href`` it is no link."""

    key: int
    title: str
    status: str
    latitude: float
    longitude: float
    href: str = ""
    outline: str = ""


@dataclass(frozen=True, slots=True)
class DrawnDistrict:
    """``x`` and ``y``: where name and number stand. ``name_fits``: ``"always"``, ``"wide"`` (not on a phone) or empty.

    ``number_fits``: whether there is room for the number at all.
    """

    area: Area
    label: str
    path: str
    x: str
    y: str
    name_fits: str
    number_fits: bool


@dataclass(frozen=True, slots=True)
class DrawnPoint:
    """``at``: latitude and longitude in degrees, as one text. ``path``: of its area, empty where it has none."""

    place: Place
    label: str
    x: str
    y: str
    at: str
    path: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A status with its words, for the key of the map."""

    status: str
    words: str


@dataclass(frozen=True, slots=True)
class CityMap:
    """``signs``: those that occur. ``streets``: ``None`` without a tile server, or without a point to show there.

    ``here``: where somebody stands who asks what is near.
    """

    width: int
    height: int
    districts: list[DrawnDistrict]
    points: list[DrawnPoint]
    signs: list[Sign]
    streets: Streets | None
    here: tuple[float, float] | None = None
    #: The sign of that place, its tip at the origin.
    pin: ClassVar[str] = "M0 0 L-11 -18 A13 13 0 1 1 11 -18 Z"

    @property
    def unstyled(self) -> tuple[int, int]:
        """Width and height in pixels where no style sheet says more."""
        longest = max(self.width, self.height)
        return self.width * UNSTYLED // longest, self.height * UNSTYLED // longest


def city_map(areas: Iterable[Area], places: Sequence[Place], here: tuple[float, float] | None = None) -> CityMap | None:
    """``None`` if there is nothing to draw. Places far outside the city are left out. ``here``: latitude, longitude."""
    known = [area for area in areas if area.outline]
    asking = [(here[1], here[0])] if here else []
    corners = (corner for one in places for ring in rings_of(one.outline) for corner in ring)
    at = [*asking, *((one.longitude, one.latitude) for one in places), *corners]
    projection = city_projection([area.outline for area in known], at)
    if projection is None:
        return None
    drawn = [one for one in places if projection.holds(one.longitude, one.latitude)]
    standing = [projection.place(*place) for place in asking if projection.holds(*place)]
    marks = marks_apart([*standing, *(projection.place(one.longitude, one.latitude) for one in drawn)])[len(standing) :]
    points = [_point(one, projection, *mark) for one, mark in zip(drawn, marks, strict=True)]
    occurring = {point.place.status for point in points}
    return CityMap(
        width=WIDTH,
        height=projection.height,
        districts=[drawn_district(area, projection, [*standing, *marks]) for area in known],
        points=points,
        signs=[Sign(status, status_label(status)) for status in Participation.values if status in occurring],
        streets=streets() if points else None,
        here=standing[0] if standing else None,
    )


def areas_of(districts: Sequence[PublicRecord], href: Callable[[PublicRecord], str]) -> list[Area]:
    """``districts``: records with their facts. ``href``: where one leads."""
    return [
        Area(
            key_of(row),
            row.title,
            row.district_facts.outline,
            (row.latitude, row.longitude),
            href(row),
            locale=row.locale,
        )
        for row in districts
        if row.latitude is not None and row.longitude is not None
    ]


def places_of(records: Iterable[PublicRecord]) -> list[Place]:
    """The procedures that have a point, each a link to its page. ``records`` come with their status and facts."""
    return [
        Place(row.pk, row.title, row.status, row.latitude, row.longitude, row.path, row.procedure_facts.area)
        for row in records
        if row.latitude is not None and row.longitude is not None
    ]


def map_of_districts(districts: Sequence[PublicRecord]) -> CityMap | None:
    """All districts, each a link to its page."""
    return city_map(areas_of(districts, lambda row: row.path), ())


def map_of_district(
    page: DistrictPage, districts: Sequence[PublicRecord], cards: Sequence[ProcedureCard]
) -> CityMap | None:
    """The district of this page among the others, with what happens there. Nothing for one without an outline."""
    if not page.outline:
        return None
    own = Area(page.slug, page.title, page.outline, label_point(page.outline), is_here=True)
    others = [area for area in areas_of(districts, lambda row: row.path) if area.key != page.slug]
    return city_map([*others, own], places_of(card.record for card in cards))


def map_of_places(
    places: Sequence[Place],
    districts: Sequence[PublicRecord],
    own: Container[str],
    here: tuple[float, float] | None = None,
) -> CityMap | None:
    """Where they are, among all districts. ``own``: the keys of their own ones. ``here``: latitude, longitude."""
    areas = areas_of(districts, lambda row: row.path)
    return city_map([replace(area, is_here=area.key in own) for area in areas], places, here)


def drawn_district(area: Area, projection: Projection, marks: Sequence[tuple[float, float]] = ()) -> DrawnDistrict:
    """With its name where it has room and covers none of the ``marks``, which are places of the map."""
    spot, fits = None, ""
    if area.label_at:
        latitude, longitude = area.label_at
        middle = projection.place(longitude, latitude)
        for size, letters, scale in (("always", len(area.name), ON_PHONE), ("wide", len(area.name), 1), ("", 1, 1)):
            if spot := name_spot(area.outline, projection, middle, letters, marks, scale):
                fits = size
                break
    x, y = spot or (0, 0)
    label = area.name
    if area.count is not None:
        label = ngettext("{name}, {count} procedure", "{name}, {count} procedures", area.count)
        label = label.format(name=area.name, count=area.count)
    return DrawnDistrict(area, label, path_of(area.outline, projection), f"{x:g}", f"{y:g}", fits, spot is not None)


def _point(place: Place, projection: Projection, x: float, y: float) -> DrawnPoint:
    label = _("{title}: {status}").format(title=place.title, status=status_label(place.status))
    at, path = f"{place.latitude} {place.longitude}", path_of(place.outline, projection)
    return DrawnPoint(place, label, f"{x:g}", f"{y:g}", at, path)
