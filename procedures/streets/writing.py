"""The directory as a whole takes the place of the one before: in one transaction, and only what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cms_blocks.publication.lock import take_flush_lock
from cms_blocks.publication.unit import mark_chrome, unit
from procedures.models import Street
from procedures.streets.reading import Entry

BATCH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows by what happened to them."""

    created: int
    updated: int
    removed: int
    unchanged: int


def write_streets(entries: Iterable[Entry], progress: Callable[[int, int], None] = lambda done, total: None) -> Outcome:
    """Pages that show streets count as changed, so no cache keeps the old ones."""
    with unit():
        take_flush_lock()  # two imports at once
        wanted = {entry.key: entry for entry in entries}
        known = {(row.key, row.numbers, row.district): row for row in Street.objects.select_for_update()}
        gone = [row.pk for key, row in known.items() if key not in wanted]
        new = [_street(entry) for key, entry in wanted.items() if key not in known]
        changed = [row for key, row in known.items() if key in wanted and _take_over(row, wanted[key])]
        total, done = len(gone) + len(new) + len(changed), 0
        for part in _parts(gone):
            Street.objects.filter(pk__in=part).delete()
            progress(done := done + len(part), total)
        for part in _parts(changed):
            Street.objects.bulk_update(part, ["name", "latitude", "longitude"])
            progress(done := done + len(part), total)
        for part in _parts(new):
            Street.objects.bulk_create(part)
            progress(done := done + len(part), total)
        if total:
            mark_chrome()
        return Outcome(len(new), len(changed), len(gone), len(wanted) - len(new) - len(changed))


def _street(entry: Entry) -> Street:
    key, numbers, district = entry.key
    return Street(
        name=entry.name,
        key=key,
        numbers=numbers,
        district=district,
        latitude=entry.latitude,
        longitude=entry.longitude,
    )


def _take_over(row: Street, entry: Entry) -> bool:
    """Whether the row differs from the entry; afterwards it does not."""
    values = {name: getattr(entry, name) for name in ("name", "latitude", "longitude")}
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs


def _parts(rows: list[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while part := list(islice(remaining, BATCH)):
        yield part
