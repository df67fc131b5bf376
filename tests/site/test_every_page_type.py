"""Every page type, in every state, in light and dark, on phones and desks, from left to right and from right to left."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, Route

from tests.site.house import MISSING, PLACES, House
from tests.site.page_types import fullest_of_each_type

EVERY_PLACE = pytest.mark.parametrize("place", PLACES)
#: Widths in CSS pixels: a desk, a phone, and what WCAG 1.4.10 asks for (1280 at a zoom of 400 %).
DESK, PHONE, NARROWEST = 1280, 360, 320

OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
#: What is wider than the screen, and what has to be scrolled sideways within the page (tables that editors make may).
SIDEWAYS = """() => {
  const name = (one) => `${one.tagName.toLowerCase()}.${[...one.classList].join('.')}`;
  const found = [...document.querySelectorAll('body *')].filter((one) => {
    const style = getComputedStyle(one);
    const hides = one.matches('.visually-hidden, input, select, .table-scroll, .skyline, iframe, svg, svg *');
    return !hides && style.overflowX !== 'visible' && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1;
  }).map(name);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
    const edge = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll('body *')].filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width > 1 && (box.right > edge + 1 || box.left < -1);
    });
    found.push('the page: ' + wide.slice(0, 5).map(name).join(', '));
  }
  return found;
}"""
#: Controls that a finger misses: less than 44 px high or wide; links in running text are free (WCAG 2.5.8).
SMALL = """() => [...document.querySelectorAll(
    'button, summary, select, input:not([type=hidden]), .button, .main-nav a, .languages a, .pagination a, .chip')]
  .map((one) => one.closest('label') ?? one.closest('.search-box__pill') ?? one)
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.height < 43.5 || box.width < 43.5)
  .map(([one, box]) => `${one.outerHTML.slice(0, 80)} is ${Math.round(box.width)} × ${Math.round(box.height)}`)"""


@pytest.fixture(scope="module")
def fullest() -> dict[str, set[str]]:
    """Filled by the first test that asks: the places that stand for all of their page type."""
    return {}


@EVERY_PLACE
def test_axe_finds_nothing(
    place: str, house: House, client: Client, open_page: Callable[..., Page], watch: Any, axe: Any, fullest: Any
) -> None:
    """Light on a desk and dark on a phone; the fullest page of each type, and the Arabic ones, the other way too."""
    if not fullest:
        fullest["places"] = {found for found, _answer in fullest_of_each_type(client).values()}
    watch.expect_status(404)
    page = open_page(PLACES[place], width=DESK)
    assert axe(page) == [], "light, on a desk"
    page.emulate_media(color_scheme="dark")
    all_four = place in fullest["places"] or PLACES[place].startswith("/ar/")
    if all_four:
        assert axe(page) == [], "dark, on a desk"
    page.set_viewport_size({"width": PHONE, "height": 740})
    page.evaluate(OPEN_ALL)
    assert axe(page) == [], "dark, on a phone"
    if all_four:
        page.emulate_media(color_scheme="light")
        assert axe(page) == [], "light, on a phone"


@EVERY_PLACE
def test_nothing_scrolls_sideways_and_fingers_find_every_control(
    place: str, house: House, open_page: Callable[..., Page], watch: Any
) -> None:
    watch.expect_status(404)
    page = open_page(PLACES[place], width=NARROWEST, height=700)
    assert page.evaluate(SIDEWAYS) == []
    page.evaluate(OPEN_ALL)
    assert page.evaluate(SIDEWAYS) == [], "with everything opened"
    page.set_viewport_size({"width": PHONE, "height": 740})
    assert page.evaluate(SMALL) == []
    for width in (768, 1024, DESK):
        page.set_viewport_size({"width": width, "height": 800})
        # A table of five columns may scroll in its own frame; on phones it is stacked.
        found = [name for name in page.evaluate(SIDEWAYS) if not name.startswith("div.comparison")]
        assert found == [], f"{width} px wide"


@EVERY_PLACE
def test_html_is_valid(place: str, house: House, client: Client, html_errors: Any) -> None:
    answer = client.get(PLACES[place])
    assert answer.status_code == (404 if place in MISSING else 200)
    assert html_errors(answer.content) == []


class Outline(HTMLParser):
    """Headings (level, words), landmarks and the addresses of pictures' owners of a document, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.landmarks: list[str] = []
        self.order: list[str] = []
        self._open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append((int(tag[1]), ""))
            self.order.append(tag)
            self._open = True
        if tag in {"header", "nav", "main", "footer", "aside"}:
            values = dict(attrs)
            self.landmarks.append(f"{tag} {values.get('aria-label') or values.get('aria-labelledby') or ''}".strip())
            self.order.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            level, words = self.headings[-1]
            self.headings[-1] = (level, words + data)


@EVERY_PLACE
def test_a_page_has_one_heading_no_gaps_and_named_parts(place: str, house: House, client: Client) -> None:
    outline = Outline(client.get(PLACES[place]).content.decode())
    levels = [level for level, _words in outline.headings]
    assert levels.count(1) == 1
    assert all(words.strip() for _level, words in outline.headings)
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels)), outline.headings
    assert levels[0] == 1, "something stands above the title"
    assert len(set(outline.landmarks)) == len(outline.landmarks), "two parts of the same name"
    assert [part for part in outline.order if part in {"header", "main", "h1", "footer"}] == [
        "header", "main", "h1", "footer",
    ]  # fmt: skip
    assert not [part for part in outline.landmarks if part in {"nav", "aside"}], "a part without a name"


@EVERY_PLACE
def test_a_page_is_readable_without_styles_and_scripts(
    place: str, house: House, open_page: Callable[..., Page], watch: Any
) -> None:
    watch.expect_status(404)
    page = open_page(javascript=False)

    def nothing(route: Route) -> None:
        route.fulfill(body="", content_type="text/css")

    page.route("**/*.css", nothing)
    page.goto(PLACES[place])
    main, heading = page.locator("main"), page.locator("h1")
    assert heading.is_visible()
    words = len(main.inner_text().split())
    assert words >= len(heading.inner_text().split())
    # Drawn signs keep to their size, so that words stay together.
    large = page.locator("main svg, header svg").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).filter(box => box.width > 400 || box.height > 400).length"
    )
    assert large == 0
    for control in page.locator("main :is(input:not([type=hidden]), select, button), header nav a").all():
        if control.locator("xpath=ancestor::details[not(@open)]").count() == 0:
            assert control.is_visible() or control.get_attribute("hidden") is not None
