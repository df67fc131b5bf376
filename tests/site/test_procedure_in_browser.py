"""The story of a procedure: an editor writes it with a phase and a point; a visitor finds it and takes its days along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from procedures.models import ProcedureIndexPage, ProcedurePage
from tests.site.house import House
from tests.site.test_editor_and_visitor import PATIENCE_MS, editor, tab

__all__ = ["editor"]
TITLE = "Ein Spielplatz am Nordufer"
ADDRESS = "/verfahren/ein-spielplatz-am-nordufer/"


def test_what_an_editor_publishes_a_visitor_finds_in_list_and_months_and_takes_along(
    house: House, editor: Page, open_page: Callable[..., Page], site_server: Any
) -> None:
    write(editor)
    page = ProcedurePage.objects.get(title=TITLE)
    assert (page.latitude, page.longitude, page.live) == (52.4013, 13.0651, True)
    visitor = open_page("/verfahren/", javascript=False)
    finds_by_filters(visitor)
    finds_in_the_calendar(visitor)
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
    editor.get_by_label("geografische Breite").fill("52.4013")
    editor.get_by_label("geografische Länge").fill("13.0651")
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


def choose_district(editor: Page, title: str) -> None:
    districts = editor.locator("#panel-child-wo_und_wann-wo-section")
    districts.get_by_role("button", name="Stadtteil hinzufügen").click()
    districts.get_by_role("button", name="Seite auswählen").click()
    chooser = editor.locator(".modal-content")
    chooser.get_by_label("Suchbegriff").fill(title)
    chooser.get_by_role("link", name=title, exact=True).click()
    expect(chooser).to_be_hidden()
    expect(districts).to_contain_text(title)


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


def finds_in_the_calendar(visitor: Page) -> None:
    visitor.get_by_role("link", name="Kalender", exact=True).first.click()
    assert "district=nord" in visitor.url
    expect(visitor.locator(".month").first).to_contain_text(TITLE)


def takes_the_days_along(visitor: Page) -> None:
    """What the link of the selection gives is a calendar with this procedure and no other."""
    link = visitor.locator(".exits").get_by_role("link", name="Kalender")
    answer = visitor.request.get(str(link.get_attribute("href")))
    assert answer.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.text()).walk("VEVENT")
    assert TITLE in str(event["SUMMARY"])
    assert event["DTEND"].dt > timezone.now() + timedelta(days=20)
