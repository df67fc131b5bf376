"""A house to publish in, and somebody who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from wagtail.models import Page

from cms_blocks.models import Delivery, WebhookEndpoint
from cms_blocks.publication import outbox
from cms_blocks.publication.unit import unit
from tests.cms_blocks.publication.editor import HOUSE, found_house
from tests.cms_blocks.webhooks.receiver import Receiver, receiving
from website.models import StandardPage

Add = Callable[..., StandardPage]

MORNING = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(transactional_db: None, settings: Any) -> Page:
    """Nothing waits in the outbox; receivers on this machine may be called by the name ``localhost``."""
    settings.WEBHOOK_ALLOWED_HOSTS = ["localhost"]
    home = Page.objects.get(pk=HOUSE.get(lambda: found_house().pk))
    Delivery.objects.all().delete()
    return home


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def endpoint(house: Page, receiver: Receiver) -> WebhookEndpoint:
    return listen(receiver)


def listen(receiver: Receiver, name: str = "Stadtportal", **fields: Any) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(name=name, **{"url": receiver.url(), **fields})


@pytest.fixture
def add(house: Page) -> Callable[..., StandardPage]:
    def make(title: str = "Ufer", **fields: Any) -> StandardPage:
        page = StandardPage(title=title, slug=title.lower(), **fields)
        house.refresh_from_db()
        return house.add_child(instance=page)

    return make


def publish(page: Page, title: str) -> None:
    with unit():
        page = StandardPage.objects.get(pk=page.pk)
        page.title = title
        page.save_revision().publish()


def work() -> list[Delivery]:
    """What a worker does now, for webhooks alone: all that is due, until nothing is. Returns what did not arrive."""
    undone = {}
    while due := [delivery for delivery in outbox.claim(200) if delivery.consumer.startswith("webhook")]:
        for delivery in due:
            if outbox.deliver(delivery):
                undone.pop(delivery.pk, None)
            else:
                undone[delivery.pk] = delivery
    return list(Delivery.objects.filter(pk__in=undone))
