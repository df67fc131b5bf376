"""Other programs are told what becomes public: by the outbox, over real HTTP, signed, and until it arrives."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import signal
import ssl
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from django.utils.datastructures import CaseInsensitiveMapping
from wagtail.models import ModelLogEntry, Page

from cms_blocks.models import Delivery, PublicRecord, WebhookCall, WebhookEndpoint
from cms_blocks.publication.outbox import LEASE, MAX_ATTEMPTS, claim, deliver
from cms_blocks.publication.unit import unit
from cms_blocks.webhooks import posting, sending
from cms_blocks.webhooks.actions import RetryCall, SendTest
from cms_blocks.webhooks.posting import post
from cms_blocks.webhooks.signing import signature
from tests.cms_blocks.publication.editor import Editor
from tests.cms_blocks.webhooks.conftest import Add, listen, publish, work
from tests.cms_blocks.webhooks.receiver import Receiver, elapsed, make_certificate, receiving
from tests.infrastructure.requirements import missing
from tests.toolkit.factories import home as home_in
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)

DOCS = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"


def record_of(page: Page) -> PublicRecord:
    return PublicRecord.objects.get(kind="page", object_id=page.pk)


def results() -> list[tuple[str, int | None, int]]:
    return list(WebhookCall.objects.order_by("pk").values_list("error", "status", "attempt"))


# What is told


def test_a_published_page_is_told_signed_and_once(endpoint: WebhookEndpoint, receiver: Receiver, add: Add) -> None:
    page = add("Ufer")
    assert receiver.calls == []
    assert work() == []
    (call,), record = receiver.calls, record_of(page)
    assert call.told == {
        "id": call.headers["webhook-id"],
        "topic": "record.changed",
        "occurred_at": record.changed_at.isoformat(),
        "record": {
            "id": record.pk, "kind": "page", "object_id": page.pk, "version": record.version, "locale": "de",
            "path": "/ufer/", "title": "Ufer",
        },
    }  # fmt: skip
    assert call.is_signed_with(endpoint.secret)
    assert call.headers["content-type"] == "application/json"
    assert abs(int(call.headers["webhook-timestamp"]) - time.time()) < 60
    endpoint.refresh_from_db()
    assert endpoint.last_success_at is not None
    assert results() == [("", 200, 1)]
    assert work() == []
    assert len(receiver.calls) == 1


def test_the_check_of_the_signature_would_notice_another_secret_and_another_body(
    endpoint: WebhookEndpoint, receiver: Receiver, add: Add
) -> None:
    add()
    work()
    (call,) = receiver.calls
    assert not call.is_signed_with(listen(receiver).secret)
    call.body += b" "
    assert not call.is_signed_with(endpoint.secret)


def written_in(language: str) -> str:
    """The code in docs/webhooks.md."""
    return re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)[0]


def test_the_documented_ways_of_checking_take_what_is_ours_and_nothing_else(
    endpoint: WebhookEndpoint, receiver: Receiver, admin_user: Any, tmp_path: Path
) -> None:
    SendTest(admin_user, endpoint).execute()
    work()
    (call,) = receiver.calls
    old = {**call.headers, "webhook-timestamp": str(int(time.time()) - 301)}
    old["webhook-signature"] = signature(endpoint.secret, old["webhook-id"], int(old["webhook-timestamp"]), call.body)
    tries = [
        (endpoint.secret, call.headers, call.body, True),
        (listen(receiver).secret, call.headers, call.body, False),
        (endpoint.secret, call.headers, call.body + b" ", False),
        (endpoint.secret, old, call.body, False),
    ]
    known: dict[str, Any] = {}
    exec(written_in("python"), known)
    for secret, headers, body, ours in tries:
        assert known["verified"](secret, CaseInsensitiveMapping(headers), body) is ours
    node = shutil.which("node") or missing("node")
    given = [[secret, headers, body.decode(), ours] for secret, headers, body, ours in tries]
    told = f"for (const [s, h, b, ours] of {json.dumps(given)}) if (verified(s, new Headers(h), b) !== ours) process.exit(1);"
    without_types = re.sub(r": (string|Headers|boolean)\b", "", written_in("typescript"))
    path = tmp_path / "check.mjs"
    path.write_text(f"{without_types}\n{told}")
    subprocess.run([node, path], check=True, timeout=60)


def test_what_leaves_the_public_is_told_without_a_word_of_it(
    endpoint: WebhookEndpoint, receiver: Receiver, add: Add
) -> None:
    page = add("Ufer")
    work()
    page.unpublish()
    assert work() == []
    told, record = receiver.told[-1], record_of(page)
    assert told["topic"] == "record.gone"
    assert told["record"] == {"id": record.pk, "kind": "page", "object_id": page.pk, "version": record.version}


def test_nothing_that_is_not_public_leaves(
    house: Page, endpoint: WebhookEndpoint, receiver: Receiver, add: Add
) -> None:
    """A draft; a private page; a page below one; a published text with a newer draft; a page whose time has not come."""
    editor = Editor()
    draft = StandardPage(title="Kanarie 1", slug="kanarie-1", live=False)
    house.add_child(instance=draft)
    draft.save_revision()
    public = add("Offen")
    child = public.add_child(instance=StandardPage(title="Kanarie 2", slug="kanarie-2"))
    assert editor.restrict(public.pk, "login")
    coming = add("Kanarie-3", go_live_at=timezone.now() + timedelta(days=1))
    other = StandardPage.objects.get(pk=add("Zweite").pk)
    other.title = "Kanarie 4"
    other.save_revision()
    assert work() == []
    assert receiver.calls
    assert not [call for call in receiver.calls if b"kanarie" in call.body.lower()]
    assert {told["topic"] for told in receiver.told if told["record"]["object_id"] in (public.pk, child.pk, coming.pk)} == {
        "record.gone"
    }  # fmt: skip
    assert draft.pk not in {told["record"]["object_id"] for told in receiver.told}
    editor.restrict(public.pk, "none")
    assert work() == []
    assert "Kanarie 2" in {told["record"].get("title") for told in receiver.told}, "the test would have seen it"


def test_a_page_is_told_when_its_time_has_come(
    endpoint: WebhookEndpoint, receiver: Receiver, add: Add, clock: Any
) -> None:
    add("Morgen", go_live_at=timezone.now() + timedelta(days=1))
    assert work() == []
    assert [told["topic"] for told in receiver.told] == ["record.gone"]
    clock.shift(timedelta(days=1))
    assert work() == []
    assert [told["record"].get("title") for told in receiver.told] == [None, "Morgen"]


@pytest.mark.gate
def test_an_older_event_never_tells_what_is_not_true_any_more(
    endpoint: WebhookEndpoint, receiver: Receiver, add: Add, clock: Any
) -> None:
    receiver.answers = [500, 200]
    page = add("Ufer")
    assert len(work()) == 1
    publish(page, "Strand")
    page.unpublish()
    clock.shift(6)
    assert work() == []
    assert [told["topic"] for told in receiver.told] == ["record.changed", "record.gone"]
    assert receiver.told[1]["record"]["version"] == record_of(page).version


# To whom


def test_an_endpoint_hears_only_of_the_kinds_and_languages_it_chose(house: Page, receiver: Receiver, add: Add) -> None:
    english_home = home_in("en")
    for name, chosen in {
        "alles": {}, "deutsch": {"languages": ("de",)}, "englisch": {"languages": ("en",)},
        "methoden": {"kinds": ("method",)}, "aus": {"active": False},
    }.items():  # fmt: skip
        listen(receiver, name, url=receiver.url(path=f"/{name}"), **chosen)
    with unit():
        add("Ufer")
        english_home.add_child(instance=StandardPage(title="Shore", slug="shore", locale=english_home.locale))
    Delivery.objects.exclude(key__in=[str(r.pk) for r in PublicRecord.objects.filter(kind="page")]).delete()
    assert work() == []
    heard = sorted((call.path, call.told["record"]["title"]) for call in receiver.calls)
    assert heard == [("/alles", "Shore"), ("/alles", "Ufer"), ("/deutsch", "Ufer"), ("/englisch", "Shore")]


def test_one_that_does_not_answer_holds_up_nobody_else(house: Page, receiver: Receiver, add: Add, clock: Any) -> None:
    dead = listen(receiver, "tot", url="http://localhost:1/")
    well = listen(receiver, "wach")
    for title in ("Eins", "Zwei", "Drei"):
        add(title)
    undone = work()
    assert {told["record"]["title"] for told in receiver.told} == {"Eins", "Zwei", "Drei"}
    assert len(undone) == 3
    assert dead.calls.count() == 1, "what is new waits until the one that failed is tried again"
    assert well.calls.exclude(error="").count() == 0
    assert sorted(delivery.error.partition(":")[0] for delivery in undone) == [
        "ConnectionRefusedError",
        "Later",
        "Later",
    ]
    assert [delivery.attempts for delivery in undone if delivery.error.startswith("Later")] == [0, 0]
    dead.url = receiver.url(path="/wieder")
    dead.save()
    clock.shift(6)
    assert work() == []
    again = {call.told["record"]["title"] for call in receiver.calls if call.path == "/wieder"}
    assert again == {"Eins", "Zwei", "Drei"}


# Until it arrives


@pytest.mark.parametrize(
    ("answer", "error", "status"),
    [
        (500, "AnsweredFault", 500),
        (404, "AnsweredNo", 404),
        (304, "AnsweredRedirect", 304),
        ("silent", "TimeoutError", None),
        ("drips", "TimeoutError", None),
        ("gibberish", "NoHttp", None),
        ("hangs up", "RemoteDisconnected", None),
    ],
)
def test_what_was_not_taken_is_told_again_later_with_the_same_id(
    answer: Any, error: str, status: int | None, endpoint: WebhookEndpoint, receiver: Receiver, add: Add,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(posting.post, "__kwdefaults__", {"seconds": 0.5})
    receiver.answers = [answer, answer, 204]
    add()
    waits = []
    with time_machine.travel(timezone.now(), tick=True) as clock:
        for _attempt in range(2):
            (undone,) = work()
            waits.append(round((undone.not_before - timezone.now()).total_seconds()))
            clock.move_to(undone.not_before)
        assert work() == []
    assert waits == [5, 10]
    assert results() == [(error, status, 1), (error, status, 2), ("", 204, 3)]
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert all(call.is_signed_with(endpoint.secret) for call in receiver.calls)


def test_after_many_attempts_it_rests_until_somebody_says_so(
    endpoint: WebhookEndpoint, receiver: Receiver, add: Add, clock: Any, admin_user: Any
) -> None:
    receiver.answers = [500] * MAX_ATTEMPTS + [200]
    add()
    for _attempt in range(MAX_ATTEMPTS):
        (undone,) = work()
        clock.move_to(undone.not_before + timedelta(seconds=1))
    assert Delivery.objects.failed().count() == 1
    assert len(receiver.calls) == MAX_ATTEMPTS
    RetryCall(admin_user, WebhookCall.objects.latest("pk")).execute()
    assert work() == []
    assert len(receiver.calls) == MAX_ATTEMPTS + 1
    assert not Delivery.objects.failed().exists()


def test_an_answer_is_not_read_to_its_end_and_a_slow_one_is_cut_off_in_time(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["localhost"]
    for answer in ("flood", "drips", "silent"):
        receiver.answers = [answer]
        started = time.monotonic()
        if answer == "flood":
            assert post(receiver.url(), b"{}", {}, seconds=5) == 200
        else:
            with pytest.raises(TimeoutError):
                post(receiver.url(), b"{}", {}, seconds=0.4)
        assert elapsed(started) < 3


def test_a_redirect_is_not_followed(endpoint: WebhookEndpoint, receiver: Receiver, add: Add) -> None:
    with receiving() as inside:
        for status in (302, 308):
            receiver.answers = [(status, {"Location": f"http://127.0.0.1:{inside.port}/secret"})]
            WebhookCall.objects.all().delete()
            add(f"Weiter{status}")
            (undone, *_rest) = work()
            assert undone.error.startswith("AnsweredRedirect")
            Delivery.objects.all().delete()
        assert inside.calls == []


def test_a_private_address_is_never_called_and_the_failure_says_so(
    endpoint: WebhookEndpoint, receiver: Receiver, add: Add, settings: Any
) -> None:
    """The setting is asked at each call, not only when the address was entered."""
    settings.WEBHOOK_ALLOWED_HOSTS = []
    endpoint.url = f"https://localhost:{receiver.port}/"
    endpoint.save()
    add()
    (undone,) = work()
    assert undone.error.startswith("PrivateAddress")
    assert receiver.calls == []
    assert results() == [("PrivateAddress", None, 1)]


@pytest.mark.gate
def test_one_that_is_gone_for_good_is_switched_off(endpoint: WebhookEndpoint, receiver: Receiver, add: Add) -> None:
    receiver.answers = [410]
    add("Eins")
    assert work() == []
    add("Zwei")
    assert work() == []
    assert len(receiver.calls) == 1
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.note) == (False, "gone")
    assert ModelLogEntry.objects.filter(action="cms_blocks.webhook.gone").count() == 1
    assert not Delivery.objects.filter(topic="webhook.call", done_at=None).exists()


@pytest.mark.gate
def test_a_worker_killed_in_the_middle_of_a_call_loses_nothing(
    endpoint: WebhookEndpoint, receiver: Receiver, add: Add
) -> None:
    add()
    sending.fan_out(Delivery.objects.get(consumer="webhooks").event)
    Delivery.objects.exclude(topic="webhook.call").delete()
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=lambda: deliver(claim()[0]))
    receiver.answers = [lambda: os.kill(process.pid or 0, signal.SIGKILL), 200]
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert claim() == []
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        assert work() == []
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert len(receiver.calls) == 2
    assert results() == [("", 200, 2)]


def test_an_event_that_comes_twice_is_told_once(endpoint: WebhookEndpoint, receiver: Receiver, add: Add) -> None:
    """As after a worker that was killed between the work and its note that it is done."""
    add()
    event = Delivery.objects.get(consumer="webhooks").event
    work()
    sending.fan_out(event)
    assert work() == []
    assert len(receiver.calls) == 1


def test_a_test_is_sent_once_whatever_comes_of_it(
    endpoint: WebhookEndpoint, receiver: Receiver, admin_user: Any
) -> None:
    receiver.answers = [500, 200]
    SendTest(admin_user, endpoint).execute()
    assert work() == []
    WebhookEndpoint.objects.update(active=False)
    SendTest(admin_user, endpoint).execute()
    assert work() == []
    assert [(told["topic"], told["record"]) for told in receiver.told] == [("webhook.test", None)] * 2
    assert receiver.calls[1].is_signed_with(endpoint.secret)
    assert [error for error, *_rest in results()] == ["AnsweredFault", ""]


def test_over_tls_the_certificate_must_be_valid_and_name_the_host(
    house: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = make_certificate(tmp_path, "localhost"), make_certificate(tmp_path, "other.example")
    with receiving(ours) as right, receiving(other) as wrong:
        with pytest.raises(ssl.SSLCertVerificationError):
            post(right.url(), b"{}", {})  # nobody trusts who signed it
        monkeypatch.setenv("SSL_CERT_FILE", str(ours))
        assert post(right.url(), b"{}", {}) == 200
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        with pytest.raises(ssl.SSLCertVerificationError, match="(?i)hostname"):
            post(wrong.url(), b"{}", {})
        assert wrong.calls == []
        right.answers = ["silent"]
        monkeypatch.setenv("SSL_CERT_FILE", str(ours))
        with pytest.raises(TimeoutError):
            post(right.url(), b"{}", {}, seconds=0.5)
