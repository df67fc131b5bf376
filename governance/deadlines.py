"""How long the other half has, counted in working days: Monday to Friday. Public holidays count as working days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

SATURDAY = 5


def deputy_after_days() -> int:
    """The setting ``GOVERNANCE_DEPUTY_AFTER_DAYS``: working days after which a deputy may review."""
    return int(getattr(settings, "GOVERNANCE_DEPUTY_AFTER_DAYS", 5))


def overdue_since(now: datetime | None = None) -> datetime:
    """What was submitted at this moment or before is overdue now."""
    moment, left = timezone.localtime(now), deputy_after_days()
    while left:
        moment -= timedelta(days=1)
        left -= moment.weekday() < SATURDAY
    return moment


def overdue_from(submitted: datetime) -> datetime:
    """When something submitted at this moment becomes overdue."""
    moment, left = timezone.localtime(submitted), deputy_after_days()
    while left:
        moment += timedelta(days=1)
        left -= moment.weekday() < SATURDAY
    return moment
