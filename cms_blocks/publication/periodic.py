"""What the worker does by the clock: scheduled publishing, freshening, reconciling, pruning."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.utils import timezone
from wagtail.models import Page, Revision

from cms_blocks.publication import outbox, reconcile
from cms_blocks.publication.declaration import page_kinds
from cms_blocks.publication.records import PublicDocument, PublicRecord
from cms_blocks.publication.ticker import every
from cms_blocks.publication.unit import mark_page, unit

logger = logging.getLogger(__name__)


@every(seconds=20)
def publish_scheduled() -> None:
    """Publish and expire what is due, each object in a unit of its own, so that one failure holds up nothing else."""
    now = timezone.now()
    for pk in Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at").values_list("pk", flat=True):
        _alone(f"page {pk}", partial(_expire, pk, now))
    due = Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
    for pk in due.values_list("pk", flat=True):
        _alone(f"revision {pk}", partial(_go_live, pk, now))


def _expire(pk: int, now: datetime) -> None:
    """Read again inside the unit: an editor may have changed or prolonged the page in the meantime."""
    page = Page.objects.select_for_update(no_key=True).filter(pk=pk, live=True, expire_at__lt=now).first()
    if page is not None:
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _go_live(pk: int, now: datetime) -> None:
    """Read again inside the unit: an editor may have called it off in the meantime."""
    revision = Revision.objects.select_for_update(no_key=True).filter(pk=pk, approved_go_live_at__lt=now).first()
    if revision is not None:
        revision.publish(log_action="wagtail.publish.scheduled")


@every(seconds=5)
def freshen() -> None:
    """Render stale rows ahead of their readers, each in a unit of its own."""
    stale = set(PublicRecord.objects.stale().filter(kind__in=page_kinds()).values_list("object_id", flat=True)[:200])
    overdue = PublicDocument.objects.filter(
        valid_until__lte=timezone.now(), record__in=PublicRecord.objects.visible().filter(kind__in=page_kinds())
    )
    for page_id in sorted(stale | set(overdue.values_list("record__object_id", flat=True)[:200])):
        _alone(f"page {page_id}", partial(mark_page, page_id, subtree=False))


@every(hours=6)
def reconcile_all() -> None:
    """Look for drift and mend it. Privacy never depends on this."""
    reconcile.repair()


@every(hours=6)
def prune() -> None:
    """Forget deliveries that were done long ago."""
    outbox.prune()


def _alone(subject: object, change: Callable[[], object]) -> None:
    try:
        with unit():
            change()
    except Exception:
        logger.exception("%s could not be brought up to date; it is tried again.", subject)
