"""One status at any moment, the same from every side."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.enums import Participation
from procedures.participation import BEGINNING, END, Phase, Plan, open_until, participation_at, spans

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
JUNE = datetime(2026, 6, 1, 8, 0, tzinfo=BERLIN)
JULY = datetime(2026, 7, 1, 0, 0, tzinfo=BERLIN)
ASKING = Phase(JUNE, JULY, ways=(datetime(2026, 6, 20, 18, 0, tzinfo=BERLIN),))

SITUATIONS = {
    "no phase yet": (Plan(), JUNE, Participation.PLANNED),
    "a date that is open": (Plan((Phase(None, ways=(None,)),)), JUNE, Participation.PLANNED),
    "the minute before": (Plan((ASKING,)), JUNE - MINUTE, Participation.PLANNED),
    "the first minute": (Plan((ASKING,)), JUNE, Participation.OPEN),
    "the last minute of the way": (Plan((ASKING,)), ASKING.ways[0] - MINUTE, Participation.OPEN),
    "the deadline itself": (Plan((ASKING,)), ASKING.ways[0], Participation.RUNNING),
    "the end of the phase": (Plan((ASKING,)), JULY, Participation.EVALUATING),
    "with a result": (Plan((Phase(JUNE, JULY, (None,), has_result=True),)), JULY, Participation.FINISHED),
    "nobody was asked, so no result is waited for": (Plan((Phase(JUNE, JULY),)), JULY, Participation.FINISHED),
    "between two phases": (Plan((ASKING, Phase(JULY + 9 * MINUTE, ways=(None,)))), JULY, Participation.RUNNING),
    "one over, one whose date is open": (Plan((ASKING, Phase(None))), JULY, Participation.RUNNING),
    "one of two at once is open": (Plan((ASKING, Phase(JUNE, None, (None,)))), JULY, Participation.OPEN),
    "a deadline behind the end of its phase": (Plan((Phase(JUNE, JULY, (JULY + MINUTE,)),)), JULY, Participation.EVALUATING),
    "suspended": (Plan((ASKING,), suspended_from=JUNE), JUNE, Participation.SUSPENDED),
    "suspended for some time": (Plan((ASKING,), suspended_from=JUNE, suspended_until=JUNE + MINUTE), JUNE + MINUTE, Participation.OPEN),
    "not intended": (Plan((ASKING,), intended=False), JUNE, Participation.NONE),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_situation_has_its_word(situation: str) -> None:
    plan, moment, expected = SITUATIONS[situation]
    assert participation_at(plan, moment) is expected


def test_the_last_of_the_running_deadlines_counts() -> None:
    later = ASKING.ways[0] + timedelta(days=3)
    plan = Plan((Phase(JUNE, JULY, (ASKING.ways[0], later)),))
    assert open_until(plan, JUNE) == later
    assert open_until(plan, later) is None
    assert open_until(Plan((Phase(JUNE, None, (None,)),)), JUNE) == END


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        (datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN), 23),
        (datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 10, 26, tzinfo=BERLIN), 25),
    ],
)
def test_days_on_which_the_clocks_change_are_as_long_as_they_are(begins: datetime, ends: datetime, hours: int) -> None:
    [_, day, _] = spans(Plan((Phase(begins, ends, (None,)),)))
    assert day.status is Participation.OPEN
    assert day.until.astimezone(UTC) - day.since.astimezone(UTC) == timedelta(hours=hours)


#: Few moments, so that edges fall together; among them the hours that occur twice or never.
MOMENTS = st.one_of(
    st.sampled_from([JUNE, JUNE + MINUTE, JULY, JULY - MINUTE]),
    st.datetimes(datetime(2026, 3, 28), datetime(2026, 3, 30), timezones=st.just(BERLIN)),
    st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 26), timezones=st.sampled_from([BERLIN, UTC])),
).map(lambda moment: moment.astimezone(UTC))
MAYBE = st.none() | MOMENTS
PHASES = st.builds(Phase, MAYBE, MAYBE, st.lists(MAYBE, max_size=3).map(tuple), st.booleans())
PLANS = st.builds(Plan, st.lists(PHASES, max_size=4).map(tuple), st.sampled_from([True] * 9 + [False]), MAYBE, MAYBE)


@given(PLANS, st.lists(MOMENTS, min_size=1, max_size=20))
def test_at_any_moment_exactly_one_span_holds_and_says_what_the_function_says(
    plan: Plan, moments: list[datetime]
) -> None:
    found = spans(plan)
    assert (found[0].since, found[-1].until) == (BEGINNING, END)
    assert all(before.until == after.since for before, after in itertools.pairwise(found))
    assert all(before.status is not after.status for before, after in itertools.pairwise(found))
    edges = [span.since for span in found[1:]]
    for moment in [*moments, *edges, *(edge - timedelta.resolution for edge in edges)]:
        holding = [span for span in found if span.since <= moment < span.until]
        assert [span.status for span in holding] == [participation_at(plan, moment)]
        assert (open_until(plan, moment) is not None) == (holding[0].status is Participation.OPEN)


@given(PLANS, MOMENTS)
def test_the_order_of_phases_is_no_matter(plan: Plan, moment: datetime) -> None:
    turned = Plan(plan.phases[::-1], plan.intended, plan.suspended_from, plan.suspended_until)
    assert participation_at(turned, moment) is participation_at(plan, moment)
