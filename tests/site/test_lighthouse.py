"""Lighthouse gives every public page type the most there is: accessibility, best practices and findability."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.infrastructure.page_quality import Faults
from tests.site.house import MISSING, PLACES, House

pytestmark = [pytest.mark.xdist_group("lighthouse"), pytest.mark.unmeasured]


#: Set from right to left, which no German page is.
ALSO = "Arabic page with every block"
#: Search results and forms keep themselves out of search engines, which Lighthouse counts as a fault.
HIDDEN = 'name="robots" content="noindex'


def test_every_page_type_gets_a_hundred(
    house: House, client: Client, site_server: Any, page_faults: Callable[[list[str]], Faults]
) -> None:
    places = fullest_of_each_type(client)
    assert {"page with every block", "method", "imprint", ALSO} <= places.keys()
    found = page_faults([site_server.url + PLACES[place] for place in places])
    lines = [
        f"{place}, {category}: {fault}"
        for place, hidden in places.items()
        for category, faults in found.get(site_server.url + PLACES[place], {}).items()
        for fault in faults
        if not (hidden and fault.startswith("is-crawlable:"))
    ]
    assert not lines, "\n".join(lines)


def fullest_of_each_type(client: Client) -> dict[str, bool]:
    """Of all places made by one template the longest, and whether it hides from search engines."""
    longest: dict[str, tuple[int, str, bool]] = {}
    for place, path in PLACES.items():
        if place not in MISSING and (place == ALSO or not path.startswith("/ar/")):
            answer = client.get(path)
            type_ = ALSO if place == ALSO else answer.templates[0].name
            known = len(answer.content), place, HIDDEN in answer.content.decode()
            longest[type_] = max(longest.get(type_, (0, "", False)), known)
    return {place: hidden for _length, place, hidden in longest.values()}
