"""Numbers of a method in words."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from toolkit import facts


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (16, 200, "16 to 200 people"),
        (50, None, "50 people or more"),
        (1, None, "1 person or more"),
        (25, 25, "25 people"),
        (500, 2000, "500 to 2,000 people"),
        (None, 1, "up to 1 person"),
        (None, None, ""),
    ],
)
def test_people_are_said_as_a_range(least: int | None, most: int | None, words: str) -> None:
    assert facts.group_size(least, most) == words


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (5, 15, "5 to 15 minutes"),
        (15, 60, "15 to 60 minutes"),
        (90, 240, "1.5 to 4 hours"),
        (45, 120, "45 minutes to 2 hours"),
        (300, 480, "5 to 8 hours"),
        (360, 960, "6 hours to 2 days"),
        (960, 1920, "2 to 4 days"),
        (720, 2880, "1.5 to 6 days"),
        (360, 1080, "6 to 18 hours"),
        (60, 60, "1 hour"),
        (480, 480, "1 day"),
        (None, 120, "up to 2 hours"),
        (120, None, "2 hours or more"),
        (None, None, ""),
    ],
)
def test_a_duration_is_said_in_the_unit_one_would_use(least: int | None, most: int | None, words: str) -> None:
    assert facts.duration(least, most) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (115, "115 minutes"), (140, "2 hours 20 minutes"), (90, "1.5 hours"), (720, "1.5 days")],
)
def test_a_single_length_is_said_in_round_units_or_in_two(minutes: int, words: str) -> None:
    assert facts.length(minutes) == words


def test_zero_minutes_are_never_said() -> None:
    assert facts.minutes_text(0) == ""


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (4, 8, "4 to 8 weeks"),
        (1, 1, "1 week"),
        (0, 2, "up to 2 weeks"),
        (0, 0, "none"),
        (3, None, "3 weeks or more"),
        (None, None, ""),
    ],
)
def test_preparation_is_said_in_weeks(least: int | None, most: int | None, words: str) -> None:
    assert facts.preparation(least, most) == words


def test_a_cost_level_is_said_in_euros() -> None:
    assert facts.cost(2) == "up to about 3,000 euros"
    assert facts.cost(5) == "more than 50,000 euros"
    assert facts.cost(None) == facts.cost(9) == ""


def test_numbers_follow_the_language() -> None:
    with translation.override("de"):
        assert "2.000" in facts.people(2000)
        assert "1,5" in facts.length(90)


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_every_duration_has_words_and_never_a_zero_length(least: int, more: int) -> None:
    words = facts.duration(least, least + more)
    assert words
    assert not words.startswith("0 ")


@pytest.mark.parametrize(("first", "second"), [("Ämter", "Bürgerrat"), ("Öffnung", "Planung"), ("open", "Planning")])
def test_titles_are_sorted_as_in_a_dictionary(first: str, second: str) -> None:
    assert facts.alphabetical(first) < facts.alphabetical(second)
