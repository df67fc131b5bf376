"""Everything can be reached and used with the keyboard alone, and one always sees where one is."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Pixels
from PIL import ImageChops
from playwright.sync_api import Page, expect

from tests.site.house import PLACES, House
from tests.site.page_types import fullest_of_each_type

#: What the Tab key has to reach within a part, in the order of the document: of radio buttons only the chosen one.
COLLECT = """(part) => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex="0"]';
  const seen = { contentVisibilityAuto: true, visibilityProperty: true };
  const stops = [...document.querySelector(part).querySelectorAll(all)].filter(
    (one) => !one.disabled && one.checkVisibility(seen) && !one.matches('[aria-hidden=true] [tabindex="-1"]'),
  );
  const chosen = new Set(stops.filter((one) => one.type === 'radio' && one.checked).map((one) => one.name));
  window.stops = stops.filter((one) => one.type !== 'radio' || one.checked || !chosen.has(one.name));
  return window.stops.length;
}"""
#: The stop that has the focus: its number, what kind of control it is, where it is, and whether something covers it.
WHERE = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const box = one.getBoundingClientRect();
  const around = (one.closest('.card, .door, .choice, .search-box__pill, .hit') ?? one).getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [x, y]));
  const seen = points.some(([x, y]) => {
    const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return hit && (one.contains(hit) || hit.contains(one));
  });
  return {
    number: window.stops.indexOf(one), seen, html: one.outerHTML.slice(0, 120),
    kind: [one.tagName, one.type, one.className, one.parentElement.className].join(' '),
    left: Math.min(box.left, around.left), top: Math.min(box.top, around.top),
    right: Math.max(box.right, around.right), bottom: Math.max(box.bottom, around.bottom),
  };
}"""
#: Places that are walked from the first control to the last, at a width in CSS pixels.
WALKED = {
    "home": 1280,
    "page with every block": 1280,
    "list with filters": 1280,
    "method": 1280,
    "answers of the finder": 1280,
    "comparison of four": 1280,
    "search with hits": 1280,
    "address that leads nowhere": 1280,
    "Arabic list of methods": 1280,
    "list of methods": 360,
    "home in Leichte Sprache": 360,
}
#: Views of one list, which share its template, and the fuller of two pages of a department's.
VIEWS = (
    "list of procedures",
    "list of procedures as a map",
    "list of procedures by months",
    "list of procedures and what came of them",
    "question to a department",
)
IN_OTHER_LANGUAGES = ("Arabic method", "Arabic report of a barrier", "English home", "page in Leichte Sprache")
#: Room for an outline around a control, in CSS pixels, and how many of its pixels must change.
ROOM, CHANGED = 8, 60


@pytest.mark.parametrize(("place", "width"), WALKED.items())
def test_tab_reaches_every_control_in_its_order_and_shows_where_it_is(
    place: str, width: int, house: House, open_page: Callable[..., Page], watch: Any
) -> None:
    watch.expect_status(404)
    page = open_page(PLACES[place], width=width, reduced_motion="reduce")  # no smooth scrolling to wait for
    assert walk(page, "body", set()) > 5


def test_tab_reaches_every_control_of_every_other_page_type(
    house: House, client: Client, open_page: Callable[..., Page]
) -> None:
    """Their frame is that of the pages above, so only what stands in it is walked, in one browser page."""
    known = fullest_of_each_type(client, WALKED)
    others = [place for template, (place, _page) in fullest_of_each_type(client).items() if template not in known]
    assert {"imprint", "accessibility statement", "procedure", "district", "districts", "my street", "news"} < set(
        others
    )
    page = open_page(reduced_motion="reduce")
    pictured: set[str] = set()
    for place in dict.fromkeys([*others, *VIEWS, *IN_OTHER_LANGUAGES]):
        page.goto(PLACES[place])
        page.locator("main").focus()
        assert walk(page, "main", pictured) > 0, place


def walk(page: Page, part: str, pictured: set[str]) -> int:
    """Press Tab through a part of the page; how many controls there are.

    ``pictured``: kinds of controls that have been seen with and without the focus; new ones are added.
    """
    number: int = page.evaluate(COLLECT, part)
    visited: list[int] = []
    dates = {"date": 3, "datetime-local": 6}  # stops within, beside the one that counts
    parts_of_dates = page.evaluate("of => window.stops.reduce((sum, one) => sum + (of[one.type] ?? 0), 0)", dates)
    for _press in range(number + parts_of_dates + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate(WHERE)
        if stop is None or (part != "body" and stop["number"] < 0):
            break
        assert stop["seen"], f"covered by something else: {stop['html']}"
        if stop["number"] >= 0:
            visited.append(stop["number"])
        if stop["kind"] not in pictured:
            pictured.add(stop["kind"])
            assert focus_is_visible(page, stop), f"one does not see that it has the focus: {stop['html']}"
    missed = page.evaluate(
        "seen => window.stops.filter((_, n) => !seen.includes(n)).map(s => s.outerHTML.slice(0, 120))", visited
    )
    assert missed == [], page.url
    assert visited == sorted(visited)
    return number


def focus_is_visible(page: Page, stop: dict[str, Any]) -> bool:
    """Whether the picture around the control changes when it loses the focus."""
    size = page.viewport_size
    assert size is not None
    left, top = max(0, stop["left"] - ROOM), max(0, stop["top"] - ROOM)
    right, bottom = min(size["width"], stop["right"] + ROOM), min(size["height"], stop["bottom"] + ROOM)
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}

    def picture() -> Pixels.Image:
        return Pixels.open(io.BytesIO(page.screenshot(clip=clip, animations="disabled"))).convert("L")

    with_focus = picture()
    page.evaluate("() => { window.last = document.activeElement; window.last.blur(); }")
    without = picture()
    page.evaluate("() => window.last.focus({ preventScroll: true })")
    difference = ImageChops.difference(with_focus, without).point(lambda value: 255 if value > 40 else 0)
    return difference.histogram()[255] >= CHANGED


def test_the_skip_link_comes_first_and_leads_past_the_header(house: House, open_page: Callable[..., Page]) -> None:
    page = open_page(PLACES["method"])
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_phone_s_menu_opens_by_keyboard(javascript: bool, house: House, open_page: Callable[..., Page]) -> None:
    page = open_page(PLACES["home"], width=360, height=740, javascript=javascript)
    panel = page.locator(".menu-panel")
    expect(panel).to_be_hidden()
    page.locator(".menu-switch summary").focus()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".main-nav a").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(panel).to_be_hidden()


def test_the_language_switch_opens_by_keyboard_and_closes_with_escape(
    house: House, open_page: Callable[..., Page]
) -> None:
    page = open_page(PLACES["home"])
    switch = page.locator(".languages summary")
    switch.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".languages a").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".languages a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".languages a").first).to_be_hidden()
    expect(switch).to_be_focused()


def test_a_filter_is_set_and_sent_by_keyboard(house: House, open_page: Callable[..., Page]) -> None:
    page = open_page(PLACES["list of methods"], javascript=False)
    page.locator("input[name=purpose][value=plan]").focus()
    page.keyboard.press("Space")
    page.locator("input[name=cost][value='']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**purpose=plan**")
    assert "cost=1" in page.url
    expect(page.locator("input[type=checkbox][name=purpose][value=plan]")).to_be_checked()
