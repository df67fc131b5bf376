"""What the pages of procedures, districts and news owe beyond what every place is asked: from right to left, on paper,
with a notice on top, and behind the link of a department when there is nothing left to answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from wagtail.models import Locale

from cms_blocks.models import Notice
from procedures.models import UpdateRequest, UpdateRound
from procedures.round.links import token_for
from tests.site.house import LETTER, PLACES, QUESTION, House
from tests.site.test_every_page_type import DESK, OPEN_ALL, PHONE, SIDEWAYS, SMALL

#: Those that no place of tests/site/house.py shows, and something of each that must be there.
ARABIC = {
    "/ar/verfahren/?view=map": ".city-map .city-map__point",
    "/ar/verfahren/?view=calendar": ".month__entries li",
    "/ar/verfahren/?view=outcomes": ".outcomes tbody td",
    "/ar/stadtteile/": ".city-map .city-map__district",
    "/ar/stadtteile/innenstadt/": ".procedure-card",
    "/ar/aktuelles/": "main article",
    "/ar/aktuelles/bagger/": "main time",
}
#: On which side a part begins: the first edge of its text is nearer to the right.
STARTS_RIGHT = """(one) => {
  const style = getComputedStyle(one);
  return style.direction === 'rtl' && ['start', 'right'].includes(style.textAlign);
}"""
#: What leads around on a screen and nowhere on paper.
GONE = (
    ".skip-link", ".main-nav", ".menu-switch", ".languages", ".search-box", ".breadcrumb", ".facets", ".sort", ".views",
    ".exits", ".button-row", ".pagination", ".site-notices", ".site-footer nav", "main input", "main select", "main button",
)  # fmt: skip
SHOWN = "all => all.filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 120))"
#: Place → what is kept on paper.
PRINTED = {
    "procedure": (
        "h1", ".status", ".procedure-brief dd", ".phases > li", ".ways li", ".facts dd", ".decisions li", ".reasons dd",
        ".city-map__drawing", ".contact-card", ".brand__name",
    ),
    "formal procedure, suspended": ("h1", ".procedure-formal address", ".procedure-formal dd"),
    "list of procedures": ("h1", ".results__count", ".procedure-card .status"),
    "list of procedures as a map": ("h1", ".city-map__drawing", ".month__entries li"),
    "list of procedures by months": ("h1", ".month h3", ".month__entries li"),
    "list of procedures and what came of them": ("h1", ".outcomes th", ".outcomes td"),
    "district": ("h1", ".lead", ".city-map__drawing", ".procedure-card .status", ".contact-card"),
    "my street": ("h1", "#street", ".city-map__drawing", ".month__entries li .status"),
    "news": ("h1", "main time", ".stream p"),
}  # fmt: skip
#: Links to other websites whose address is not written beside their words.
WITHOUT_ADDRESS = """() => [...document.querySelectorAll('main a[href^="http"]')]
  .filter((one) => one.checkVisibility() && !getComputedStyle(one, '::after').content.includes('http')
    && !one.textContent.includes(new URL(one.href).host))
  .map((one) => one.outerHTML)"""
#: Words that paper swallows: cut off at its edge, or too pale on white.
UNREADABLE = """() => {
  const edge = document.documentElement.clientWidth;
  const pale = (colour) => {
    const [red, green, blue] = colour.match(/[0-9.]+/g).map(Number);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140;
  };
  return [...document.querySelectorAll('main :is(h1, h2, h3, h4, p, li, dt, dd, td, th, address)')].filter((one) => {
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility() || box.width <= 1) return false;
    return box.right > edge + 1 || box.left < -1 || pale(getComputedStyle(one).color);
  }).map((one) => one.outerHTML.slice(0, 120));
}"""
#: Whether the circle of a step is printed as it is filled.
INKS = "all => all.map((one) => getComputedStyle(one, '::before').printColorAdjust)"
#: A4 without the margins of cms_blocks/css/print.css, in CSS pixels.
PAPER = 672


def test_from_right_to_left_they_stay_within_a_phone_and_begin_on_the_right(
    house: House, open_page: Callable[..., Page], axe: Any
) -> None:
    page = open_page(width=PHONE, height=740, theme="dark", language="ar")
    for address, shown in ARABIC.items():
        page.set_viewport_size({"width": PHONE, "height": 740})
        page.goto(address)
        assert page.locator("html").get_attribute("dir") == "rtl", address
        expect(page.locator(shown).first).to_be_attached()
        assert page.locator("main h1").evaluate(STARTS_RIGHT), address
        page.evaluate(OPEN_ALL)
        assert page.evaluate(SIDEWAYS) == [], address
        assert page.evaluate(SMALL) == [], address
        assert axe(page) == [], address
        page.set_viewport_size({"width": DESK, "height": 800})
        assert page.evaluate(SIDEWAYS) == [], f"{address} on a desk"


def test_on_paper_the_map_leaves_room_for_what_belongs_to_it_and_steps_keep_their_ink(
    house: House, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=PAPER)
    page.emulate_media(media="print")
    for place in ("list of procedures as a map", "my street", "district"):
        page.goto(PLACES[place])
        height = page.locator(".city-map__drawing").bounding_box()["height"]  # type: ignore[index]
        assert 200 < height <= 9 * 96 / 2.54 + 1, place
    for place in ("procedure", "formal procedure, suspended"):
        page.goto(PLACES[place])
        inks = page.locator(".phases > li[data-state]").evaluate_all(INKS)
        assert set(inks) == {"exact"}, place


def test_labels_stand_beside_or_above_what_they_belong_to(house: House, open_page: Callable[..., Page]) -> None:
    page = open_page(width=DESK)
    page.goto(PLACES["list of procedures"])
    label, link = page.locator(".exits > span").bounding_box(), page.locator(".exits > a").first.bounding_box()
    assert label and link and abs(label["y"] + label["height"] / 2 - link["y"] - link["height"] / 2) < 2
    page.set_viewport_size({"width": 360, "height": 800})
    left = page.locator(".exits > a").evaluate_all(
        "all => all.map((one) => Math.round(one.getBoundingClientRect().left))"
    )
    assert len(set(left)) == 2, "two columns"
    page.goto(PLACES["procedure"])
    term, told = (
        page.locator(".aside .facts dt").first.bounding_box(),
        page.locator(".aside .facts dd").first.bounding_box(),
    )
    assert term and told and term["y"] + term["height"] <= told["y"]


def test_on_paper_they_are_read_without_menus_and_links_say_where_they_lead(
    house: House, open_page: Callable[..., Page]
) -> None:
    page = open_page(width=PAPER)
    page.emulate_media(media="print")
    for place, kept in PRINTED.items():
        page.goto(PLACES[place])
        assert page.locator(", ".join(GONE)).evaluate_all(SHOWN) == [], place
        for one in kept:
            expect(page.locator(one).first, f"{one} of {place}").to_be_visible()
        assert page.evaluate(UNREADABLE) == [], place
        assert page.evaluate(WITHOUT_ADDRESS) == [], place


def test_axe_finds_nothing_where_a_department_has_nothing_left_to_answer(
    house: House, open_page: Callable[..., Page], watch: Any, axe: Any
) -> None:
    answered = UpdateRequest.objects.exclude(pk=QUESTION).get()
    addresses = {
        reverse("update_round_answer", args=[token_for(LETTER), answered.pk]): "Schon beantwortet",
        reverse("update_round", args=[token_for(LETTER)]): "Dieser Link gilt nicht mehr",
    }
    watch.expect_status(410)
    page = open_page(width=PHONE, height=740)
    for address, heading in addresses.items():
        if "gilt" in heading:
            UpdateRound.objects.update(closed_at=timezone.now())
        page.goto(address)
        expect(page.locator("h1")).to_have_text(heading)
        assert page.evaluate(SIDEWAYS) == [] and page.evaluate(SMALL) == []
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert axe(page) == [], (heading, theme)


def test_axe_finds_nothing_against_notices_on_top_of_a_german_page(
    house: House, open_page: Callable[..., Page], axe: Any
) -> None:
    german, now = Locale.objects.get(language_code="de"), timezone.now()
    for tone, text in (("warning", "Die Sprechstunde fällt heute aus."), ("info", "Dienstags sind wir am Markt.")):
        Notice.objects.create(
            text=text, tone=tone, locale=german, link="/aktuelles/", link_text="Mehr dazu",
            begins=now - timedelta(hours=1), ends=now + timedelta(hours=1),
        )  # fmt: skip
    page = open_page(PLACES["procedure"], width=PHONE, height=740)
    expect(page.locator(".site-notices .notice")).to_have_count(2)
    expect(page.locator(".site-notices .notice--attention")).to_contain_text("Die Sprechstunde fällt heute aus.")
    assert page.evaluate(SIDEWAYS) == []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert axe(page) == [], theme
    page.set_viewport_size({"width": DESK, "height": 800})
    assert page.evaluate(SIDEWAYS) == []
