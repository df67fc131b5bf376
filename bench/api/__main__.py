"""``make bench-api``: the content API against Wagtail's own two and against a view that does nothing, as ratios.

Both sides hold the same pages and stand behind the same server; rounds alternate. A ratio is taken within a round,
where both numbers met the same machine, and the median of all rounds counts.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.api.load import Question, milliseconds, rate, stream, tag_of
from bench.api.serving import Served
from bench.api.side import SETTINGS, STOCK_TYPE
from bench.running import Side, postgresql_database

RECORDS = [int(number) for number in os.environ.get("BENCH_RECORDS", "2000,20000").split(",")]
DATABASES = os.environ.get("BENCH_DATABASES", "postgresql,sqlite").split(",")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
#: The longest that one measure lasts in a round, in seconds and in answers.
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
ANSWERS = 5000
#: Where the databases are made; without it in a folder that is removed afterwards.
FOLDER = os.environ.get("BENCH_FOLDER", "")

PAGES, LIMIT = 50, 20
#: Pages that each side publishes in a round: with fewer the ratio jumps about by a fifth.
PUBLISHED = 10
LIST = f"/api/content/v1/pages/?fields=*&limit={LIMIT}"
FACETS = "/api/content/v1/pages/?facets=topics,half,levels,districts,status,locale"
EXPORT = "/api/content/v1/export/page.ndjson"
V2_LIST = f"/api/v2/pages/?type={STOCK_TYPE}&fields=*&limit={LIMIT}"

#: How the table names what is asked, in its order.
WORDS = {
    "bare": "bare view",
    "list": "expanded list of 20",
    "detail": "detail",
    "list 304": "list, answered 304",
    "detail 304": "detail, answered 304",
    "v2 list": "Wagtail v2, list of 20 with all fields",
    "v2 detail": "Wagtail v2, detail",
    "v3 list": "Wagtail v3, list of 20 (has no fields of its own)",
    "v3 detail": "Wagtail v3, detail",
}


@dataclass(frozen=True)
class Goal:
    """``value`` of what was found must be at least this, or at most."""

    words: str
    value: str
    least: float | None = None
    most: float | None = None
    sign: str = "{:.2f}"

    def reached(self, value: float) -> bool:
        return value >= self.least if self.least is not None else value <= (self.most or 0)

    def __str__(self) -> str:
        bound, sign = (self.least, "≥") if self.least is not None else (self.most, "≤")
        return f"{sign} {bound:g}"


GOALS = [
    Goal("expanded list ÷ bare view", "list ÷ bare", least=0.08),
    Goal("expanded list ÷ v2 list", "list ÷ v2 list", least=25, sign="{:.1f}"),
    Goal("detail ÷ bare view", "detail ÷ bare", least=0.25),
    Goal("detail ÷ v2 detail", "detail ÷ v2 detail", least=12, sign="{:.1f}"),
    Goal("list answered 304 ÷ bare view", "list 304 ÷ bare", least=0.35),
    Goal("detail answered 304 ÷ bare view", "detail 304 ÷ bare", least=0.35),
    Goal("queries of a list of 20", "queries 20", most=3, sign="{:.0f}"),
    Goal("queries of a list of 100, beyond those of 20", "more queries", most=0, sign="{:.0f}"),
    Goal("queries of a detail", "queries detail", most=1, sign="{:.0f}"),
    Goal("six facets, milliseconds", "facets", most=50, sign="{:.0f}"),
    Goal("export of everything ÷ v2 paging through it", "export ÷ v2", most=0.02, sign="{:.4f}"),
    Goal("publishing ÷ stock publishing", "publish", most=1.3),
]


@dataclass
class Found:
    """What one database with one number of records gave, a number for each round."""

    words: str
    numbers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def value(self, name: str) -> float:
        """The median of a number, or of the rounds' ratios of two."""
        one, divided, other = name.partition(" ÷ ")
        if divided and name not in self.numbers:
            pairs = zip(self.numbers[one], self.numbers[other], strict=True)
            return statistics.median(a / b for a, b in pairs)
        return statistics.median(self.numbers[name])


class Pair:
    """Both sides on one database, with their servers."""

    def __init__(self, database: str, stack: ExitStack) -> None:
        self.sides = {}
        for name in SETTINGS:
            folder = Path(FOLDER or stack.enter_context(tempfile.TemporaryDirectory())) / name
            folder.mkdir(parents=True, exist_ok=True)
            environment = {"DATABASE_URL": postgresql_database(name)} if database == "postgresql" else {}
            self.sides[name] = Side(name, str(folder), "bench.api.side", **environment)
            stack.callback(self.sides[name].close)
        for side in self.sides.values():
            side.wait()
        self.served = {}
        for name, side in self.sides.items():
            self.served[name] = Served(SETTINGS[name], side.environment)
            stack.callback(self.served[name].stop)

    def ask(self, command: str, number: int) -> dict[str, float]:
        """The answer of each side; both work at the same time."""
        for side in self.sides.values():
            side.start(command, number)
        return {name: side.wait() for name, side in self.sides.items()}

    def ports(self, measure: str) -> list[int]:
        return self.served["stock" if measure.startswith("v") else "ours"].ports

    def measure(self, records: int, words: str) -> Found:
        found = Found(words)
        self.ask("fill", records)
        queries = [self.sides["ours"].ask("list_queries", limit) for limit in (LIMIT, 100)]
        found.numbers["queries 20"] = queries[:1]
        found.numbers["more queries"] = [abs(queries[1] - queries[0])]
        found.numbers["queries detail"] = [self.sides["ours"].ask("detail_queries", 1)]
        found.numbers["v2 queries"] = [self.sides["stock"].ask("list_queries", LIMIT)]
        pages = [self.ask("some_page", number) for number in range(min(PAGES, records))]
        for measure, questions in self.questions(pages):  # warms up
            rate(self.ports(measure), questions, min(SECONDS, 0.5), ANSWERS)
        for number in range(ROUNDS):
            _say(f"{words}: round {number + 1} of {ROUNDS}")
            self.round(pages, records, found.numbers, number)
        return found

    def round(self, pages: list[dict[str, float]], records: int, numbers: dict[str, list[float]], number: int) -> None:
        for measure, questions in self.questions(pages):
            numbers[measure].append(rate(self.ports(measure), questions, SECONDS, ANSWERS))
        # Ten different questions: none has a kept answer.
        asked = [Question(f"{FACETS}&limit={number}") for number in range(1, 11)]
        numbers["facets"].append(milliseconds(self.ports("facets")[0], asked))
        numbers["export"].append(stream(self.ports("export")[0], EXPORT, records))
        # Ten pages from all over the list stand for all of them.
        last = (records - 1) // LIMIT
        offsets = sorted({last * n // 9 * LIMIT for n in range(10)})
        page = milliseconds(self.ports("v2")[0], [Question(f"{V2_LIST}&offset={offset}") for offset in offsets]) / 1000
        numbers["v2 paging"].append(page * (last + 1))
        numbers["export ÷ v2"].append(numbers["export"][-1] / numbers["v2 paging"][-1])
        # In turn the one and the other first: whoever comes later meets a warmer machine.
        names = list(self.sides)[:: 1 if number % 2 else -1]
        taken = {name: self.sides[name].ask("publish_call", PUBLISHED) for name in names}
        numbers["publish"].append(taken["ours"] / taken["stock"])

    def questions(self, pages: list[dict[str, float]]) -> Iterator[tuple[str, list[Question]]]:
        """What is asked in a round. Validators are asked for in each: publishing makes new ones."""
        details = [f"/api/content/v1/pages/{page['ours']:.0f}/" for page in pages]
        port = self.ports("list")[0]
        yield "bare", [Question("/api/content/bare/")]
        yield "list", [Question(LIST)]
        yield "v2 list", [Question(V2_LIST)]
        yield "detail", [Question(path) for path in details]
        yield "v2 detail", [Question(f"/api/v2/pages/{page['stock']:.0f}/") for page in pages]
        yield "list 304", [Question(LIST, tag_of(port, LIST))]
        yield "detail 304", [Question(path, tag_of(port, path)) for path in details]
        yield "v3 list", [Question(f"/api/v3/pages/?type={STOCK_TYPE}&limit={LIMIT}")]
        yield "v3 detail", [Question(f"/api/v3/pages/{page['stock']:.0f}/") for page in pages]


@contextmanager
def _pair(database: str) -> Iterator[Pair]:
    with ExitStack() as stack:
        yield Pair(database, stack)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def tables(columns: list[Found]) -> Iterator[str]:
    """The goals, then the numbers that they are made of."""
    head = " | ".join(found.words for found in columns)
    rule = "---|" * len(columns)
    yield f"| ratio | {head} | goal |\n|---|{rule}---|"
    for goal in GOALS:
        values = [found.value(goal.value) for found in columns]
        cells = [goal.sign.format(value) + ("" if goal.reached(value) else " ✗") for value in values]
        yield f"| {goal.words} | {' | '.join(cells)} | {goal} |"
    yield f"\n| answers a second | {head} |\n|---|{rule}"
    for name, words in WORDS.items():
        yield f"| {words} | {' | '.join(f'{found.value(name):.0f}' for found in columns)} |"
    yield f"\n| once | {head} |\n|---|{rule}"
    for name, words in (("export", "export, seconds"), ("v2 paging", "v2 paging, seconds (from ten pages)")):
        yield f"| {words} | {' | '.join(f'{found.value(name):.1f}' for found in columns)} |"
    queries = [f"{found.value('v2 queries'):.0f}" for found in columns]
    yield f"| queries of a v2 list of 20 | {' | '.join(queries)} |"


def main() -> int:
    """Print the tables; the number of goals that were missed."""
    columns = []
    for database in DATABASES:
        with _pair(database) as pair:
            columns += [pair.measure(records, f"{database}, {records:,}") for records in sorted(RECORDS)]
    print(f"{ROUNDS} rounds, medians\n")
    print("\n".join(tables(columns)))
    missed = sum(not goal.reached(found.value(goal.value)) for goal in GOALS for found in columns)
    print(f"\n{missed} goals missed." if missed else "\nEvery goal reached.")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
