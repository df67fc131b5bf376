"""Lighthouse gives every public page type the most there is: accessibility, best practices and findability."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.infrastructure.page_quality import Faults
from tests.site.house import PLACES, House
from tests.site.page_types import fullest_of_each_type

pytestmark = [pytest.mark.xdist_group("lighthouse"), pytest.mark.unmeasured]


#: Set from right to left, which no German page is, and the views of one list, which share a template.
ALSO = (
    "Arabic page with every block",
    "list of procedures",
    "list of procedures as a map",
    "list of procedures by months",
    "list of procedures and what came of them",
)
#: Search results and forms keep themselves out of search engines, which Lighthouse counts as a fault.
HIDDEN = 'name="robots" content="noindex'


def test_every_page_type_gets_a_hundred(
    house: House, client: Client, site_server: Any, page_faults: Callable[[list[str]], Faults]
) -> None:
    looked_at = dict(fullest_of_each_type(client).values()) | {place: client.get(PLACES[place]) for place in ALSO}
    places = {place: HIDDEN in answer.content.decode() for place, answer in looked_at.items()}
    assert {"page with every block", "method", "imprint", "procedure", "district", "news"} <= places.keys()
    assert any("thanks" in place for place in places)
    found = page_faults([site_server.url + PLACES[place] for place in places])
    lines = [
        f"{place}, {category}: {fault}"
        for place, hidden in places.items()
        for category, faults in found.get(site_server.url + PLACES[place], {}).items()
        for fault in faults
        if not (hidden and fault.startswith("is-crawlable:"))
    ]
    assert not lines, "\n".join(lines)
