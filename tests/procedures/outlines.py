"""Outlines for tests: small districts side by side, near 52.40 north and 13.06 east."""

from __future__ import annotations

import json
from typing import Any

from procedures.outlines import outline_from

WIDE = 0.02


def square(column: int = 0, row: int = 0, gap: float = 0.0) -> list[list[float]]:
    """The corners of a district in a row of districts; ``gap`` moves it away from its neighbour, in degrees."""
    west, south = 13.0 + column * WIDE + gap, 52.38 + row * WIDE
    return [[west, south], [west + WIDE, south], [west + WIDE, south + WIDE], [west, south + WIDE], [west, south]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def outline(column: int = 0, row: int = 0, gap: float = 0.0) -> str:
    """As it is stored."""
    return outline_from(json.dumps(polygon(square(column, row, gap))).encode())
