"""The description that people read: complete, accessible, on every screen, and from this site alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from tests.cms_blocks.content_api.conftest import API, Ids

OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"


def test_every_address_parameter_and_type_is_described(site: Ids, client: Client) -> None:
    page = client.get(f"{API}/docs/").content.decode()
    document = client.get(f"{API}/openapi.json").json()
    for path in document["paths"]:
        assert f"GET {path}<" in page
    for name in document["components"]["parameters"]:
        assert f'id="parameter-{name}"' in page
    for name in document["components"]["schemas"]:
        assert f'id="type-{name}"' in page


def test_its_html_is_valid(site: Ids, client: Client, html_errors: Any) -> None:
    assert html_errors(client.get(f"{API}/docs/").content) == []


def test_axe_finds_nothing_and_nothing_scrolls_sideways(site: Ids, open_page: Callable[..., Page], axe: Any) -> None:
    page = open_page(f"{API}/docs/", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert axe(page) == []
