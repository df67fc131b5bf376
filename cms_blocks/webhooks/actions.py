"""What an administrator does about an endpoint: checked, atomic, and written in the log. No log holds a secret."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.log_actions import log

from cms_blocks.publication.outbox import Event, emit
from cms_blocks.publication.records import PublicRecord
from cms_blocks.webhooks.models import WebhookCall, WebhookEndpoint
from cms_blocks.webhooks.sending import CALL, calls_waiting, trial_of
from cms_blocks.webhooks.signing import new_secret

#: Who manages endpoints.
PERMISSION = "cms_blocks.change_webhookendpoint"


def may_manage(user: Any) -> bool:
    return user.has_perm(PERMISSION)


class EndpointAction:
    """What is done about one endpoint."""

    word: str

    def __init__(self, user: Any, endpoint: WebhookEndpoint) -> None:
        self.user, self.endpoint = user, endpoint

    def check(self) -> None:
        """Raises ``PermissionDenied`` for everybody but administrators."""
        if not may_manage(self.user):
            raise PermissionDenied

    def execute(self) -> Any:
        self.check()
        with transaction.atomic():
            self.endpoint = WebhookEndpoint.objects.select_for_update().get(pk=self.endpoint.pk)
            outcome = self.act()
            log(self.endpoint, f"cms_blocks.webhook.{self.word}", user=self.user)
        return outcome

    def act(self) -> Any:
        raise NotImplementedError


class NewSecret(EndpointAction):
    """From now on calls are signed with another secret. Returns it; it is never shown again."""

    word = "secret"

    def act(self) -> str:
        self.endpoint.secret = new_secret()
        self.endpoint.save(update_fields=["secret", "updated_at"])
        return self.endpoint.secret


class SendTest(EndpointAction):
    """Call once, about nothing, also an endpoint that is switched off. The worker does it; the log says how it went."""

    word = "test"

    def act(self) -> None:
        emit([trial_of(self.endpoint, str(uuid4()))])


class SwitchOn(EndpointAction):
    word = "on"

    def act(self) -> None:
        self.endpoint.active, self.endpoint.note = True, ""
        self.endpoint.save(update_fields=["active", "note", "updated_at"])


class SwitchOff(EndpointAction):
    """It hears of nothing any more; what waits for it is dropped when its turn comes."""

    word = "off"

    def act(self) -> None:
        self.endpoint.active, self.endpoint.note = False, ""
        self.endpoint.save(update_fields=["active", "note", "updated_at"])


class RetryCall(EndpointAction):
    """Tell once more what one call was about, as it is now. What waits or was given up is tried at once instead."""

    word = "retry"

    def __init__(self, user: Any, call: WebhookCall) -> None:
        super().__init__(user, call.endpoint)
        self.call = call

    def act(self) -> None:
        if not self.call.key:
            emit([trial_of(self.endpoint, str(uuid4()))])
            return
        rows = calls_waiting(self.endpoint, self.call.key)
        for delivery in rows:
            delivery.payload |= {"asked": True}  # it does not wait for a rest to end
            delivery.save(update_fields=["payload"])
        if rows.hasten() + rows.retry():
            return
        record = PublicRecord.objects.filter(pk=self.call.key).first()
        if record is not None:
            key = f"{self.endpoint.pk}:{record.pk}"
            emit([Event(CALL, key, record.version, {"id": str(uuid4()), "asked": True})])


def switch_off_gone(endpoint: WebhookEndpoint) -> None:
    """The other side has said so itself; nobody of ours did it."""
    with transaction.atomic():
        if WebhookEndpoint.objects.active().filter(pk=endpoint.pk).update(active=False, note="gone"):
            log(endpoint, "cms_blocks.webhook.gone", user=None)
