"""The selection as a map drawn on the server, equal to the list; streets only after a yes."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import shapely
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from config.environment import tiles_address
from procedures import map_listing
from procedures.maps import (
    LETTER,
    MARGIN,
    MARK,
    MARKS_APART,
    WIDTH,
    city_projection,
    marks_apart,
    name_spot,
    path_of,
    room_at,
)
from procedures.models import ProcedurePage
from procedures.streets.views import street_path
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, street
from tests.procedures.outlines import outline

MAP = "/verfahren/?view=map"


def drawn(page: Any) -> dict[str, str]:
    """Title and address of every point."""
    return {point.place.title: point.place.href for point in page.context["listing"].map.map.points}


def listed(page: Any) -> dict[str, list[str]]:
    shown = page.context["listing"].map
    return {name: [card.record.title for card in getattr(shown, name)] for name in ("drawn", "city_wide", "elsewhere")}


@pytest.fixture
def city(db: None) -> Any:
    """Two districts side by side with an outline, one without; five procedures."""
    places, index = district_list(), procedure_list()
    west, east = district(places, "West", outline=outline(0)), district(places, "Ost", outline=outline(1))
    plain = district(places, "Ohne Umriss", slug="ohne-umriss")
    inside = {"latitude": 52.39, "longitude": 13.01}
    procedure(index, "Im Westen", slug="im-westen", districts=[west], phases=[phase(-5, 5)], **inside)
    procedure(index, "In beiden", districts=[west, east], latitude=52.39, longitude=13.03)
    procedure(index, "Weit weg", districts=[east], latitude=48.1, longitude=11.6)
    procedure(index, "Ohne Punkt", districts=[plain])
    procedure(index, "Überall")
    return places


# The drawing

degrees = st.tuples(st.floats(12.5, 13.5), st.floats(52, 53))


@pytest.mark.unmeasured
@settings(max_examples=200, deadline=None)
@given(st.lists(degrees, min_size=1, max_size=30))
def test_whatever_is_fitted_lies_on_the_map_with_north_above_south(points: list[tuple[float, float]]) -> None:
    projection = city_projection([], points)
    assert projection is not None and 300 <= projection.height <= 1000
    for point in points:
        x, y = projection.place(*point)
        assert MARGIN - 1 <= x <= WIDTH - MARGIN + 1 and MARGIN - 1 <= y <= projection.height - MARGIN + 1
    north, south = max(points, key=lambda one: one[1]), min(points, key=lambda one: one[1])
    assert projection.place(*north)[1] <= projection.place(*south)[1]


def test_a_path_follows_the_outline_and_a_name_has_the_room_between_its_lines() -> None:
    projection = city_projection([outline(0), outline(1)], [])
    assert projection is not None
    left, right = path_of(outline(0), projection), path_of(outline(1), projection)
    assert len(re.findall(r"[\d.]+ [\d.]+", left)) == 4 and left.startswith("M") and left.endswith("Z")
    assert set(re.findall(r"[\d.]+ [\d.]+", left)) & set(re.findall(r"[\d.]+ [\d.]+", right))
    middle = projection.place(13.01, 52.39)
    assert room_at(outline(0), projection, *middle) == pytest.approx((WIDTH - 2 * MARGIN) / 2, abs=1)
    assert room_at(outline(0), projection, WIDTH - MARGIN, middle[1]) == 0


@pytest.mark.unmeasured
@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, WIDTH), st.integers(0, WIDTH)), max_size=40))
def test_marks_never_lie_on_each_other_and_stay_where_they_can(places: list[tuple[float, float]]) -> None:
    moved = marks_apart(places)
    assert len(moved) == len(places)
    assert moved[:1] == places[:1]
    for index, one in enumerate(moved):
        assert all(math.dist(one, other) >= MARKS_APART - 0.2 for other in moved[:index])
        assert math.dist(one, places[index]) <= 5 * MARKS_APART + 0.2


def test_a_name_stands_beside_the_marks_and_is_left_out_where_nothing_is_free() -> None:
    projection = city_projection([outline(0)], [])
    assert projection is not None
    middle = projection.place(13.01, 52.39)
    assert name_spot(outline(0), projection, middle, 4, []) == middle
    x, y = name_spot(outline(0), projection, middle, 4, [middle]) or middle
    assert abs(x - middle[0]) >= 2 * LETTER + MARK or abs(y - middle[1]) >= MARK
    everywhere = [(x, y) for x in range(0, WIDTH, 20) for y in range(0, projection.height, 20)]
    assert name_spot(outline(0), projection, middle, 4, everywhere) is None


# The view


def test_map_and_list_show_the_same(city: Any, client: Client) -> None:
    page = client.get(MAP)
    assert listed(page) == {
        "drawn": ["In beiden", "Im Westen"],
        "city_wide": ["Überall"],
        "elsewhere": ["Ohne Punkt", "Weit weg"],
    }
    assert list(drawn(page)) == ["In beiden", "Im Westen"]
    assert drawn(page)["Im Westen"] == "/verfahren/im-westen/"
    as_list = client.get("/verfahren/").context["listing"]
    assert {card.record.title for card in as_list.cards} == {one for group in listed(page).values() for one in group}
    districts = {one.area.name: (one.area.count, one.area.href) for one in page.context["listing"].map.map.districts}
    assert districts == {"West": (2, "?district=west#count"), "Ost": (2, "?district=ost#count")}
    words = page.content.decode()
    assert "Im Westen: Läuft" in words and "West, 2 Verfahren" in words and "Ganze Stadt" in words


def test_filters_and_words_hold_on_the_map_too(city: Any, client: Client) -> None:
    page = client.get(f"{MAP}&district=west&district=ost&status=running&q=Westen")
    assert listed(page) == {"drawn": ["Im Westen"], "city_wide": [], "elsewhere": []}
    shown = page.context["listing"].map.map
    assert {one.area.name: one.area.count for one in shown.districts} == {"West": 1, "Ost": 0}
    assert all("status=running" in one.area.href and "view" not in one.area.href for one in shown.districts)
    assert "district=ost" not in next(one.area.href for one in shown.districts if one.area.key == "west")
    assert "view=map" in page.content.decode()  # the filters lead to the map again


def test_nothing_to_draw_is_a_list(client: Client, db: None) -> None:
    procedure(procedure_list(), "Überall")
    page = client.get(MAP)
    assert page.context["listing"].map.map is None and listed(page)["city_wide"] == ["Überall"]
    assert client.get(f"{MAP}&q=xyzzyq").status_code == 200


def test_more_than_the_map_holds_is_said(city: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("procedures.listing.MOST_ON_MAP", 2)
    monkeypatch.setattr(map_listing, "MOST", 2)
    page = client.get(MAP)
    assert sum(map(len, listed(page).values())) == 2 and page.context["listing"].map.has_more
    assert {one.area.count for one in page.context["listing"].map.map.districts} == {2}  # of the whole selection


def test_what_is_not_public_is_on_no_map(city: Any, client: Client) -> None:
    west = city.get_children().get(slug="west").specific
    north = district(city, "Geheim", outline=outline(0, 1), live=False)
    procedure(
        procedure_list(slug="andere"), "Verborgen", latitude=52.39, longitude=13.01, live=False, districts=[north]
    )
    for address in (MAP, "/stadtteile/", "/stadtteile/west/", "/verfahren/im-westen/"):
        words = client.get(address).content.decode()
        assert "Geheim" not in words and "Verborgen" not in words and "West" in words
    west.unpublish()
    for address in (MAP, "/stadtteile/", "/stadtteile/ost/", "/verfahren/im-westen/"):
        assert 'aria-label="West' not in client.get(address).content.decode(), address


def test_the_list_of_districts_shows_where_each_lies_and_asks_for_the_street(city: Any, client: Client) -> None:
    answer = client.get("/stadtteile/")
    words = answer.content.decode()
    paths = {district.title: path for district, path in answer.context["districts"]}
    assert list(paths) == ["Ohne Umriss", "Ost", "West"] and paths["Ohne Umriss"] is None
    assert words.count("city-spot") == 2 and paths["Ost"] != paths["West"]
    for path in (paths["Ost"], paths["West"]):
        assert f'<path d="{path}" fill="currentColor"/>' in words
        assert path in re.search(r'<path id="city" d="([^"]+)"', words)[1]  # type: ignore[index]
    assert f'action="{street_path()}#answer"' in words


def test_a_district_and_a_procedure_show_where_they_are(city: Any, client: Client) -> None:
    west = client.get("/stadtteile/west/").context["map"]
    assert {one.area.name: (one.area.is_here, one.area.href) for one in west.districts} == {
        "West": (True, ""),
        "Ost": (False, "/stadtteile/ost/"),
    }
    assert {point.place.title for point in west.points} == {"Im Westen", "In beiden"}
    assert client.get("/stadtteile/ohne-umriss/").context["map"] is None
    shown = client.get("/verfahren/im-westen/").context["procedure"].map
    assert [one.area.name for one in shown.districts if one.area.is_here] == ["West"]
    assert [(point.place.title, point.place.href) for point in shown.points] == [("Im Westen", "")]


@pytest.mark.gate
def test_districts_that_are_not_translated_stand_on_every_map_once(
    city: Any, client: Client, html_errors: Callable[..., list[str]]
) -> None:
    west, east = (city.get_children().get(slug=slug).specific for slug in ("west", "ost"))
    there = district_list("en", title="Districts", slug="districts")
    english = district(there, "The West", slug="west", outline=west.outline, translation_key=west.translation_key)
    index = procedure_list("en", title="Procedures", slug="procedures")
    procedure(index, "Towpath", slug="towpath", districts=[east], latitude=52.39, longitude=13.03)
    street("Am Kanal", latitude=52.39, longitude=13.03)

    def shown(address: str) -> dict[str, str]:
        page = client.get(address)
        context = page.context
        found = context["listing"].map.map if "listing" in context else context.get("map") or context["procedure"].map
        words = page.content.decode()
        assert not html_errors(words), address
        assert '<text class="city-map__name" lang="de"' in words or "Ost" not in str(found.districts), address
        assert sorted(area.area.name for area in found.districts) == sorted({one.area.name for one in found.districts})
        return {one.area.name: one.area.href for one in found.districts}

    both = {"The West": "/en/districts/west/", "Ost": "/stadtteile/ost/"}
    for address in ("/en/my-street/?street=Am+Kanal", "/en/procedures/towpath/"):
        assert shown(address) == both, address
    assert shown("/en/districts/west/") == both | {"The West": ""}
    neighbour = '<a href="/stadtteile/ost/" hreflang="de" lang="de" dir="auto">Ost</a>'
    assert neighbour in client.get("/en/districts/west/").content.decode()
    procedure(index, "Mill", slug="mill", districts=[west], latitude=52.39, longitude=13.01)  # names the original
    marked = client.get("/en/procedures/mill/").context["procedure"].map.districts
    assert [one.area.name for one in marked if one.area.is_here] == ["The West"]
    counted = shown("/en/procedures/?view=map")
    assert counted == {"The West": "?district=west#count", "Ost": "?district=ost#count"}
    narrowed = client.get("/en/procedures/?district=ost").context["listing"]
    assert (narrowed.total, narrowed.ignored) == (1, []) and narrowed.cards[0].places == ["Ost"]
    english.unpublish()  # the original one comes back
    assert shown("/en/procedures/towpath/") == {"West": "/stadtteile/west/", "Ost": "/stadtteile/ost/"}
    east.unpublish()  # and what is not public is on no map
    assert shown("/en/procedures/towpath/") == {"West": "/stadtteile/west/"}


@pytest.mark.django_db
def test_the_editors_map_names_the_districts_too(city: Any, admin_client: Client) -> None:
    page = ProcedurePage.objects.get(slug="im-westen")
    form = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    names = re.findall(r'<text x="[\d.]+" y="[\d.]+"[^>]*>([^<]+)</text>', form)
    assert names == ["Ost", "West"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [MAP, "/stadtteile/", "/stadtteile/ort-0/", "/verfahren/eins/"])
def test_ten_cost_as_many_queries_as_one(address: str, client: Client) -> None:
    places, index, costs = district_list(), procedure_list(), []
    for number in range(10):
        here = district(places, f"Ort {number}", slug=f"ort-{number}", outline=outline(number))
        slug = "eins" if number == 0 else f"verfahren-ort-{number}"
        procedure(index, slug=slug, districts=[here], latitude=52.39, longitude=13.01, phases=[phase(-5, 5)])
        if number in {0, 9}:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address, {"n": number} if "?" not in address else None).status_code == 200
            costs.append(len(queries))
    assert costs[0] == costs[1]


# Streets


@pytest.mark.parametrize(
    ("address", "attribution", "words"),
    [
        ("https://tiles.example.org/{z}/{x}.png", "©", "MAP_TILES_URL"),
        ("https://{s}.tiles.example.org/{z}/{x}/{y}.png", "©", "MAP_TILES_URL"),
        ("//tiles.example.org/{z}/{x}/{y}.png", "©", "MAP_TILES_URL"),
        ("https://tiles.example.org evil/{z}/{x}/{y}.png", "©", "MAP_TILES_URL"),
        ("https://tiles.example.org;script-src/{z}/{x}/{y}.png", "©", "MAP_TILES_URL"),
        ("https://tiles.example.org/{z}/{x}/{y}.png", "", "MAP_TILES_ATTRIBUTION"),
    ],
)
def test_a_tile_server_that_does_not_fit_stops_the_start(address: str, attribution: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        tiles_address(address, attribution)


def test_a_sound_tile_server_and_none_are_taken() -> None:
    assert tiles_address("", "") == ""
    for address in ("https://tiles.example.org/{z}/{x}/{y}.png?style=light", "http://localhost:8080/{z}/{y}/{x}"):
        assert tiles_address(address, "© Stadt") == address


def test_only_the_tile_server_of_the_settings_may_send_pictures(city: Any, client: Client, settings: Any) -> None:
    without = client.get(MAP)
    assert "img-src 'self' data:;" in without.headers["Content-Security-Policy"] + ";"
    assert "data-streets" not in without.content.decode()
    settings.PROCEDURES_TILES_URL = "https://tiles.example.org/{z}/{x}/{y}.png"
    page = client.get(MAP)
    assert "img-src 'self' data: https://tiles.example.org;" in page.headers["Content-Security-Policy"] + ";"
    assert "tiles.example.org" not in re.sub(r"img-src [^;]*", "", page.headers["Content-Security-Policy"])


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)  # fmt: skip


@pytest.fixture
def tile_server() -> Iterator[tuple[str, list[str]]]:
    """A server of pictures on this machine: its address, and the paths it was asked for."""
    asked: list[str] = []

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_streets_come_after_a_yes_and_from_nowhere_else(
    transactional_db: None,
    city: Any,
    open_page: Callable[..., Page],
    tile_server: tuple[str, list[str]],
    axe: Callable[..., Any],
    settings: Any,
) -> None:
    host, asked = tile_server
    settings.PROCEDURES_TILES_URL = f"{host}/{{z}}/{{x}}/{{y}}.png"
    settings.PROCEDURES_TILES_ATTRIBUTION = "© Stadt Beispiel"
    settings.PROCEDURES_TILES_OPERATOR = "der Stadt Beispiel"
    page = open_page(MAP)
    expect(page.get_by_text("von der Stadt Beispiel")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == [] and page.evaluate("() => window.L === undefined")
    page.get_by_role("button", name="Karte mit Straßen laden").click()
    expect(page.get_by_role("region", name="Karte mit Straßen")).to_be_focused()
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    assert asked and all(re.fullmatch(r"/\d+/\d+/\d+\.png", path) for path in asked)
    expect(page.get_by_text("© Stadt Beispiel")).to_be_visible()
    assert axe(page) == []
    marker = page.get_by_role("region", name="Karte mit Straßen").get_by_role("link", name="Im Westen: Läuft")
    marker.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/verfahren/im-westen/")


def test_the_drawn_map_is_used_with_the_keyboard_and_without_scripts(
    transactional_db: None, city: Any, open_page: Callable[..., Page], axe: Callable[..., Any]
) -> None:
    page = open_page(MAP, javascript=False)
    point = page.get_by_role("link", name="Im Westen: Läuft")
    before = point.screenshot()
    point.focus()
    assert point.screenshot() != before
    page.keyboard.press("Enter")
    page.wait_for_url("**/verfahren/im-westen/")
    for theme, width in (("light", 1280), ("dark", 360)):
        page = open_page(MAP, theme=theme, width=width)
        assert axe(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        west = page.get_by_role("link", name="West, 2 Verfahren")
        west.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/verfahren/?district=west#count")


def test_north_is_up_and_west_is_left_in_every_language() -> None:
    projection = city_projection([outline(0), outline(1, 1)], [])
    assert projection is not None
    west, east = projection.place(13.0, 52.38), projection.place(13.04, 52.42)
    assert west[0] < east[0] and west[1] > east[1]
    assert shapely.from_geojson(outline(0)).is_valid
