"""Two editors with the same page open, in two real browsers; and one whose session ends while she writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from tests.cms_blocks.drafts.windows import page_of, texts
from tests.governance.office import desk, fresh, open_office, person
from tests.infrastructure.database import Kept

#: Waiting for the editor's own scripts, on a busy machine.
PATIENCE_MS = 60_000
LEAD = "#id_lead"
#: Only from this event on does the editor notice what is written.
WATCHING = "addEventListener('w-unsaved:watch-edits', () => { document.documentElement.dataset.watching = '' })"

OFFICE = Kept()


@pytest.fixture
def page(site_server: Any) -> Any:
    return fresh(OFFICE.get(build))


def build() -> Any:
    open_office()
    return page_of()


@pytest.fixture
def window(page: Any, open_page: Callable[..., BrowserPage], site_server: Any) -> Callable[[str], BrowserPage]:
    """Opens the page in the editor, in a browser of this person's own."""

    def window(name: str) -> BrowserPage:
        opened = open_page()
        opened.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        sign_in(opened, name, site_server.url)
        opened.add_init_script(WATCHING)
        opened.goto(f"/admin/pages/{page.pk}/edit/")
        expect(opened.locator("html[data-watching]")).to_be_attached()
        return opened

    return window


def sign_in(window: BrowserPage, name: str, url: str) -> None:
    session = desk(name).cookies["sessionid"].value
    window.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


def write(window: BrowserPage, words: str) -> None:
    window.locator(LEAD).fill(words)


def test_the_second_of_two_editors_sees_both_texts_and_goes_on_with_hers(
    page: Any, window: Callable[[str], BrowserPage], watch: Any, axe: Callable[..., list[str]]
) -> None:
    watch.expect_status(400)
    hers, his = window("anna"), window("albert")
    # They see each other.
    expect(hers.locator(".w-editing-sessions__session")).to_be_visible()
    with his.expect_response(re.compile(rf"/pages/{page.pk}/edit/$")) as saved:
        write(his, "Albert schreibt von Bäumen.")
    assert saved.value.ok

    write(hers, "Anna schreibt von Bänken.")
    expect(hers.locator(".care-notice")).to_be_visible()
    assert fresh(page).latest_revision.content["lead"] == "Albert schreibt von Bäumen."
    write(hers, "Anna schreibt von Bänken und Wegen.")
    hers.locator(".care-notice button").click()

    hers.wait_for_url(re.compile("/drafts/"))
    expect(hers.locator(".both__text--kept").first).to_contain_text(
        "Anna schreibt von Bänken und Wegen.", use_inner_text=True
    )
    expect(hers.locator(".both__text--newest").first).to_contain_text(
        "Albert schreibt von Bäumen.", use_inner_text=True
    )
    assert axe(hers, exclude=("#wagtail-sidebar", "header")) == []

    hers.locator(".both__version--kept .button").click()
    expect(hers.locator(LEAD)).to_have_value("Anna schreibt von Bänken und Wegen.")
    # The field is there before the shortcut is.
    expect(hers.locator("html[data-watching]")).to_be_attached()
    hers.keyboard.press("Control+s")
    hers.wait_for_url(re.compile(rf"/pages/{page.pk}/edit/$"))
    assert fresh(page).latest_revision.content["lead"] == "Anna schreibt von Bänken und Wegen."
    assert any("Bäumen" in str(revision.content["lead"]) for revision in page.revisions.all())


def test_a_button_pressed_while_the_text_saves_itself_waits_for_that(
    page: Any, window: Callable[[str], BrowserPage]
) -> None:
    """Otherwise her own autosave would look like a newer version of somebody else."""
    hers = window("anna")
    hers.evaluate(
        """() => {
          const send = window.fetch;
          window.fetch = async (...request) => {
            const answer = await send(...request);
            if (/\\/edit\\/$/.test(request[0])) await new Promise((done) => setTimeout(done, 1500));
            return answer;
          };
        }"""
    )
    with hers.expect_response(re.compile(rf"/pages/{page.pk}/edit/$")):
        write(hers, "Ein Satz.")
    write(hers, "Ein Satz. Noch einer.")
    hers.keyboard.press("Control+s")
    expect(hers.locator(".messages")).to_contain_text("Seite")
    assert "/drafts/" not in hers.url
    assert fresh(page).latest_revision.content["lead"] == "Ein Satz. Noch einer."


def test_a_session_that_ends_takes_no_text_with_it(
    page: Any, window: Callable[[str], BrowserPage], watch: Any, site_server: Any
) -> None:
    watch.expect_status(400, 403, 404)
    hers = window("anna")
    Session.objects.all().delete()
    versions = len(texts(page))
    write(hers, "Geschrieben, als die Anmeldung vorbei war.")
    expect(hers.locator(".care-notice[data-state=signed_out]")).to_be_visible()
    hers.keyboard.press("Control+s")
    dialog = hers.locator(".care-dialog")
    expect(dialog).to_be_visible()
    assert len(texts(page)) == versions

    # She signs in again in another window: another session, and another token for forms.
    sign_in(hers, "anna", site_server.url)
    hers.context.clear_cookies(name="csrftoken")
    dialog.get_by_role("button").first.click()

    expect(hers.locator(".messages")).to_contain_text("Seite")
    expect(hers.locator(LEAD)).to_have_value("Geschrieben, als die Anmeldung vorbei war.")
    assert fresh(page).latest_revision.content["lead"] == "Geschrieben, als die Anmeldung vorbei war."

    # Her right to edit the page is taken: what she wrote since can be copied.
    hers.wait_for_load_state()
    person("anna").groups.set(person("board").groups.all())
    expect(hers.locator("html[data-watching]")).to_be_attached()
    write(hers, "Geschrieben ohne Recht.")
    hers.keyboard.press("Control+s")
    dialog.get_by_role("button").first.click()
    expect(dialog.locator("textarea")).to_have_value(re.compile("Geschrieben ohne Recht."))
    # Wagtail's own pings were refused meanwhile.
    watch.problems[:] = [problem for problem in watch.problems if "editing-sessions" not in problem]
