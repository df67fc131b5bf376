"""A drawn map of the city: outlines and points on a plane. Knows neither database nor words.

The projection is equirectangular: at the size of a city nobody sees the difference. A map is ``WIDTH`` units wide and
as high as the city is, with north at the top in every language.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import orjson

WIDTH = 800
#: No map is lower or higher, however narrow or long the city is.
HEIGHTS = (300, 1000)
MARGIN = 24
#: The least that a map shows, in degrees of latitude: some four hundred metres.
LEAST = 0.004
#: How far a point may lie beyond the outlines and still be drawn, as a part of their extent.
BEYOND = 0.1
#: The width of a letter in a name on the map, in units.
LETTER = 9
#: A name may reach beyond its outline by this part of its width rather than be left out.
REACH = 0.3
#: From the middle of one mark to the middle of the next, in units.
MARKS_APART = 36
#: How far a mark reaches from its middle, and a name with a number below it from its own up and down.
MARK, ABOVE, BELOW = 16, 16, 24
#: How much larger letters and marks are on a phone (procedures.css).
ON_PHONE = 1.6

Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Projection:
    """From degrees to units of the map."""

    west: float
    north: float
    units: float
    narrow: float
    height: int
    left: float
    top: float

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """To the right and down from the upper left corner."""
        x = self.left + (longitude - self.west) * self.narrow * self.units
        y = self.top + (self.north - latitude) * self.units
        return round(x, 1), round(y, 1)

    def holds(self, longitude: float, latitude: float) -> bool:
        x, y = self.place(longitude, latitude)
        return 0 <= x <= WIDTH and 0 <= y <= self.height


@dataclass(frozen=True, slots=True)
class Sketch:
    """One outline alone."""

    path: str
    width: int
    height: int


@lru_cache(maxsize=512)
def rings_of(outline: str) -> tuple[Ring, ...]:
    """All lines of a stored outline, holes included, as pairs of longitude and latitude; none for an empty one."""
    if not outline:
        return ()
    geometry = orjson.loads(outline)
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return tuple(tuple((point[0], point[1]) for point in ring) for polygon in polygons for ring in polygon)


def projection_of(places: Iterable[tuple[float, float]]) -> Projection | None:
    """Fitted to these pairs of longitude and latitude; ``None`` without any."""
    known = list(places)
    if not known:
        return None
    longitudes, latitudes = zip(*known, strict=True)
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    across, down = max((east - west) * narrow, LEAST), max(north - south, LEAST)
    inner = WIDTH - 2 * MARGIN
    units = min(inner / across, (HEIGHTS[1] - 2 * MARGIN) / down)
    height = max(round(down * units) + 2 * MARGIN, HEIGHTS[0])
    left = (WIDTH - (east - west) * narrow * units) / 2
    top = (height - (north - south) * units) / 2
    return Projection(west, north, units, narrow, height, left, top)


def city_projection(outlines: Sequence[str], points: Iterable[tuple[float, float]]) -> Projection | None:
    """Fitted to the outlines, with what lies just beyond them; without outlines to the points."""
    corners = [place for outline in outlines for ring in rings_of(outline) for place in ring]
    if not corners:
        return projection_of(points)
    longitudes, latitudes = zip(*corners, strict=True)
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    across, down = (east - west) * BEYOND, (north - south) * BEYOND
    near = [
        (longitude, latitude)
        for longitude, latitude in points
        if west - across <= longitude <= east + across and south - down <= latitude <= north + down
    ]
    return projection_of([*corners, *near])


def path_of(outline: str, projection: Projection) -> str:
    """An SVG path of all its lines."""
    lines = []
    for ring in rings_of(outline):
        places = [projection.place(*place) for place in ring[:-1]]
        lines.append("M" + "L".join(f"{x:g} {y:g}" for x, y in places) + "Z")
    return "".join(lines)


def room_at(outline: str, projection: Projection, x: float, y: float) -> float:
    """How much room there is for a name around this place of the map, within the outline, in units."""
    crossings = []
    for ring in rings_of(outline):
        for (x1, y1), (x2, y2) in pairwise(projection.place(*place) for place in ring):
            if (y1 > y) != (y2 > y):
                crossings.append(x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    before, after = [one for one in crossings if one <= x], [one for one in crossings if one > x]
    return 2 * min(x - max(before), min(after) - x) if before and after else 0


def marks_apart(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same places of the map, moved so that marks do not lie on each other: what comes first stays.

    Each moves outwards in a spiral as far as it must, at most five marks; where all is full marks do lie on each other.
    """
    taken: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def is_free(x: float, y: float) -> bool:
        column, row = int(x // MARKS_APART), int(y // MARKS_APART)
        near = (taken.get((column + i, row + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1))
        return all(math.dist((x, y), other) >= MARKS_APART for cell in near for other in cell)

    moved = []
    for x, y in places:
        at = next((spot for spot in _spiral(x, y, MARKS_APART / 3, 15) if is_free(*spot)), (x, y))
        taken.setdefault((int(at[0] // MARKS_APART), int(at[1] // MARKS_APART)), []).append(at)
        moved.append((round(at[0], 1), round(at[1], 1)))
    return moved


def name_spot(
    outline: str,
    projection: Projection,
    at: tuple[float, float],
    letters: int,
    marks: Sequence[tuple[float, float]],
    scale: float = 1,
) -> tuple[float, float] | None:
    """The place next to ``at`` where a name of so many letters, with a number below, covers no mark and has room.

    ``scale``: how much larger than usual letters and marks are.
    """
    wide, above, below, mark = (one * scale for one in (letters * LETTER, ABOVE, BELOW, MARK))
    for x, y in _spiral(*at, 16, 10):
        covers = any(abs(mx - x) < wide / 2 + mark and -above - mark < my - y < below + mark for mx, my in marks)
        if (
            not covers
            and room_at(outline, projection, x, y) > wide * (1 - REACH)
            and room_at(outline, projection, x, y + below) > 2 * LETTER
        ):
            return round(x, 1), round(y, 1)
    return None


def _spiral(x: float, y: float, step: float, rings: int) -> Iterator[tuple[float, float]]:
    """This place, then twelve around it on each of so many rings."""
    yield x, y
    for ring in range(1, rings + 1):
        for hour in range(12):
            angle = math.tau * hour / 12
            yield x + ring * step * math.cos(angle), y + ring * step * math.sin(angle)


def sketch(outline: str) -> Sketch:
    """An outline alone, for whoever has just stored it."""
    projection = projection_of(place for ring in rings_of(outline) for place in ring)
    if projection is None:
        return Sketch("", WIDTH, HEIGHTS[0])
    return Sketch(path_of(outline, projection), WIDTH, projection.height)
