"""The pages of administrators: endpoints, the secret that is shown once, the log, and the buttons."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page as BrowserPage
from wagtail.models import ModelLogEntry

from cms_blocks.models import Delivery, WebhookCall, WebhookEndpoint
from cms_blocks.webhooks.actions import NewSecret, RetryCall, SendTest, SwitchOff, SwitchOn
from tests.cms_blocks.webhooks.conftest import work
from tests.cms_blocks.webhooks.receiver import Receiver
from tests.governance.office import STAFF, desk, open_office, person
from tests.infrastructure.database import Kept

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/webhooks/"
OFFICE = Kept()
#: What sticks out of the window, also where something above cuts it off.
TOO_WIDE = """[...document.querySelectorAll(".desk *, form *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".w-sr-only"))
    .map(each => each.outerHTML.slice(0, 80))"""
SECRET = re.compile(r"whsec_[\w+/=]+")


@pytest.fixture
def office(transactional_db: None, settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["localhost"]
    OFFICE.get(open_office)
    Delivery.objects.all().delete()


@pytest.fixture
def endpoint(office: None, receiver: Receiver) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(name="Stadtportal", url=receiver.url())


def page_of(endpoint: WebhookEndpoint) -> str:
    return reverse("webhooks:endpoint", args=[endpoint.pk])


def seen(address: str) -> str:
    return desk("admin").get(address).content.decode()


def press(button: str, pk: int, by: str = "admin") -> Any:
    return desk(by).post(reverse(f"webhooks:{button}", args=[pk]), follow=True)


def logged() -> list[str]:
    entries = ModelLogEntry.objects.filter(content_type__model="webhookendpoint").order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_a_new_endpoint_shows_its_secret_once_and_nobody_logs_it(office: None, receiver: Receiver) -> None:
    form = {
        "name": "Stadtportal",
        "url": receiver.url(),
        "kinds": ["method", "page"],
        "languages": ["de"],
        "active": "on",
    }
    answer = desk("admin").post(reverse("webhooks:add"), form, follow=True)
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.kinds, endpoint.languages, endpoint.active) == (("method", "page"), ("de",), True)
    assert answer.redirect_chain == [(page_of(endpoint), 302)]
    assert SECRET.findall(answer.content.decode()) == [endpoint.secret]
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    edit, history = (reverse(f"webhooks:{name}", args=[endpoint.pk]) for name in ("edit", "history"))
    for address in (page_of(endpoint), LIST, edit, history, "/admin/reports/site-history/"):
        html = seen(address)
        assert "Stadtportal" in html
        assert not SECRET.search(html)
    assert logged() == ["wagtail.create"]
    assert endpoint.secret not in str(list(ModelLogEntry.objects.values()))


def test_an_address_that_nothing_is_sent_to_is_refused_in_the_form(office: None) -> None:
    for url in ("http://example.org/", "example.org", "https://user:word@example.org/"):
        answer = desk("admin").post(reverse("webhooks:add"), {"name": "x", "url": url})
        assert answer.context["form"].errors.keys() == {"url"}
    assert not WebhookEndpoint.objects.exists()


def test_a_changed_endpoint_keeps_its_secret(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    form = {"name": "Portal", "url": receiver.url(path="/neu"), "active": "on"}
    desk("admin").post(reverse("webhooks:edit", args=[endpoint.pk]), form)
    changed = WebhookEndpoint.objects.get()
    assert (changed.name, changed.url, changed.secret) == ("Portal", receiver.url(path="/neu"), endpoint.secret)
    assert logged() == ["wagtail.edit"]


def test_a_new_secret_takes_the_place_of_the_old_one(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    html = press("secret", endpoint.pk).content.decode()
    changed = WebhookEndpoint.objects.get()
    assert changed.secret != endpoint.secret
    assert SECRET.findall(html) == [changed.secret]
    assert not SECRET.search(seen(page_of(endpoint)))
    press("test", endpoint.pk)
    assert work() == []
    assert receiver.calls[0].is_signed_with(changed.secret)
    assert not receiver.calls[0].is_signed_with(endpoint.secret)
    assert logged() == ["cms_blocks.webhook.secret", "cms_blocks.webhook.test"]


def test_the_log_says_how_calls_went_and_what_failed_is_tried_again(
    endpoint: WebhookEndpoint, receiver: Receiver
) -> None:
    receiver.answers = [503, 200]
    press("test", endpoint.pk)
    assert work() == []
    html = seen(page_of(endpoint))
    assert "Die Gegenstelle ist gestört. (503)" in html
    assert "der letzte Aufruf ist gescheitert" in html
    assert "der letzte Aufruf ist gescheitert" in seen(LIST)
    press("retry", WebhookCall.objects.get().pk)
    assert work() == []
    html = seen(page_of(endpoint))
    assert "angekommen (200)" in html
    assert "Aufrufe kommen an" in html
    assert len(receiver.calls) == 2


def test_an_endpoint_is_switched_off_and_on(endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(note="gone")
    assert "410" in seen(page_of(endpoint))
    press("off", endpoint.pk)
    assert not WebhookEndpoint.objects.get().active
    assert "ausgeschaltet" in seen(LIST)
    press("on", endpoint.pk)
    switched = WebhookEndpoint.objects.get()
    assert (switched.active, switched.note) == (True, "")
    assert logged() == ["cms_blocks.webhook.off", "cms_blocks.webhook.on"]


def test_what_was_given_up_stands_on_the_card_of_failed_deliveries_in_words(endpoint: WebhookEndpoint) -> None:
    Delivery.objects.create(
        consumer="webhook",
        topic="webhook.call",
        key=f"{endpoint.pk}:1",
        failed_at=timezone.now(),
        error="PrivateAddress: x",
    )
    html = seen(reverse("desk:deliveries"))
    assert "privates Netz" in html
    assert "Neuigkeit" in html


def test_nobody_but_administrators_does_anything(endpoint: WebhookEndpoint) -> None:
    """The views are tried in tests/site/test_permission_matrix.py."""
    call = WebhookCall.objects.create(endpoint=endpoint, topic="webhook.test")
    for name in set(STAFF) - {"admin"}:
        actions = [action(person(name), endpoint) for action in (NewSecret, SendTest, SwitchOn, SwitchOff)]
        for action in (*actions, RetryCall(person(name), call)):
            with pytest.raises(PermissionDenied):
                action.execute()
    assert WebhookEndpoint.objects.get().secret == endpoint.secret
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("admin"))
    for button in ("secret", "test", "on", "off"):
        assert strict.post(reverse(f"webhooks:{button}", args=[endpoint.pk])).status_code == 403
        assert desk("admin").get(reverse(f"webhooks:{button}", args=[endpoint.pk])).status_code == 405
    assert logged() == []


def test_the_pages_ask_the_same_number_of_questions_however_long_they_are(endpoint: WebhookEndpoint) -> None:
    counts = []
    for number in (1, 10):
        while endpoint.calls.count() < number:
            WebhookEndpoint.objects.create(name="x", url="https://example.org/", kinds=("page",))
            key = str(endpoint.calls.count() + 1)
            WebhookCall.objects.create(endpoint=endpoint, topic="record.changed", key=key, error="OSError")
        for address in (LIST, page_of(endpoint)):
            seen(address)
            with CaptureQueriesContext(connection) as queries:
                seen(address)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_the_right_is_given_by_setup_office_alone(office: None) -> None:
    names = {f"{action}_webhookendpoint" for action in ("add", "change", "delete")}
    for name in STAFF:
        held = {each for each in person(name).get_all_permissions() if each.endswith("webhookendpoint")}
        assert held == ({f"cms_blocks.{each}" for each in names} if name == "admin" else set())
    call_command("setup_office", verbosity=0)
    assert person("admin").has_perm("cms_blocks.change_webhookendpoint")


def test_the_pages_are_accessible_wide_and_narrow(
    endpoint: WebhookEndpoint, site_server: Any, open_page: Callable[..., BrowserPage], axe: Callable[..., list[str]]
) -> None:
    for error, status in (("", 200), ("TimeoutError", None)):
        WebhookCall.objects.create(endpoint=endpoint, topic="record.changed", key="1", error=error, status=status)
    WebhookEndpoint.objects.create(name="Kalender", url="https://example.org/" + "lang" * 30, active=False, note="gone")
    cookie = {"name": "sessionid", "value": desk("admin").cookies["sessionid"].value, "url": site_server.url}
    for width, theme in ((1280, "dark"), (360, "light")):
        page = open_page(None, width=width, theme=theme)
        page.context.add_cookies([cookie])
        press_secret = reverse("webhooks:secret", args=[endpoint.pk])
        for address in (LIST, page_of(endpoint)):
            page.goto(address)
            if address == page_of(endpoint):
                page.get_by_text("Neuer Schlüssel").first.click()
                assert page.evaluate(TOO_WIDE) == []
                page.locator(f'form[action="{press_secret}"] button').click()
                page.locator(".desk-secret__words").wait_for()
            assert axe(page, exclude=("#wagtail-sidebar", "header")) == []
            assert page.evaluate(TOO_WIDE) == []
