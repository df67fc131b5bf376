"""The map of the city on paper: an SVG without words, in the colours of the light theme."""

from __future__ import annotations

from cms_blocks.print.theme import colours
from procedures.city_map import CityMap

#: Of a point, in units of the map: a sheet shows it small.
RADIUS = 22


def map_on_paper(shown: CityMap | None) -> str:
    """Districts, the own ones filled, points, and where a street is. Empty if there is nothing to point out."""
    if shown is None or not (shown.here or shown.points or any(one.area.is_here for one in shown.districts)):
        return ""
    known = colours()
    paper, line, here, ink = known["surface"], known["ink-2"], known["blue-soft"], known["blue"]
    # The own ones last, so that no neighbour's line covers theirs.
    districts = sorted(shown.districts, key=lambda one: one.area.is_here)
    parts = [
        f'<path d="{one.path}" fill-rule="evenodd" fill="{here if one.area.is_here else paper}" '
        f'stroke="{ink if one.area.is_here else line}" stroke-width="{5 if one.area.is_here else 2}"/>'
        for one in districts
    ]
    parts += [
        f'<circle cx="{one.x}" cy="{one.y}" r="{RADIUS}" fill="{known["coral"]}" stroke="{paper}" stroke-width="6"/>'
        for one in shown.points
    ]
    if shown.here:
        x, y = shown.here
        parts.append(
            f'<path transform="translate({x:g} {y:g}) scale(2.4)" d="{shown.pin}" '
            f'fill="{known["ink"]}" stroke="{paper}" stroke-width="2"/>'
        )
    box = f"0 0 {shown.width} {shown.height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{"".join(parts)}</svg>'
