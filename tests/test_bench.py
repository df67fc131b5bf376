"""``make bench``, as short as it can be: both sides start, every measure is taken, the table is complete."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.__main__ import MEASURES
from tests.infrastructure.benchmarks import cells


@pytest.mark.unmeasured
def test_the_benchmark_measures_everything_it_has_a_goal_for(bench: Callable[..., list[str]]) -> None:
    said = bench("bench", ["ours"], BENCH_ROUNDS="1", BENCH_REQUESTS="1", BENCH_RECORDS="1")
    *rows, rebuild = cells(said)
    assert [row[0] for row in rows] == [words for _command, _number, words, _goal, _more in MEASURES]
    assert all(float(ours) >= 0 and float(ratio) > 0 for _what, ours, _stock, ratio, _goal in rows)
    assert rebuild[0].startswith("rebuild of") and int(rebuild[1]) > 0
    assert "goal" in said[-1]
