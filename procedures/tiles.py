"""The map with streets: pictures from a tile server that the settings name, asked for only after a yes.

::

    PROCEDURES_TILES_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    PROCEDURES_TILES_ATTRIBUTION = "© City of Example"  # HTML: may hold a link
    PROCEDURES_TILES_OPERATOR = "the City of Example"  # in the sentence before the consent; else the host

Without the address there is no such map. The project's content security policy adds :func:`tile_sources`.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Streets:
    """``operator``: who is asked for the pictures."""

    address: str
    attribution: str
    operator: str


def streets() -> Streets | None:
    """``None`` without a tile server."""
    address = getattr(settings, "PROCEDURES_TILES_URL", "")
    if not address:
        return None
    attribution = getattr(settings, "PROCEDURES_TILES_ATTRIBUTION", "")
    return Streets(address, attribution, getattr(settings, "PROCEDURES_TILES_OPERATOR", "") or urlsplit(address).netloc)


def tile_sources() -> list[str]:
    """The origin that pictures of the map come from, for the ``img-src`` of the content security policy."""
    address = urlsplit(getattr(settings, "PROCEDURES_TILES_URL", ""))
    return [f"{address.scheme}://{address.netloc}"] if address.netloc else []
