"""``make bench-procedures``: the list of procedures with very many of them against the same list with a hundred.

Two processes, alike but for their number of procedures; rounds alternate. No page is kept from before; the counts of
a selection are, as on the site.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator

from bench.procedures.side import AIMED_AT, QUESTIONS
from bench.running import Side, postgresql_database

FEW, MANY = (int(number) for number in os.environ.get("BENCH_RECORDS", "100,10000").split(","))
DATABASES = os.environ.get("BENCH_DATABASES", "postgresql,sqlite").split(",")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))

#: The most that 95 of 100 answers may take where that is a goal, in milliseconds, and by how much slower the first page
#: may be than with few.
MOST, RATIO = 150, 1.3


def measure(database: str) -> Iterator[str]:
    """The rows of one database. A goal that was missed is marked ``✗``."""
    with tempfile.TemporaryDirectory() as few_folder, tempfile.TemporaryDirectory() as many_folder:
        sides = {}
        for size, folder in ((FEW, few_folder), (MANY, many_folder)):
            environment = {"DATABASE_URL": postgresql_database(f"{size}")} if database == "postgresql" else {}
            sides[size] = Side(str(size), folder, "bench.procedures.side", **environment)
        for side in sides.values():
            side.wait()
        for number, words in enumerate(QUESTIONS):
            queries = {size: side.ask("queries", number) for size, side in sides.items()}
            times: dict[int, list[float]] = {size: [] for size in sides}
            for _round in range(ROUNDS):
                for size, side in sides.items():
                    times[size].append(side.ask("seconds", number) * 1000)
            few, many = (statistics.median(times[size]) for size in (FEW, MANY))
            slowest = sorted(times[MANY])[math.ceil(0.95 * ROUNDS) - 1]
            ratio = statistics.median(b / a for a, b in zip(times[FEW], times[MANY], strict=True))
            fast = words not in AIMED_AT or slowest < MOST
            yield (
                f"| {words} | {few:.0f} | {many:.0f} | {ratio:.2f}{_mark(number or ratio <= RATIO)} "
                f"| {slowest:.0f}{_mark(fast)} | {queries[MANY]:.0f}{_mark(queries[FEW] == queries[MANY])} |"
            )
        for side in sides.values():
            side.close()


def _mark(reached: object) -> str:
    return "" if reached else " ✗"


def main() -> int:
    """Print a table for each database; the number of goals that were missed."""
    missed = 0
    for database in DATABASES:
        print(f"{database}, {ROUNDS} rounds, medians in milliseconds\n")
        print(f"| page | {FEW:,} | {MANY:,} | ratio | p95 of {MANY:,} | queries |\n|---|---|---|---|---|---|")
        for row in measure(database):
            print(row, flush=True)
            missed += row.count("✗")
        print()
    print(f"{missed} goals missed." if missed else "Every goal reached.")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
