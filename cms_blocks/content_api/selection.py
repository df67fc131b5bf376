"""From parameters to records: conditions, search, order and the page that a cursor asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.core import signing
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from pydantic import ValidationError

from cms_blocks.content_api.parameters import RELEVANCE, Parameters
from cms_blocks.content_api.problems import bad_parameter
from cms_blocks.content_api.resources import Column, Resource
from cms_blocks.languages import original_language
from cms_blocks.publication.counting import Counting
from cms_blocks.publication.prepared import NOW, Prepared, prepared
from cms_blocks.publication.reader import etag
from cms_blocks.search.engine import Query, engine

#: The best hits that a search is narrowed and sorted among.
MOST_HITS = 1000
#: Conditions in one ``or``.
MOST_CONDITIONS = 20
#: Parameters that may differ from page to page.
NO_PART_OF_THE_SELECTION = {"limit", "cursor", "count", "fields", "include", "facets"}


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page in their order, and the cursor of the next (empty: there is none)."""

    rows: list[dict[str, Any]]
    next: str = ""


@dataclass
class Selection:
    """What was asked for, at one moment and on one site."""

    resource: Resource
    parameters: Parameters
    now: datetime
    site_id: int | None
    #: The order where nobody asks for one and nothing is searched for.
    default_sort: str = "id"
    sort: str = field(init=False)

    def __post_init__(self) -> None:
        chosen = self._get("sort")
        if chosen == RELEVANCE and not self._get("q"):
            raise bad_parameter("sort", "Only a search (q) has an order by relevance.")
        self.sort = chosen or (RELEVANCE if self._get("q") else self.default_sort)

    def _get(self, name: str) -> Any:
        return getattr(self.parameters, name, None)

    @cached_property
    def conditions(self) -> dict[str, Q]:
        """One condition for each column that is asked about."""
        found: dict[str, Q] = {}
        for name in self.parameters.model_fields_set:
            column, lookup = self._asked(name)
            if column is not None:
                condition = condition_of(column, lookup, getattr(self.parameters, name))
                found[column.name] = found.get(column.name, Q()) & condition
        return found

    def _asked(self, name: str) -> tuple[Column | None, str]:
        column, _, lookup = name.partition("__")
        return self.resource.filtered.get(column), lookup or "exact"

    @cached_property
    def _always(self) -> Q:
        """What holds for facets too: box, alternatives and search."""
        condition = Q(site_id=self.site_id) | Q(site_id=None)
        if box := self._get("bbox"):
            condition &= in_box(*box)
        for alternatives in self._get("any_of") or []:
            condition &= self._any_of(alternatives)
        if self._get("q"):
            condition &= Q(pk__in=self.hits)
        return condition

    def _any_of(self, text: str) -> Q:
        """``topics:green|half__in:carrier,joint``."""
        parts = text.split("|")
        if len(parts) > MOST_CONDITIONS:
            raise bad_parameter("or", f"Holds more than {MOST_CONDITIONS} conditions.")
        conditions = []
        for part in parts:
            name, colon, value = part.partition(":")
            column, lookup = self._asked(name)
            if column is None or not colon or name not in type(self.parameters).model_fields:
                raise bad_parameter("or", f"“{part[:100]}” is no condition like half:joint.", self._filter_names())
            try:
                values = [value] if lookup in {"in", "range"} else value
                checked = type(self.parameters).model_validate({name: values})
            except ValidationError as error:
                raise bad_parameter("or", f"{name}: {error.errors()[0]['msg']}") from error
            conditions.append(condition_of(column, lookup, getattr(checked, name)))
        return reduce(or_, conditions)

    def _filter_names(self) -> list[str]:
        return [name for name in type(self.parameters).model_fields if self._asked(name)[0] is not None]

    @cached_property
    def hits(self) -> list[int]:
        """Ids of the records that the search finds, best first."""
        text, locale = self._get("q"), self._get("locale") or original_language()
        kinds = (self.resource.kind,) if self.resource.declaration else ()
        found = engine().search(Query(text, locale, kinds, self.site_id, MOST_HITS, texts=False))
        return [hit.record_id for hit in found.hits]

    def records(self, without: Collection[str] = ()) -> Any:
        """The selection as a queryset, in no order; ``without`` the conditions of these columns."""
        rows = self.resource.records().listed(self.now).filter(self._always).order_by()
        return rows.filter(*(q for name, q in self.conditions.items() if name not in without))

    def page(self, limit: int, cursor: str, paths: Iterable[str]) -> Page:
        """The rows of a page with these look-ups. One query, or three for a search."""
        if self.sort == RELEVANCE:
            return self._page_of_hits(limit, cursor, paths)
        column = self.resource.sorted_by[self.sort.removeprefix("-")]
        wanted = sorted({*paths, column.path})

        def rows(selection: Selection) -> Any:
            return selection.ordered().values("pk", *wanted)

        if cursor:
            behind = self._after(column, *self._opened(cursor))
            found = list(rows(self).filter(behind)[: limit + 1])
        else:
            found = self.ask(f"{limit} {wanted}", lambda selection: rows(selection)[: limit + 1])
        last = found[limit - 1] if len(found) > limit else None
        return Page(found[:limit], self._closed(last[column.path], last["pk"]) if last else "")

    def ask(self, name: str, rows: Callable[[Selection], Any]) -> list[dict[str, Any]]:
        """What a queryset of ``values()`` gives that ``rows`` makes of this selection."""
        return self.prepared(name, rows).rows(self.now)

    def prepared(self, name: str, rows: Callable[[Selection], Any]) -> Prepared:
        """A queryset of ``values()`` that ``rows`` makes of this selection, compiled once for all moments under this
        name, except for a search: its hits stand in the query."""
        if self._get("q"):
            return Prepared.of(rows(self))
        return prepared((self._identity, name), lambda: rows(replace(self, now=NOW)))

    def ordered(self) -> Any:
        """The selection in its order; hits of a search by relevance have none that a database knows."""
        if self.sort == RELEVANCE:
            return self.records().order_by("pk")
        column = self.resource.sorted_by[self.sort.removeprefix("-")]
        # Only where there can be none: SQLite reads no index in an order that says where nulls stand.
        last = True if column.nullable else None
        order = (F(column.path).desc if self.sort.startswith("-") else F(column.path).asc)(nulls_last=last)
        if column.name != "id":
            return self.records().order_by(order, "pk")
        # True of all, and said so that SQLite goes along the ids instead of sorting all records.
        return self.records().filter(pk__gt=0).order_by(order)

    def _page_of_hits(self, limit: int, cursor: str, paths: Iterable[str]) -> Page:
        allowed = set(self.records().values_list("pk", flat=True))
        ids = [pk for pk in self.hits if pk in allowed]
        start = self._opened(cursor)[0] if cursor else 0
        wanted = ids[start : start + limit]
        rows = {row["pk"]: row for row in self.records().filter(pk__in=wanted).values("pk", *paths)}
        more = self._closed(start + limit, 0) if len(ids) > start + limit else ""
        return Page([rows[pk] for pk in wanted if pk in rows], more)

    def _after(self, column: Column, value: Any, pk: int) -> Q:
        """Rows behind this one; rows without a value come last."""
        if value is None:
            return Q(**{f"{column.path}__isnull": True}) & Q(pk__gt=pk)
        operator = "lt" if self.sort.startswith("-") else "gt"
        behind = Q(**{f"{column.path}__{operator}": value}) | Q(**{column.path: value}) & Q(pk__gt=pk)
        return behind | Q(**{f"{column.path}__isnull": True}) if column.nullable else behind

    # Cursors: the last row's value and id, signed, and of use only for the very same selection.

    @cached_property
    def _identity(self) -> str:
        """The same for the very same question at another moment, on whatever page and in whatever shape."""
        names = sorted(self.parameters.model_fields_set - NO_PART_OF_THE_SELECTION)
        asked = {name: str(getattr(self.parameters, name)) for name in names}
        return etag(self.resource.name, self.sort, self.site_id, asked, self.resource.kind)

    def _closed(self, value: Any, pk: int) -> str:
        text = value.isoformat() if isinstance(value, date) else value
        return signing.dumps([text, pk], salt=f"content-api.{self._identity}")

    def _opened(self, cursor: str) -> tuple[Any, int]:
        try:
            value, pk = signing.loads(cursor, salt=f"content-api.{self._identity}")
        except signing.BadSignature:
            raise bad_parameter(
                "cursor", "Is not from this selection. Start without one, or follow the link next of a page."
            ) from None
        column = self.resource.sorted_by.get(self.sort.removeprefix("-"))
        if column is not None and column.type in (date, datetime) and value is not None:
            value = column.type.fromisoformat(value)
        return value, pk


def condition_of(column: Column, lookup: str, value: Any) -> Q:
    """One condition. ``value`` has the type that :mod:`cms_blocks.content_api.parameters` says."""
    if lookup == "range":
        return reduce(or_, (_between(column.path, *ends) for ends in value))
    if column.many:
        lookup = {"exact": "has", "in": "has_any"}[lookup]
    return Q(**{f"{column.path}__{lookup}": value})


def _between(path: str, least: Any, most: Any) -> Q:
    ends = {f"{path}__{name}": end for name, end in (("gte", least), ("lte", most)) if end is not None}
    return Q(**ends)


def in_box(west: float, south: float, east: float, north: float) -> Q:
    """A box may cross the line where the day changes: then its west lies east of its east."""
    inside = Q(latitude__gte=south, latitude__lte=north)
    if west <= east:
        return inside & Q(longitude__gte=west, longitude__lte=east)
    return inside & (Q(longitude__gte=west) | Q(longitude__lte=east))


def facets(selection: Selection, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    """For each facet its values with the number of records that would be found, the most frequent first.

    A facet ignores its own condition. One query for all.
    """
    columns = {name: selection.resource.counted[name] for name in names}

    def counting(selection: Selection) -> Counting:
        return Counting(
            {name: F(one.path) if one.type is str else Cast(one.path, TextField()) for name, one in columns.items()},
            {name: condition for name, condition in selection.conditions.items() if name in columns},
            frozenset(name for name, one in columns.items() if one.many),
        )

    def rows(selection: Selection) -> Any:
        return counting(selection).rows(selection.records(without=columns))

    query = selection.prepared(f"facets {list(columns)}", rows)
    counted = counting(selection).count(query, selection.now).words
    return {
        name: [
            {"value": columns[name].type(word), "count": number}
            for word, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        ]
        for name, found in counted.items()
    }
