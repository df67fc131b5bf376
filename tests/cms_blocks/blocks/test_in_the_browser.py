"""Blocks in a real browser: for readers with and without JavaScript, and in the editor."""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect
from wagtail.users.models import UserProfile

from cms_blocks.publication.unit import unit
from tests.cms_blocks.blocks.conftest import build, stored

ADDRESS = "/ways-to-join-in/"
FRAME = "https://www.youtube-nocookie.com/**"


@pytest.fixture
def world(site_server: Any) -> SimpleNamespace:
    """The public house, committed, its page filled with every block."""
    with unit():
        world = build()
    raw = stored(world.page.pk, world.image.pk, world.document.pk, world.contact.pk)
    world.page.body = [{"type": name, "value": value} for name, value in raw.items()]
    world.page.save_revision().publish()
    return world


@pytest.fixture
def editor(world: SimpleNamespace, open_page: Callable[..., Page]) -> Generator[Page]:
    """A browser in which an editor who reads English has logged in."""
    user = get_user_model().objects.create_superuser("editor", "editor@example.org", "a long password")
    UserProfile.objects.create(user=user, preferred_language="en")
    page = open_page("/admin/login/", language="en-GB")
    page.fill("input[name=username]", "editor")
    page.fill("input[name=password]", "a long password")
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    yield page
    page.evaluate("window.onbeforeunload = null")
    page.goto("/admin/", wait_until="networkidle")  # the editor tells the server that it was closed


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_a_page_with_every_block_is_accessible(
    width: int, theme: str, world: SimpleNamespace, open_page: Callable[..., Page], axe: Any
) -> None:
    page = open_page(ADDRESS, width=width, theme=theme)
    for closed in page.locator("details:not([open]) > summary").all():
        if closed.is_visible():
            closed.click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_a_film_loads_only_after_a_yes(world: SimpleNamespace, open_page: Callable[..., Page]) -> None:
    page = open_page()
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(body="<title>film</title>", content_type="text/html")

    page.route(FRAME, answer)
    page.goto(ADDRESS)
    film = page.locator(".block-video")
    button = film.get_by_role("button")
    expect(button).to_be_visible()
    expect(film).to_contain_text("Google Ireland Limited")
    page.wait_for_load_state("networkidle")
    assert asked == []
    button.press("Enter")
    frame = film.locator("iframe")
    expect(frame).to_be_focused()
    expect(frame).to_have_attribute("title", "A walk")
    page.wait_for_load_state("networkidle")
    assert asked == ["https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?rel=0"]


def test_without_javascript_a_film_is_a_link_and_answers_open(
    world: SimpleNamespace, open_page: Callable[..., Page]
) -> None:
    page = open_page(ADDRESS, javascript=False)
    film = page.locator(".block-video")
    expect(film.get_by_role("button")).to_have_count(0)
    expect(film.locator("a.text-link")).to_have_attribute("href", "https://www.youtube.com/watch?v=aqz-KE-bpKQ")
    answer = page.locator(".block-accordion .answer")
    expect(answer).to_be_hidden()
    page.locator(".block-accordion summary").press("Enter")
    expect(answer).to_be_visible()


def test_an_editor_fills_a_table_by_typing_and_pasting(world: SimpleNamespace, editor: Page, settings: Any) -> None:
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0  # saves only when asked to
    page = world.page
    page.body = [{"type": "table", "value": stored(1, 2, 3, 4)["table"]}]
    page.save_revision()
    editor.goto(f"/admin/pages/{page.pk}/edit/")
    cell = editor.get_by_label("Row 3, column 2", exact=True)
    expect(cell).to_have_value("decides")
    editor.get_by_role("button", name="Add row", exact=True).click()
    editor.get_by_label("Row 4, column 1", exact=True).fill("Residents")
    editor.get_by_label("Row 4, column 2", exact=True).focus()
    editor.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "propose\\tdaily\\nask\\tweekly\\n");
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    editor.get_by_label("Row 1, column 3", exact=True).fill("How often")
    editor.get_by_label("Row 5, column 1", exact=True).fill("Press")
    editor.get_by_role("button", name="Remove row 2", exact=True).click()
    with editor.expect_navigation():
        editor.keyboard.press("Control+s")  # the button lies in a menu, since this editor may publish
    draft = type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.body[0].value["rows"] == [
        ["", "Task", "How often"],
        ["Council", "decides", ""],
        ["Residents", "propose", "daily"],
        ["Press", "ask", "weekly"],
    ]


def test_the_picker_shows_previews(world: SimpleNamespace, editor: Page) -> None:
    editor.goto(f"/admin/pages/{world.page.pk}/edit/")
    editor.get_by_role("button", name="Insert a block").last.click()
    editor.get_by_role("option", name="Questions and answers").locator("xpath=..").get_by_role("button").click()
    preview = editor.frame_locator("iframe[src*='block-preview']")
    expect(preview.locator(".block-accordion h2")).to_have_text("Taking part")
