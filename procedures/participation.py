"""Whether people can take part in a procedure, as a function of its phases and the clock.

The only place that answers this. What lists, map, calendar, API, search and mails show are the spans of
:func:`spans`, written with the public record; readers pick the span that holds their moment. Time is never a write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from procedures.enums import Participation

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the participation, from ``begins`` up to and without ``ends``.

    ``begins`` ``None``: the date is open, so it lies ahead. ``ends`` ``None``: it goes on until somebody says so.
    ``ways`` are the deadlines of the ways to take part, ``None`` for one that is open as long as the phase.
    """

    begins: datetime | None
    ends: datetime | None = None
    ways: tuple[datetime | None, ...] = ()
    has_result: bool = False

    def is_ahead(self, moment: datetime) -> bool:
        return self.begins is None or moment < self.begins

    def is_over(self, moment: datetime) -> bool:
        """One that ends before it begins is over as soon as it has begun."""
        return not self.is_ahead(moment) and self.ends is not None and self.ends <= moment

    def is_current(self, moment: datetime) -> bool:
        return not self.is_ahead(moment) and not self.is_over(moment)

    def open_until(self, moment: datetime) -> datetime | None:
        """Until when people can take part, asked at ``moment``; ``None`` if they cannot now."""
        if not self.is_current(moment):
            return None
        end = self.ends or END
        return max((closes for way in self.ways if (closes := min(way or end, end)) > moment), default=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the answer depends on. ``intended`` is false where there is no participation, for a stated reason.

    Suspended from ``suspended_from`` up to and without ``suspended_until`` (``None``: until further notice).
    """

    phases: tuple[Phase, ...] = ()
    intended: bool = True
    suspended_from: datetime | None = None
    suspended_until: datetime | None = None

    def is_suspended(self, moment: datetime) -> bool:
        start, end = self.suspended_from, self.suspended_until
        return start is not None and start <= moment and (end is None or moment < end)

    def rests(self, phase: Phase, moment: datetime) -> bool:
        """Whether the suspension that holds at ``moment`` stops the phase: it is not over, and does not begin after the
        end of the suspension."""
        if not self.intended or not self.is_suspended(moment) or phase.is_over(moment):
            return False
        return phase.begins is None or self.suspended_until is None or phase.begins < self.suspended_until


@dataclass(frozen=True, slots=True)
class Span:
    """One status that holds from ``since`` up to and without ``until``."""

    status: Participation
    since: datetime
    until: datetime


def participation_at(plan: Plan, moment: datetime) -> Participation:
    """The one answer at this moment.

    * open: somebody can take part right now;
    * running: it has begun and goes on, but right now there is nothing to do;
    * planned: nothing has begun;
    * evaluating: every phase is over, and one in which people took part has no result yet;
    * finished: every phase is over, with its result.
    """
    if not plan.intended:
        return Participation.NONE
    if plan.is_suspended(moment):
        return Participation.SUSPENDED
    if any(phase.open_until(moment) for phase in plan.phases):
        return Participation.OPEN
    if all(phase.is_ahead(moment) for phase in plan.phases):
        return Participation.PLANNED
    if not all(phase.is_over(moment) for phase in plan.phases):
        return Participation.RUNNING
    waited_for = any(phase.ways and not phase.has_result for phase in plan.phases)
    return Participation.EVALUATING if waited_for else Participation.FINISHED


def open_until(plan: Plan, moment: datetime) -> datetime | None:
    """Until when people can take part without a break; ``None`` if they cannot now; :data:`END` if no end is set."""
    now = next(span for span in spans(plan) if span.since <= moment < span.until)
    return now.until if now.status is Participation.OPEN else None


def spans(plan: Plan) -> list[Span]:
    """The status of all time, from :data:`BEGINNING` to :data:`END`, without gap or overlap; neighbours differ."""
    edges = sorted({BEGINNING, *(edge for edge in _edges(plan) if BEGINNING < edge < END)})
    found: list[Span] = []
    for since, until in zip(edges, [*edges[1:], END], strict=True):
        status = participation_at(plan, since)
        if found and found[-1].status is status:
            found[-1] = Span(status, found[-1].since, until)
        else:
            found.append(Span(status, since, until))
    return found


def _edges(plan: Plan) -> Iterator[datetime]:
    """Every moment at which the answer may change."""
    moments = [plan.suspended_from, plan.suspended_until]
    for phase in plan.phases:
        moments += [phase.begins, phase.ends, *phase.ways]
    yield from (moment for moment in moments if moment is not None)
