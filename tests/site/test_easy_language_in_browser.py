"""Leichte Sprache and the note of an old translation, as people see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.site.house import House
from website.models import HomePage


def test_easy_language_is_large_whole_and_says_what_it_is(
    house: House, open_page: Callable[..., Page], axe: Callable[[Page], list[Any]]
) -> None:
    german = HomePage.objects.get(locale__language_code="de")
    german.lead = "Ein neuer Satz."
    german.save_revision().publish()
    simple = HomePage.objects.get(locale__language_code="de-simple")
    simple.lead = "Ein Satz.\nNoch ein Satz."
    simple.body = json.dumps([{"type": "paragraph", "value": "<p>Reden Sie mit. Am 3. März geht es los.</p>"}])
    simple.save_revision().publish()
    for theme, width in (("light", 360), ("dark", 1280)):
        page = open_page("/de-simple/", width=width, theme=theme)
        label = page.locator(".easy-label")
        expect(label).to_be_visible()
        expect(label).not_to_contain_text("Leichte Sprache")
        expect(page.locator(".language-marks .notice a")).to_have_attribute("href", "/")
        style = "element => [getComputedStyle(element).fontSize, getComputedStyle(element).hyphens]"
        assert page.locator(".block-paragraph p").first.evaluate(style) == ["20px", "none"]
        assert page.locator(".block-paragraph p").first.inner_text() == "Reden Sie mit.\nAm 3. März geht es los."
        assert page.locator(".lead").first.evaluate("element => getComputedStyle(element).whiteSpace") == "pre-line"
        assert axe(page) == []


def test_the_note_is_mirrored_in_arabic(
    house: House, open_page: Callable[..., Page], axe: Callable[[Page], list[Any]]
) -> None:
    german = HomePage.objects.get(locale__language_code="de")
    german.lead = "Ein neuer Satz."
    german.save_revision().publish()
    page = open_page("/ar/", width=360)
    sign, words = (page.locator(f".language-marks .notice {part}").bounding_box() for part in ("svg", "p"))
    assert sign["x"] > words["x"] + words["width"] - 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
