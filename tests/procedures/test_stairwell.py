"""Notes for the stairwell and lists on paper: accessible (PDF/UA-1), in words that hold as long as the paper hangs."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from pypdf import PdfReader

from cms_blocks.office import Contact
from procedures import wording
from procedures.print import lists
from procedures.print.documents import qr_code
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, street, way

pytestmark = pytest.mark.django_db

JUNE = datetime(2030, 6, 1, 10, tzinfo=UTC)


def reader_of(answer: HttpResponse) -> PdfReader:
    assert answer.status_code == 200, answer.content[:300]
    assert answer.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def words(answer: HttpResponse) -> str:
    """The text, without the places where a line may break."""
    return " ".join(" ".join(page.extract_text() for page in reader_of(answer).pages).split())


def joined(answer: HttpResponse) -> str:
    """Addresses may break at each of their slashes."""
    return words(answer).replace(" ", "")


def links(answer: HttpResponse) -> set[str]:
    return {
        note.get_object()["/A"]["/URI"]
        for sheet in reader_of(answer).pages
        for note in sheet.get("/Annots", [])
        if "/A" in note.get_object()
    }


def test_a_note_of_a_formal_procedure_says_where_objections_count(client: Client) -> None:
    law = {
        "form": "formal", "legal_basis": "§ 3 BauGB", "official_address": "Stadtplanungsamt\nMarktplatz 1",
        "display_from": "2026-03-02", "display_until": "2026-04-02", "announcement": "Amtsblatt 4",
    }  # fmt: skip
    index = procedure_list()
    said = words(client.get(procedure(index, **law).url.rstrip("/") + ".pdf"))
    assert "rechtlich nicht als Stellungnahme oder Einwendung" in said
    assert "Ausgelegt: 2. März 2026 bis 2. April 2026" in said
    assert said.index("zählt nur") < said.index("planungsamt, Marktplatz 1")  # the word may be hyphenated
    informal = words(
        client.get(procedure(index, display_from="2026-03-02", display_until="2026-04-02").url.rstrip("/") + ".pdf")
    )
    assert "Einwendung" not in informal and "Ausgelegt" not in informal


def test_a_note_says_in_short_what_matters_and_where_to_read_on(client: Client) -> None:
    index = procedure_list()
    contact = Contact.objects.create(
        name="Stelle Nord", phone="0331 12 34", email="nord@example.org", locale=index.locale
    )
    ways = [
        way(label="Mitzeichnen", address="https://mitreden.example/weg"),
        way(kind="event", label="Werkstatt", address="", place="Rathaus, 3. Juni"),
        way(datetime(2030, 5, 1, tzinfo=UTC), label="Schon vorbei"),
    ]
    with time_machine.travel(JUNE, tick=False):
        page = procedure(
            index,
            "Ein neuer Weg am Ufer",
            contact=contact,
            listed_on="2030-01-05",
            phases=[phase(datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 6, 30, 22, tzinfo=UTC), ways=ways)],
        )
        answer = client.get(page.url.rstrip("/") + ".pdf")
        text = words(answer)
        web = client.get(page.url).content.decode()
    for expected in (
        *(
            "Ein neuer Weg am Ufer",
            "Worum geht es?",
            "Der Uferweg wird breiter.",
            "Wo?",
            "Am Kanal.",
            "Zeichnen Sie mit.",
        ),
        *("Mitmachen bis 30. Juni 2030", "Mitzeichnen", "Werkstatt", "Rathaus, 3. Juni"),
        *("Stelle Nord", "0331 12 34", "nord@example.org"),
    ):
        assert expected in text, expected
    assert "Tage" not in text and "Schon vorbei" not in text  # paper does not count days
    assert f"testserver/k/{page.reference}" in joined(answer)
    assert {f"http://testserver/k/{page.reference}", "tel:03311234", "https://mitreden.example/weg"} <= links(answer)
    reader = reader_of(answer)
    assert len(reader.pages) == 1 and reader.trailer["/Root"]["/Lang"] == "de"
    assert [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)] == [page.title]
    assert f'href="{page.url.rstrip("/")}.pdf"' in web
    assert client.get(f"/k/{page.reference}").headers["Location"] == page.url


def test_the_longest_note_still_stands_on_one_sheet(client: Client) -> None:
    index = procedure_list()
    sentence = "Donaudampfschifffahrtsgesellschaftskapitän und andere lange Wörter stehen hier. "
    contact = Contact.objects.create(name="N" * 60, phone="0331", hours="Montag\n" * 6, locale=index.locale)
    fullest = {"title": (sentence * 4)[:255], "contact": contact} | dict.fromkeys(
        ("brief_what", "brief_where", "brief_how"), (sentence * 9)[:200]
    )
    ways = [way(5, label=(sentence * 2)[:80], place=(sentence * 3)[:200], address="") for _ in range(9)]
    page = procedure(index, phases=[phase(-5, 9, ways=ways)], **fullest)
    assert len(reader_of(client.get(page.url.rstrip("/") + ".pdf")).pages) == 1


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        ([phase(datetime(2030, 7, 1, 8, tzinfo=UTC))], "Geplant, beginnt am 1. Juli 2030"),
        ([phase(datetime(2030, 5, 1, tzinfo=UTC), ways=[way()])], "Offen für Beteiligung"),
        ([phase()], "Geplant"),
        ([phase(datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 5, 9, tzinfo=UTC), ways=[way()])], "In Auswertung"),
    ],
)
def test_a_note_says_how_far_it_is(phases: list[dict[str, Any]], expected: str, client: Client) -> None:
    with time_machine.travel(JUNE, tick=False):
        page = procedure(procedure_list(), listed_on="2030-01-05", phases=phases)
        assert expected in words(client.get(page.url.rstrip("/") + ".pdf"))


def test_page_and_note_count_to_a_suspension_that_is_planned(client: Client) -> None:
    with time_machine.travel(JUNE, tick=False):
        page = procedure(
            procedure_list(), listed_on="2030-01-05",
            phases=[phase(datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 9, 1, tzinfo=UTC), ways=[way()])],
            suspended_from=datetime(2030, 6, 11, 10, tzinfo=UTC), suspended_reason="Bauarbeiten",
        )  # fmt: skip
        text = words(client.get(page.url.rstrip("/") + ".pdf"))
        assert "Mitmachen bis 11. Juni 2030" in text and "August" not in text
        assert "10" in client.get(page.url).context["procedure"].status_words


def test_note_and_list_say_why_and_until_when_a_procedure_is_suspended(client: Client) -> None:
    again = datetime(2030, 7, 31, 22, tzinfo=UTC)
    with time_machine.travel(JUNE, tick=False):
        page = procedure(
            procedure_list(), listed_on="2030-01-05", phases=[phase(datetime(2030, 5, 1, tzinfo=UTC), ways=[way()])],
            suspended_from=JUNE, suspended_until=again, suspended_reason="Ein Gutachten fehlt.",
        )  # fmt: skip
        with translation.override("de"):
            expected = wording.suspended(again)
        for paper in (f"{page.url.rstrip('/')}.pdf", "/verfahren.pdf"):
            text = words(client.get(paper)).replace("\u200e", "")
            assert "31. Juli 2030" in expected and expected in text and "Ein Gutachten fehlt." in text, paper


def test_a_district_shows_what_is_open_first_and_at_most_five(client: Client) -> None:
    index, places = procedure_list(), district_list()
    here = district(places, "Nord")
    for number in range(5):
        procedure(index, f"Geplantes {number}", districts=[here])
    opened = procedure(index, "Offenes", districts=[here], phases=[phase(-1, 9, ways=[way()])])
    procedure(index, "Fertiges", districts=[here], stages=[{"stage": "done", "since": "2024-01-01", "note": ""}])
    answer = client.get("/stadtteile/nord.pdf")
    text = words(answer)
    with translation.override("de"):
        title = gettext("What is planned: {place}").format(place="Nord")
    assert title in text and text.index("Offenes") < text.index("Geplantes")
    assert text.count("Geplantes") == 4 and "Fertiges" not in text
    assert {f"http://testserver/k/{opened.reference}", f"http://testserver/k/d/{here.pk}"} <= links(answer)
    assert 'href="/stadtteile/nord.pdf"' in client.get("/stadtteile/nord/").content.decode()
    district(places, "West", slug="west")
    opened.unpublish()
    for page in index.get_children().live():
        page.specific.unpublish()
    assert "Hier ist gerade nichts geplant" in words(client.get("/stadtteile/west.pdf"))


def test_a_street_shows_what_is_nearest(client: Client) -> None:
    index, places = procedure_list(), district_list()
    street(district="nord")
    procedure(index, "Nah", latitude=52.4018, longitude=13.06, districts=[district(places, "Nord")])
    procedure(index, "Überall")
    page = client.get("/meine-strasse/?street=lindenstr")
    assert 'href="/meine-strasse/aushang.pdf?street=Lindenstra%C3%9Fe"' in page.content.decode()
    answer = client.get("/meine-strasse/aushang.pdf?street=lindenstr")
    text = words(answer)
    assert "Lindenstraße" in text and "etwa 200 Meter" in text and text.index("Nah") < text.index("Überall")
    assert "http://testserver/k/s/lindenstrasse" in links(answer)
    assert "testserver/k/s/lindenstrasse" in joined(answer)
    assert answer.headers["ETag"] and "s-maxage" in answer.headers["Cache-Control"]
    by_hand = client.get("/meine-strasse/aushang.pdf?street=lindenstr+5")
    assert (by_hand.status_code, by_hand.headers["Location"]) == (302, "/meine-strasse/aushang.pdf?street=lindenstr")
    for nothing in ("", "?street=gibtesnicht", "?street=%00"):
        assert client.get(f"/meine-strasse/aushang.pdf{nothing}").status_code == 404


def test_an_arabic_note_runs_from_right_to_left(client: Client) -> None:
    page = procedure(procedure_list("ar"), "طريق الضفة", phases=[phase(-1, 9, ways=[way()])])
    answer = client.get(page.url.rstrip("/") + ".pdf")
    assert reader_of(answer).trailer["/Root"]["/Lang"] == "ar"
    assert f"http://testserver/ar/k/{page.reference}" in links(answer)


def test_what_is_not_public_has_no_note(client: Client) -> None:
    page = procedure(procedure_list(), live=False)
    assert client.get(page.url.rstrip("/") + ".pdf").status_code == 404


def test_the_qr_code_holds_the_address() -> None:
    assert qr_code("https://example.org/k/2026-0041").startswith("<svg")


# The list on paper


def test_the_list_has_the_selection_and_says_what_was_filtered(client: Client) -> None:
    index, places = procedure_list(lead="Was die Stadt plant."), district_list()
    nord = district(places, "Nord")
    one = procedure(index, "Im Norden", districts=[nord], phases=[phase(-1, 9, ways=[way()])])
    procedure(index, "Überall")
    page = client.get("/verfahren/?district=nord&view=calendar&month=2030-01").content.decode()
    assert 'href="/verfahren.pdf?district=nord"' in page
    answer = client.get("/verfahren.pdf?district=nord&view=outcomes&page=7")
    text = words(answer)
    for expected in (
        "1 Verfahren",
        "Eine Auswahl: Nord",
        "Im Norden",
        one.reference,
        "Der Uferweg wird breiter.",
        "Stand",
    ):
        assert expected in text, expected
    assert "Überall" not in text and f"http://testserver/k/{one.reference}" in links(answer)
    whole = words(client.get("/verfahren.pdf"))
    assert "Überall" in whole and "Ganze Stadt" in whole and "Eine Auswahl" not in whole
    assert client.get("/verfahren.pdf?q=xyzzyq").status_code == 404


def test_the_address_of_a_list_on_paper_leads_to_the_same_selection(client: Client) -> None:
    index, places = procedure_list(), district_list()
    nord = district(places, "Nord")
    found = {procedure(index, title, districts=[nord]).title for title in ("Weg am Ufer", "Brücke am Ufer")}
    procedure(index, "Ufer und Stadt")
    procedure(index, "Schulhof am Ufer", districts=[nord], phases=[phase(-1, 9, ways=[way()])])
    asked = "q=ufer&district=nord&district=city-wide&status=planned&sort=title&view=map&page=1&junk=x&level=nonsense"
    [address] = [link for link in links(client.get(f"/verfahren.pdf?{asked}")) if "/verfahren/" in link]
    assert address == "http://testserver/verfahren/?q=ufer&status=planned&district=city-wide&district=nord&sort=title"
    listing = client.get(address.removeprefix("http://testserver")).context["listing"]
    assert [card.record.title for card in listing.cards] == sorted(found | {"Ufer und Stadt"})
    assert "http://testserver/verfahren/" in links(client.get("/verfahren.pdf"))


def test_a_list_that_is_too_long_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST", 2)
    index = procedure_list()
    for number in range(5):
        procedure(index, f"Verfahren {number}")
    text = words(client.get("/verfahren.pdf?sort=title"))
    assert "Nur die ersten 2 sind gedruckt" in text and "3 weitere" in text
    assert "Verfahren 1" in text and "Verfahren 2" not in text


def test_all_of_them_are_accessible(client: Client, pdf_errors: Callable[..., list[str]]) -> None:
    index, places = procedure_list(), district_list()
    street(district="nord")
    contact = Contact.objects.create(
        name="Stelle", phone="0331", email="a@example.org", hours="Mo\nDi", locale=index.locale
    )
    nord = district(places, "Nord", contact=contact)
    page = procedure(
        index, "Uferweg", districts=[nord], contact=contact, latitude=52.4, longitude=13.06,
        phases=[phase(-1, 9, ways=[way(), way(kind="event", address="", place="Rathaus")])],
    )  # fmt: skip
    arabic = procedure(procedure_list("ar"), "طريق الضفة", phases=[phase(-1, 9, ways=[way()])])
    files = {
        "note": page.url.rstrip("/") + ".pdf",
        "district": "/stadtteile/nord.pdf",
        "street": "/meine-strasse/aushang.pdf?street=Lindenstr",
        "arabic": arabic.url.rstrip("/") + ".pdf",
        "list": "/verfahren.pdf?district=nord",
        "arabic_list": "/ar/verfahren.pdf",
    }
    assert pdf_errors(**{name: client.get(path).content for name, path in files.items()}) == []
