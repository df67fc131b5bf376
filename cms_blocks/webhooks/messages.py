"""What an endpoint is told: read from the gate at the moment of the call, so never more than is public then."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from cms_blocks.publication.records import PublicRecord

CHANGED = "record.changed"
GONE = "record.gone"
TEST = "webhook.test"


def trial_message(event_id: str) -> dict[str, Any]:
    """Shows that calls arrive and that signatures are checked; about no record."""
    return {"id": event_id, "topic": TEST, "occurred_at": timezone.now().isoformat(), "record": None}


def message(event_id: str, record: PublicRecord) -> dict[str, Any]:
    """What is true of the record now. Of what the public may not see now only that it is not there."""
    now = timezone.now()
    told: dict[str, Any] = {
        "id": record.pk,
        "kind": record.kind,
        "object_id": record.object_id,
        "version": record.version,
    }
    visible = record.is_live and record.visible_from <= now < record.visible_until
    if visible:
        told |= {"locale": record.locale, "path": record.path, "title": record.title}
    return {
        "id": event_id,
        "topic": CHANGED if visible else GONE,
        "occurred_at": (record.changed_at or now).isoformat(),
        "record": told,
    }


def encoded(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
