"""The ten tasks of the guide, done in a browser by following the words of the guide and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from PIL import Image as Pixels
from PIL import ImageDraw
from playwright.sync_api import Page as Tab
from wagtail.models import Page

from cms_blocks.guide.tasks import all_tasks, task_named
from cms_blocks.models import Document, Image
from tests.cms_blocks.media.samples import pdf
from tests.infrastructure.database import Kept
from tests.site import guide_pictures
from tests.site.guide_pictures import VIEWPORT, Camera
from tests.site.guide_reader import Reader, read
from tests.site.guide_scene import FESTIVAL, HOURS, PASSWORD, TO_CHECK, Scene, build
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


SEARCH = "Suche"
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
        {"der Startseite": "Unterseiten von ‚Startseite‘ anzeigen", "den Instrumentenkoffer": "Methoden", "den Titel der Methode": "World Café", "Veröffentlicht": "Für alle sichtbar. Live-Seite besuchen"},
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
    assert [task.order for task in all_tasks()] == list(range(10, 101, 10))
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
