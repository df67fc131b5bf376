"""``make bench``: our house against a stock Wagtail with the same content, as ratios within one run.

Each side is a process of its own with its own SQLite database; rounds alternate, and the median of each side counts, so
that whatever else the machine does hits both.

``BENCH_ROUNDS``, ``BENCH_REQUESTS`` (in each round, in place of the numbers below) and ``BENCH_RECORDS`` (0 leaves the
rebuild out) make it shorter; ``BENCH_MIGRATED`` is a folder with an empty, migrated ``ours.sqlite3``.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile

from bench.running import Side

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "0"))
RECORDS = int(os.environ.get("BENCH_RECORDS", "10000"))

#: What is measured: command, how often in a round, words, the goal for (ours ÷ stock), and whether more is better.
MEASURES = [
    ("warm", 60, "HTML requests a second, caches warm", 2.0, True),
    ("not_modified", 60, "HTML requests a second, answered 304 (stock: 200)", 2.0, True),
    ("cold", 20, "HTML requests a second, caches cold", 1.0, True),
    ("publish", 8, "an editor's publish (request to the admin), seconds", 1.3, False),
    ("publish_call", 8, "revision.publish() alone, seconds", 1.3, False),
]


def main() -> int:
    """Print the table; the number of goals that were missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        ours, stock = Side("ours", one), Side("stock", two)
        for project in (ours, stock):
            project.wait()
        print(f"{ROUNDS} rounds, medians; ratio = ours ÷ stock\n")
        print("| what | ours | stock | ratio | goal |")
        print("|---|---|---|---|---|")
        for command, usual, words, goal, more in MEASURES:
            number = REQUESTS or usual
            times: dict[Side, list[float]] = {ours: [], stock: []}
            for project in (ours, stock):
                project.ask(command, min(number, 2))
            for _ in range(ROUNDS):
                for project in (ours, stock):
                    times[project].append(project.ask(command, number) / number)
            a, b = (statistics.median(times[project]) for project in (ours, stock))
            missed += b / a < goal if more else a / b > goal
            if more:
                print(f"| {words} | {1 / a:.0f} | {1 / b:.0f} | {b / a:.2f} | ≥ {goal} |", flush=True)
            else:
                print(f"| {words} | {a:.4f} | {b:.4f} | {a / b:.2f} | ≤ {goal} |", flush=True)
        if RECORDS:
            ours.ask("fill", RECORDS)
            seconds = ours.ask("rebuild", 1)
            print(f"| rebuild of {RECORDS} records, records a second | {RECORDS / seconds:.0f} | – | – | – |")
        ours.close()
        stock.close()
    print(f"\n{missed} of {len(MEASURES)} goals missed." if missed else "\nEvery goal reached.")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
