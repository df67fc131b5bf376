"""Writing in a real browser: the preview follows the typing in every size and mode; the pages beside it are for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from cms_blocks.writing.previewing import CARD, LEICHT, SIZES
from tests.site.house import House

PATIENCE_MS = 30_000


@pytest.fixture
def editor(house: House, open_page: Callable[..., Page], site_server: Any) -> Page:
    """The browser of somebody who may do everything."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("operator", "operator@office.example", "x"))
    page = open_page(width=1400)
    page.set_default_timeout(PATIENCE_MS)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site_server.url}])
    return page


def test_what_is_typed_is_seen_at_three_widths_as_card_and_in_easy_layout(house: House, editor: Page) -> None:
    editor.goto(reverse("wagtailadmin_pages:edit", args=[house.article]))
    editor.locator("#id_lead").fill("Neu: was hier alles stehen kann.")
    editor.get_by_role("button", name="Vorschau umschalten").click()
    preview = editor.frame_locator("#w-preview-iframe")
    expect(preview.locator(".lead").first).to_have_text("Neu: was hier alles stehen kann.", timeout=PATIENCE_MS)
    for size in SIZES:
        with translation.override("de"):
            editor.get_by_label(str(size["label"])).check(force=True)
        assert preview.locator("html").evaluate("() => window.innerWidth") == size["device_width"]
    mode = editor.locator("#id_preview_mode")
    mode.select_option(CARD)
    expect(preview.locator(".card-grid .card").first).to_contain_text("Neu: was hier", timeout=PATIENCE_MS)
    mode.select_option(LEICHT)
    expect(preview.locator("html[lang=de-simple]")).to_be_attached(timeout=PATIENCE_MS)


def test_choosing_a_type_and_the_places_of_a_page_work_for_everybody(
    house: House, editor: Page, axe: Callable[..., list[str]]
) -> None:
    addresses = [
        reverse("wagtailadmin_pages:add_subpage", args=[house.home]),
        reverse("appearances", args=["page", house.method]),
    ]
    for address in addresses:
        editor.goto(address)
        for theme, width in (("light", 1280), ("dark", 360)):
            editor.emulate_media(color_scheme=theme)
            editor.set_viewport_size({"width": width, "height": 800})
            assert axe(editor, exclude=("#wagtail-sidebar", "header")) == [], f"{address} {theme}"
            assert editor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    editor.goto(addresses[0])
    link = editor.locator(".type-card__link").first
    link.focus()
    editor.keyboard.press("Enter")
    editor.locator("#id_title").press_sequentially("Größere Bäume für Übergänge")
    expect(editor.locator("#id_slug")).to_have_value("groessere-baeume-fuer-uebergaenge")
