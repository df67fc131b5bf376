"""Methods on paper: the card of one, the booklet of many. Accessible (PDF/UA-1), and only what is public."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cms_blocks.office import Contact, Office
from cms_blocks.print import typesetting, views
from cms_blocks.publication.unit import unit
from tests.cms_blocks.blocks.conftest import build, stored
from tests.infrastructure.requirements import REPOSITORY
from tests.toolkit.factories import method, toolkit
from toolkit.models import MethodIndexPage, MethodPage

pytestmark = pytest.mark.django_db

FULL: dict[str, Any] = {
    "steps": [("Einladen", 0), ("Reden", 30), ("Ernten", 45)],
    "strengths": ["Auch Zurückhaltende kommen zu Wort."],
    "limits": ["Nicht für offene Konflikte."],
    "accessibility": ["Unterfahrbare Tische."],
    "target_groups": ["Vereine"],
    "materials": ["dicke Stifte"],
    "staff": "1 Hauptmoderation",
    "cost_note": "Raum und Getränke.",
    "origin": "Aus Kalifornien.",
}


@pytest.fixture
def index() -> MethodIndexPage:
    return toolkit(lead="Vierzig Wege, Menschen zu beteiligen.")


def reader_of(answer: HttpResponse) -> PdfReader:
    assert answer.status_code == 200, answer.content[:300]
    assert answer.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def words(answer: HttpResponse) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader_of(answer).pages).split())


def bookmarks(answer: HttpResponse) -> list[str]:
    return [entry["/Title"] for entry in reader_of(answer).outline if not isinstance(entry, list)]


# What is on it


def test_a_card_says_all_about_a_method(index: MethodIndexPage, client: Client) -> None:
    other = method(index, "Fischglas")
    page = method(index, "Wörld Café", slug="world-cafe", goes_with=(other,), **FULL)
    answer = client.get("/methoden/world-cafe.pdf")
    text = words(answer)
    for expected in (
        *("Wörld Café", page.lead, "10 bis 100 Personen", "1 bis 3 Stunden", "2 bis 6 Wochen"),
        *("Einladen", "vor der Veranstaltung", "Reden", "30 Minuten", "45 Minuten"),
        *("Auch Zurückhaltende kommen zu Wort.", "Nicht für offene Konflikte.", "Unterfahrbare Tische.", "Vereine"),
        *("dicke Stifte", "1 Hauptmoderation", "Raum und Getränke.", "Aus Kalifornien.", "Fischglas"),
        "http://testserver/methoden/world-cafe/",
    ):
        assert expected in text, expected
    assert bookmarks(answer) == ["Wörld Café"]
    reader = reader_of(answer)
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert reader.metadata and reader.metadata.title == "Wörld Café"
    links = [
        note.get_object()["/A"]["/URI"]
        for sheet in reader.pages
        for note in sheet.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert f"http://testserver{other.url}" in links


def test_name_of_the_office_and_contact_come_from_the_settings(index: MethodIndexPage, client: Client) -> None:
    Office.objects.create(name="Amt am Fluss", short_name="Amt", city="Musterstadt", locale=index.locale)
    contact = Contact.objects.create(
        name="Anlaufstelle Nord", phone="030 12", email="nord@example.org", locale=index.locale
    )
    method(index, "A", slug="a", contact=contact)
    text = words(client.get("/methoden/a.pdf"))
    assert "Amt am Fluss · Stand" in text or "Amt am Fluss · As of" in text
    assert "Anlaufstelle Nord" in text and "nord@example.org" in text


def test_the_booklet_holds_all_methods_with_contents_and_bookmarks(index: MethodIndexPage, client: Client) -> None:
    method(index, "Zukunftswerkstatt")
    method(index, "Bürgerrat")
    answer = client.get("/methoden.pdf")
    assert bookmarks(answer)[0] == "Methoden"
    assert bookmarks(answer)[2:] == ["Bürgerrat", "Zukunftswerkstatt"]
    text = words(answer)
    assert "2 Methoden" in text and index.lead in text
    assert words(answer).count("Bürgerrat") >= 2  # in the contents and on its page


def test_the_booklet_can_hold_what_the_list_shows(index: MethodIndexPage, client: Client) -> None:
    method(index, "Billig", cost_level=1)
    method(index, "Teuer", cost_level=5)
    page = client.get("/methoden/?cost=1").content.decode()
    assert 'href="/methoden.pdf?cost=1"' in page
    text = words(client.get("/methoden.pdf?cost=1"))
    assert "Billig" in text and "Teuer" not in text
    assert "bis etwa 500 Euro" in text  # the filter, on the cover
    assert client.get("/methoden.pdf?q=gibtesnicht").status_code == 404


def test_pages_lead_to_their_pdf(index: MethodIndexPage, client: Client) -> None:
    page = method(index)
    assert f'href="{page.url.rstrip("/")}.pdf" type="application/pdf"' in client.get(page.url).content.decode()
    listed = client.get("/methoden/?page=1&m=x").content.decode()
    assert 'href="/methoden.pdf" type="application/pdf"' in listed


def method_with_every_block(index: MethodIndexPage) -> MethodPage:
    house = build()
    items = stored(house.page.pk, house.image.pk, house.document.pk, house.contact.pk)
    body = json.dumps([{"type": name, "value": value} for name, value in items.items()])
    return method(index, "Alles", slug="alles", body=body, image=house.image, **FULL)


def hostile_method(index: MethodIndexPage) -> MethodPage:
    fields = {**FULL, "strengths": [HOSTILE], "staff": HOSTILE, "origin": HOSTILE + "\u202emoc.live\x07"}
    body = json.dumps([{"type": "quote", "value": {"text": HOSTILE, "name": "", "source": ""}}])
    return method(index, HOSTILE[:60], slug="x", lead=HOSTILE, body=body, **fields)


def test_every_block_of_a_body_is_printed(index: MethodIndexPage, client: Client) -> None:
    method_with_every_block(index)
    answer = client.get("/methoden/alles.pdf")
    text = words(answer)
    for expected in (
        *("Read this now .", "What is open", "At last somebody asks.", "Resident, Review", "On a Saturday"),
        *("City of Example", "Who may come?", "Tell us", "Walk", "Autumn", "Who does what", "Council", "decides"),
        *("Unsure?", "Ways to join in", "Checklist", "Contact point", "office@example.org", "People walk."),
        *("https://www.youtube.com/watch?v=aqz-KE-bpKQ", "https://mitreden.example.org/square"),
    ):
        assert expected.replace(" .", ".") in text.replace(" .", "."), expected
    assert "Stalls on a square" in _alternatives(answer)


def _alternatives(answer: HttpResponse) -> str:
    """The words that stand for pictures, from the structure of the document."""
    found, waiting = [], [reader_of(answer).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, dict):
            found += [str(node["/Alt"])] if "/Alt" in node else []
            waiting += [node["/K"]] if "/K" in node else []
        elif isinstance(node, list):
            waiting += node
    return "\n".join(found)


# For everybody


def test_every_pdf_is_accessible_in_every_script(client: Client, pdf_errors: Callable[..., list[str]]) -> None:
    """All in one call of the checker: cards and booklets, what is hard to print, and the demo's documents."""
    files = {}
    for language, title, lead in (
        ("de", "Bürgerbeteiligungssatzungsänderungsverfahren", "Viele reden."),
        ("de-simple", "Welt-Café", "Alle reden.\nAn kleinen Tischen."),
        ("en", "World café", "Many people talk about few good questions."),
        ("ar", "المقهى العالمي", "يتحدث كثير من الناس حول أسئلة قليلة جيدة."),
        ("uk", "Світове кафе", "Багато людей говорять."),
        ("pl", "Kawiarnia świata", "Wiele osób rozmawia o kilku dobrych pytaniach: źdźbło, żółć."),
    ):
        index = toolkit(language, title=f"{title} 1")
        method(index, title, slug="cafe", lead=lead, **FULL)
        prefix = "" if language == "de" else f"/{language}"
        card, booklet = client.get(f"{prefix}/methoden/cafe.pdf"), client.get(f"{prefix}/methoden.pdf")
        assert reader_of(card).trailer["/Root"]["/Lang"] == language.partition("-")[0]
        assert bookmarks(card) == [title]
        files |= {f"{language}-card": card.content, f"{language}-booklet": booklet.content}
    german = MethodIndexPage.objects.get(locale__language_code="de")
    method_with_every_block(german)
    hostile_method(german)
    for name, address in (
        ("every-block", "/methoden/alles.pdf"),
        ("hostile", "/methoden/x.pdf"),
        ("filtered", "/methoden.pdf?cost=2&purpose=collect_ideas&people=30&q=reden"),
    ):
        answer = client.get(address)
        assert reader_of(answer)
        files[name] = answer.content
    documents = sorted((REPOSITORY / "site/demo/content/documents").glob("*.pdf"))
    assert len(documents) == 2
    assert pdf_errors(**files, **{path.stem: path.read_bytes() for path in documents}) == []


HOSTILE = (
    '#read("/etc/passwd") #import "@preview/x:1.0.0" *b* $x^2$ `r` @ref <l> </p><script>alert(1)</script> \\ // {{ }}'
)


def test_hostile_text_stands_on_the_paper_as_it_is(index: MethodIndexPage, client: Client) -> None:
    hostile_method(index)
    text = words(client.get("/methoden/x.pdf")).replace(" ", "")
    assert text.count(HOSTILE.replace(" ", "")) >= 5
    assert "moc.live" in text and "\u202e" not in text
    assert "root:" not in text


# Only what is public


def test_what_is_not_public_is_in_no_pdf(index: MethodIndexPage, client: Client) -> None:
    hidden = method(index, "Geheimsache", slug="geheim")
    method(index, "Offen", slug="offen", goes_with=(hidden,))
    assert "Geheimsache" in words(client.get("/methoden.pdf"))
    with unit():
        MethodPage.objects.get(pk=hidden.pk).unpublish()
    assert client.get("/methoden/geheim.pdf").status_code == 404
    for path in ("/methoden.pdf", "/methoden/offen.pdf"):
        assert "Geheimsache" not in words(client.get(path))
    draft = MethodPage.objects.get(slug="offen")
    draft.lead = "Noch ein Entwurf"
    draft.save_revision()
    assert "Noch ein Entwurf" not in words(client.get("/methoden/offen.pdf"))


@pytest.mark.parametrize("path", ["/nichts.pdf", "/.pdf", "/methoden/nichts.pdf", "/methoden/finder.pdf"])
def test_where_nothing_can_be_printed_the_answer_is_not_found(
    path: str, index: MethodIndexPage, client: Client
) -> None:
    assert client.get(path).status_code == 404
    assert client.get("/methoden.pdf").status_code == 404  # an empty toolkit is no booklet


# Caches, and many at once


def test_a_pdf_has_a_name_and_may_be_kept_until_something_changes(index: MethodIndexPage, client: Client) -> None:
    page = method(index, 'Was? "Wie/Wo"', slug="was")
    answer = client.get("/methoden/was.pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="Was Wie Wo.pdf"'
    assert answer.headers["Link"] == '<http://testserver/methoden/was/>; rel="canonical"'
    assert "s-maxage" in answer.headers["Cache-Control"] and not answer.cookies
    tag = {"If-None-Match": answer.headers["ETag"]}
    again = client.get("/methoden/was.pdf?nichts=1", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    with time_machine.travel("2031-01-01 12:00+00:00", tick=False):
        assert client.get("/methoden/was.pdf", headers=tag).status_code == 304  # another day changes nothing
    with unit():
        page.lead = "Ganz neu."
        page.save_revision().publish()
    fresh = client.get("/methoden/was.pdf", headers=tag)
    assert "Ganz neu." in words(fresh)
    assert client.post("/methoden/was.pdf").status_code == 405


def test_shared_caches_drop_a_pdf_when_its_page_expires(index: MethodIndexPage, client: Client) -> None:
    with time_machine.travel("2030-05-04 10:00:00+00:00", tick=False):
        method(index, slug="bald", expire_at=datetime.datetime(2030, 5, 4, 10, 0, 20, tzinfo=datetime.UTC))
        assert "s-maxage=20" in client.get("/methoden/bald.pdf").headers["Cache-Control"]
    with time_machine.travel("2030-05-04 10:00:21+00:00", tick=False):
        assert client.get("/methoden/bald.pdf").status_code == 404


def test_a_second_reader_gets_the_same_pdf_without_another_compilation(
    index: MethodIndexPage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    method(index, slug="a")
    first = client.get("/methoden/a.pdf")

    def refuse(*args: Any) -> bytes:
        raise AssertionError("compiled again")

    monkeypatch.setattr(views, "typeset", refuse)
    assert client.get("/methoden/a.pdf").content == first.content


def test_a_full_press_answers_at_once_that_one_may_come_back(
    index: MethodIndexPage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    method(index, slug="a")
    monkeypatch.setattr(typesetting, "PATIENCE", 0.01)
    with typesetting.at_the_press():
        answer = client.get("/methoden/a.pdf")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/methoden/a.pdf").status_code == 200


def test_what_is_taken_back_while_the_pdf_is_made_is_not_sent(
    index: MethodIndexPage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = method(index, "Geheimsache", slug="geheim")
    method(index, "Offen")
    compiled, real = [], views.typeset

    def slow(*args: Any) -> bytes:
        if not compiled:
            with unit():
                MethodPage.objects.get(pk=page.pk).unpublish()
        compiled.append(1)
        return real(*args)

    monkeypatch.setattr(views, "typeset", slow)
    assert "Geheimsache" not in words(client.get("/methoden.pdf"))
    assert len(compiled) == 2


def test_ten_methods_cost_as_many_queries_as_one(index: MethodIndexPage, client: Client) -> None:
    def queries() -> int:
        client.get("/methoden.pdf")
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/methoden.pdf").status_code == 200
        return len(counted)

    method(index, **FULL)
    one = queries()
    for _ in range(9):
        method(index, **FULL)
    assert queries() == one
