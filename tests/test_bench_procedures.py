"""``make bench-procedures`` and ``make bench-import`` in small: all is filled, asked and compared. What they find is of
no meaning here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.imports.__main__ import MEASURES
from bench.procedures.side import QUESTIONS
from tests.infrastructure.benchmarks import cells


@pytest.mark.unmeasured
def test_every_page_of_the_list_is_measured(bench: Callable[..., list[str]]) -> None:
    said = bench("bench.procedures", ["3", "40"], BENCH_RECORDS="3,40", BENCH_DATABASES="sqlite", BENCH_ROUNDS="1")
    rows = cells(said)
    assert [row[0] for row in rows] == list(QUESTIONS)
    assert all(float(number) > 0 for row in rows for number in row[1:])
    assert "goal" in said[-1]


@pytest.mark.unmeasured
def test_an_import_is_measured_against_the_same_pages_one_by_one(bench: Callable[..., list[str]]) -> None:
    said = bench("bench.imports", ["import"], BENCH_RECORDS="6", BENCH_DATABASES="sqlite", BENCH_ROUNDS="1")
    rows = cells(said)
    assert [row[0] for row in rows] == [*(words for _command, words, *_goals in MEASURES), "one by one"]
    assert all(float(number) >= 0 for row in rows for number in row[1:])
    assert "goal" in said[-1]
