"""The main story: an editor of one half writes a method with a picture, the other half approves it; a visitor reads and
finds it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from PIL import Image as Pixels
from playwright.sync_api import Page, expect

from cms_blocks.models import Image
from governance.halves import group_name
from governance.policies import ADMINISTRATION_EDITORS, CARRIER_EDITORS, GroupPolicy
from tests.site.house import House, search
from toolkit.models import MethodPage

PASSWORD = "ein langes Kennwort"
TITLE = "Spaziergang mit Notizblock"
ADDRESS = "/methoden/spaziergang-mit-notizblock/"
SENTENCE = "Alle gehen langsam und schreiben auf, was ihnen auffällt."
#: Waiting for the editor's own scripts, on a busy machine.
PATIENCE_MS = 60_000


def log_in(open_page: Callable[..., Page], name: str, policy: GroupPolicy) -> Page:
    """A browser in which a new member of this group has logged in."""
    user = get_user_model().objects.create_user(name, f"{name}@beteiligung.example", PASSWORD)
    user.groups.add(Group.objects.get(name=group_name(policy)))
    page = open_page("/admin/")
    page.set_default_timeout(PATIENCE_MS)
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/admin/")
    return page


@pytest.fixture
def editor(house: House, open_page: Callable[..., Page], watch: Any) -> Page:
    """The browser of an editor in the administration."""
    # The form saves itself while somebody writes, and is told 400 as long as it is not complete.
    watch.expect_status(400)
    call_command("setup_office", stdout=io.StringIO())
    return log_in(open_page, "redaktion", ADMINISTRATION_EDITORS)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a telephone takes it."""
    path = tmp_path / "IMG_2034.jpg"
    pixels = Pixels.effect_noise((1200, 800), 60).convert("RGB")
    pixels.save(path, "JPEG", quality=80)
    return path


def write(editor: Page, photo: Path) -> None:
    """From the list of methods to the published page, by the editor's own buttons."""
    editor.get_by_role("link", name="Unterseite hinzufügen").first.click()
    expect(editor.locator("html")).to_have_attribute("lang", "de")
    write_title(editor)
    editor.locator("#id_lead").fill("Gemeinsam gehen, stehen bleiben und aufschreiben, was auffällt.")
    tick(editor, "purposes", "collect_ideas", "evaluate")
    tick(editor, "levels", "consultation")
    choose_picture(editor, photo)
    write_paragraph(editor)
    tab(editor, "Wo und wann")
    tick(editor, "settings", "outreach")
    for name, number in {
        "group_size_min": 5, "group_size_max": 25, "duration_minutes_min": 60, "duration_minutes_max": 120,
        "preparation_weeks_min": 1, "preparation_weeks_max": 2,
    }.items():  # fmt: skip
        editor.locator(f"#id_{name}").fill(str(number))
    editor.locator("#id_cost_level").select_option("1")
    tab(editor, "Mitmachen")
    tick(editor, "recruitment", "open")


def write_title(editor: Page) -> None:
    """The address follows the typing as soon as the editor's scripts are there."""
    editor.wait_for_load_state("load")
    editor.locator("#id_title").press_sequentially(TITLE)
    expect(editor.locator("#id_slug")).to_have_value(ADDRESS.strip("/").rpartition("/")[2])


def tab(editor: Page, name: str) -> None:
    editor.get_by_role("tab", name=name, exact=True).click()


def tick(editor: Page, name: str, *values: str) -> None:
    for value in values:
        editor.locator(f"input[name={name}][value={value}]").check()


def choose_picture(editor: Page, photo: Path) -> None:
    """Upload the picture in the chooser, with its words and its rights."""
    editor.get_by_role("button", name="Bild auswählen").click()
    chooser = editor.locator(".modal-content")
    chooser.get_by_role("tab", name="Hochladen").click()
    upload = chooser.locator("form[data-chooser-modal-creation-form]")
    upload.locator("input[type=file]").set_input_files(photo)
    upload.locator("input[name$=-title]").fill("Spaziergang am Ufer")
    upload.locator("textarea[name$=-alt_text]").fill("Fünf Menschen gehen am Ufer und schreiben")
    upload.locator("input[name$=-credit]").fill("Büro für Bürgerbeteiligung")
    upload.locator("select[name$=-licence]").select_option("own")
    upload.get_by_role("button", name="Hochladen").click()
    expect(chooser).to_be_hidden()
    expect(editor.locator("#panel-child-was-image-section")).to_contain_text("Spaziergang am Ufer")


def write_paragraph(editor: Page) -> None:
    body = editor.locator("#panel-child-was-body-section")
    body.get_by_role("button", name="Einen Block einfügen").first.click()
    editor.get_by_role("option", name="Text", exact=True).click()
    text = body.get_by_role("textbox").first
    text.click()
    editor.keyboard.type(SENTENCE)


def send(editor: Page, title: str = TITLE, to: str = "freier Träger") -> None:
    """The likeliest button of a page for both halves; nobody has to look for it."""
    editor.locator("footer").get_by_role("button", name="Der anderen Hälfte zur Freigabe geben").click()
    expect(editor.locator(".messages")).to_contain_text(
        f"„{title}“ liegt jetzt zur Freigabe bei: {to}.", timeout=PATIENCE_MS
    )


def approve(reviewer: Page, title: str = TITLE) -> None:
    """From the start page to the answer, by what stands there."""
    reviewer.get_by_role("link", name="Freigaben (1)").click()
    expect(reviewer.locator("main")).to_contain_text("Wartet auf Sie", timeout=PATIENCE_MS)
    reviewer.get_by_role("row", name=title).get_by_role("link", name="Lesen und antworten").click()
    reviewer.get_by_role("button", name="Freigeben und veröffentlichen").click()
    expect(reviewer.locator(".messages")).to_contain_text(
        f"„{title}“ ist freigegeben und öffentlich.", timeout=PATIENCE_MS
    )


def test_what_one_half_writes_and_the_other_approves_a_visitor_reads_and_finds(
    house: House, editor: Page, photo: Path, open_page: Callable[..., Page], site_server: Any
) -> None:
    editor.goto(f"/admin/pages/{house.index}/")
    write(editor, photo)
    visitor = open_page(javascript=False)
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url))
    send(editor)
    assert not MethodPage.objects.get(title=TITLE).live
    reviewer = log_in(open_page, "traeger", CARRIER_EDITORS)
    approve(reviewer)

    method = MethodPage.objects.get(title=TITLE)
    assert method.live and method.owner.username == "redaktion"
    assert (method.group_size_max, method.cost_level, method.purposes) == (25, 1, ("collect_ideas", "evaluate"))

    reads(visitor, ADDRESS)
    finds_by_filter(visitor)
    finds_by_finder(visitor)
    finds_by_search(visitor)

    assert visitor.context.cookies() == []
    assert asked
    assert [url for url in asked if not url.startswith((site_server.url, "data:"))] == []


def reads(visitor: Page, address: str) -> None:
    visitor.goto(address)
    expect(visitor.locator("h1")).to_have_text(TITLE)
    expect(visitor.locator("main")).to_contain_text(SENTENCE)
    expect(visitor.locator(".fact-strip")).to_contain_text("5")
    picture = visitor.get_by_alt_text("Fünf Menschen gehen am Ufer und schreiben")
    picture.scroll_into_view_if_needed()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert picture.evaluate("image => image.currentSrc").endswith(".avif")
    expect(visitor.locator("figure", has=picture)).to_contain_text("Büro für Bürgerbeteiligung")


def finds_by_filter(visitor: Page) -> None:
    visitor.goto("/methoden/")
    before = visitor.locator(".method-card").count()
    visitor.locator("input[name=setting][value=outreach]").check()
    visitor.locator("input[name=people]").fill("20")
    visitor.locator(".facets__actions button").click()
    assert "setting=outreach" in visitor.url
    cards = visitor.locator(".method-card")
    expect(cards).to_have_count(1)
    assert before > 1
    expect(cards).to_contain_text(TITLE)


def finds_by_finder(visitor: Page) -> None:
    visitor.goto("/methoden/finder/")
    visitor.locator("input[name=purpose][value=evaluate]").check()
    visitor.locator("input[name=people]").fill("20")
    visitor.locator("input[name=cost][value='1']").check()
    visitor.locator("form.finder button[type=submit]").click()
    first = visitor.locator(".suggestion").first
    expect(first).to_contain_text(TITLE)
    # A reason for each of the three answers, and all of them speak for it.
    expect(first.locator(".reasons li")).to_have_count(3)
    expect(first.locator(".reasons li[data-fits=no]")).to_have_count(0)
    expect(first.locator(".reasons")).to_contain_text("20")


def finds_by_search(visitor: Page) -> None:
    visitor.goto("/")
    box = visitor.locator("main form.search-box")
    box.locator("input[type=search]").fill("aufschreiben Notizblock")
    box.locator("button").click()
    assert visitor.url.split("?")[0].endswith(search())
    hit = visitor.locator(".hits a").first
    expect(hit).to_have_text(TITLE)
    hit.click()
    expect(visitor.locator("h1")).to_have_text(TITLE)


def test_a_method_without_its_facts_is_kept_as_a_draft_and_not_sent(house: House, editor: Page) -> None:
    editor.goto(f"/admin/pages/{house.index}/")
    editor.get_by_role("link", name="Unterseite hinzufügen").first.click()
    write_title(editor)
    editor.locator("footer").get_by_role("button", name="Der anderen Hälfte zur Freigabe geben").click()
    expect(editor.locator(".messages")).to_be_visible()
    expect(editor.locator("#panel-child-was-purposes-section .error-message").first).to_be_visible()
    assert not MethodPage.objects.filter(title=TITLE, live=True).exists()


def test_a_picture_without_words_is_refused_with_a_sentence(house: House, editor: Page, photo: Path) -> None:
    editor.goto("/admin/images/add/")
    images = Image.objects.count()
    assert images
    editor.goto(f"/admin/pages/add/toolkit/methodpage/{house.index}/")
    editor.get_by_role("button", name="Bild auswählen").click()
    chooser = editor.locator(".modal-content")
    chooser.get_by_role("tab", name="Hochladen").click()
    upload = chooser.locator("form[data-chooser-modal-creation-form]")
    upload.locator("input[type=file]").set_input_files(photo)
    upload.locator("input[name$=-title]").fill("Ohne Worte")
    upload.get_by_role("button", name="Hochladen").click()
    expect(chooser.locator(".error-message").first).to_be_visible()
    assert Image.objects.count() == images
