"""Facets: how often each word occurs among records, in one query for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from cms_blocks.publication.fields import words
from cms_blocks.publication.prepared import Prepared


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
        """``query`` is what :meth:`rows` gave, compiled. What they leave is found once, then counted by each facet."""
        parts = [
            f"SELECT {place}, facet_{place}, COUNT(*) FROM chosen {self._where(name)}GROUP BY facet_{place}"
            for place, name in enumerate(self.columns)
        ]
        parts.append(f"SELECT -1, NULL, COUNT(*) FROM chosen {self._where()}")
        found: dict[str, dict[str, int]] = {name: {} for name in self.columns}
        names, total = list(self.columns), 0
        for place, text, number in query.inside(f"WITH chosen AS MATERIALIZED (%s) {' UNION ALL '.join(parts)}", now):
            if place < 0:
                total = number
                continue
            counts = found[names[place]]
            for word in words(text) if names[place] in self.many else (text,):
                if word not in (None, ""):
                    counts[word] = counts.get(word, 0) + number
        return Counted(found, total)

    def _where(self, name: str = "") -> str:
        others = " AND ".join(f"meets_{other}" for other in self.conditions if other != name)
        return f"WHERE {others} " if others else ""
