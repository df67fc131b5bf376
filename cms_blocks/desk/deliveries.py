"""Deliveries that need a hand, in plain words. Their contents are never shown: letters hold addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from cms_blocks.desk.cards import Card, Entry, register_card
from cms_blocks.desk.pages import moment_in_words
from cms_blocks.health import OUTBOX_LIMIT
from cms_blocks.publication.outbox import Delivery

#: Who sees deliveries and lets them be tried again.
PERMISSION = "cms_blocks.change_delivery"


@dataclass(frozen=True, slots=True)
class ConsumerWords:
    """What a consumer brings, and to whom."""

    what: str | Promise
    whom: str | Promise


_words: dict[str, ConsumerWords] = {
    "mail": ConsumerWords(gettext_lazy("a letter by e-mail"), gettext_lazy("the mail server")),
    "pictures": ConsumerWords(gettext_lazy("pictures of a page in all sizes"), gettext_lazy("the picture store")),
    "easy_language": ConsumerWords(
        gettext_lazy("word of a page that nobody has reviewed"), gettext_lazy("the reviewers of Leichte Sprache")
    ),
}


def describe_consumer(name: str, what: str | Promise, whom: str | Promise) -> None:
    """Give a consumer of the outbox words that people understand: what it brings, and to whom."""
    _words[name] = ConsumerWords(what, whom)


#: Name of an exception → what happened and what helps. The words of the exception itself may hold addresses.
_errors: dict[str, str | Promise] = {
    "ConnectionRefusedError": gettext_lazy("The other side does not take calls. Is it running?"),
    "ConnectionResetError": gettext_lazy("The other side broke off."),
    "TimeoutError": gettext_lazy("The other side did not answer in time."),
    "gaierror": gettext_lazy("The name of the other side is unknown. Is the address in the settings right?"),
    "SSLError": gettext_lazy("No safe connection came about."),
    "SSLCertVerificationError": gettext_lazy("The certificate of the other side is not valid."),
    "SMTPAuthenticationError": gettext_lazy("The mail server does not accept our name and password."),
    "SMTPRecipientsRefused": gettext_lazy("The mail server does not accept the address of the recipient."),
    "SMTPSenderRefused": gettext_lazy("The mail server does not accept our own address."),
    "SMTPServerDisconnected": gettext_lazy("The mail server broke off."),
    "SMTPConnectError": gettext_lazy("The mail server does not answer."),
    "SMTPDataError": gettext_lazy("The mail server does not accept the letter."),
    "OSError": gettext_lazy("The network or the disk does not answer."),
    "LookupError": gettext_lazy("No part of the site takes care of this any more."),
    "Unsure": gettext_lazy("It broke off when it was already handed over: perhaps it has arrived, perhaps not."),
    "RuntimeError": gettext_lazy("Every attempt ended without a word. Was the worker stopped?"),
    "Later": gettext_lazy("It waits a little: the other side has just not answered."),
}


def describe_error(name: str, words: str | Promise) -> None:
    """Say what an exception of a consumer means and what helps."""
    _errors[name] = words


def error_in_words(error: str) -> str:
    """What went wrong, without what the exception quotes."""
    name = error.partition(":")[0].strip()
    if not name:
        return _("Not tried yet. Is the worker running?")
    return str(_errors.get(name) or _("An error that nobody expected ({name}).").format(name=name))


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery in words. ``next_try`` is ``None`` when it rests; ``unsure`` is the name under which the other side
    knows what may have arrived there, empty for all else."""

    pk: int
    what: str
    whom: str
    error: str
    since: datetime
    attempts: int
    next_try: datetime | None
    unsure: str = ""


def in_words(delivery: Delivery) -> Line:
    name = delivery.consumer
    words = _words.get(name) or ConsumerWords(delivery.topic, name)
    next_try = None if delivery.failed_at else delivery.not_before
    error = error_in_words(delivery.error)
    unsure = delivery.key if delivery.failed_at and delivery.handed_over_at else ""
    since, attempts = delivery.created_at, delivery.attempts
    return Line(delivery.pk, str(words.what), str(words.whom), error, since, attempts, next_try, unsure)


def troubled() -> QuerySet[Delivery]:
    """Given up, or on the way for so long that something must be wrong; the given up first, then the oldest."""
    found = Delivery.objects.failed() | Delivery.objects.late(OUTBOX_LIMIT)
    return found.defer("payload").order_by(F("failed_at").asc(nulls_last=True), "created_at", "pk")


def may_mend(user: Any) -> bool:
    return user.has_perm(PERMISSION)


class DeliveryAction:
    """What an administrator does about one delivery, or without ``pk`` about all that are troubled."""

    def __init__(self, user: Any, pk: int | None = None) -> None:
        self.user, self.pk = user, pk

    def check(self) -> None:
        """Raises ``PermissionDenied`` for everybody but administrators."""
        if not may_mend(self.user):
            raise PermissionDenied


class RetryDeliveries(DeliveryAction):
    """Try now. What may have arrived is sent again only by itself."""

    def execute(self) -> int:
        """Returns how many will be tried; 0 when they have arrived meanwhile."""
        self.check()
        with transaction.atomic():
            rows = troubled().order_by("pk")
            if self.pk is None:
                rows = rows.filter(handed_over_at=None)
            ids = list((rows if self.pk is None else rows.filter(pk=self.pk)).values_list("pk", flat=True))
            for start in range(0, len(ids), 500):
                some = Delivery.objects.filter(pk__in=ids[start : start + 500])
                some.hasten()
                some.retry()
                if self.pk is not None:
                    some.hand_over_again()
            if ids:
                first = Delivery.objects.get(pk=ids[0])
                log(first, "cms_blocks.delivery.retry", user=self.user, data={"number": len(ids)})
        return len(ids)


class SettleDelivery(DeliveryAction):
    """Somebody has found out that what may have arrived has: it is done, and never sent again."""

    def execute(self) -> int:
        """Returns 1, or 0 when there is nothing to decide any more."""
        self.check()
        with transaction.atomic():
            number = Delivery.objects.filter(pk=self.pk).settle()
            if number:
                log(Delivery.objects.get(pk=self.pk), "cms_blocks.delivery.settle", user=self.user)
        return number


@register_card
class FailedDeliveries(Card):
    name = "deliveries"
    heading = gettext_lazy("Deliveries that failed or are late")
    empty = gettext_lazy("Everything has arrived: letters, pictures, search.")
    order = 80

    def is_shown(self) -> bool:
        return may_mend(self.user)

    def rows(self) -> QuerySet[Delivery]:
        return troubled()

    def entries(self, rows: Iterable[Delivery]) -> list[Entry]:
        lines = [in_words(row) for row in rows]
        return [Entry(line.what, self.all_url, _note(line), late=line.next_try is None) for line in lines]

    @property
    def all_url(self) -> str:
        return reverse("desk:deliveries")


def _note(line: Line) -> str:
    return _("{error} Since {when}.").format(error=line.error, when=moment_in_words(line.since))
