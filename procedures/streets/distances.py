"""How far it is from one point to another, in metres, as the crow flies."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH = 6_371_008.8


def metres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Between two points (latitude, longitude in degrees)."""
    (a, b), (c, d) = (tuple(map(radians, point)) for point in (here, there))
    half = sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def rounded(distance: float) -> int:
    """As nobody measures from door to door: by 50 metres, from 1,000 metres on by 100, from 10,000 on by 1,000."""
    step = 50 if distance < 1000 else 100 if distance < 10_000 else 1000
    return max(step, round(distance / step) * step)
