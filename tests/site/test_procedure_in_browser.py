"""The story of a procedure: an editor writes it with a phase and a point on the map; a visitor finds it in list, map and
months and by street, and takes its days along."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from procedures.models import ProcedureIndexPage, ProcedurePage
from tests.site.house import House
from tests.site.test_editor_and_visitor import PATIENCE_MS, editor, tab

__all__ = ["editor"]
TITLE = "Ein Spielplatz am Nordufer"
ADDRESS = "/verfahren/ein-spielplatz-am-nordufer/"


def test_what_an_editor_publishes_a_visitor_finds_in_list_map_months_and_by_street_and_takes_along(
    house: House, editor: Page, open_page: Callable[..., Page], site_server: Any, tmp_path: Path
) -> None:
    write(editor)
    page = ProcedurePage.objects.get(title=TITLE)
    assert page.live
    # In the middle of the district, to a pixel of the drawing.
    assert (page.latitude, page.longitude) == (pytest.approx(52.41, abs=3e-4), pytest.approx(13.05, abs=3e-4))
    # A few houses further up, and one at the other end of the city.
    streets = "Straße;Hausnummern;Stadtteil;Breitengrad;Längengrad\nRingstraße;;Nord;52,4128;13,0500\n"
    (tmp_path / "streets.csv").write_text(streets + "Südallee;;Innenstadt;52,3810;13,0500\n", encoding="utf-8")
    call_command("import_streets", tmp_path / "streets.csv", stdout=io.StringIO())
    visitor = open_page("/verfahren/", javascript=False)
    finds_by_filters(visitor)
    finds_on_the_map(visitor)
    finds_in_the_calendar(visitor)
    finds_by_street(visitor)
    takes_the_days_along(visitor)
    assert visitor.context.cookies() == []


def write(editor: Page) -> None:
    """From the list of procedures to the public page, by what stands on the screen."""
    editor.goto(f"/admin/pages/{ProcedureIndexPage.objects.get(slug='verfahren', locale__language_code='de').pk}/")
    editor.get_by_role("link", name="Unterseite hinzufügen").first.click()
    editor.wait_for_load_state("load")
    editor.locator("#id_title").press_sequentially(TITLE)
    expect(editor.locator("#id_slug")).to_have_value(ADDRESS.strip("/").rpartition("/")[2])
    editor.get_by_label("Kurz gesagt: Worum geht es?").fill("Am Nordufer entsteht ein Spielplatz.")
    editor.get_by_label("Kurz gesagt: Wo?").fill("Am Nordufer, hinter der Turnhalle.")
    editor.get_by_label("Kurz gesagt: Was kann ich tun?").fill("Sagen Sie, was dort stehen soll.")
    tab(editor, "Wo und wann")
    choose_district(editor, "Nord")
    click_on_the_map(editor, "Nord")
    tab(editor, "Wer")
    editor.locator("#id_half").select_option("administration")
    tab(editor, "Mitmachen")
    editor.locator("#id_level").select_option("involvement")
    add_phase(editor)
    foot = editor.locator("footer")
    # The list is that of both halves; whose procedure this is the desk knows from the first saving on.
    foot.get_by_role("button", name="Mehr Aktionen").click()
    editor.get_by_role("button", name="Entwurf speichern").click()
    editor.wait_for_url("**/edit/", timeout=PATIENCE_MS)
    foot.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(editor.locator(".messages")).to_contain_text("veröffentlicht", timeout=PATIENCE_MS)


def test_a_moment_that_cannot_be_read_stays_as_it_was_typed_and_its_tab_counts_it(house: House, editor: Page) -> None:
    index = ProcedureIndexPage.objects.get(slug="verfahren", locale__language_code="de")
    editor.goto(f"/admin/pages/add/procedures/procedurepage/{index.pk}/")
    tab(editor, "Mitmachen")
    phases = editor.locator("[id$=-phases-section]")
    phases.get_by_role("button", name="Einen Block einfügen").first.click()
    phases.locator("[name$=-value-ends]").fill("31.12.2026 18 Uhr")
    editor.keyboard.press("Tab")
    editor.locator("footer").get_by_role("button", name="Mehr Aktionen").click()
    editor.get_by_role("button", name="Entwurf speichern").click()
    expect(editor.locator(".messages")).to_contain_text("Fehler", timeout=PATIENCE_MS)
    label = editor.get_by_role("tab", name="Mitmachen")
    label.click()
    expect(phases.locator("[name$=-value-ends]")).to_have_value("31.12.2026 18 Uhr")
    errors = phases.locator(".error-message").count()
    assert errors
    expect(label).to_contain_text(str(errors))


def choose_district(editor: Page, title: str) -> None:
    districts = editor.locator("#panel-child-wo_und_wann-wo-section")
    districts.get_by_role("button", name="Stadtteil hinzufügen").click()
    districts.get_by_role("button", name="Seite auswählen").click()
    chooser = editor.locator(".modal-content")
    chooser.get_by_label("Suchbegriff").fill(title)
    chooser.get_by_role("link", name=title, exact=True).click()
    expect(chooser).to_be_hidden()
    expect(districts).to_contain_text(title)


def click_on_the_map(editor: Page, district: str) -> None:
    """In the middle of this district; the two fields and the mark follow."""
    drawing = editor.get_by_role("img", name="Karte der Stadtteile")
    drawing.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
    mark = drawing.locator("circle")
    expect(mark).to_be_hidden()
    drawing.locator("path", has=editor.locator("title", has_text=re.compile(rf"^{district}$"))).click()
    expect(mark).to_be_visible()
    expect(editor.get_by_label("geografische Breite")).to_have_value(re.compile(r"^52\.4"))
    expect(editor.get_by_label("geografische Länge")).to_have_value(re.compile(r"^13\.0"))


def add_phase(editor: Page) -> None:
    """Open since yesterday, for three weeks, by one button on the internet."""
    phases = editor.locator("[id$=-phases-section]")
    phases.get_by_role("button", name="Einen Block einfügen").first.click()
    phases.get_by_label("Titel der Phase").fill("Ideen sammeln")
    today = timezone.localtime()
    phases.locator("[name$=-begins]").fill(f"{today - timedelta(days=1):%d.%m.%Y %H:%M}")
    phases.locator("[name$=-value-ends]").fill(f"{today + timedelta(days=21):%d.%m.%Y %H:%M}")
    editor.keyboard.press("Tab")
    phases.get_by_role("button", name="Hinzufügen").first.click()
    phases.locator("select[name$=-kind]").select_option("online")
    phases.get_by_label("Worte auf dem Knopf").fill("Idee schicken")
    phases.get_by_label("Internetadresse").fill("https://ideen.example/nordufer")


def finds_by_filters(visitor: Page) -> None:
    before = visitor.locator(".procedure-card").count()
    visitor.locator("input[name=district][value=nord]").check()
    visitor.locator("input[name=status][value=open]").check()
    visitor.locator(".facets__actions button").click()
    cards = visitor.locator(".procedure-card")
    expect(cards).to_have_count(1)
    assert before > 1
    expect(cards).to_contain_text(TITLE)
    cards.get_by_role("link").first.click()
    expect(visitor.locator("h1")).to_have_text(TITLE)
    expect(visitor.get_by_role("link", name="Idee schicken").first).to_have_attribute(
        "href", "https://ideen.example/nordufer"
    )
    visitor.go_back()


def finds_on_the_map(visitor: Page) -> None:
    """The same selection has one point, which is a link: for the mouse and for the keyboard."""
    visitor.get_by_role("link", name="Karte", exact=True).first.click()
    assert "district=nord" in visitor.url and "view=map" in visitor.url
    point = visitor.get_by_role("group", name="Karte der Stadt").get_by_role(
        "link", name=f"{TITLE}: Offen für Beteiligung"
    )
    expect(point).to_have_count(1)
    expect(visitor.locator(".city-map__point")).to_have_count(1)
    point.click()
    expect(visitor.locator("h1")).to_have_text(TITLE)
    visitor.go_back()
    point.focus()
    visitor.keyboard.press("Enter")
    expect(visitor.locator("h1")).to_have_text(TITLE)
    visitor.go_back()


def finds_in_the_calendar(visitor: Page) -> None:
    visitor.get_by_role("link", name="Kalender", exact=True).first.click()
    assert "district=nord" in visitor.url
    expect(visitor.locator(".month").first).to_contain_text(TITLE)


def finds_by_street(visitor: Page) -> None:
    """Near the street beside it, and not near another one."""
    visitor.goto("/meine-strasse/")
    for street, is_near in (("Südallee", False), ("ringstr", True)):
        visitor.get_by_role("textbox", name="Straße").fill(street)
        visitor.keyboard.press("Enter")
        near = visitor.locator("#answer h3", has_text="In Ihrer Nähe").locator("+ ul")
        expect(near.get_by_role("link", name=TITLE)).to_have_count(int(is_near))
    expect(visitor.get_by_role("heading", name="Ringstraße (Nord)")).to_be_visible()
    expect(near.get_by_role("listitem")).to_contain_text("Meter")


def takes_the_days_along(visitor: Page) -> None:
    """What the link of the selection gives is a calendar with this procedure and no other."""
    visitor.goto("/verfahren/?district=nord&status=open")
    link = visitor.locator(".exits").get_by_role("link", name="Kalender")
    answer = visitor.request.get(str(link.get_attribute("href")))
    assert answer.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.text()).walk("VEVENT")
    assert TITLE in str(event["SUMMARY"])
    assert event["DTEND"].dt > timezone.now() + timedelta(days=20)
