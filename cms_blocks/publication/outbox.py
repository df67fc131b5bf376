"""The outbox: what must happen after a change is written with the change, and done by the worker until it succeeds."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: How long a worker may hold a delivery. A killed worker's lease runs out and another one takes over.
LEASE = timedelta(seconds=120)
#: After this many failures a delivery rests until a human asks for it again.
MAX_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Consumers are idempotent by ``(key, version)``: an event may come twice."""

    topic: str
    key: str
    version: int = 0
    payload: dict[str, Any] = field(default_factory=dict)


class Unsure(Exception):
    """Raised by a consumer that cannot say whether the other side has taken what was handed over. Any other exception
    means that it has not."""


class Later(Exception):
    """Raised by a consumer that does not want to try before ``until``. It counts as no attempt and as no failure."""

    def __init__(self, until: datetime) -> None:
        super().__init__("not tried yet")
        self.until = until


Consumer = Callable[[Event], None]


class Registered(NamedTuple):
    topics: tuple[str, ...]
    deliver: Consumer
    wanted: Callable[[], bool]


_consumers: dict[str, Registered] = {}
_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


def consumes(name: str, *topics: str, wanted: Callable[[], bool] = lambda: True) -> Callable[[Consumer], Consumer]:
    """Register a consumer: ``@consumes("mail", "mail.send")``. One delivery is written for each event and consumer.

    ``wanted`` is asked once for each :func:`emit` with one of these topics; nothing is written while it says no.
    """

    def remember(function: Consumer) -> Consumer:
        _consumers[name] = Registered(topics, function, wanted)
        return function

    return remember


class DeliveryQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(done_at=None, failed_at=None)

    def due(self, now: datetime | None = None):
        """What a worker may take now: its time has come and nobody holds it."""
        now = now or timezone.now()
        return (
            self.waiting()
            .filter(not_before__lte=now)
            .filter(models.Q(lease_until=None) | models.Q(lease_until__lte=now))
        )

    def failed(self):
        """What rests until a human decides: given up after :data:`MAX_ATTEMPTS`, or :meth:`unsure`."""
        return self.exclude(failed_at=None)

    def unsure(self):
        """What was handed over and may have arrived, or not: the worker was killed or the connection broke off."""
        return self.failed().exclude(handed_over_at=None)

    def late(self, seconds: float, now: datetime | None = None):
        """What was written longer ago than this and has not arrived, but is still tried."""
        return self.waiting().filter(created_at__lte=(now or timezone.now()) - timedelta(seconds=seconds))

    def retry(self) -> int:
        """Let the worker try again what was given up, from the first attempt. Returns how many.

        What may have arrived is left alone: it would come twice.
        """
        return self.failed().filter(handed_over_at=None)._from_the_start()

    def hand_over_again(self) -> int:
        """Send once more what may have arrived already. Returns how many."""
        return self.unsure()._from_the_start()

    def settle(self) -> int:
        """What may have arrived has: a human says so. Returns how many."""
        return self.unsure().update(failed_at=None, **_done())

    def _from_the_start(self) -> int:
        fresh = {"failed_at": None, "handed_over_at": None, "attempts": 0, "lease_until": None}
        return self.update(not_before=timezone.now(), **fresh)

    def hasten(self) -> int:
        """Let the worker try now what waits for its next attempt; what a worker holds is left to it."""
        now = timezone.now()
        free = models.Q(lease_until=None) | models.Q(lease_until__lte=now)
        return self.waiting().filter(free, not_before__gt=now).update(not_before=now)


class Delivery(models.Model):
    """One event on its way to one consumer."""

    consumer = models.CharField(max_length=40)
    topic = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    version = models.PositiveBigIntegerField(default=0)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    #: Since when the other side may have it (:func:`handing_over`), while nobody knows whether it has.
    handed_over_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["not_before"], condition=models.Q(done_at=None, failed_at=None), name="delivery_due"),
            models.Index(fields=["done_at"], name="delivery_done"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.topic} {self.key}"

    @property
    def event(self) -> Event:
        return Event(self.topic, self.key, self.version, self.payload)


def emit(events: Iterable[Event], *, not_before: datetime | None = None) -> None:
    """Write deliveries for every consumer of these events that wants any, in the caller's transaction.

    ``not_before``: they are not delivered earlier; by default at once.
    """
    events = list(events)
    topics = {event.topic for event in events}
    listening = {
        name: consumer
        for name, consumer in _consumers.items()
        if topics.intersection(consumer.topics) and consumer.wanted()
    }
    when = {} if not_before is None else {"not_before": not_before}
    Delivery.objects.bulk_create(
        [
            Delivery(
                consumer=name, topic=event.topic, key=event.key, version=event.version, payload=event.payload, **when
            )
            for event in events
            for name, consumer in listening.items()
            if event.topic in consumer.topics
        ],
        batch_size=500,
    )


def claim(limit: int = 20) -> list[Delivery]:
    """Take up to ``limit`` due deliveries under a lease of our own, oldest first; two workers never take the same."""
    now = timezone.now()
    lease = secrets.token_hex(16)
    if not Delivery.objects.due(now).exists():
        return []
    with transaction.atomic():
        rows = Delivery.objects.due(now).order_by("not_before", "pk")
        ids = list(_locked(rows).values_list("pk", flat=True)[:limit])
        Delivery.objects.filter(pk__in=ids).update(
            lease=lease, lease_until=now + LEASE, attempts=models.F("attempts") + 1
        )
    return list(Delivery.objects.filter(pk__in=ids, lease=lease).order_by("not_before", "pk"))


def deliver(delivery: Delivery) -> bool:
    """Hand one claimed delivery to its consumer and note how it went. Returns whether it is done.

    The lease begins anew; a delivery that another worker has taken over meanwhile is left to that one.
    """
    held = Delivery.objects.waiting().filter(pk=delivery.pk, lease=delivery.lease)
    if not held.update(lease_until=timezone.now() + LEASE):
        return False
    known = _consumers.get(delivery.consumer)
    token = _current.set(delivery)
    try:
        if delivery.handed_over_at:
            raise Unsure("The attempt before ended without a word, after it had handed over.")
        if delivery.attempts > MAX_ATTEMPTS:
            raise RuntimeError(f"Given up after {MAX_ATTEMPTS} attempts that ended without a word.")
        if known is None:
            raise LookupError(f"No consumer {delivery.consumer!r} is registered any more.")
        known.deliver(delivery.event)
    except Later as later:
        attempts = models.F("attempts") - 1
        held.update(lease_until=None, not_before=later.until, attempts=attempts, error=f"Later: {later}")
        return False
    except Exception as error:
        unsure = isinstance(error, Unsure) and delivery.handed_over_at
        if unsure or delivery.attempts >= MAX_ATTEMPTS:
            after: dict[str, Any] = {"failed_at": timezone.now()}
        else:
            after = {"not_before": timezone.now() + back_off(delivery.attempts)}
        after["handed_over_at"] = unsure or None
        held.update(lease_until=None, error=f"{type(error).__name__}: {error}"[:2000], **after)
        return False
    finally:
        _current.reset(token)
    if delivery.handed_over_at:  # another worker may have thought us dead meanwhile; we know better
        held = Delivery.objects.filter(pk=delivery.pk, done_at=None, handed_over_at=delivery.handed_over_at)
    held.update(failed_at=None, **_done())
    return True


def at_hand() -> Delivery | None:
    """The delivery whose consumer runs now; ``None`` for a consumer called without the outbox."""
    return _current.get()


def handing_over() -> None:
    """Called by a consumer right before it hands over what must not come twice, when nothing else can fail any more.

    Noted at once: a delivery found with this mark and without an outcome is not tried again but shown to a human.
    """
    delivery = _current.get()
    if delivery is None:  # a consumer called without the outbox
        return
    now = timezone.now()
    if not Delivery.objects.waiting().filter(pk=delivery.pk, lease=delivery.lease).update(handed_over_at=now):
        raise LookupError("Another worker has taken over this delivery.")
    delivery.handed_over_at = now


def _done() -> dict[str, Any]:
    """What was sent need not be kept: letters hold addresses."""
    return {"done_at": timezone.now(), "lease_until": None, "handed_over_at": None, "error": "", "payload": {}}


def release(deliveries: Iterable[Delivery]) -> None:
    """Give back what was claimed and not tried, so that another worker need not wait for the lease to end."""
    leases = {delivery.pk: delivery.lease for delivery in deliveries}
    Delivery.objects.waiting().filter(pk__in=leases, lease__in=leases.values()).update(
        lease_until=None, attempts=models.F("attempts") - 1
    )


def back_off(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 5 s, doubling, at most an hour."""
    return timedelta(seconds=min(3600, 5 * 2 ** max(0, attempts - 1)))


def prune(days: int = 14) -> int:
    """Forget deliveries done more than ``days`` ago. Returns how many."""
    return Delivery.objects.filter(done_at__lt=timezone.now() - timedelta(days=days)).delete()[0]


def oldest_due_age() -> float:
    """Seconds that the oldest due delivery has been waiting; 0 when nothing waits. For ``/readyz``."""
    oldest = Delivery.objects.due().order_by("not_before").values_list("not_before", flat=True).first()
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0


def _locked(rows: DeliveryQuerySet) -> DeliveryQuerySet:
    """Row locks where the database has them; SQLite has one writer at a time anyway."""
    features = transaction.get_connection().features
    return rows.select_for_update(skip_locked=True) if features.has_select_for_update_skip_locked else rows
