"""“My street” in a real browser: on a phone, by keyboard, without JavaScript, with and without a house number."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, street, way


@pytest.fixture
def city(transactional_db: None) -> None:
    index, places = procedure_list(), district_list()
    nord, west = district(places, "Nord"), district(places, "West")
    street("Lindenstraße", district="nord")
    street("Hauptstraße", district="nord", numbers="1-9")
    street("Hauptstraße", district="west", numbers="10-20", latitude=52.5)
    procedure(
        index, "Ein neuer Weg", districts=[nord], latitude=52.403, longitude=13.06, phases=[phase(-1, 9, ways=[way()])]
    )
    procedure(index, "Ein Haus im Westen", districts=[west])
    procedure(index, "Überall")


@pytest.mark.parametrize(("width", "theme", "javascript"), [(360, "dark", False), (1280, "light", True)])
def test_a_resident_finds_what_is_planned(
    city: None, open_page: Callable[..., Page], axe: Callable[..., list[str]], width: int, theme: str, javascript: bool
) -> None:
    page = open_page("/verfahren/", width=width, theme=theme, javascript=javascript)
    page.get_by_role("link", name="Was ist in Ihrer Straße geplant?").click()
    page.get_by_role("textbox", name="Straße").fill("lindenstr")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/meine-strasse/\?street=lindenstr#answer$"))
    expect(page.get_by_role("heading", name="Lindenstraße (Nord)")).to_be_visible()
    answer = page.get_by_role("region", name="Lindenstraße")
    expect(answer.get_by_role("listitem")).to_have_text([re.compile("Ein neuer Weg"), re.compile("Überall")])
    expect(answer).to_contain_text("etwa 350 Meter")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if javascript:  # the checker is a script
        assert axe(page) == []


def test_a_house_number_makes_it_exact_and_stays_out_of_the_address(
    city: None, open_page: Callable[..., Page], axe: Callable[..., list[str]]
) -> None:
    page = open_page("/meine-strasse/?street=Hauptstr.", width=360)
    expect(page.get_by_role("heading", name="Welche Straße meinen Sie?")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Hausnummer").fill("12")
    page.get_by_role("button", name="Zeigen, was geplant ist").click()
    expect(page.get_by_role("heading", name="Hauptstraße 12 (West)")).to_be_visible()
    expect(page.get_by_text("Im Umkreis von einem Kilometer ist nichts geplant.")).to_be_visible()
    assert "12" not in page.url.partition("//")[2].partition("/")[2] and page.context.cookies() == []
    assert axe(page) == []
    page.get_by_role("textbox", name="Straße").fill("")
    page.get_by_role("button", name="Zeigen, was geplant ist").click()
    expect(page.get_by_role("alert")).to_contain_text("Bitte schreiben Sie den Namen einer Straße.")
    assert axe(page) == []
