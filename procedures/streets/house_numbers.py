"""House numbers as a directory writes them: “7”, “7a”, “1-19 ungerade”, “2, 4, 6-10”; empty for the whole street."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = re.compile(r"(\d{1,4})\s*([a-z]?)(?:\s*[-–]\s*(\d{1,4})\s*([a-z]?))?\Z")
_SIDE = re.compile(r"\s*\(?\b(ungerade|gerade|odd|even)\)?\Z")
_ONE = re.compile(r"\s*(\d{1,4})\s*([a-z]?)")
SIDES = {"gerade": 0, "even": 0, "ungerade": 1, "odd": 1}

#: A number and its letter: 7 comes before 7a, and 7a before 8.
Number = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Span:
    """From ``first`` to ``last``, both included; ``side``: 0 for even, 1 for odd numbers only, ``None`` for all."""

    first: Number
    last: Number
    side: int | None = None

    def holds(self, number: Number) -> bool:
        """“7” as an end takes its letters along: 7b lies in “1-7”."""
        if self.side is not None and number[0] % 2 != self.side:
            return False
        return self.first <= number and (number <= self.last or (not self.last[1] and number[0] == self.last[0]))

    def distance(self, number: Number) -> int:
        return max(self.first[0] - number[0], number[0] - self.last[0], 0)

    def nearest(self, number: Number) -> Number:
        """The house next to one that it does not hold: an end, or across the street the one before."""
        if number <= self.first:
            return self.first
        return self.last if number >= self.last else (max(number[0] - 1, self.first[0]), "")


def parse(text: str) -> list[Span]:
    """Raises ``ValueError`` with the part that is no house number."""
    found = []
    for part in filter(None, (part.strip() for part in text.casefold().split(","))):
        side = _SIDE.search(part)
        rest = part[: side.start()].strip() if side else part
        numbers = _PART.match(rest)
        if numbers is None:
            raise ValueError(part)
        first = (int(numbers[1]), numbers[2])
        last = (int(numbers[3]), numbers[4]) if numbers[3] else first
        if last < first:
            raise ValueError(part)
        found.append(Span(first, last, SIDES[side[1]] if side else None))
    return found


def one(text: str) -> Number | None:
    """The number that somebody typed, the first of several; ``None`` for what begins with none."""
    found = _ONE.match(text.casefold())
    return (int(found[1]), found[2]) if found else None
