"""Whether a place is in this city at all: numbers or axes that are swapped must not become public."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from procedures.maps import rings_of
from procedures.streets.distances import metres, rounded

#: Metres that a procedure may lie beyond the outermost districts: a waterworks, a road to the next town.
BEYOND = 20_000
#: Metres in a degree of latitude.
DEGREE = 111_200


@dataclass(frozen=True, slots=True)
class Bounds:
    """What all outlines together reach, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether it lies within the city or not far outside it."""
        down = BEYOND / DEGREE
        across = down / max(math.cos(math.radians((self.south + self.north) / 2)), 0.01)
        return (
            self.south - down <= latitude <= self.north + down and self.west - across <= longitude <= self.east + across
        )

    def away(self, latitude: float, longitude: float) -> float:
        """Metres to the nearest edge, zero inside."""
        nearest = min(max(latitude, self.south), self.north), min(max(longitude, self.west), self.east)
        return metres((latitude, longitude), nearest)


def bounds_of(outlines: Iterable[str]) -> Bounds | None:
    """``outlines``: stored texts; ``None`` without any."""
    places = [place for outline in outlines for ring in rings_of(outline) for place in ring]
    if not places:
        return None
    longitudes, latitudes = zip(*places, strict=True)
    return Bounds(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def city_bounds() -> Bounds | None:
    """Of all districts, drafts too; ``None`` where none has an outline. One query."""
    from procedures.models import DistrictPage

    return bounds_of(DistrictPage.objects.exclude(outline="").values_list("outline", flat=True))


def misplaced(latitude: float | None, longitude: float | None, area: str, bounds: Bounds | None) -> dict[str, str]:
    """What lies far outside the city, as messages by field name; empty where nobody knows what the city is."""
    errors: dict[str, str] = {}
    if bounds is None:
        return errors
    if latitude is not None and longitude is not None and not bounds.holds(latitude, longitude):
        words = (
            _(
                "This point lies about {count} kilometres away from the city. Latitude and longitude have probably "
                "been swapped: exchange the two numbers."
            )
            if bounds.holds(longitude, latitude)
            else _("This point lies about {count} kilometres away from the city. Correct latitude and longitude.")
        )
        errors["latitude"] = words.format(count=_kilometres(bounds.away(latitude, longitude)))
    corners = [(north, east) for ring in rings_of(area) for east, north in ring]
    if not all(bounds.holds(*corner) for corner in corners):
        words = (
            _(
                "This area lies about {count} kilometres away from the city. Latitude and longitude have probably "
                "been swapped: export the file again, with the longitude first."
            )
            if all(bounds.holds(east, north) for north, east in corners)
            else _(
                "This area lies about {count} kilometres away from the city. Check whether it is the right file, and "
                "export it again in WGS84 (EPSG:4326)."
            )
        )
        errors["area"] = words.format(count=_kilometres(max(bounds.away(*corner) for corner in corners)))
    return errors


def _kilometres(distance: float) -> int:
    return rounded(distance) // 1000
