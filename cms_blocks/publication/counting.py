"""Facets: how often each word occurs among records, in one query for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from cms_blocks.publication.fields import words
from cms_blocks.publication.prepared import Prepared

#: Stands in no word.
BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Counted:
    """For each facet how often each word occurs where all *other* conditions hold; ``total``: where all hold."""

    words: dict[str, dict[str, int]]
    total: int


@dataclass(frozen=True)
class Counting:
    """What is counted. ``columns``: an expression that gives text, by facet; sets of words are those in ``many``.

    ``conditions``: what is asked of a facet's own column. It is no condition for that facet itself (disjunctive).
    """

    columns: Mapping[str, Any]
    conditions: Mapping[str, Q] = field(default_factory=dict)
    many: frozenset[str] = frozenset()

    def rows(self, records: Any) -> Any:
        """The queryset to be counted: ``records`` is narrowed by everything but :attr:`conditions`, in no order."""
        meets = {
            f"meets_{name}": ExpressionWrapper(condition, output_field=BooleanField())
            for name, condition in self.conditions.items()
        }
        shown = {f"facet_{place}": column for place, column in enumerate(self.columns.values())}
        return records.annotate(**meets).values(*meets, **shown)

    def count(self, query: Prepared, now: Any = None) -> Counted:
        """``query`` is what :meth:`rows` gave, compiled.

        The database reads the records once and strings the words of each facet together; they are counted here. That
        takes half as long as to have it sort the records anew for each facet.
        """
        join = "string_agg" if connection.vendor == "postgresql" else "group_concat"
        parts = [f"{join}(facet_{place}, '{BETWEEN}'){self._filter(name)}" for place, name in enumerate(self.columns)]
        counted = ", ".join([*parts, f"COUNT(*){self._filter()}"])
        # With conditions a column is used several times: materialised, or SQLite works a status out anew each time.
        once = "MATERIALIZED " if self.conditions else ""
        sql = f"WITH chosen AS {once}(%s) SELECT {counted} FROM chosen"
        [(*texts, total)] = query.inside(sql, now)
        return Counted({name: self._counts(name, text) for name, text in zip(self.columns, texts, strict=True)}, total)

    def _counts(self, name: str, text: str | None) -> dict[str, int]:
        """``text``: the words or sets of words of all records."""
        found = Counter(text.split(BETWEEN)) if text else Counter[str]()
        if name not in self.many:
            return {word: number for word, number in found.items() if word}
        counts = Counter[str]()
        for joined, number in found.items():
            for word in words(joined):
                counts[word] += number
        return dict(counts)

    def _filter(self, name: str = "") -> str:
        others = " AND ".join(f"meets_{other}" for other in self.conditions if other != name)
        return f" FILTER (WHERE {others})" if others else ""
