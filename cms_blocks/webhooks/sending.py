"""From the outbox to the endpoints: one delivery for each event and endpoint, so that none waits for another."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from cms_blocks.publication.outbox import Delivery, DeliveryQuerySet, Event, Later, at_hand, consumes, emit
from cms_blocks.publication.prepared import always
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.ticker import every
from cms_blocks.webhooks.addresses import PrivateAddress, UnsafeAddress
from cms_blocks.webhooks.messages import CHANGED, GONE, TEST, encoded, message, trial_message
from cms_blocks.webhooks.models import WebhookCall, WebhookEndpoint
from cms_blocks.webhooks.posting import post
from cms_blocks.webhooks.signing import signature

CALL = "webhook.call"
CONSUMER = "webhook"
AGENT = "cms-blocks-webhooks/1"
#: How long a call stays in the log, as long as a delivery that is done (:func:`cms_blocks.publication.outbox.prune`).
KEPT_DAYS = 14


class AnsweredRedirect(Exception):
    """3xx: it wants to be called elsewhere. Nobody follows: elsewhere was not checked."""


class AnsweredNo(Exception):
    """4xx: it does not want what we send."""


class AnsweredFault(Exception):
    """5xx, or something that is no status at all: it is broken."""


class Gone(Exception):
    """410: it is not there any more and never will be."""


def somebody_listens() -> bool:
    """One small query for each flush; while it says no, a publication writes nothing for webhooks."""
    return bool(always("webhooks", lambda: WebhookEndpoint.objects.active().values("pk")[:1]))


@consumes("webhooks", CHANGED, GONE, wanted=somebody_listens)
def fan_out(event: Event) -> None:
    """Write a delivery for each endpoint that wants to know of this record."""
    record = PublicRecord.objects.filter(pk=int(event.key)).first()
    if record is None:
        return
    wanting = [each for each in WebhookEndpoint.objects.active() if each.wants(record.kind, record.locale)]
    with transaction.atomic():
        emit(call_of(each, record.pk, event.version) for each in wanting)
        if record.is_live and record.visible_from > timezone.now():  # nobody writes an event when its time comes
            emit((call_of(each, record.pk, event.version, "opens") for each in wanting), not_before=record.visible_from)


def call_of(endpoint: WebhookEndpoint, record_id: int, version: int, why: str = "") -> Event:
    """The event that calls an endpoint about a record. The same one has the same id, however often it is written."""
    event_id = uuid5(NAMESPACE_URL, f"{endpoint.pk}:{endpoint.created_at.timestamp()}:{record_id}:{version}:{why}")
    return Event(CALL, f"{endpoint.pk}:{record_id}", version, {"id": str(event_id)})


def trial_of(endpoint: WebhookEndpoint, event_id: str) -> Event:
    return Event(CALL, f"{endpoint.pk}:", payload={"id": event_id})


def calls_waiting(endpoint: WebhookEndpoint, record_id: str) -> DeliveryQuerySet:
    """What has not arrived there yet about this record, given up or not."""
    undone = Delivery.objects.filter(consumer=CONSUMER, done_at=None)
    return undone.filter(key=f"{endpoint.pk}:{record_id}")


@consumes(CONSUMER, CALL)
def call(event: Event) -> None:
    """Tell one endpoint one thing: what is true now. What a newer event will tell anyway is left to that one."""
    endpoint_id, _colon, record_id = event.key.partition(":")
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        return
    event_id = event.payload["id"]
    if not record_id:
        _try(endpoint, Told(event_id, TEST, "", 0, encoded(trial_message(event_id))))
        return
    if not endpoint.active or _is_outdated(event) or _has_arrived(endpoint, event_id):
        return
    record = PublicRecord.objects.filter(pk=record_id).first()
    if record is None or not endpoint.wants(record.kind, record.locale):
        return
    if not event.payload.get("asked") and (rest := _rest(endpoint)) is not None:
        raise Later(rest)
    told = message(event_id, record)
    error = _try(endpoint, Told(event_id, told["topic"], record_id, record.version, encoded(told)))
    if isinstance(error, Gone):
        from cms_blocks.webhooks.actions import switch_off_gone

        switch_off_gone(endpoint)
    elif error is not None:
        raise error


def _is_outdated(event: Event) -> bool:
    newer = Delivery.objects.waiting().filter(consumer=CONSUMER, key=event.key, version__gt=event.version)
    return newer.exists()


def _has_arrived(endpoint: WebhookEndpoint, event_id: str) -> bool:
    """A worker that was killed after the call may have left the delivery undone."""
    return endpoint.calls.filter(event_id=event_id, error="").exists()


def _rest(endpoint: WebhookEndpoint) -> datetime | None:
    """Until when a delivery that has not failed yet waits because others to this endpoint just have.

    Those that failed come again by their own back-off, or when somebody says so.
    """
    delivery = at_hand()
    if delivery is None or (delivery.error and not delivery.error.startswith(Later.__name__)):
        return None
    until = endpoint.resting_until()
    return until if until is not None and until > timezone.now() else None


@dataclass(frozen=True, slots=True)
class Told:
    """What is sent, and what the log keeps of it."""

    event_id: str
    topic: str
    key: str
    version: int
    body: bytes


def _try(endpoint: WebhookEndpoint, told: Told) -> Exception | None:
    """Call, and write down how it went. Returns what went wrong."""
    delivery = at_hand()
    started, status, error = time.monotonic(), None, None
    try:
        status = post(endpoint.url, told.body, _headers(endpoint, told))
        error = _verdict(status)
    except (OSError, PrivateAddress, UnsafeAddress) as failure:
        error = failure
    WebhookCall.objects.create(
        endpoint=endpoint,
        event_id=told.event_id,
        topic=told.topic,
        key=told.key,
        version=told.version,
        status=status,
        milliseconds=round((time.monotonic() - started) * 1000),
        error=type(error).__name__ if error else "",
        attempt=delivery.attempts if delivery else 1,
    )
    if error is None:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(last_success_at=timezone.now())
    return error


def _headers(endpoint: WebhookEndpoint, told: Told) -> dict[str, str]:
    timestamp = int(timezone.now().timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "Connection": "close",
        "Webhook-Id": told.event_id,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": signature(endpoint.secret, told.event_id, timestamp, told.body),
    }


def _verdict(status: int) -> Exception | None:
    if 200 <= status < 300:
        return None
    if status == 410:
        return Gone(str(status))
    sort = {3: AnsweredRedirect, 4: AnsweredNo}.get(status // 100, AnsweredFault)
    return sort(str(status))


@every(hours=6)
def forget_calls() -> None:
    """The log of calls is as long as the outbox."""
    WebhookCall.objects.filter(at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
