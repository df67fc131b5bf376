"""Facets with exact counts, from one query: each facet counts what all *other* filters leave (a disjunctive facet)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper
from django.utils.text import capfirst

from toolkit.filters import AnyOf, AtMost, MethodFilters, bound_label


@dataclass(frozen=True, slots=True)
class Option:
    """``count``: how many hits there would be if this were ticked alone in its facet; ``None`` for “any”."""

    value: str
    label: str
    count: int | None
    checked: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of options. ``kind`` is ``"checkbox"``, ``"radio"`` or ``"number"`` (no options, a value)."""

    name: str
    label: str
    kind: str
    options: list[Option]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """All facets and the number of hits."""

    facets: list[Facet]
    total: int


def count_facets(records: Any, filters: MethodFilters, any_label: str) -> Counts:
    """Count in a single query: combinations of facet values, and for each filter in use whether it holds.

    Words that no record has are not offered.
    """
    conditions = filters.conditions()
    fields = [f.field_name for f in filters.filters.values() if isinstance(f, AnyOf | AtMost)]
    flags = {f"meets_{name}": ExpressionWrapper(q, output_field=BooleanField()) for name, q in conditions.items()}
    rows = list(
        records.order_by().annotate(**flags).values(*fields, *flags).annotate(hits=Count("pk")).values_list(
            *fields, *flags, "hits", named=True
        )
    )  # fmt: skip
    answers = filters.answers()
    facets = []
    for name, used in filters.filters.items():
        others = [flag for flag in flags if flag != f"meets_{name}"]
        left = [row for row in rows if all(getattr(row, flag) for flag in others)]
        if isinstance(used, AnyOf):
            counter: Counter[str] = Counter()
            for row in left:
                for word in getattr(row, used.field_name):
                    counter[word] += row.hits
            present = {word for row in rows for word in getattr(row, used.field_name)}
            options = [
                Option(str(value), capfirst(str(label)), counter[value], value in answers.get(name, ()))
                for value, label in used.extra["choices"]
                if value in present
            ]
            facets.append(Facet(name, str(used.label), "checkbox", options))
        elif isinstance(used, AtMost):
            chosen = answers.get(name)
            options = [Option("", capfirst(any_label), None, chosen is None)]
            for value, _label in used.extra["choices"]:
                hits = sum(row.hits for row in left if getattr(row, used.field_name) <= value)
                options.append(Option(str(value), capfirst(bound_label(name, value)), hits, value == chosen))
            facets.append(Facet(name, str(used.label), "radio", options))
        else:
            facets.append(Facet(name, str(used.label), "number", [], str(answers.get(name, ""))))
    total = sum(row.hits for row in rows if all(getattr(row, flag) for flag in flags))
    return Counts([facet for facet in facets if facet.options or facet.kind == "number"], total)
