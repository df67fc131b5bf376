"""The website's own pages: home, menu, footer, empty states, errors, and what whoever runs it asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import gettext
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from wagtail.models import Page

from cms_blocks.models import Delivery, PublicRecord
from cms_blocks.publication.unit import unit
from tests.site.house import PLACES, House, search
from tests.toolkit.factories import method
from toolkit.models import MethodIndexPage, MethodPage
from website.models import HomePage, StandardPage


def text(answer: Any) -> str:
    return answer.content.decode()


def part(html: str, tag: str, css_class: str = "") -> str:
    """The first element of this tag, with this class if one is given; nothing nested of the same tag inside."""
    wanted = rf'<{tag}\b[^>]*class="[^"]*\b{css_class}\b' if css_class else rf"<{tag}\b"
    found = re.search(rf"{wanted}.*?</{tag}>", html, re.DOTALL)
    return found[0] if found else ""


def links(html: str) -> list[tuple[str, str]]:
    """Address and words of each link."""
    found = re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return [(address, " ".join(re.sub(r"<[^>]+>", "", words).split())) for address, words in found]


# Home


def test_the_home_page_has_a_headline_a_search_three_doors_and_a_person_to_ask(house: House, client: Client) -> None:
    html = text(client.get("/"))
    assert "Die Stadt gemeinsam machen." in part(html, "h1")
    assert f'action="{search()}"' in part(html, "section", "hero")
    doors = part(html, "ul", "doors")
    assert links(doors) == [
        ("/ueber-uns/", "Über uns"),
        ("/alle-bausteine/", "Alle Bausteine"),
        ("/methoden/", "Methoden"),
        ("/stadtteile/", "Stadtteile"),
        ("/verfahren/", "Verfahren"),
    ]
    assert "Wer wir sind." in doors
    card = part(html, "section", "contact-card")
    assert "Anlaufstelle" in card and "mailto:rat@beteiligung.example" in card
    assert "bei einem freien Träger" in part(html, "div", "stream")


def test_the_home_page_shows_another_method_each_week_and_the_way_to_all(house: House, client: Client) -> None:
    monday = timezone.now().replace(hour=9) + timedelta(days=7 - timezone.now().weekday())

    def method_of(days: int) -> str:
        with time_machine.travel(monday + timedelta(days=days), tick=False):
            html = text(client.get("/"))
        assert ("/methoden/", "Alle 6 Methoden") in links(html)
        [(address, _words)] = links(html.split('class="feature"')[1].split("</p>\n    </div>")[0])
        return address

    assert method_of(0) == method_of(6)
    weeks = {method_of(7 * week) for week in range(6)}
    assert len(weeks) == 6
    assert all(client.get(address).status_code == 200 for address in weeks)


@pytest.mark.django_db
def test_a_home_page_with_nothing_below_it_is_a_whole_page(client: Client) -> None:
    from wagtail.models import Locale, Site

    with unit():
        home = Page.get_first_root_node().add_child(
            instance=HomePage(title="Neu hier", slug="neu", locale=Locale.get_default())
        )
        site = Site.objects.get(is_default_site=True)
        site.root_page = home
        site.save()
    html = text(client.get("/"))
    assert "Neu hier" in part(html, "h1")
    assert not part(html, "ul", "doors")
    assert not part(html, "div", "feature")
    assert not part(html, "nav", "main-nav")


# Around every page


def test_the_menu_says_in_which_part_one_is(house: House, client: Client) -> None:
    def active(path: str) -> list[str]:
        return re.findall(r'<a href="([^"]*)" aria-current="true">', part(text(client.get(path)), "nav", "main-nav"))

    assert active("/") == []
    assert active("/ueber-uns/") == active("/ueber-uns/das-buero/") == ["/ueber-uns/"]
    assert active(PLACES["method"]) == ["/methoden/"]
    assert active("/impressum/") == []


def test_the_breadcrumb_leads_back_up(house: House, client: Client) -> None:
    assert links(part(text(client.get("/ueber-uns/das-buero/")), "nav", "breadcrumb")) == [
        ("/", "Startseite"),
        ("/ueber-uns/", "Über uns"),
    ]
    assert not part(text(client.get("/")), "nav", "breadcrumb")


def test_the_footer_names_both_halves_a_way_to_talk_and_the_legal_pages(house: House, client: Client) -> None:
    for place in ("home", "method", "search with hits", "address that leads nowhere"):
        footer = part(text(client.get(PLACES[place])), "footer")
        for words in ("Verwaltung", "freier Träger", "Beirat", "Musterstadt"):
            assert words in footer
        found = links(footer)
        assert ("tel:03023125100", "030 23125 100") in found
        assert ("mailto:buero@beteiligung.example", "buero@beteiligung.example") in found
        legal = [words for address, words in found if address.split("?")[0].count("/") == 2][-5:]
        assert legal == ["Datenschutz", "Impressum", "Barrierefreiheit", "Aktuelles", "Barriere melden"]


def test_a_page_of_the_menu_leaves_it_when_it_leaves_the_public(house: House, client: Client) -> None:
    assert "/ueber-uns/" in part(text(client.get("/")), "nav", "main-nav")
    StandardPage.objects.get(slug="ueber-uns").unpublish()
    for place in ("/", search(), "/gibt-es-nicht/"):
        assert "/ueber-uns/" not in text(client.get(place))


def test_the_header_leaves_most_of_a_phone_to_the_page(house: House, open_page: Callable[..., Tab]) -> None:
    page = open_page("/", width=360, height=740)
    header = page.locator(".site-header").bounding_box()
    assert header is not None and header["height"] <= 72


def test_on_paper_there_are_words_and_no_menus(house: House, open_page: Callable[..., Tab]) -> None:
    page = open_page(PLACES["method"])
    page.emulate_media(media="print")
    for gone in (".main-nav", ".menu-switch", ".languages", ".search-box", ".breadcrumb", ".skip-link", ".button-row"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()
    for kept in ("h1", ".lead", ".fact-strip", ".method-steps li", ".contact-card", ".brand__name"):
        expect(page.locator(kept).first).to_be_visible()
    page.goto(PLACES["page with every block"])
    expect(page.locator(".block-accordion .answer").first).to_be_visible()


# Empty states


@pytest.mark.parametrize(
    "place",
    ["page that is still empty", "list with nothing left", "comparison before a choice", "search without a hit"],
)
def test_an_empty_state_says_what_could_be_here_and_what_to_do(place: str, house: House, client: Client) -> None:
    state = part(text(client.get(PLACES[place])), "div", "empty-state")
    assert "<svg" in state
    assert re.search(r"<h[23]>[^<]{8,}</h[23]>\s*<p>[^<]{20,}</p>", state)
    if place in {"list with nothing left", "search without a hit"}:
        ways = links(state)
        assert ways
        for address, words in ways:
            assert words
            base = PLACES[place].split("?")[0]
            assert client.get(base + address if address.startswith("?") else address).status_code == 200


def test_a_toolkit_without_methods_says_what_will_be_there(house: House, client: Client) -> None:
    MethodPage.objects.filter(pk__in=MethodPage.objects.child_of(Page.objects.get(pk=house.index))).delete()
    assert part(text(client.get("/methoden/")), "div", "empty-state")
    assert not part(text(client.get("/")), "div", "feature")
    method(MethodIndexPage.objects.get(pk=house.index), "Eine")
    assert not part(text(client.get("/methoden/")), "div", "empty-state")


# Errors


def test_an_address_that_leads_nowhere_offers_a_search_with_its_words(house: House, client: Client) -> None:
    answer = client.get("/beteiligung/world-caf%C3%A9_2024.html")
    assert answer.status_code == 404
    form = part(text(answer).split("<main")[1], "form", "search-box")
    assert f'action="{search()}"' in form
    [typed] = re.findall(r'type="search" name="q" value="([^"]*)"', form)
    assert typed.split() == ["world", "cafe"]
    assert PLACES["method"] in text(client.get(search(), {"q": typed}))
    english = text(client.get("/en/nothing/here/"))
    assert f'action="{search("en")}"' in english and 'lang="en"' in english


@pytest.mark.parametrize("path", ["/%00", "/" + "a" * 3000, "/%F0%9F%8C%B3/", "/ü/", "/..%2f..%2fetc/", "/ar/%D8%A7/"])
def test_no_address_is_an_error_of_ours(path: str, house: House, client: Client) -> None:
    assert client.get(path).status_code in {301, 404}


def test_what_is_private_looks_like_what_does_not_exist(house: House, client: Client) -> None:
    StandardPage.objects.get(slug="das-buero").unpublish()
    missing, private = text(client.get("/ueber-uns/das-haus/")), text(client.get("/ueber-uns/das-buero/"))
    assert missing.replace("haus", "buero") == private.replace("haus", "buero")


@pytest.mark.parametrize(
    ("home", "lang", "direction"),
    [("/", "de", "ltr"), ("/de-simple/", "de-simple", "ltr"), ("/en/", "en", "ltr"), ("/ar/", "ar", "rtl")],
)
def test_without_a_database_there_is_still_a_page_that_says_sorry_in_the_language_of_the_address(
    home: str, lang: str, direction: str, html_errors: Any
) -> None:
    # No mark for the database: pytest-django refuses every question to it, as a server that is down does.
    answer = Client(raise_request_exception=False).get(f"{home}rathaus/")
    assert answer.status_code == 500
    html = text(answer)
    assert html_errors(html) == []
    assert f'<html lang="{lang}" dir="{direction}">' in html
    with translation.override(lang):
        assert gettext("Something went wrong on our side") in part(html, "h1")
    assert f'href="{home}"' in part(html, "p", "button-row")
    assert "Traceback" not in html


def test_axe_finds_nothing_on_the_page_that_says_sorry(
    house: House, open_page: Callable[..., Tab], watch: Any, axe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(HomePage, "serve", broken)
    watch.expect_status(500)
    page = open_page(width=360)
    for place, direction in (("home", "ltr"), ("Arabic home", "rtl")):
        page.goto(PLACES[place])
        assert page.locator("html").get_attribute("dir") == direction
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert axe(page) == [], (place, theme)


# For whoever runs the site


def test_a_living_process_says_so_without_a_database() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (200, b"ok\n", "no-store")


@pytest.mark.django_db
def test_a_site_is_ready_with_database_search_and_worker(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "search": "ok", "outbox": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
def test_a_site_whose_worker_is_away_is_not_ready_and_says_why(client: Client) -> None:
    waiting = Delivery.objects.create(
        consumer="mail", topic="mail.send", key="1", not_before=timezone.now() - timedelta(minutes=9)
    )
    assert client.get("/readyz").status_code == 200
    waiting.not_before -= timedelta(minutes=3)
    waiting.save()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert re.fullmatch(r"waits for 7[12]\d s: is a worker running\?", answer.json()["outbox"])
    waiting.done_at = timezone.now()
    waiting.save()
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_site_whose_search_is_broken_is_not_ready(client: Client) -> None:
    tables = [name for name in connection.introspection.table_names() if "search" in name and "cms_blocks" in name]
    assert tables
    with connection.cursor() as cursor:
        for table in sorted(tables, key=len):
            cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["search"] == "down"
    assert answer.json()["database"] == "ok"


@pytest.mark.django_db
def test_a_site_whose_database_does_not_answer_is_not_ready(client: Client) -> None:
    def broken(*args: Any) -> None:
        raise OperationalError("the disk is gone")

    with connection.execute_wrapper(broken):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "down"


def test_what_the_tests_call_public_is_what_the_gate_calls_public(house: House, client: Client) -> None:
    paths = set(PublicRecord.objects.visible().values_list("path", flat=True))
    assert len(paths) > 25
    for path in paths:
        assert client.get(path).status_code == 200, path


def test_the_home_page_shows_what_is_open_the_soonest_first_with_the_days_that_the_page_counts(
    house: House, client: Client
) -> None:
    front = client.get("/").context["front"].planned
    assert front.cards and front.count > len(front.cards) and front.index and front.map
    assert {card.record.status for card in front.cards} <= {"open", "planned"}
    ends = [card.record.status_until for card in front.cards if card.record.status == "open"]
    assert ends and ends == sorted(ends)
    for card in front.cards:
        page = client.get(card.record.path).context["procedure"]
        assert card.status_words == page.status_words
        assert (card.passed is not None) <= (card.record.status == "open")


def test_a_house_number_typed_on_the_home_page_stands_in_no_address(house: House, client: Client) -> None:
    form = re.search(r'<form[^>]*action="(/meine-strasse/)#answer"[^>]*>', client.get("/").content.decode())
    assert form is not None and 'method="post"' in form[0]
    answer = client.post(form[1], {"street": "Lindenstraße 5"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "5" not in answer.headers.get("Location", "") and "no-store" in answer.headers["Cache-Control"]
