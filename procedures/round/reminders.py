"""The worker reminds who has not answered, once, a few days before the deadline."""

from __future__ import annotations

import logging

from django.utils import timezone

from cms_blocks.publication.ticker import every
from procedures.models import UpdateRequest, UpdateRound
from procedures.round.actions import RemindRound

logger = logging.getLogger(__name__)


@every(hours=1)
def remind_rounds() -> None:
    """Each round in a unit of its own, so that one failure holds up nothing else."""
    today = timezone.localdate()
    waiting = UpdateRequest.objects.missing().filter(letter__reminded_at=None)
    rounds = UpdateRound.objects.open().filter(deadline__gte=today, pk__in=waiting.values("letter__round"))
    for round in rounds:
        if round.reminds_on <= today:
            try:
                RemindRound(None, round, only_first=True).execute()
            except Exception:
                logger.exception("The round %s could not be reminded of; it is tried again.", round.pk)
