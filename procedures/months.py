"""The same selection by months: what begins, what goes on, what ends. Reads public records only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from cms_blocks.publication.records import PublicRecord
from procedures import wording

#: Months on one page, and most entries in a month: who has more narrows the selection down.
MONTHS = 3
MOST = 40
MONTH = re.compile(r"(\d{4})-(\d{2})")
#: The years that can be asked for.
YEARS = range(1990, 2101)


@dataclass(frozen=True, slots=True)
class Entry:
    """A procedure in a month; ``period`` in words, ``status_words`` as it is now."""

    record: PublicRecord
    period: str
    status_words: str


@dataclass(frozen=True, slots=True)
class Month:
    """``has_more``: some are left out."""

    label: str
    entries: list[Entry]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """``before`` and ``after``: the first months of the neighbouring pages, ``YYYY-MM``; empty: there is none."""

    months: list[Month]
    before: str
    after: str


def month_from(text: str, today: date) -> date | None:
    """The first day of ``YYYY-MM``; of this month without a text; ``None`` for what is no month we show."""
    if not text:
        return today.replace(day=1)
    found = MONTH.fullmatch(text)
    if not found or int(found[1]) not in YEARS or not 1 <= int(found[2]) <= 12:
        return None
    return date(int(found[1]), int(found[2]), 1)


def calendar_for(records: Any, first: date) -> Calendar:
    """``records``: a queryset of procedures; ``first``: the first day of the first month. One query for each month."""
    firsts = [_later(first, number) for number in range(MONTHS + 1)]
    edges = [timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in firsts]
    months = []
    for day, begins, ends in zip(firsts, edges, edges[1:], strict=False):
        meets = Q(starts_at__lt=ends) & (Q(ends_at__gt=begins) | Q(ends_at=None))
        found = [_entry(row) for row in records.filter(meets).order_by("starts_at", "pk")[: MOST + 1]]
        months.append(Month(date_format(day, "YEAR_MONTH_FORMAT"), found[:MOST], len(found) > MOST))
    return Calendar(months, _key(_later(first, -MONTHS)), _key(firsts[-1]))


def _entry(record: PublicRecord) -> Entry:
    return Entry(record, wording.period(record.starts_at, record.ends_at), wording.status_label(record.status))


def _later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _key(first: date) -> str:
    return f"{first:%Y-%m}" if first.year in YEARS else ""
