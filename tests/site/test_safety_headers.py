"""What browsers are told about our answers: two policies, no powers, no guessing, no cookie in the clear."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect
from wagtail.models import Collection, Page
from wagtail_localize.models import Translation

from cms_blocks.models import Image
from tests.site.house import MISSING, PLACES, UNKEPT, House
from tests.site.test_editor_and_visitor import write_paragraph
from toolkit.models import MethodPage

PASSWORD = "ein langes Kennwort"


def policy(answer: Any) -> dict[str, list[str]]:
    """The answer's content security policy: sources by directive."""
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def assert_strict(answer: Any) -> None:
    told = policy(answer)
    assert told["default-src"] == ["'none'"]
    assert told["script-src"] == told["style-src"] == told["font-src"] == ["'self'"]
    assert told["frame-ancestors"] == told["form-action"] == ["'self'"]
    assert told["base-uri"] == ["'none'"]
    assert "unsafe" not in str(told) and "nonce" not in str(told) and "*" not in str(told)


@pytest.mark.parametrize("place", PLACES)
def test_every_public_page_runs_and_loads_only_our_own_files(place: str, house: House, client: Client) -> None:
    for _first_made_then_kept in range(2):
        answer = client.get(PLACES[place])
        assert_strict(answer)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        # The address of these is the secret itself.
        told = "no-referrer" if "to a department" in place else "same-origin"
        assert answer.headers["Referrer-Policy"] == told
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
    if place not in MISSING | UNKEPT:
        assert_strict(client.get(PLACES[place], headers={"If-None-Match": answer.headers["ETag"]}))


def test_every_other_exit_has_a_policy_too(house: House, client: Client, settings: Any) -> None:
    settings.CMS_BLOCKS_PEERTUBE_HOSTS = {"filme.example.org": "Stadt Beispiel"}
    for address in ("/healthz", "/api/write/v3/pages/", "/images/1/x/y/z.jpg", "/static/nothing.css"):
        assert_strict(client.get(address))
    frames = policy(client.get("/"))["frame-src"]
    assert {"https://filme.example.org", "https://www.youtube-nocookie.com"} < set(frames)


def test_a_picture_opened_by_itself_runs_nothing(house: House, client: Client) -> None:
    image = Image(title="Zeichen", alt_text="Zeichen", collection=Collection.get_first_root_node())
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    image.file = SimpleUploadedFile("zeichen.svg", drawing, "image/svg+xml")
    image.save()
    page = Page.objects.get(pk=house.article).specific
    page.body = [("image", {"image": image, "decorative": True, "alt": "", "caption": "", "size": "text"})]
    page.save_revision().publish()
    html = client.get("/alle-bausteine/").content.decode()
    address = next(part for part in html.split('"') if part.startswith("/images/") and part.endswith(".svg"))
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    told = policy(answer)
    assert told["default-src"] == ["'none'"] and "sandbox" in told and "script-src" not in told
    assert policy(client.get(address, headers={"If-None-Match": answer.headers["ETag"]})) == told


def test_the_desk_has_a_policy_of_its_own(house: House, client: Client, admin_client: Client) -> None:
    for answer in (client.get("/admin/login/"), admin_client.get("/admin/"), admin_client.get("/admin/nothing/")):
        told = policy(answer)
        assert told["default-src"] == told["base-uri"] == ["'none'"]
        assert told["script-src"] == ["'self'", "'unsafe-inline'"]
        assert told["connect-src"] == told["form-action"] == told["frame-ancestors"] == ["'self'"]
        assert "unsafe-eval" not in str(told)
    # Elsewhere a session changes nothing.
    assert_strict(admin_client.get("/"))


# In a real browser: a violation is an error on the console, and that fails the test (tests/infrastructure/browser.py).


def test_no_public_page_breaks_its_policy(house: House, open_page: Callable[..., Tab], watch: Any) -> None:
    watch.expect_status(404)
    visitor = open_page()
    for place in PLACES.values():
        visitor.goto(place)
        visitor.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    # The check itself: what is not allowed does not run, and is reported.
    visitor.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert visitor.evaluate("window.ran") is None
    [problem] = watch.problems
    assert "Content Security Policy" in problem
    watch.problems.clear()


@pytest.fixture
def desk(house: House, open_page: Callable[..., Tab], watch: Any) -> Tab:
    """A browser in which an administrator has signed in."""
    # The form saves itself while somebody writes, and is told 400 as long as it is not complete.
    watch.expect_status(400)
    call_command("setup_office", stdout=io.StringIO())
    get_user_model().objects.create_superuser("leitung", "leitung@beteiligung.example", PASSWORD)
    page = open_page("/admin/")
    page.set_default_timeout(30_000)
    page.locator("input[name=username]").fill("leitung")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/admin/")
    return page


def test_the_desk_works_under_its_policy_and_asks_nobody_else(house: House, desk: Tab, watch: Any) -> None:
    for address in (
        f"/admin/images/{house.image}/", "/admin/groups/new/", "/admin/reports/site-history/", "/admin/account/",
        "/admin/snippets/cms_blocks/topic/add/", f"/admin/pages/{house.index}/",
    ):  # fmt: skip
        desk.goto(address)
        expect(desk.locator("h1, h2").first).to_be_attached()
    _edits_with_text_choosers_and_preview(desk)
    _translates(house, desk)
    desk.goto("/methoden/world-cafe/")
    desk.locator("wagtail-userbar").get_by_role("button").first.click()
    expect(desk.locator("wagtail-userbar").get_by_role("menuitem").first).to_be_visible()
    # What Wagtail's content checks find is written to the console, too; that is their task.
    watch.problems[:] = [problem for problem in watch.problems if "axe.run results" not in problem]


def _edits_with_text_choosers_and_preview(desk: Tab) -> None:
    method = MethodPage.objects.get(slug="nur-das-noetigste")
    desk.goto(f"/admin/pages/{method.pk}/edit/")
    write_paragraph(desk)
    desk.get_by_role("button", name="Bild auswählen").first.click()
    desk.locator(".modal-content").get_by_role("link", name="Marktplatz").first.click()
    expect(desk.locator(".modal-content")).to_be_hidden()
    desk.get_by_role("button", name="Vorschau umschalten").click()
    frame = desk.frame_locator("#w-preview-iframe")
    expect(frame.locator("h1")).to_have_text(method.title, timeout=30_000)


def _translates(house: House, desk: Tab) -> None:
    desk.goto(reverse("wagtail_localize:submit_page_translation", args=[house.article]))
    desk.locator("input[name=locales]").last.check()
    desk.locator("main form [type=submit]").last.click()
    expect(desk.locator(".messages li").first).to_be_visible()
    translated = Translation.objects.get(source__object_id=Page.objects.get(pk=house.article).translation_key)
    desk.goto(f"/admin/pages/{translated.get_target_instance().pk}/edit/")
    expect(desk.locator(".js-translation-editor").get_by_role("button").first).to_be_visible(timeout=30_000)
