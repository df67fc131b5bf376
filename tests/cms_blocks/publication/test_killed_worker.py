"""A worker that is killed while it sends mail: each message arrives exactly once, or the desk says that nobody knows."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from cms_blocks.publication import ticker
from cms_blocks.publication.outbox import LEASE, Delivery, claim, deliver
from tests.cms_blocks.publication.test_mail import Postbox, serving
from tests.governance.office import desk, open_office
from tests.toolkit.factories import home

pytestmark = [pytest.mark.gate, pytest.mark.django_db(transaction=True)]


class Hitman(Postbox):
    """A mail server during whose conversation the worker is killed: at the greeting, or once the message is taken."""

    moment = "never"
    victim: int | None = None

    def strike(self, moment: str) -> None:
        if self.victim and moment == self.moment:
            os.kill(self.victim, signal.SIGKILL)
            self.victim = None

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.strike("greeting")
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self.strike("taken")
        if self.moment == "hangs up":
            server.transport.close()
        return answer


@pytest.fixture(autouse=True)
def no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "_tasks", {})


@pytest.fixture
def server() -> Iterator[Hitman]:
    with serving(Hitman()) as box:
        yield box


def killed_while_sending(server: Hitman) -> None:
    """A worker process takes the delivery and is killed for real."""
    send_mail("Einladung", "Kommen Sie am Montag.", None, ["someone@example.org"])
    connections.close_all()
    context = multiprocessing.get_context("fork")
    go = context.Event()

    def work() -> None:
        go.wait(30)
        call_command("worker", "--once")

    worker = context.Process(target=work)
    worker.start()
    server.victim = worker.pid
    go.set()
    worker.join(30)
    assert worker.exitcode == -signal.SIGKILL


def work_after_the_lease() -> None:
    assert claim() == [], "the lease of the dead still holds"
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        call_command("worker", "--once")


def test_killed_before_the_message_was_handed_over_it_arrives_exactly_once(server: Hitman) -> None:
    server.moment = "greeting"
    killed_while_sending(server)
    assert server.messages == []
    work_after_the_lease()
    assert len(server.messages) == 1
    assert Delivery.objects.get().done_at
    assert not Delivery.objects.failed().exists()


def test_killed_after_the_server_has_taken_the_message_nobody_sends_it_again_unasked(server: Hitman) -> None:
    server.moment = "taken"
    killed_while_sending(server)
    work_after_the_lease()
    assert len(server.messages) == 1
    assert Delivery.objects.unsure().count() == 1
    call_command("outbox", "--retry-failed")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        call_command("worker", "--once")
    assert len(server.messages) == 1


def test_a_server_that_hangs_up_after_the_message_leaves_the_same_doubt(server: Hitman) -> None:
    server.moment = "hangs up"
    send_mail("Einladung", "Kommen Sie am Montag.", None, ["someone@example.org"])
    call_command("worker", "--once")
    assert Delivery.objects.unsure().count() == len(server.messages) == 1


def test_a_slow_worker_that_was_thought_dead_still_tells_that_the_message_arrived(
    server: Hitman, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_mail("Einladung", "Kommen Sie am Montag.", None, ["someone@example.org"])
    [mine] = claim()
    plain = server.handle_DATA

    def taken_over() -> None:
        Delivery.objects.update(lease="of another", failed_at=timezone.now(), error="Unsure: ")
        connections.close_all()

    async def meanwhile(*conversation: Any) -> str:
        await sync_to_async(taken_over)()
        return await plain(*conversation)

    monkeypatch.setattr(server, "handle_DATA", meanwhile)
    assert deliver(mine)
    assert Delivery.objects.get().done_at
    assert not Delivery.objects.failed().exists()


@pytest.mark.parametrize(("answer", "arrived"), [("settle", 1), ("retry", 2)])
def test_the_desk_says_so_and_somebody_decides(server: Hitman, answer: str, arrived: int) -> None:
    home()
    open_office()
    Delivery.objects.all().delete()
    server.moment = "hangs up"
    send_mail("Einladung", "Kommen Sie am Montag.", None, ["someone@example.org"])
    call_command("worker", "--once")
    delivery = Delivery.objects.unsure().get()
    page = desk("admin").get(reverse("desk:deliveries")).content.decode()
    assert reverse("desk:settle", args=[delivery.pk]) in page
    assert delivery.key.strip("<>") in page
    assert "someone@" not in page
    desk("admin").post(reverse("desk:retry_all"))
    assert Delivery.objects.unsure().count() == 1, "“Try all again” leaves it alone"
    assert desk("anna").post(reverse("desk:settle", args=[delivery.pk])).status_code == 302
    assert Delivery.objects.unsure().count() == 1
    server.moment = "never"
    desk("admin").post(reverse(f"desk:{answer}", args=[delivery.pk]))
    call_command("worker", "--once")
    assert Delivery.objects.get(pk=delivery.pk).done_at
    assert len(server.messages) == arrived
    assert len({message["Message-ID"] for message in server.messages}) == 1
