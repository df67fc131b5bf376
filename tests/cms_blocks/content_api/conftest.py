"""A small public site to be read: a home page, two pages that quote each other, a toolkit with methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord
from tests.cms_blocks.publication.editor import found_house
from tests.infrastructure.database import Kept
from tests.site.house import HOUSE, House
from tests.site.house import build as build_house
from tests.toolkit.factories import method, toolkit
from website.models import StandardPage

API = "/api/content/v1"
SITE = Kept()
Ids = dict[str, int]
Ask = Callable[..., Any]


def build() -> Ids:
    """Page ids by name."""
    from cms_blocks.publication.unit import unit

    start = found_house()
    with unit():
        place = start.add_child(
            instance=StandardPage(title="Ein Platz", slug="platz", lead="Für alle.", half="carrier")
        )
        link = f'<p>Am <a linktype="page" id="{place.pk}">Platz</a>.</p>'
        street = start.add_child(
            instance=StandardPage(title="Eine Straße", slug="strasse", show_in_menus=True, body=[("paragraph", link)])
        )
        house = street.add_child(instance=StandardPage(title="Ein Haus", slug="haus", show_in_menus=True))
        index = toolkit()
        cheap = method(index, "Ärmel hoch", cost_level=1, purposes=("plan", "decide"))
        dear = method(index, "Zukunftswerkstatt", cost_level=4, goes_with=(cheap,), group_size_max=None)
    found = {"place": place, "street": street, "house": house, "index": index, "cheap": cheap, "dear": dear}
    return {name: page.pk for name, page in found.items()} | {"home": start.pk}


@pytest.fixture
def site(transactional_db: None) -> Ids:
    ids: Ids = SITE.get(build)
    return ids


@pytest.fixture
def house(transactional_db: None) -> House:
    """The house of tests/site/house.py, with a page of every kind."""
    return HOUSE.get(build_house)  # type: ignore[no-any-return]


@pytest.fixture
def ask(site: Ids, client: Client) -> Ask:
    """``ask("/records/", limit=2)`` → the answer's JSON; the status must be 200."""

    def get(path: str, /, **query: Any) -> Any:
        answer = client.get(API + path, query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


def record_of(page_id: int) -> PublicRecord:
    return PublicRecord.objects.get(object_id=page_id)


def page_of(page_id: int) -> Any:
    return Page.objects.get(pk=page_id).specific
