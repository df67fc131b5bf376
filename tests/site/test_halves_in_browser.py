"""The two halves at their screens: what the other one wrote, what could not wait, and what a translator may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from cms_blocks.publication.records import PublicRecord
from tests.governance.office import desk, draft, fresh, open_office
from tests.infrastructure.database import Kept
from tests.site.test_editor_and_visitor import PATIENCE_MS, approve, send
from tests.toolkit.factories import home

pytestmark = pytest.mark.unmeasured
OFFICE = Kept()


@pytest.fixture
def at_work(transactional_db: None, open_page: Callable[..., Tab], watch: Any, site_server: Any) -> Callable[..., Tab]:
    """``at_work("anna", "/admin/")``: the browser of somebody of the office, at this address."""
    OFFICE.get(open_office)
    watch.expect_status(400)  # a form that saves itself while somebody writes is told so until it is complete

    def opened(name: str, address: str) -> Tab:
        tab = open_page()
        tab.set_default_timeout(PATIENCE_MS)
        key = desk(name).cookies[settings.SESSION_COOKIE_NAME].value
        tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site_server.url}])
        tab.goto(address)
        return tab

    return opened


def editor_of(page: Any) -> str:
    return f"/admin/pages/{page.pk}/edit/"


def address_of(page: Any) -> str:
    return PublicRecord.objects.visible().get(object_id=page.pk).path


def test_what_the_carrier_writes_is_public_when_the_administration_approves_it(
    at_work: Callable[..., Tab], open_page: Callable[..., Tab]
) -> None:
    page = draft(by="carla")
    carrier = at_work("carla", editor_of(page))
    carrier.locator("#id_lead").fill("Der Träger lädt ein.")
    send(carrier, "Seite", "Verwaltung")
    assert not PublicRecord.objects.filter(object_id=page.pk).exists()
    approve(at_work("anna", "/admin/"), "Seite")
    visitor = open_page(address_of(page), javascript=False)
    expect(visitor.locator("main")).to_contain_text("Der Träger lädt ein.")


def test_an_urgent_correction_is_public_at_once_and_lies_on_the_desk_of_the_other_half(
    at_work: Callable[..., Tab], open_page: Callable[..., Tab]
) -> None:
    page = draft(live=True)
    editor = at_work("anna", editor_of(page))
    editor.locator("#id_lead").fill("Der Termin ist am Mittwoch.")
    foot = editor.locator("footer")
    foot.get_by_role("button", name="Mehr Aktionen").click()
    editor.get_by_role("button", name="Eilkorrektur …").click()
    editor.get_by_label("Grund").fill("Der Tag war falsch, und er ist morgen.")
    editor.get_by_role("button", name="Jetzt veröffentlichen").click()
    expect(editor.locator(".messages")).to_contain_text("ist öffentlich", timeout=PATIENCE_MS)

    visitor = open_page(address_of(page), javascript=False)
    expect(visitor.locator("main")).to_contain_text("Der Termin ist am Mittwoch.")
    other = at_work("carla", "/admin/")
    card = other.locator("#desk-waiting")
    expect(card).to_contain_text("bitte bestätigen", timeout=PATIENCE_MS)
    card.get_by_role("link", name="Seite, neu").click()
    asked = other.locator("section.approval-act")
    expect(asked).to_contain_text("Der Tag war falsch, und er ist morgen.", timeout=PATIENCE_MS)
    expect(asked.get_by_role("button", name="Gesehen, einverstanden")).to_be_visible()


def test_a_translator_finds_no_button_to_publish_and_a_forged_one_is_refused(at_work: Callable[..., Tab]) -> None:
    page = draft("administration", by="translator", parent=home("en"))
    tab = at_work("translator", editor_of(page))
    expect(tab.locator("footer").get_by_role("button", name="Zur Freigabe geben an: Verwaltung")).to_be_visible()
    assert tab.locator("[name=action-publish]").count() == 0
    assert "eröffentlichen" not in tab.locator("footer").inner_text()
    tab.locator("#page-edit-form").evaluate(
        """form => {
          const forged = document.createElement('input');
          [forged.type, forged.name, forged.value] = ['hidden', 'action-publish', 'action-publish'];
          form.append(forged);
          form.submit();
        }"""
    )
    tab.wait_for_load_state()
    expect(tab.locator(".messages")).to_contain_text(
        "Sie dürfen diese Seite nicht veröffentlichen.", timeout=PATIENCE_MS
    )
    assert not fresh(page).live
    assert not PublicRecord.objects.filter(object_id=page.pk).exists()
