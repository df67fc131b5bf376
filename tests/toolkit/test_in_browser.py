"""The toolkit in a real browser: without JavaScript, by keyboard, on a phone, for everyone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.toolkit.factories import home, method, toolkit, with_tools

PAGES = {
    "list": "/methoden/?purpose=plan&people=20&cost=nonsense",
    "no hits": "/methoden/?people=900000",
    "method": "/methoden/werkstatt/",
    "questions": "/methoden/finder/",
    "advice": "/methoden/finder/?purpose=plan&purpose=decide&people=150&cost=1",
    "comparison": "/methoden/vergleich/?m=werkstatt&m=fest",
    "empty comparison": "/methoden/vergleich/",
}
FULL = {
    "steps": [("Einladen", 0), ("Reden", 60), ("Planen", 30)],
    "strengths": ["Lebendig."],
    "limits": ["Nicht für Hunderte."],
    "accessibility": ["Freie Plätze."],
    "target_groups": ["Vereine", "Nachbarschaft"],
    "materials": ["Stühle", "Papier"],
    "staff": "1 Moderation",
    "cost_note": "bis 300 Euro",
    "origin": "Aus den Niederlanden.",
    "levels": ("involvement",),
}


@pytest.fixture
def content(transactional_db: None) -> None:
    index = toolkit()
    with_tools(index)
    party = method(index, "Fest", slug="fest", purposes=("activate",), cost_level=4)
    method(index, "Werkstatt", slug="werkstatt", purposes=("plan",), goes_with=(party,), **FULL)


@pytest.fixture
def arabic(content: None) -> None:
    home("ar")
    index = toolkit("ar", slug="methods", title="الطرق")
    with_tools(index)
    method(index, "ورشة", slug="workshop", purposes=("plan",), **FULL)


@pytest.mark.parametrize("name", PAGES)
def test_the_html_is_valid(content: None, client: Client, html_errors: Callable[..., list[str]], name: str) -> None:
    assert html_errors(client.get(PAGES[name]).content) == []


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_nothing_stands_in_anybodys_way(
    content: None, open_page: Callable[..., Page], axe: Callable[..., list[str]], width: int, theme: str
) -> None:
    page = open_page(width=width, theme=theme)
    for name, path in PAGES.items():
        page.goto(path)
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


def test_nothing_stands_in_anybodys_way_from_right_to_left(
    arabic: None, open_page: Callable[..., Page], axe: Callable[..., list[str]]
) -> None:
    page = open_page(width=360)
    for path in ("methods/", "methods/workshop/", "methods/finder/?people=30", "methods/vergleich/?m=workshop"):
        page.goto(f"/ar/{path}")
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_visitor_filters_and_compares_without_javascript(content: None, open_page: Callable[..., Page]) -> None:
    page = open_page("/methoden/", javascript=False)
    page.get_by_label("Planen").or_(page.locator("input[value=plan]")).first.check()
    page.locator(".facets__actions button").click()
    expect(page.locator(".method-card")).to_have_count(1)
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".chip").click()
    expect(page.locator(".method-card")).to_have_count(2)
    for tick in page.locator(".method-card__tick input").all():
        tick.check()
    page.locator("#compare button").click()
    expect(page.locator(".method-comparison thead th")).to_have_count(2)
    page.locator(".comparison__remove").first.click()
    expect(page.locator(".method-comparison thead th")).to_have_count(1)


def test_a_visitor_finds_a_method_by_keyboard_alone(content: None, open_page: Callable[..., Page]) -> None:
    page = open_page("/methoden/finder/", javascript=False)
    page.locator("input[name=purpose][value=plan]").focus()
    page.keyboard.press("Space")
    page.locator("#people").focus()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(page.locator(".suggestion").first).to_contain_text("Werkstatt")
    expect(page.locator(".suggestion .reasons").first).to_contain_text("30")


def test_on_a_phone_the_comparison_names_the_method_at_every_value(
    content: None, open_page: Callable[..., Page]
) -> None:
    page = open_page(PAGES["comparison"], width=360)
    cells = page.locator(".method-comparison tbody td")
    names: Any = cells.evaluate_all("cells => cells.map(cell => getComputedStyle(cell, '::before').content)")
    assert set(names) == {'"Werkstatt"', '"Fest"'}
