"""“Ask for an accessible version”: beside every public document that is not marked accessible, and nowhere else."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect
from wagtail.models import Collection, CollectionViewRestriction, Page

from cms_blocks import public_forms
from cms_blocks.models import Contact, Delivery, Document, Office, PublicRecord
from cms_blocks.publication.reader import document_text
from tests.cms_blocks.blocks.conftest import make_document
from tests.site.house import House
from website.letters import LETTERS_PER_ADDRESS
from website.models import StandardPage

OWN = {"Origin": "http://testserver"}
NEED = "Bitte in großer Schrift.\nOder <b>am Telefon</b>."


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "cms_blocks.publication.mail.OutboxEmailBackend"


@pytest.fixture
def plan(house: House) -> Document:
    """A public document that nobody has checked, in a list and in running text, on a page with a contact."""
    shelf = Collection.get_first_root_node().add_child(name="Regal")
    plan = make_document("Lageplan", shelf)
    body = [
        {"type": "documents", "value": {"title": "", "documents": [plan.pk]}},
        {"type": "paragraph", "value": f'<p>Der <a linktype="document" id="{plan.pk}">Plan</a> zeigt es.</p>'},
    ]
    contact = Contact.objects.get(pk=house.contact)
    contact.email = "anlaufstelle@beteiligung.example"
    contact.save()
    home = Page.objects.get(pk=house.home)
    home.add_child(instance=StandardPage(title="Plan", slug="plan", contact=contact, body=json.dumps(body)))
    return Document.objects.get(pk=plan.pk)


def ask(document: Any, language: str = "de") -> str:
    with translation.override(language):
        return f"{reverse('ask_accessible')}?document={getattr(document, 'pk', document)}"


def filled(visitor: Client, clock: Any, document: Document, language: str = "de", **values: str) -> dict[str, str]:
    """What a person sends a minute after opening the form."""
    form = visitor.get(ask(document, language)).content.decode()
    [token] = re.findall(r'name="token" value="([^"]+)"', form)
    [pk] = re.findall(r'name="document" value="(\d+)"', form)
    clock.shift(timedelta(minutes=1))
    return {"token": token, "document": pk, "reach": "mensch@example.org", "need": NEED, "subject": "", **values}


def send(visitor: Client, values: dict[str, str], **headers: str) -> Any:
    return visitor.post(reverse("ask_accessible"), values, headers={**OWN, **headers})


def letters() -> list[str]:
    rows = Delivery.objects.filter(topic="mail.send").order_by("pk")
    found = [
        email.message_from_bytes(base64.b64decode(row.payload["message"]), policy=email.policy.default) for row in rows
    ]
    return [f"{mail['To']}|{mail['Reply-To']}|{mail['Subject']}\n{mail.get_content()}" for mail in found]


def test_the_way_stands_beside_each_document_that_is_not_marked_accessible(visitor: Client, plan: Document) -> None:
    for accessible, ways in (("unchecked", 2), ("no", 2), ("yes", 0)):
        plan.accessible = accessible
        plan.save()
        html = visitor.get("/plan/").content.decode()
        assert html.count(f'href="{ask(plan)}"') == ways, accessible
    record = PublicRecord.objects.get(path="/plan/")
    assert "ask_accessible" not in document_text(record)
    assert ask(plan) not in document_text(record)


def test_the_way_is_neither_printed_nor_found(visitor: Client, plan: Document) -> None:
    from cms_blocks.print.body import body_flow

    document = json.loads(document_text(PublicRecord.objects.get(path="/plan/")))
    paragraph = next(block for block in document["body"] if block["type"] == "paragraph")
    assert ask(plan) in paragraph["html"]
    assert paragraph["text"] == "Der Plan zeigt es."
    assert ask(plan) not in json.dumps(body_flow(document["body"], "https://stadt.example"))


def test_a_request_goes_to_who_answers_for_the_page(visitor: Client, clock: Any, plan: Document) -> None:
    values = filled(visitor, clock, plan)
    answer = send(visitor, values)
    assert answer.status_code == 303
    assert visitor.get(answer.url).status_code == 200
    assert not visitor.cookies
    send(visitor, values)  # pressed twice
    [letter] = letters()
    assert letter.startswith("anlaufstelle@beteiligung.example|mensch@example.org|")
    assert "Lageplan" in letter.splitlines()[0]
    assert f"http://testserver{plan.url}" in letter
    assert NEED in letter.replace("\r\n", "\n")


def test_without_a_contact_the_office_answers(visitor: Client, clock: Any, plan: Document) -> None:
    Contact.objects.update(email="")
    Office.objects.filter(locale__language_code="de").update(email="haus@beteiligung.example")
    send(visitor, filled(visitor, clock, plan, reach="Am Ring 3, Hinterhaus", need=""))
    assert letters()[0].startswith("haus@beteiligung.example|None|")


@pytest.mark.parametrize("language", ["en", "uk", "ar", "pl", "de-simple"])
def test_it_works_in_every_language(language: str, visitor: Client, clock: Any, plan: Document) -> None:
    page = visitor.get(ask(plan, language)).content.decode()
    assert f'lang="{language}"' in page or language == "de-simple"
    values = filled(visitor, clock, plan, language)
    with translation.override(language):
        assert send(visitor, values).status_code == 303
    assert len(letters()) == 1


def test_of_a_document_that_is_not_public_nobody_learns_that_it_exists(
    visitor: Client, clock: Any, plan: Document
) -> None:
    values = filled(visitor, clock, plan)
    hidden = make_document("Geheim", Collection.get_first_root_node())
    unknown = visitor.get(ask(10**9))
    for number in (hidden.pk, "", "x", "-1", "١", 10**30):
        answer = visitor.get(ask(number))
        assert answer.status_code == 404
        assert "Geheim" not in answer.content.decode()
        assert len(answer.content) - len(unknown.content) < 200
    assert send(visitor, {**values, "document": str(hidden.pk)}).status_code == 404
    CollectionViewRestriction.objects.create(collection=plan.collection, restriction_type="login")
    assert send(visitor, values).status_code == 404
    assert letters() == []


def test_it_is_guarded_like_every_form_for_everybody(visitor: Client, clock: Any, plan: Document) -> None:
    values = filled(visitor, clock, plan)
    assert send(visitor, values, Origin="https://evil.example").status_code == 403
    assert send(visitor, {**values, "token": public_forms.issue("barrier")}).status_code == 200
    assert send(visitor, {**values, "subject": "Billig!"}).status_code == 200
    refused = send(visitor, {**values, "reach": ""})
    assert escape(NEED) in refused.content.decode().replace("\r\n", "\n"), "no word is lost"
    assert letters() == []
    for end in ("\r\nBcc: all@example.org", "\nBcc: x"):
        send(visitor, {**values, "reach": f"mensch@example.org{end}"})
    assert [letter.partition("\n")[0].split("|")[1] for letter in letters()] == ["None"] * 2
    for number in range(LETTERS_PER_ADDRESS):
        send(visitor, {**values, "need": f"Nummer {number}"})
    answer = send(visitor, {**values, "need": "noch eins"})
    assert answer.status_code == 429
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(letters()) <= LETTERS_PER_ADDRESS


def test_a_visitor_asks_from_the_page_where_the_document_stands(
    plan: Document, open_page: Callable[..., BrowserPage], axe: Any
) -> None:
    page = open_page("/plan/", width=360)
    assert axe(page) == []
    page.locator(".ask-accessible a").click()
    expect(page.locator("main strong").first).to_have_text("Lageplan")
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    page.locator("#id_reach").fill("030 1234")
    page.wait_for_timeout(1000 * public_forms.QUICKEST)
    page.locator("main button[type=submit]").click()
    expect(page.locator("main .button")).to_have_attribute("href", "/")
    assert page.context.cookies() == []
    assert len(letters()) == 1
