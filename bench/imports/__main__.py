"""``make bench-import``: a sheet of 2,000 rows against the same procedures created one by one with Wagtail's own calls.

One process on a database of its own; seconds are those of the clock. ``BENCH_RECORDS`` (2000) rows are imported as
drafts and published, changed in every row, and taken back; of those that are made one by one a tenth is enough,
``BENCH_ROUNDS`` (3) times.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator

from bench.running import Side, postgresql_database

ROWS = int(os.environ.get("BENCH_RECORDS", "2000"))
DATABASES = os.environ.get("BENCH_DATABASES", "postgresql,sqlite").split(",")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))

#: What is measured: command, words, the most seconds that it may take, and the most of what one by one takes.
MEASURES = [
    ("drafts", "imported as drafts", 60, 1.0),
    ("published", "imported and published", 60, 0.5),
    ("changed", "changed and published", 60, None),
    ("undone", "taken back", 120, None),
]


def measure(database: str) -> Iterator[str]:
    """The rows of one database. A goal that was missed is marked ``✗``."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": postgresql_database("import")} if database == "postgresql" else {}
        side = Side("import", folder, "bench.imports.side", **environment)
        side.wait()
        number = max(ROWS // 10, 1)
        seconds: dict[str, list[float]] = {command: [] for command, *_rest in MEASURES}
        one_by_one = []
        for _round in range(ROUNDS):
            seconds["drafts"].append(side.ask("drafts", ROWS))
            side.ask("undone", 1)
            seconds["published"].append(side.ask("published", ROWS))
            one_by_one.append(side.ask("one_by_one", number) / number * ROWS)
            seconds["undone"].append(side.ask("undone", 1))
            side.ask("published", ROWS)
            seconds["changed"].append(side.ask("changed", ROWS))
        usual = statistics.median(one_by_one)
        for command, words, most, ratio in MEASURES:
            took = statistics.median(seconds[command])
            part = took / usual
            yield (
                f"| {words} | {took:.1f}{_mark(took <= most)} | {took / ROWS * 1000:.0f} "
                f"| {part:.2f}{_mark(ratio is None or part <= ratio)} |"
            )
        yield f"| one by one | {usual:.1f} | {usual / ROWS * 1000:.0f} | 1.00 |"
        side.close()


def _mark(reached: bool) -> str:
    return "" if reached else " ✗"


def main() -> int:
    """Print a table for each database; the number of goals that were missed."""
    missed = 0
    for database in DATABASES:
        print(f"{database}, {ROWS:,} rows, {ROUNDS} rounds, medians\n")
        print("| what | seconds | milliseconds a row | ÷ one by one |\n|---|---|---|---|")
        for row in measure(database):
            print(row, flush=True)
            missed += row.count("✗")
        print()
    print(f"{missed} goals missed." if missed else "Every goal reached.")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
