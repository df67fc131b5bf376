"""The outline of a district, or of the area of a procedure: read from a GeoJSON file, checked, and simplified to what a
drawn map of the city needs.

Coordinates are degrees of WGS84, longitude first (RFC 7946). What is stored is the text of one polygon or multipolygon.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon

#: Of a file: ten times what a city's survey office gives for a district.
MOST_BYTES = 2 * 1024 * 1024
#: Of a stored outline: coarser until it has no more.
MOST_POINTS = 1000
#: How far the stored line may lie from the given one, in degrees: some ten metres, less than a line on the map is wide.
TOLERANCE = 0.0001
#: Five decimals are about one metre.
GRID = 0.00001
#: Nothing in a city is wider or higher than this, in degrees.
MOST_DEGREES = 2
#: Nothing is smaller, in square degrees: about a hundred square metres.
LEAST_AREA = 1e-8
#: Districts that lie no farther apart are neighbours, in degrees of latitude: fifty metres, for a street or a canal.
NEAR = 0.0005


def outline_from(raw: bytes) -> str:
    """The outline in a GeoJSON file, as GeoJSON text. Raises :class:`ValidationError` saying what to correct."""
    if len(raw) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 2 MB. Export only this one outline, with fewer points."))
    try:
        data = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise ValidationError(
            _("The file is no GeoJSON: it cannot be read as JSON. Export the outline again, as GeoJSON in UTF-8.")
        ) from None
    parts = [_polygon(rings) for rings in _polygons(_geometry(data))]
    shape = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    if not shape.is_valid:
        raise ValidationError(_("Two parts of the outline overlap. Join them into one and export it again."))
    west, south, east, north = shape.bounds
    if east - west > MOST_DEGREES or north - south > MOST_DEGREES:
        raise ValidationError(
            _("The outline is larger than any city. Check whether longitude and latitude are in this order.")
        )
    return _text(_simplified(shape))


def neighbours_of(key: str, outlines: Mapping[str, str]) -> list[str]:
    """The keys of the districts that touch this one or nearly do. ``outlines``: stored texts by key."""
    shapes = {name: shape for name, text in outlines.items() if (shape := _stored(text)) is not None}
    if key not in shapes:
        return []
    own = shapes.pop(key)
    narrow = math.cos(math.radians(own.centroid.y))
    own = _flat(own, narrow)
    return [name for name, shape in shapes.items() if own.distance(_flat(shape, narrow)) <= NEAR]


def label_point(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of the place in a stored outline where a name has most room; none for an empty one."""
    shape = _stored(text)
    if shape is None:
        return None
    largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    centre = shapely.maximum_inscribed_circle(largest, tolerance=TOLERANCE).coords[0]
    return round(centre[1], 5), round(centre[0], 5)


def nearest_point(text: str, latitude: float, longitude: float) -> tuple[float, float] | None:
    """Latitude and longitude of the place in a stored outline that lies next to this one: the same if it lies inside,
    none for an empty one."""
    shape = _stored(text)
    if shape is None:
        return None
    here, narrow = shapely.Point(longitude, latitude), math.cos(math.radians(latitude))
    if shape.covers(here):
        return latitude, longitude
    x, y = shapely.shortest_line(_flat(shape, narrow), _flat(here, narrow)).coords[0]
    return y, x / narrow


def _geometry(data: Any) -> Mapping[str, Any]:
    """The one geometry of a file."""
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "FeatureCollection":
        features = data.get("features")
        if not isinstance(features, list) or len(features) != 1:
            number = len(features) if isinstance(features, list) else 0
            raise ValidationError(
                _("The file holds {number} shapes. It must hold exactly one: choose the right one and export it alone.")
                .format(number=number)
            )  # fmt: skip
        data = features[0]
        kind = data.get("type") if isinstance(data, dict) else None
    if kind == "Feature":
        data = data.get("geometry")
        kind = data.get("type") if isinstance(data, dict) else None
    if kind not in {"Polygon", "MultiPolygon"}:
        raise ValidationError(
            _("The file holds no area but “{kind}”. Export the outline as a polygon or multipolygon in GeoJSON.")
            .format(kind=str(kind)[:40] if kind else _("nothing that is known"))
        )  # fmt: skip
    return data  # type: ignore[no-any-return]


def _polygons(geometry: Mapping[str, Any]) -> list[Any]:
    found = geometry.get("coordinates")
    found = [found] if geometry["type"] == "Polygon" else found
    if not isinstance(found, list) or not found:
        raise ValidationError(_("The outline has no points. Export it again."))
    return found


def _polygon(rings: Any) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise ValidationError(_("The outline has no points. Export it again."))
    outer, *holes = [_ring(ring) for ring in rings]
    shape = Polygon(outer, holes)
    if not shape.is_valid:
        where = shapely.is_valid_reason(shape).partition("[")[2].rstrip("]").split()
        if len(where) < 2:
            raise ValidationError(_("The outline crosses itself. Correct it and export it again."))
        raise ValidationError(
            _("The outline crosses itself near {latitude}, {longitude}. Correct it there and export it again.")
            .format(latitude=where[1], longitude=where[0])
        )  # fmt: skip
    return shape


def _ring(ring: Any) -> list[tuple[float, float]]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise ValidationError(
            _("A line of the outline has fewer than four points. Three corners are needed, and the first again.")
        )
    points = [_position(position) for position in ring]
    if points[0] != points[-1]:
        raise ValidationError(_("A line of the outline is not closed. Its last point must be the same as its first."))
    if len(set(points)) < 3:
        raise ValidationError(_("A line of the outline has no area. It needs at least three different corners."))
    return points


def _position(position: Any) -> tuple[float, float]:
    if not isinstance(position, list) or len(position) < 2 or not all(map(_is_number, position[:2])):
        raise ValidationError(
            _("A point of the outline is no pair of numbers. Export it again, with longitude and latitude.")
        )
    longitude, latitude = position[:2]
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValidationError(
            _(
                "The point {longitude}, {latitude} is not on earth: degrees are needed, longitude first. Export the "
                "outline again in WGS84 (EPSG:4326)."
            ).format(longitude=longitude, latitude=latitude)
        )
    return float(longitude), float(latitude)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _simplified(shape: Any) -> Any:
    """With as few points as the map needs, on a grid of a metre. Raises :class:`ValidationError` if nothing is left."""
    tolerance = TOLERANCE
    while True:
        found = shapely.set_precision(shape.simplify(tolerance, preserve_topology=True), GRID)
        parts = getattr(found, "geoms", [found])
        areas = [part for part in parts if isinstance(part, Polygon) and part.area > LEAST_AREA]
        if not areas:
            raise ValidationError(_("The outline is smaller than a house. Check whether it is the right one."))
        found = areas[0] if len(areas) == 1 else MultiPolygon(areas)
        if shapely.get_num_coordinates(found) <= MOST_POINTS or tolerance > MOST_DEGREES:
            return shapely.orient_polygons(found)
        tolerance *= 2


def _text(shape: Any) -> str:
    """GeoJSON with no more decimals than the grid has."""
    return orjson.dumps(_rounded(shapely.geometry.mapping(shape))).decode()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, tuple | list) else value


def _stored(text: str) -> Any:
    return shapely.from_geojson(text) if text else None


def _flat(shape: Any, narrow: float) -> Any:
    """With degrees of longitude as long as those of latitude."""
    return shapely.transform(shape, lambda points: points * (narrow, 1))
