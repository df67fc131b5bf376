"""Mail leaves through the outbox and a real SMTP server."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage as Parsed
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMultiAlternatives, send_mail
from django.test import override_settings

from cms_blocks.publication import outbox
from cms_blocks.publication.outbox import Delivery
from cms_blocks.publication.unit import unit

pytestmark = pytest.mark.django_db(transaction=True)


class Postbox:
    """Takes every message, or refuses it when told to."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    @property
    def messages(self) -> list[Parsed]:
        return [email.message_from_bytes(envelope.content, policy=email.policy.default) for envelope in self.envelopes]


@contextmanager
def serving(box: Postbox) -> Iterator[Postbox]:
    """The mail server of the settings is this one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    with override_settings(
        EMAIL_BACKEND="cms_blocks.publication.mail.OutboxEmailBackend",
        OUTBOX_EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        DEFAULT_FROM_EMAIL="office@example.org",
    ):
        yield box
    server.stop()


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with serving(Postbox()) as box:
        yield box


def work() -> list[bool]:
    return [outbox.deliver(delivery) for delivery in outbox.claim()]


def test_a_message_waits_for_the_worker_and_arrives_as_it_was_written(postbox: Postbox) -> None:
    message = EmailMultiAlternatives(
        "Grüße aus Potsdam – Привіт",
        "Text mit Umlauten äöü\n.\nund einem Punkt allein\nFrom hier",
        to=["Jemand Müller <someone@example.org>"],
        cc=["copy@example.org"],
        bcc=["hidden@example.org"],
        reply_to=["answer@example.org"],
        headers={"X-Kind": "test"},
    )
    message.attach_alternative("<p>Text mit Umlauten äöü</p>", "text/html")
    message.attach("notiz.txt", "Ein Anhang ß", "text/plain")
    assert message.send() == 1
    assert postbox.messages == []
    assert work() == [True]
    (envelope,), (arrived,) = postbox.envelopes, postbox.messages
    assert envelope.mail_from == "office@example.org"
    assert sorted(envelope.rcpt_tos) == ["copy@example.org", "hidden@example.org", "someone@example.org"]
    assert b"hidden@example.org" not in envelope.content
    assert arrived["Subject"] == "Grüße aus Potsdam – Привіт"
    assert (arrived["X-Kind"], arrived["Reply-To"], arrived["Cc"]) == ("test", "answer@example.org", "copy@example.org")
    assert arrived["To"] == "Jemand Müller <someone@example.org>"
    plain = arrived.get_body(("plain",)).get_content()
    assert plain.replace("\r\n", "\n").strip() == message.body
    assert "äöü" in arrived.get_body(("html",)).get_content()
    (attachment,) = arrived.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content().strip()) == ("notiz.txt", "Ein Anhang ß")


def test_a_change_that_is_rolled_back_sends_nothing(postbox: Postbox) -> None:
    with pytest.raises(ZeroDivisionError), unit():
        send_mail("Never", "written", None, ["someone@example.org"])
        assert Delivery.objects.count() == 1
        raise ZeroDivisionError
    assert work() == []
    assert postbox.messages == []


def test_a_message_that_was_refused_is_sent_again_and_is_the_same_one(postbox: Postbox, clock: Any) -> None:
    send_mail("Hello", "there", None, ["someone@example.org"])
    postbox.answer = "451 later"
    assert work() == [False]
    assert "later" in Delivery.objects.get().error
    postbox.answer = "250 OK"
    clock.shift(6)
    assert work() == [True]
    (arrived,) = postbox.messages
    assert arrived["Message-ID"] == Delivery.objects.get().key
    assert work() == []


def test_a_server_that_is_away_holds_up_nobody(postbox: Postbox) -> None:
    with override_settings(EMAIL_PORT=1):
        send_mail("Hello", "there", None, ["someone@example.org"])
        assert work() == [False]
    assert "ConnectionRefusedError" in Delivery.objects.get().error


def test_a_message_to_nobody_is_not_written(postbox: Postbox) -> None:
    assert EmailMultiAlternatives("To", "nobody").send() == 0
    assert not Delivery.objects.exists()


def test_the_console_shows_what_is_sent_where_there_is_no_server(postbox: Postbox, capsys: Any) -> None:
    with override_settings(OUTBOX_EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend"):
        send_mail("Hello", "there", None, ["someone@example.org"])
        assert work() == [True]
    assert "Subject: Hello" in capsys.readouterr().out
