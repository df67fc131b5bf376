"""The finder's judgement: fair, explainable, the same every time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from toolkit.enums import Purpose, Setting
from toolkit.finder import (
    ROOM,
    WEIGHTS,
    Candidate,
    Criterion,
    Verdict,
    Wishes,
    loosenings,
    match,
    rank,
    shortlist,
)
from toolkit.reasons import loosening_text, reason, verdict_word

CAFE = Candidate(
    key=1,
    title="World Café",
    purposes=("collect_ideas", "deliberate"),
    settings=("onsite", "online"),
    group_size_min=16,
    group_size_max=200,
    duration_minutes_min=90,
    preparation_weeks_min=4,
    cost_level=2,
)

purposes = st.lists(st.sampled_from(Purpose.values), max_size=4, unique=True).map(tuple)
settings = st.lists(st.sampled_from(Setting.values), max_size=4, unique=True).map(tuple)


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    least = draw(st.integers(1, 500))
    return Candidate(
        key=draw(st.integers(1, 10_000)),
        title=draw(st.text(max_size=5)),
        purposes=draw(purposes),
        settings=draw(settings),
        group_size_min=least,
        group_size_max=draw(st.none() | st.integers(least, 2000)),
        duration_minutes_min=draw(st.integers(1, 3000)),
        preparation_weeks_min=draw(st.integers(0, 40)),
        cost_level=draw(st.integers(1, 5)),
    )


wishes = st.builds(
    Wishes,
    purposes=purposes,
    people=st.none() | st.integers(1, 3000),
    settings=settings,
    minutes=st.none() | st.integers(1, 3000),
    weeks=st.none() | st.integers(0, 40),
    cost_level=st.none() | st.integers(1, 5),
)


def verdict(candidate: Candidate, **answers: object) -> Verdict:
    return match(candidate, Wishes(**answers)).verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("people", "expected"),
    [(16, 2), (200, 2), (30, 2), (12, 1), (11, 0), (250, 1), (251, 0)],
)
def test_a_group_fits_within_the_range_and_nearly_up_to_a_quarter_beside_it(people: int, expected: int) -> None:
    assert verdict(CAFE, people=people) == expected


def test_without_an_upper_limit_no_group_is_too_large() -> None:
    assert verdict(replace(CAFE, group_size_max=None), people=1_000_000) is Verdict.FITS


@pytest.mark.parametrize(("minutes", "expected"), [(90, 2), (480, 2), (72, 1), (71, 0)])
def test_the_event_fits_if_its_shortest_form_does(minutes: int, expected: int) -> None:
    assert verdict(CAFE, minutes=minutes) == expected


@pytest.mark.parametrize(("weeks", "expected"), [(4, 2), (2, 1), (1, 0)])
def test_two_weeks_of_preparation_can_be_saved_with_good_will(weeks: int, expected: int) -> None:
    assert verdict(CAFE, weeks=weeks) == expected


@pytest.mark.parametrize(("level", "expected"), [(2, 2), (5, 2), (1, 1)])
def test_one_level_above_the_budget_is_nearly_affordable(level: int, expected: int) -> None:
    assert verdict(CAFE, cost_level=level) == expected
    assert verdict(replace(CAFE, cost_level=4), cost_level=2) is Verdict.NO


def test_one_of_several_purposes_is_a_part_of_the_way() -> None:
    assert verdict(CAFE, purposes=("collect_ideas", "decide")) is Verdict.NEARLY
    assert verdict(CAFE, purposes=("decide",)) is Verdict.NO


@pytest.mark.parametrize(("wanted", "expected"), [("onsite", 2), ("hybrid", 1), ("outreach", 1)])
def test_related_places_nearly_fit(wanted: str, expected: int) -> None:
    assert verdict(CAFE, settings=(wanted,)) == expected


def test_online_does_not_fit_what_only_works_in_the_street() -> None:
    assert verdict(replace(CAFE, settings=("outreach",)), settings=("online",)) is Verdict.NO


@given(candidates(), wishes)
def test_a_score_lies_between_zero_and_one_and_is_one_exactly_when_all_fits(
    candidate: Candidate, asked: Wishes
) -> None:
    found = match(candidate, asked)
    assert 0 <= found.score <= 1
    assert (found.score == 1) == (found.verdict is Verdict.FITS)
    assert [finding.criterion for finding in found.findings] == list(asked.criteria())


@given(st.lists(candidates(), max_size=8, unique_by=lambda c: c.key), wishes, st.randoms())
def test_the_ranking_does_not_depend_on_the_order_of_the_methods(
    methods: list[Candidate], asked: Wishes, random: object
) -> None:
    shuffled = list(methods)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(methods, asked) == rank(shuffled, asked)


@given(candidates(), wishes)
def test_a_method_that_can_do_more_is_never_judged_worse(candidate: Candidate, asked: Wishes) -> None:
    better = replace(
        candidate,
        purposes=tuple(Purpose.values),
        settings=tuple(Setting.values),
        group_size_min=1,
        group_size_max=None,
        duration_minutes_min=1,
        preparation_weeks_min=0,
        cost_level=1,
    )
    assert match(better, asked).score == 1
    assert match(better, asked).score >= match(candidate, asked).score


@given(st.lists(candidates(), max_size=30, unique_by=lambda c: c.key), wishes)
def test_the_shortlist_is_empty_only_without_methods_and_holds_the_best(
    methods: list[Candidate], asked: Wishes
) -> None:
    matches = rank(methods, asked)
    chosen = shortlist(matches)
    assert bool(chosen) == bool(methods)
    fitting = [found for found in matches if found.verdict is Verdict.FITS]
    assert chosen[: len(fitting)] == fitting[: ROOM[Verdict.FITS]]
    assert len(chosen) <= ROOM[Verdict.FITS]


@given(st.lists(candidates(), max_size=10, unique_by=lambda c: c.key), wishes)
def test_dropping_the_named_answer_gains_exactly_the_promised_methods(methods: list[Candidate], asked: Wishes) -> None:
    open_answer = {
        Criterion.PURPOSES: {"purposes": ()},
        Criterion.PEOPLE: {"people": None},
        Criterion.SETTINGS: {"settings": ()},
        Criterion.DURATION: {"minutes": None},
        Criterion.PREPARATION: {"weeks": None},
        Criterion.COST: {"cost_level": None},
    }
    matches = rank(methods, asked)
    fitting = sum(found.verdict is Verdict.FITS for found in matches)
    for loosening in loosenings(matches):
        freer = rank(methods, replace(asked, **open_answer[loosening.criterion]))  # type: ignore[arg-type]
        assert sum(found.verdict is Verdict.FITS for found in freer) == fitting + loosening.gained


def test_no_answers_are_no_criteria() -> None:
    assert not Wishes()
    assert match(CAFE, Wishes()).score == 1


def test_what_it_is_for_counts_most_and_how_soon_least() -> None:
    assert max(WEIGHTS, key=WEIGHTS.__getitem__) is Criterion.PURPOSES
    assert min(WEIGHTS, key=WEIGHTS.__getitem__) is Criterion.PREPARATION
    assert set(WEIGHTS) == set(Criterion)


def words(candidate: Candidate, **answers: object) -> str:
    asked = Wishes(**answers)  # type: ignore[arg-type]
    [finding] = match(candidate, asked).findings
    with translation.override("en"):
        return reason(finding, candidate, asked)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"people": 30}, "30 people: the method suits 16 to 200 people."),
        ({"people": 5}, "5 people are few: the method suits 16 to 200 people."),
        ({"people": 900}, "900 people are many: the method suits 16 to 200 people."),
        ({"purposes": ("deliberate",)}, "Made for this: deliberate and weigh up."),
        ({"purposes": ("deliberate", "plan")}, "Made for: deliberate and weigh up. Not made for: plan."),
        ({"purposes": ("plan",)}, "Made for something else: collect ideas, deliberate and weigh up."),
        ({"settings": ("onsite",)}, "Works on site."),
        ({"settings": ("outreach",)}, "Works only on site, online."),
        ({"minutes": 120}, "Fits into 2 hours: it takes at least 1.5 hours."),
        ({"minutes": 60}, "Takes at least 1.5 hours, you have 1 hour."),
        ({"weeks": 8}, "Can be prepared in time: it takes at least 4 weeks, you have 8 weeks."),
        ({"weeks": 2}, "Preparing it takes at least 4 weeks, you have 2 weeks."),
        ({"cost_level": 3}, "Within the budget: it costs up to about 3,000 euros."),
        ({"cost_level": 1}, "Costs up to about 3,000 euros, the budget is up to about 500 euros."),
    ],
)
def test_each_reason_names_what_is_wanted_beside_what_is_offered(answers: dict, sentence: str) -> None:
    assert words(CAFE, **answers) == sentence


def test_every_verdict_and_every_loosening_has_its_own_words() -> None:
    assert len({verdict_word(one) for one in Verdict}) == len(Verdict)
    assert len({loosening_text(one) for one in Criterion}) == len(Criterion)
