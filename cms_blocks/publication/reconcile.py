"""Comparing the gate with what is public: check, repair, rebuild are one run that is rolled back, kept, or forced."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import OperationalError, transaction
from django.db.models import Q
from wagtail.models import Page

from cms_blocks.publication.declaration import declarations, page_kinds
from cms_blocks.publication.flush import Outcome, bury, finish, sync_pages
from cms_blocks.publication.lock import take_flush_lock
from cms_blocks.publication.reach import CHUNK
from cms_blocks.publication.records import PublicDocument, PublicRecord, PublicReference, StatusSpan
from cms_blocks.publication.things import all_things, sync_things
from cms_blocks.search.engine import engine

#: Called after each portion with the number of pages done and of all pages.
Progress = Callable[[int, int], None]
logger = logging.getLogger(__name__)


@dataclass
class Drift:
    """What did not agree: records that were wrong or missing, records of what is not public any more, a search index
    with too much or too little in it; and pages that could not be rendered, so nobody knows."""

    wrong: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    search: str = ""
    pages: int = 0

    def __bool__(self) -> bool:
        return bool(self.wrong or self.leaked or self.failed or self.search)


class _RollBack(Exception):
    pass


def check(progress: Progress | None = None) -> Drift:
    """Say what a repair would change; change nothing."""
    return _run(progress, keep=False)


def repair(progress: Progress | None = None) -> Drift:
    """Mend all drift, a portion of pages in one transaction. Returns what it mended."""
    drift = _run(progress, keep=True)
    if drift.search:
        rebuild(progress)
    return drift


def rebuild(progress: Progress | None = None) -> Drift:
    """Write every record, document and search entry anew, for example after a change of a declaration."""
    drift = _run(progress, keep=True, anew=True)
    with transaction.atomic():
        take_flush_lock()
        engine().delete(list(PublicRecord.objects.tombstones().values_list("pk", flat=True)))
    return drift


def _run(progress: Progress | None, *, keep: bool, anew: bool = False) -> Drift:
    drift = Drift()
    _step(lambda outcome: bury(_left_behind(), outcome), drift, keep=keep)
    _step(lambda outcome: _bring_things(outcome, anew=anew), drift, keep=keep)
    portions = _portions()
    total = sum(map(len, portions))
    for part in portions:
        _bring(part, drift, keep=keep, anew=anew)
        drift.pages += len(part)
        if progress is not None:
            progress(drift.pages, total)
    drift.search = _search_drift()
    return drift


def _bring(part: list[int], drift: Drift, *, keep: bool, anew: bool) -> None:
    """A portion of pages in one transaction; where that fails, each alone, so that one holds up nothing else."""

    def sync(outcome: Outcome) -> None:
        if anew:  # no document has an empty hash, so every one differs
            PublicRecord.objects.live().filter(kind__in=page_kinds(), object_id__in=part).update(content_hash="")
        sync_pages(part, render=set(part), outcome=outcome, thorough=True)

    try:
        _step(sync, drift, keep=keep)
    except OperationalError:  # the database is away or locked
        raise
    except Exception as error:
        if len(part) > 1:
            for page_id in part:
                _bring([page_id], drift, keep=keep, anew=anew)
        else:
            logger.exception("Page %s could not be compared.", part[0])
            drift.failed.append(f"page {part[0]}: {type(error).__name__}: {error}")


def _bring_things(outcome: Outcome, *, anew: bool) -> None:
    things = all_things()
    if anew:
        kinds = {kind for kind, _pk in things}
        PublicRecord.objects.live().filter(kind__in=kinds).update(content_hash="")
    sync_things(things, outcome, thorough=True)


def _step(change: Callable[[Outcome], None], drift: Drift, *, keep: bool) -> None:
    """One transaction; what it changed is drift."""
    outcome = Outcome()
    try:
        with transaction.atomic():
            take_flush_lock()
            change(outcome)
            finish(outcome)
            if not keep:
                raise _RollBack
    except _RollBack:
        pass
    drift.leaked += [f"{record.kind} {record.object_id}" for record in outcome.gone]
    drift.wrong += [f"{record.kind} {record.object_id} {record.path}" for record in outcome.written]


def _left_behind() -> list[PublicRecord]:
    """Live records of kinds that nobody declares any more, and tombstones on which content still hangs."""
    tables = [declaration.facts for declaration in declarations() if declaration.facts is not None]
    hanging = Q(pk__in=PublicDocument.objects.values("record")) | Q(pk__in=PublicReference.objects.values("source"))
    for rows in (StatusSpan, *tables):
        hanging |= Q(pk__in=rows._default_manager.values("record"))
    undeclared = ~Q(kind__in=[declaration.kind for declaration in declarations()])
    return list(PublicRecord.objects.filter(Q(is_live=True) & undeclared | Q(is_live=False) & hanging))


def _search_drift() -> str:
    searchable = [declaration.kind for declaration in declarations() if declaration.searchable]
    wanted = PublicRecord.objects.live().filter(listed=True, kind__in=searchable)
    most = wanted.count()
    least = most - wanted.filter(stale=True).count()  # words of a file leave the search before they are written anew
    health = engine().health()
    if not health.ok:
        return f"the search does not answer: {health.detail}"
    return "" if least <= health.entries <= most else f"the search holds {health.entries} records instead of {most}"


def _portions() -> list[list[int]]:
    known = PublicRecord.objects.live().filter(kind__in=page_kinds()).values_list("object_id", flat=True)
    ids = sorted({*Page.objects.values_list("pk", flat=True), *known})
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
