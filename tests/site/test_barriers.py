"""“Report a barrier”: a form on every page, without cookie, for people and not for machines; its mail arrives once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from cms_blocks import public_forms
from cms_blocks.models import Delivery, Office
from cms_blocks.publication.outbox import claim, deliver
from tests.cms_blocks.publication.test_mail import Postbox, postbox  # noqa: F401
from tests.site.house import House, report_barrier
from website.barriers import own_path
from website.letters import LETTERS_PER_ADDRESS
from website.models import AccessibilityStatementPage

OWN = {"Origin": "http://testserver"}
TEXT = "Der Plan lässt sich nicht vergrößern.\nIch sehe nur <b>Flecken</b>."


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "cms_blocks.publication.mail.OutboxEmailBackend"


def filled(visitor: Client, clock: Any, **values: str) -> dict[str, str]:
    """What a person sends a minute after opening the form."""
    form = visitor.get(report_barrier()).content.decode()
    [token] = re.findall(r'name="token" value="([^"]+)"', form)
    clock.shift(timedelta(minutes=1))
    return {"token": token, "barrier": TEXT, "page": "/methoden/", "email": "", "subject": "", **values}


def send(visitor: Client, values: dict[str, str], **headers: str) -> Any:
    return visitor.post(reverse("report_barrier"), values, headers={**OWN, **headers})


def mails() -> int:
    return Delivery.objects.filter(topic="mail.send").count()


def test_the_footer_of_every_page_leads_to_the_form_about_that_page(visitor: Client) -> None:
    for path in ("/", "/methoden/world-cafe/", "/impressum/"):
        page = visitor.get(path).content.decode()
        assert f'href="{reverse("report_barrier")}?page={path.replace("/", "%2F")}"' in page
    with translation.override("ar"):
        assert reverse("report_barrier") in visitor.get("/ar/").content.decode()
    form = visitor.get(report_barrier(page="/methoden/")).content.decode()
    assert re.search(r'name="page" value="/methoden/"', form)


def test_a_report_arrives_once_by_mail_at_the_address_of_the_statement(
    visitor: Client,
    clock: Any,
    postbox: Postbox,  # noqa: F811
) -> None:
    values = filled(visitor, clock, email="mensch@example.org")
    answer = send(visitor, values)
    assert answer.status_code == 303
    assert not visitor.cookies
    thanks = visitor.get(answer.url)
    assert thanks.status_code == 200
    assert 'href="/methoden/"' in thanks.content.decode()
    send(visitor, values)  # the button was pressed twice, or somebody replays the request
    Delivery.objects.exclude(topic="mail.send").delete()
    assert [deliver(delivery) for delivery in claim()] == [True]
    [mail] = postbox.messages
    assert mail["To"] == "barrieren@beteiligung.example"
    assert mail["Reply-To"] == "mensch@example.org"
    text = mail.get_content().replace("\r\n", "\n")
    assert TEXT in text
    assert "http://testserver/methoden/" in text


def test_a_second_report_from_the_same_form_is_a_second_mail(visitor: Client, clock: Any) -> None:
    values = filled(visitor, clock)
    send(visitor, values)
    send(visitor, {**values, "barrier": "Und noch etwas."})
    assert mails() == 2


def test_without_a_statement_the_office_gets_the_reports(visitor: Client, clock: Any) -> None:
    AccessibilityStatementPage.objects.get().unpublish()
    Office.objects.filter(locale__language_code="de").update(email="haus@beteiligung.example")
    send(visitor, filled(visitor, clock))
    assert Delivery.objects.get(topic="mail.send").payload["to"] == ["haus@beteiligung.example"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Referer": "https://evil.example/"},
        {"Origin": "null"},
    ],
    ids=["other site", "hidden origin", "other referer", "nothing"],
)
def test_what_other_sites_send_is_refused(headers: dict[str, str], visitor: Client, clock: Any) -> None:
    answer = send(visitor, filled(visitor, clock), **headers)
    assert (answer.status_code, mails()) == (403, 0)
    assert "nicht vergrößern" in answer.content.decode(), "no word is lost"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Referer": "http://testserver/x/"}])
def test_a_browser_that_sends_no_origin_may_say_it_otherwise(
    headers: dict[str, str], visitor: Client, clock: Any
) -> None:
    assert send(visitor, filled(visitor, clock), Origin="null", **headers).status_code == 303


def test_a_form_that_was_open_too_long_comes_back_with_its_text_and_can_be_sent(visitor: Client, clock: Any) -> None:
    values = filled(visitor, clock)
    clock.shift(public_forms.LONGEST)
    page = send(visitor, values).content.decode()
    assert mails() == 0
    assert "nicht vergrößern" in page
    [token] = re.findall(r'name="token" value="([^"]+)"', page)
    clock.shift(5)
    assert send(visitor, {**values, "token": token}).status_code == 303
    assert mails() == 1


@pytest.mark.parametrize("token", ["", "invented", "other form"])
def test_an_invented_token_sends_nothing(token: str, visitor: Client, clock: Any) -> None:
    values = filled(visitor, clock)
    values["token"] = public_forms.issue("another") if token == "other form" else token
    clock.shift(60)
    assert send(visitor, values).status_code == 200
    assert mails() == 0


def test_machines_that_fill_in_everything_or_at_once_send_nothing(visitor: Client, clock: Any) -> None:
    assert send(visitor, filled(visitor, clock, subject="Billig!")).status_code == 200
    values = filled(visitor, clock)
    clock.shift(-timedelta(seconds=59))
    page = send(visitor, values).content.decode()
    assert mails() == 0
    assert values["token"] in page, "the clock of the form goes on"
    clock.shift(5)
    assert send(visitor, values).status_code == 303


def test_a_flood_is_held_up_and_others_are_not(visitor: Client, clock: Any) -> None:
    for number in range(LETTERS_PER_ADDRESS):
        assert send(visitor, filled(visitor, clock, barrier=f"Nummer {number}")).status_code == 303
    answer = send(visitor, filled(visitor, clock))
    assert (answer.status_code, mails()) == (429, LETTERS_PER_ADDRESS)
    assert "nicht vergrößern" in answer.content.decode()
    other = visitor.post(reverse("report_barrier"), filled(visitor, clock), headers=OWN, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 303


def test_what_is_missing_or_wrong_is_said_at_its_field(visitor: Client, clock: Any) -> None:
    page = send(
        visitor, filled(visitor, clock, barrier=" ", page="https://evil.example/", email="a@b")
    ).content.decode()
    assert mails() == 0
    for field in ("barrier", "page", "email"):
        assert re.search(rf'aria-describedby="id_{field}_helptext id_{field}_error"', page), field
        assert f'id="id_{field}_error"' in page
    assert "https://evil.example/" in page


@pytest.mark.parametrize("field", ["email", "page"])
def test_nobody_writes_headers_of_the_mail(field: str, visitor: Client, clock: Any) -> None:
    for end in ("\r\nBcc: all@example.org", "\nBcc: all@example.org", "\u2028Bcc: x", "\x00"):
        start = "mensch@example.org" if field == "email" else "/methoden/"
        assert send(visitor, filled(visitor, clock, **{field: start + end + "x"})).status_code == 200
    assert mails() == 0


def test_only_addresses_of_this_website_are_pages() -> None:
    host = "stadt.example"
    for typed, path in {
        "/": "/", "/a/?q=ä": "/a/?q=ä", "https://stadt.example/a/": "/a/", "https://stadt.example": "/",
    }.items():  # fmt: skip
        assert own_path(typed, host) == path
    for typed in ("//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil", "a", "/" + "a" * 500, "http://[",
                  "/a b", "https://stadt.example//evil.example", "https://stadt.example@evil.example/"):  # fmt: skip
        assert own_path(typed, host) == "", typed


def test_nothing_of_a_report_is_kept_by_a_cache(visitor: Client, clock: Any) -> None:
    for answer in (visitor.get(report_barrier()), send(visitor, filled(visitor, clock, barrier=""))):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]


def test_a_visitor_reports_a_barrier_from_the_page_where_it_is(
    house: House, open_page: Callable[..., Page], axe: Any
) -> None:
    page = open_page("/methoden/world-cafe/", width=360)
    page.locator(".site-footer a[rel=nofollow]").click()
    expect(page.locator("#id_page")).to_have_value("/methoden/world-cafe/")
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    page.locator("#id_barrier").fill("Zu klein.")
    page.wait_for_timeout(1000 * public_forms.QUICKEST)
    page.locator("main button[type=submit]").click()
    expect(page.locator("main .button")).to_have_attribute("href", "/methoden/world-cafe/")
    assert axe(page) == []
    assert page.context.cookies() == []
    assert mails() == 1
