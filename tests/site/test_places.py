"""The list of places (house.py) leaves out no page type: every test that walks it has seen all there is."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.test import Client
from django.urls import resolve
from django.utils import translation

from cms_blocks.models import PublicRecord
from cms_blocks.publication.declaration import page_kinds
from tests.site.api_exits import api_exits
from tests.site.house import MISSING, PLACES, House
from tests.site.test_leaks import PUBLIC

#: Public exits that are no pages: they answer machines, or with a file. The content API's own page is looked at in
#: tests/cms_blocks/content_api.
NO_PAGES = {
    "healthz",
    "readyz",
    "media_image",
    "wagtaildocs_serve",
    "print",
    "street_note",
    "edition_paper",
    "short_address",
    "short_address_of_district",
    "short_address_of_street",
    *api_exits(),
}


def view_of(address: str) -> str | None:
    """Name of the URL pattern that a place's address meets."""
    path = urlsplit(address).path
    with translation.override(translation.get_language_from_path(path) or "de"):
        return resolve(path).url_name


def test_every_kind_that_is_published_has_a_place(house: House, client: Client) -> None:
    paths = {urlsplit(address).path for address in PLACES.values()}
    kinds = set(PublicRecord.objects.visible().filter(path__in=paths).values_list("kind", flat=True))
    assert len(page_kinds()) >= 8
    assert set(page_kinds()) - kinds == set(), "build one in tests/site/house.py and name its address in PLACES"


def test_every_public_view_has_a_place() -> None:
    assert set(PUBLIC) - NO_PAGES - {view_of(address) for address in PLACES.values()} == set()


def test_places_are_what_they_say(house: House, client: Client) -> None:
    statuses = {place: client.get(address).status_code for place, address in PLACES.items()}
    assert {place for place, status in statuses.items() if status == 404} == MISSING
    assert set(statuses.values()) == {200, 404}
