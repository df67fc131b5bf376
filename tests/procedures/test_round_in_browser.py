"""An update round as people meet it: an editor asks, a department answers by link, an editor publishes the difference."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from cms_blocks import public_forms
from cms_blocks.models import PublicRecord
from procedures.models import ProcedurePage, UpdateRequest
from tests.cms_blocks.publication.test_mail import Postbox, serving
from tests.governance.office import desk, open_office
from tests.procedures.factories import phase, procedure_list, way
from tests.procedures.test_round import contact, deliver, link_in, published
from tests.site.test_editor_and_visitor import PATIENCE_MS

pytestmark = pytest.mark.unmeasured

LATER = timezone.localdate() + timedelta(days=40)
DECISION = {"on": "2099-05-04", "body": "Stadtrat", "reference": "", "text": "Der Weg wird gebaut.", "address": ""}


@pytest.fixture
def pages(transactional_db: None) -> list[ProcedurePage]:
    open_office()
    index, who = procedure_list(), contact()
    fields = {"half": "administration", "place": "Am Fluss", "cost_kind": "unknown"}
    fields |= {"phases": [phase(5, 25, title="Ideen sammeln", ways=[way(20)])], "decisions": [DECISION]}
    pages = [published(index, who, title, **fields) for title in ("Brücke", "Uferweg")]
    published(index, None, "Ohne Kontakt", **fields)
    return pages


def sit_down(tab: Tab, name: str, address: str, server: Any) -> None:
    key = desk(name).cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": server.url}])
    tab.set_default_timeout(PATIENCE_MS)
    tab.goto(address)


def begin_round(editor: Tab) -> None:
    expect(editor.locator("main")).to_contain_text("Zu diesen kann niemand gefragt werden")
    expect(editor.locator("main li")).to_contain_text(["Ohne Kontakt"])
    boxes, choose = editor.locator("main input[name=page]"), editor.locator("[data-tick-all] button")
    for number, chosen in ((1, 0), (0, 2)):
        choose.nth(number).press("Enter")
        assert sum(box.is_checked() for box in boxes.all()) == chosen
    editor.get_by_label("Name der Runde").fill("Vorhabenliste Frühjahr")
    editor.get_by_label("Antworten bis").fill((timezone.localdate() + timedelta(days=21)).isoformat())
    editor.get_by_label("Begleittext").fill("Bitte sehen Sie Ihre Vorhaben durch.")
    editor.get_by_role("button", name="E-Mails senden").click()
    expect(editor.locator(".messages")).to_contain_text("Die Runde hat begonnen")


def answer(department: Tab, title: str, axe: Any) -> None:
    """Open the question about one procedure and read it, as long as a person does."""
    department.get_by_role("link", name=re.compile(f"Prüfen und antworten.*{title}")).click()
    expect(department.get_by_role("heading", level=1)).to_have_text(title)
    assert axe(department) == []
    department.wait_for_timeout(1000 * public_forms.QUICKEST)


def change_phase_and_decision(department: Tab, axe: Any) -> None:
    """By keyboard; first with an end that cannot be: its phase is open when the form comes back."""
    phases = department.get_by_role("group", name="Ideen sammeln")
    end = phases.get_by_label("Ende", exact=False).first
    expect(end).to_be_hidden()
    department.locator("summary", has_text="Ideen sammeln").press("Enter")
    end.fill((timezone.localdate() + timedelta(days=1)).isoformat() + "T18:00")
    department.get_by_role("button", name="Änderungen senden").click()
    expect(department.get_by_role("alert").get_by_role("link")).to_have_text("Phase „Ideen sammeln“: Ende")
    assert axe(department) == []
    assert department.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(end).to_be_visible()
    end.fill(f"{LATER.isoformat()}T18:00")
    department.locator("summary", has_text="Stadtrat, 4. Mai 2099").press("Enter")
    department.get_by_role("group", name="Stadtrat, 4. Mai 2099").get_by_label("Tag").fill("2099-06-01")
    department.get_by_role("button", name="Änderungen senden").click()


def test_a_department_confirms_one_procedure_and_changes_another_and_an_editor_publishes_the_difference(
    pages: list[ProcedurePage], open_page: Callable[..., Tab], site_server: Any, watch: Any, axe: Any
) -> None:
    shore = pages[1]
    watch.expect_status(400)  # a form that saves itself while somebody writes is told so until it is complete
    editor = open_page()
    sit_down(editor, "anna", "/admin/update-rounds/new/", site_server)
    with serving(Postbox()) as postbox:
        begin_round(editor)
        assert deliver() == [True]
    [mail] = postbox.messages
    assert "- Brücke" in mail.get_content() and "- Uferweg" in mail.get_content()

    department = open_page(link_in(mail), width=360)
    assert axe(department) == []
    answer(department, "Brücke", axe)
    department.get_by_role("button", name="Unverändert, bestätigt").click()
    answer(department, "Uferweg", axe)
    department.get_by_label("Ort", exact=False).first.fill("Am Kanal")
    change_phase_and_decision(department, axe)
    expect(department.get_by_role("status")).to_contain_text("Danke, das war alles.")
    assert department.context.cookies() == []
    assert PublicRecord.objects.visible().get(object_id=shore.pk)
    assert ProcedurePage.objects.get(pk=shore.pk).place == "Am Fluss"
    assert {one.page.title: one.answer for one in UpdateRequest.objects.all()} == {
        "Brücke": "confirmed",
        "Uferweg": "changed",
    }

    editor.reload()
    expect(editor.locator("main")).to_contain_text("unverändert, bestätigt")
    later = f"{date_format(LATER)}, 18:00 Uhr"
    expect(editor.locator("main ins")).to_have_text(["Am Kanal", later, "1. Juni 2099"])
    expect(editor.locator("main")).to_contain_text("Phase „Ideen sammeln“: Ende")
    editor.get_by_role("link", name=re.compile("Entwurf öffnen.*Uferweg")).click()
    expect(editor.locator("#id_place")).to_have_value("Am Kanal")
    editor.locator("#id_news_what").fill("Der Weg liegt jetzt am Kanal.")
    editor.locator("footer [name=action-publish]").first.evaluate("button => button.click()")
    expect(editor.locator(".messages")).to_contain_text("veröffentlicht", timeout=PATIENCE_MS)
    visitor = open_page(PublicRecord.objects.visible().get(object_id=shore.pk).path, javascript=False)
    expect(visitor.locator("main")).to_contain_text("Am Kanal")
    expect(visitor.locator("main")).to_contain_text("Der Weg liegt jetzt am Kanal.")
    expect(visitor.locator("main")).to_contain_text(f"{date_format(LATER)}, 18:00 Uhr")
    expect(visitor.locator("main")).to_contain_text("1. Juni 2099")
    editor.goto("/admin/update-rounds/")
    expect(editor.locator("main tbody td").nth(1)).to_have_text("0 von 2")
    expect(editor.locator("main tbody td").nth(2)).to_have_text("0")
