"""What webhooks cost: those who publish, the worker, the disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from cms_blocks.models import Delivery, WebhookCall, WebhookEndpoint
from cms_blocks.publication import outbox, ticker
from cms_blocks.publication.outbox import claim, deliver
from cms_blocks.webhooks import sending
from tests.cms_blocks.webhooks.conftest import Add, listen, publish, work
from tests.cms_blocks.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)


def queries(run: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


def test_publishing_costs_one_small_query_where_nobody_listens_and_as_much_for_ten_as_for_one(
    house: Page, receiver: Receiver, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = add()
    publish(page, "Warm")
    with monkeypatch.context() as without:
        consumers = {name: each for name, each in outbox._consumers.items() if not name.startswith("webhook")}
        without.setattr(outbox, "_consumers", consumers)
        before = queries(lambda: publish(page, "Ohne"))
    assert queries(lambda: publish(page, "Niemand")) == before + 1
    assert not Delivery.objects.filter(consumer="webhooks").exists()
    listen(receiver)
    assert queries(lambda: publish(page, "Einer")) == before + 1
    for number in range(9):
        listen(receiver, str(number))
    assert queries(lambda: publish(page, "Zehn")) == before + 1
    assert Delivery.objects.filter(consumer="webhooks").count() == 2


def test_handing_on_and_calling_cost_the_same_however_many_listen_and_wait(
    house: Page, receiver: Receiver, add: Add
) -> None:
    counts: list[list[int]] = []
    for number in (1, 10):
        while WebhookEndpoint.objects.count() < number:
            listen(receiver, f"{WebhookEndpoint.objects.count()}")
        for title in range(number):
            add(f"Seite-{number}-{title}")
        handing_on, calling = set(), set()
        while due := [delivery for delivery in claim(200) if delivery.consumer.startswith("webhook")]:
            for delivery in due[:3]:
                mine = handing_on if delivery.consumer == "webhooks" else calling
                mine.add(queries(lambda: deliver(delivery)))  # noqa: B023
        counts.append([*sorted(handing_on), *sorted(calling)])
    assert counts[0] == counts[1]
    assert len(counts[0]) == 2
    assert len(receiver.calls) == 1 + 3


def test_the_log_is_forgotten_with_the_outbox(endpoint: WebhookEndpoint, add: Add, clock: Any) -> None:
    add("Alt")
    work()
    clock.shift(timedelta(days=14))
    sending.forget_calls()
    assert WebhookCall.objects.count() == 1
    clock.shift(1)
    sending.forget_calls()
    outbox.prune()
    assert not WebhookCall.objects.exists()
    assert not Delivery.objects.filter(consumer="webhook").exists()
    assert "forget_calls" in ticker._tasks
