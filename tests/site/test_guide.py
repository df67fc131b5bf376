"""The tasks of the guide, done in a browser by following the words of the guide and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pixels
from PIL import ImageDraw
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from wagtail.models import Page

from cms_blocks import public_forms
from cms_blocks.guide.tasks import all_tasks, task_named
from cms_blocks.models import Document, Image, Notice
from procedures.models import ImportRun, ProcedurePage, UpdateRequest
from procedures.round.links import token_for
from tests.cms_blocks.media.samples import pdf
from tests.infrastructure.database import Kept
from tests.procedures.sheets import row, table
from tests.site import guide_pictures
from tests.site.guide_pictures import VIEWPORT, Camera
from tests.site.guide_reader import PATIENCE_MS, Reader, read
from tests.site.guide_scene import BENCHES, FESTIVAL, HOURS, PASSWORD, PLAYGROUND, TO_CHECK, Scene, build
from tests.site.test_safety_second_factor import shown
from toolkit.models import MethodPage
from website.models import StandardPage

pytestmark = [pytest.mark.xdist_group("guide"), pytest.mark.unmeasured]


@dataclass(frozen=True, slots=True)
class Play:
    """One task done by somebody: what they write, what they mean, and what must be true in the end."""

    proof: Callable[[Scene, Reader], None]
    answers: dict[str, Any] = field(default_factory=dict)
    yours: dict[str, Any] = field(default_factory=dict)
    signed_in: bool = True


def account() -> Any:
    return get_user_model().objects.get(username="redaktion")


def page_titled(title: str) -> Any:
    return Page.objects.filter(draft_title=title).latest("pk").specific


def photo(folder: Path) -> Path:
    """Two houses and the sun, drawn."""
    picture = Pixels.new("RGB", (1200, 800), "#e3ecf8")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 620, 1200, 800), fill="#dff0e6")
    draw.ellipse((880, 80, 1060, 260), fill="#f4b93a")
    draw.rectangle((180, 300, 480, 660), fill="#1d4b8f")
    draw.rectangle((520, 220, 820, 660), fill="#b53a1f")
    path = folder / "marktfest.jpg"
    picture.save(path, "JPEG", quality=85)
    return path


def draw_focus(tab: Tab) -> None:
    box = tab.locator(".jcrop-holder")
    box.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
    tab.wait_for_timeout(300)
    place = box.bounding_box()
    assert place
    tab.mouse.move(place["x"] + place["width"] * 0.4, place["y"] + place["height"] * 0.3)
    tab.mouse.down()
    tab.mouse.move(place["x"] + place["width"] * 0.7, place["y"] + place["height"] * 0.8, steps=4)
    tab.mouse.up()


def open_oldest(tab: Tab) -> None:
    tab.get_by_role("row", name="Entwurf gespeichert").last.get_by_role("button", name="Aktionen").click()


def plus_below(heading: str) -> Callable[[Tab], None]:
    def press(tab: Tab) -> None:
        tab.locator(
            f"//h3[starts-with(normalize-space(), '{heading}')]/following::button[contains(@class, 'c-sf-add-button')][1]"
        ).click()

    return press


def write_a_thought(tab: Tab) -> None:
    tab.locator("[name^=adopted-][name$=-value]").last.fill("Eine Schaukel für alle")


def choose_a_principle(tab: Tab) -> None:
    tab.locator("[id$=ratings-section], [data-contentpath=ratings]").get_by_role(
        "button", name=re.compile("auswählen")
    ).last.click()
    tab.locator(".modal-content").get_by_role("link", name="Offen für alle", exact=True).click()


def open_the_round_once_a_department_has_answered(tab: Tab) -> None:
    request = UpdateRequest.objects.get(page__draft_title=BENCHES)
    department = tab.context.new_page()
    department.goto(reverse("update_round_answer", args=[token_for(request.letter), request.pk]))
    department.get_by_label("Ort").first.fill("Am Kanal und am Hafen")
    department.wait_for_timeout(1000 * public_forms.QUICKEST)
    department.get_by_role("button", name="Änderungen senden").click()
    expect(department.locator("li.box", has_text=BENCHES)).to_contain_text("Beantwortet", timeout=PATIENCE_MS)
    department.close()
    tab.get_by_role("link", name=ROUND, exact=True).click()


def sheet(tab: Tab) -> Any:
    """First one with a mistake, and when that is forgotten the corrected one."""
    corrected = tab.get_by_text("Die Tabelle ist verworfen.").count() > 0
    rows = [
        row(Nummer="", Titel="Ein Brunnen im Stadtpark"),
        row(Nummer="", Titel="Bäume für die Hauptstraße", Stufe="einbeziehen" if corrected else "mitreden"),
    ]
    name = "vorhaben-verbessert.csv" if corrected else "vorhaben.csv"
    return {"name": name, "mimeType": "text/csv", "buffer": table(rows)}


def day(days: int) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%d.%m.%Y}"


# What must be true in the end


def signed_in(scene: Scene, reader: Reader) -> None:
    assert reader.page.url.endswith("/admin/guide/")


def draft_is_kept(scene: Scene, reader: Reader) -> None:
    page = page_titled("Markttag der Ideen")
    assert not page.live and page.half == "joint"
    text = page.get_latest_revision_as_object()
    assert [block.block_type for block in text.body] == ["paragraph"] and "Ideen" in str(text.body)


def picture_is_complete(scene: Scene, reader: Reader) -> None:
    image = Image.objects.latest("pk")
    assert (image.title, image.credit) == ("Marktfest", "Büro für Bürgerbeteiligung")
    assert image.alt_text and image.licence and image.has_focal_point()


def document_is_replaced(scene: Scene, reader: Reader) -> None:
    document = Document.objects.get()
    assert document.filename.endswith(".pdf") and document.accessible == "yes"


def other_half_has_it(scene: Scene, reader: Reader) -> None:
    page = Page.objects.get(pk=scene.draft)
    assert not page.live and page.current_workflow_task_state.specific.half == "carrier"


def it_is_public(scene: Scene, reader: Reader) -> None:
    assert Page.objects.get(pk=scene.waiting).live
    assert Client().get("/sommerakademie-der-beteiligung/").status_code == 200


def correction_is_public(scene: Scene, reader: Reader) -> None:
    assert "Mittwoch" in Client().get("/sprechstunde-im-rathaus/").content.decode()


def old_text_is_back_and_page_gone(scene: Scene, reader: Reader) -> None:
    page = StandardPage.objects.get(pk=scene.own)
    assert not page.live and "Vier Wege" in page.get_latest_revision_as_object().lead


def translation_is_sent(scene: Scene, reader: Reader) -> None:
    page = page_titled("Das Büro in einfachen Worten")
    assert page.locale.language_code == "de-simple" and page.current_workflow_task_state is not None


def method_is_kept_and_card_printed(scene: Scene, reader: Reader) -> None:
    text = MethodPage.objects.get(pk=page_titled("Tischgespräch").pk).get_latest_revision_as_object()
    assert (text.purposes, text.group_size_max, text.cost_level) == (("collect_ideas",), 25, 1)
    assert [file[:5] for file in reader.files] == [b"%PDF-"]


def procedure_is_on_the_map(scene: Scene, reader: Reader) -> None:
    page = page_titled("Ein Brunnen für den Markt").get_latest_revision_as_object()
    assert (page.live, page.half, page.level) == (False, "administration", "involvement")
    assert [one.district.title for one in page.districts.all()] == ["Nord"]
    assert (page.latitude, page.longitude) == (pytest.approx(52.4, abs=0.01), pytest.approx(13.05, abs=0.01))
    assert [phase.value["title"] for phase in page.phases] == ["Ideen sammeln"]


def what_the_department_wrote_is_public(scene: Scene, reader: Reader) -> None:
    page = ProcedurePage.objects.get(pk=scene.benches)
    assert page.place == "Am Kanal und am Hafen"
    assert [change.value["what"] for change in page.changes] == ["Die Bänke kommen auch an den Hafen."]


def what_was_imported_is_taken_back(scene: Scene, reader: Reader) -> None:
    run = ImportRun.objects.get()
    assert (run.file_name, run.state) == ("vorhaben-verbessert.csv", ImportRun.State.UNDONE)
    assert not Page.objects.filter(title="Ein Brunnen im Stadtpark").exists()


def news_is_kept_and_notice_is_up(scene: Scene, reader: Reader) -> None:
    news = page_titled("Die Wünsche sind ausgezählt")
    assert not news.live
    named = news.get_latest_revision_as_object().procedures.all()
    assert [one.procedure_id for one in named] == [scene.playground]
    assert "Die Sprechstunde fällt heute aus." in Client().get("/ueber-uns/").content.decode()
    assert Notice.objects.get(locale__language_code="de").ends > timezone.now()


def outcome_is_public(scene: Scene, reader: Reader) -> None:
    words = Client().get(ProcedurePage.objects.get(pk=scene.playground).url).content.decode()
    for said in (
        "Es gibt eine Schaukel.",
        "Eine Schaukel für alle",
        "Ein Kiosk",
        "Dafür ist kein Platz.",
        "Offen für alle",
    ):
        assert said in words, said
    assert ProcedurePage.objects.get(pk=scene.playground).contributions == 86


SEARCH = "Suche"
ROUND = "Vorhabenliste Winter"
HOME = "Unterseiten von ‚Startseite‘ anzeigen"
PLAYS = {
    "sign-in": Play(
        signed_in,
        {"Benutzername": "redaktion", "Passwort": PASSWORD, "Code": lambda tab: shown(account(), 1)},
        {"den Titel einer Seite": TO_CHECK},
        signed_in=False,
    ),
    "new-page": Play(
        draft_is_kept,
        {
            "Titel": "Markttag der Ideen",
            "Kurztext": "Am Samstag stellen Vereine auf dem Markt ihre Ideen vor.",
            "Text": "Bringen Sie Ihre Ideen mit. Wir schreiben alles auf.",
            "Zuständige Hälfte": "Beide Hälften gemeinsam",
        },
        {"den Titel der Seite, unter der die neue stehen soll": "Startseite Deutsch"},
    ),
    "picture": Play(
        picture_is_complete,
        {
            "Titel": "Marktfest",
            "Alternativtext": "Zwei Häuser auf einer Wiese, darüber die Sonne",
            "Urheberin oder Urheber": "Büro für Bürgerbeteiligung",
            "Nutzungsbedingungen": "Eigenes Bild, alle Rechte vorbehalten",

        },
        {"Ihr neues Bild": "Marktfest", "einen Rahmen": draw_focus},
    ),
    "document": Play(
        document_is_replaced,
        {"Was darin steht": "Woran vor, während und nach einer Veranstaltung zu denken ist."},
        {"den Titel des Dokuments": "Checkliste"},
    ),
    "check-and-send": Play(other_half_has_it, {}, {"den Titel Ihres Entwurfs": FESTIVAL}),
    "approve": Play(it_is_public, {"Anmerkung für die Person, die geschrieben hat": "Gern gelesen."}),
    "urgent": Play(
        correction_is_public,
        {SEARCH: "Sprechstunde", "Kurztext": "Jeden Mittwoch von 10 bis 12 Uhr.", "Grund": "Der Tag war falsch."},
        {"den Titel der Seite": HOURS},
    ),
    "plan-and-undo": Play(
        old_text_is_back_and_page_gone,
        {SEARCH: "Wege", "Veröffentlicht bis": "31.12.2099 12:00"},
        {"den Titel der Seite": TO_CHECK, "die drei Punkte": open_oldest},
    ),
    "translate": Play(
        translation_is_sent,
        {"Titel": "Das Büro in einfachen Worten", "Kurztext": "Hier arbeiten zwei Teams zusammen."},
        {"Übersetzen": "„Das Büro“ übersetzen (Leichte Sprache)"},
    ),
    "method": Play(
        method_is_kept_and_card_printed,
        {
            "Titel": "Tischgespräch", "Kurztext": "Wenige Menschen sprechen eine Stunde lang über eine Frage.",
            "Wofür ist sie da?": ["Ideen sammeln"], "Wie viel Einfluss?": ["anhören"], "Wo?": ["vor Ort"],
            "Wie viele Menschen?": [5, 25], "Wie lange dauert sie?": [60, 90], "Wie lange wird vorbereitet?": [1, 2],
            "Was kostet sie?": ["bis etwa 500 Euro"], "Wie kommen Menschen dazu, mitzumachen?": ["offen für alle"],
            SEARCH: "World Café",
        },
        {"der Startseite": HOME, "den Instrumentenkoffer": "Methoden", "den Titel der Methode": "World Café", "Veröffentlicht": "Für alle sichtbar. Live-Seite besuchen"},
    ),
    "procedure": Play(
        procedure_is_on_the_map,
        {
            "Titel": "Ein Brunnen für den Markt", "Kurztext": "Auf dem Markt soll ein Brunnen stehen.",
            "Kurz gesagt: Worum geht es?": "Die Stadt baut einen Brunnen.", "Kurz gesagt: Wo?": "Auf dem Markt.",
            "Kurz gesagt: Was kann ich tun?": "Sagen Sie, wie er aussehen soll.", "Suchbegriff": "Nord",
            "Zuständige Hälfte": "Verwaltung", "Stufe der Beteiligung": "einbeziehen",
            "Titel der Phase": "Ideen sammeln", "Beginn": f"{day(-1)} 09:00", "Ende": f"{day(20)} 18:00",
        },
        {
            "der Startseite": HOME, "die Liste der Verfahren": "Verfahren",
            "das Plus für einen Stadtteil": "Stadtteil hinzufügen", "den Stadtteil": "Nord",
        },
    ),
    "update-round": Play(
        what_the_department_wrote_is_public,
        {
            "Name der Runde": ROUND, "Antworten bis": f"{timezone.localdate() + timedelta(days=21)}",
            "Begleittext": "Bitte sehen Sie Ihre Vorhaben durch.", "Was ist neu?": "Die Bänke kommen auch an den Hafen.",
        },
        {"den Namen der Runde": open_the_round_once_a_department_has_answered},
    ),
    "import": Play(what_was_imported_is_taken_back, {"Liste": "Verfahren", "Tabelle": sheet}),
    "news": Play(
        news_is_kept_and_notice_is_up,
        {
            "Titel": "Die Wünsche sind ausgezählt", "Kurztext": "Am meisten gewünscht wird eine Schaukel.",
            "Suchbegriff": PLAYGROUND, "Text": "Die Sprechstunde fällt heute aus.", "Zu sehen bis": f"{day(1)} 18:00",
        },
        {
            "der Startseite": HOME, "die Liste der Nachrichten": "Aktuelles",
            "das Plus für ein Verfahren": "Verfahren hinzufügen", "das Verfahren": PLAYGROUND,
            "für einen neuen Hinweis": "Hinweis hinzufügen",
        },
    ),
    "outcome": Play(
        outcome_is_public,
        {
            SEARCH: PLAYGROUND, "Ergebnis zugesagt bis": day(30), "Ergebnis": "Es gibt eine Schaukel.",
            "Eingegangene Beiträge": 86, "Was vorgeschlagen wurde": "Ein Kiosk",
            "Warum das nicht aufgenommen wurde": "Dafür ist kein Platz.", "Eingehalten?": "teilweise erfüllt",
            "Grund": "Abends war niemand da.", "Was ist neu?": "Das Ergebnis steht fest.",
        },
        {
            "den Titel des Verfahrens": PLAYGROUND, "das Plus unter „Aufgenommen“": plus_below("Aufgenommen"),
            "einen Gedanken": write_a_thought, "das Plus unter „Nicht aufgenommen“": plus_below("Nicht aufgenommen"),
            "das Plus unter „An den Grundsätzen gemessen“": plus_below("An den Grundsätzen"),
            "einen Grundsatz": choose_a_principle,
        },
    ),
}  # fmt: skip

OFFICE = Kept()


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return OFFICE.get(build)


def sign_in(tab: Tab, address: str) -> None:
    client = Client()
    client.force_login(account())
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}])


@pytest.mark.parametrize("name", PLAYS)
def test_the_words_of_the_guide_lead_there(
    name: str, scene: Scene, open_page: Callable[..., Tab], watch: Any, site_server: Any, tmp_path: Path, axe: Any
) -> None:
    watch.expect_status(400)  # a form that saves itself while somebody writes is told so until it is complete
    if guide_pictures.wanted():
        watch.expect_status(500)  # pictures that are not there yet
    play, task = PLAYS[name], task_named(name)
    assert task is not None
    guide = open_page(**VIEWPORT)
    sign_in(guide, site_server.url)
    steps = read(guide, f"/admin/guide/{name}/")
    assert axe(guide) == []
    files = {"picture": photo(tmp_path), "document": tmp_path / "checkliste.pdf"}
    files["document"].write_bytes(pdf("Checkliste, neu"))
    tab = open_page(**VIEWPORT)
    if play.signed_in:
        sign_in(tab, site_server.url)
    answers = {"Datei": files.get(name), **play.answers}
    titles = set(Page.objects.values_list("draft_title", flat=True))
    reader = Reader(tab, answers, play.yours, titles, Camera(task) if guide_pictures.wanted() else None)
    tab.goto("/admin/")
    for step in steps:
        reader.follow(step)
    reader.finish(lambda: play.proof(scene, reader))
    assert reader.english == []


def test_every_task_is_tried() -> None:
    assert {task.name for task in all_tasks()} == set(PLAYS)
    assert [task.order for task in all_tasks()] == list(range(10, 151, 10))
    assert re.fullmatch(r"[a-z-]+", "-".join(PLAYS))


def test_the_pages_we_added_to_the_desk_are_for_everybody(
    scene: Scene, open_page: Callable[..., Tab], site_server: Any, axe: Any
) -> None:
    """axe on those that no other test opens in a browser; the header and the menu are Wagtail's."""
    tab = open_page(width=360, height=800, theme="dark")
    sign_in(tab, site_server.url)
    found: dict[str, list[str]] = {}
    for address in (
        "guide/",
        "guide/approve/",
        "approvals/",
        f"approvals/review/{scene.waiting}/",
        f"approvals/urgent/{scene.joint}/",
        "approvals/parity/",
        "languages/",
        f"languages/page/{scene.joint}/",
        "files/images/",
        "files/documents/",
    ):
        tab.goto(f"/admin/{address}")
        found[address] = axe(tab, exclude=("#wagtail-sidebar", "header"))
        if address.startswith("guide"):
            assert not tab.evaluate("document.querySelector('main').scrollWidth > innerWidth"), address
    assert {address: lines for address, lines in found.items() if lines} == {}
