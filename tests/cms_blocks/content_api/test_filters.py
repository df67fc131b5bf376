"""Whatever is asked of the lists, they hold what a plain Python filter over the same rows finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from cms_blocks.content_api.resources import STORED_AS, Column, Resource, resources
from tests.cms_blocks.content_api.rows import fill

pytestmark = [pytest.mark.django_db, pytest.mark.gate]

Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The columns of the public records and of their facts, by the names that the API has for them."""
    from django.db import transaction

    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        found = [_columns(record) | _columns(getattr(record, "method_facts", None)) for record in fill()]
    yield found
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


def _columns(row: Model | None) -> Row:
    """By the names that the API has for them."""
    if row is None:
        return {}
    found = {one.name: getattr(row, one.attname) for one in row._meta.concrete_fields}
    return found | {name: found[field] for name, field in STORED_AS.items() if field in found}


@dataclass(frozen=True)
class Condition:
    column: Column
    lookup: str
    value: Any

    @property
    def name(self) -> str:
        return self.column.name if self.lookup == "exact" else f"{self.column.name}__{self.lookup}"

    @property
    def text(self) -> str:
        if self.lookup == "range":
            return ",".join(f"{_text(least)}..{_text(most)}" for least, most in self.value)
        return ",".join(map(_text, self.value)) if self.lookup == "in" else _text(self.value)

    def holds(self, row: Row) -> bool:
        there, asked = row[self.column.name], self.value
        if self.lookup == "isnull":
            return (there is None) == asked
        if self.column.many:
            return bool({asked} & set(there)) if self.lookup == "exact" else bool(set(asked) & set(there))
        if there is None:
            return False
        match self.lookup:
            case "exact":
                return bool(there == asked)
            case "in":
                return there in asked
            case "gte":
                return bool(there >= asked)
            case "lte":
                return bool(there <= asked)
        return any((least is None or least <= there) and (most is None or there <= most) for least, most in asked)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Question:
    resource: Resource
    conditions: list[Condition]
    alternatives: list[list[Condition]]
    box: tuple[float, float, float, float] | None
    sort: str
    limit: int
    facets: list[str] = field(default_factory=list)

    @property
    def query(self) -> dict[str, Any]:
        asked: dict[str, Any] = {condition.name: condition.text for condition in self.conditions}
        if self.alternatives:
            asked["or"] = ["|".join(f"{one.name}:{one.text}" for one in line) for line in self.alternatives]
        if self.box:
            asked["bbox"] = ",".join(map(str, self.box))
        if self.sort:
            asked["sort"] = self.sort
        if self.facets:
            asked["facets"] = ",".join(self.facets)
        return asked | {"limit": self.limit, "count": "true", "fields": "id"}

    def found(self, rows: Iterable[Row], without: str = "") -> list[Row]:
        """The rows that were asked for; ``without`` what was asked about this column alone."""
        conditions = [condition for condition in self.conditions if condition.column.name != without]
        return [
            row
            for row in rows
            if self.resource.kind in {row["kind"], "records"}
            and all(condition.holds(row) for condition in conditions)
            and all(any(one.holds(row) for one in line) for line in self.alternatives)
            and (self.box is None or _lies_in(row, *self.box))
        ]

    def ordered(self, rows: list[Row]) -> list[int]:
        """Ids in their order: rows without a value last, of equals the older first."""
        name, backwards = self.sort.removeprefix("-") or "id", self.sort.startswith("-")
        empty = sorted(row["id"] for row in rows if row[name] is None)
        full = sorted((row for row in rows if row[name] is not None), key=lambda row: row["id"])
        return [row["id"] for row in sorted(full, key=lambda row: row[name], reverse=backwards)] + empty

    def counted(self, rows: list[Row], facet: str) -> list[dict[str, Any]]:
        counts: Counter[Any] = Counter()
        for row in self.found(rows, without=facet):
            counts.update(row[facet] if self.resource.columns[facet].many else [row[facet]])
        words = [word for word in counts if word not in {None, ""}]
        return [{"value": one, "count": counts[one]} for one in sorted(words, key=lambda w: (-counts[w], str(w)))]


def _lies_in(row: Row, west: float, south: float, east: float, north: float) -> bool:
    latitude, longitude = row["latitude"], row["longitude"]
    if latitude is None or longitude is None or not south <= latitude <= north:
        return False
    return bool(west <= longitude <= east if west <= east else longitude >= west or longitude <= east)


@st.composite
def questions(draw: DrawFn, rows: list[Row]) -> Question:
    resource = resources()[draw(st.sampled_from(["records", "methods"]))]
    own = [row for row in rows if resource.kind in {row["kind"], "records"}]
    conditions = {one.name: one for one in draw(st.lists(_conditions(resource, own), max_size=3))}
    alternative = _conditions(resource, own).filter(lambda one: "|" not in one.text)
    alternatives = draw(st.lists(st.lists(alternative, min_size=1, max_size=3), max_size=2))
    box = st.tuples(
        *(st.sampled_from(ends) for ends in ([-180, 13.05, 179.9], [-40, 0, 52.41], [-179, 14, 180], [52.41, 90]))
    )
    return Question(
        resource,
        list(conditions.values()),
        alternatives,
        draw(st.none() | box),
        draw(st.sampled_from(["", *(sign + name for name in resource.sorted_by for sign in ("", "-"))])),
        draw(st.sampled_from([1, 2, 7, 25, 100])),
        draw(st.lists(st.sampled_from(list(resource.counted)), max_size=2, unique=True)),
    )  # fmt: skip


def _conditions(resource: Resource, rows: list[Row]) -> st.SearchStrategy[Condition]:
    return st.sampled_from(list(resource.filtered.values())).flatmap(lambda column: _condition(column, rows))


def _condition(column: Column, rows: list[Row]) -> st.SearchStrategy[Condition]:
    """Values that the rows have, and for a set a word that none has."""
    there = [value for row in rows for value in (row[column.name] if column.many else [row[column.name]])]
    known = sorted({value for value in there if value not in {None, ""}})
    value = st.sampled_from([*known, "nobody-has-this"] if column.many else known)
    sorts = {"exact": value}
    if column.type is not bool:
        sorts["in"] = st.lists(value.filter(lambda word: "," not in str(word)), min_size=1, max_size=3)
    if column.is_ordered:
        ends = st.tuples(value | st.none(), value | st.none()).filter(any)
        sorts |= {"gte": value, "lte": value, "range": st.lists(ends, min_size=1, max_size=2)}
    if column.nullable:
        sorts["isnull"] = st.booleans()
    return st.one_of(*(st.builds(Condition, st.just(column), st.just(name), one) for name, one in sorts.items()))


def walk(address: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    """All pages of a list."""
    response = Client().get(address, query)
    pages = []
    while True:
        assert response.status_code == 200, response.content
        pages.append(response.json())
        assert len(pages) < 100
        if pages[-1]["next"] is None:
            return pages
        response = Client().get(pages[-1]["next"])


@pytest.fixture
def any_number_of_questions(settings: Any) -> None:
    settings.CONTENT_API_COSTLY_A_MINUTE = 10**6


@settings(max_examples=80, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_pages_count_and_facets_are_those_of_a_plain_filter(
    rows: list[Row], any_number_of_questions: None, data: st.DataObject
) -> None:
    question = data.draw(questions(rows))
    found = question.found(rows)
    pages = walk(f"/api/content/v1/{question.resource.name}/", question.query)
    assert [len(page["data"]) for page in pages[:-1]] == [question.limit] * (len(pages) - 1)
    assert [record["id"] for page in pages for record in page["data"]] == question.ordered(found)
    assert {page["count"] for page in pages} == {len(found)}
    facets = {name: question.counted(rows, name) for name in question.facets}
    assert all(page.get("facets", {}) == facets for page in pages)


@pytest.mark.parametrize("name", ["title", "starts_at", "group_size_max"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_record_ends_a_page_once_and_the_next_goes_on_behind_it(
    rows: list[Row], any_number_of_questions: None, name: str, sign: str
) -> None:
    resource = resources()["methods" if name == "group_size_max" else "records"]
    question = Question(resource, [], [], None, sign + name, limit=1)
    pages = walk(f"/api/content/v1/{resource.name}/", question.query)
    assert [record["id"] for page in pages for record in page["data"]] == question.ordered(question.found(rows))


# What is refused


def refused(address: str, query: Any, parameter: str) -> dict[str, Any]:
    """The mistake that the API finds in this parameter, the only one."""
    response = Client().get(f"/api/content/v1/{address}/", query)
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    problem = response.json()
    assert (problem["status"], problem["title"]) == (400, "Bad Request")
    (error,) = problem["errors"]
    assert error["parameter"] == parameter
    assert problem["detail"].startswith(f"{parameter}: ")
    return error  # type: ignore[no-any-return]


def cursor(query: dict[str, Any]) -> str:
    address = Client().get("/api/content/v1/records/", query).json()["next"]
    return str(Client().get(address).wsgi_request.GET["cursor"])


@pytest.mark.parametrize(
    ("other", "address"),
    [
        ({"sort": "-title"}, "records"),
        ({"sort": "id"}, "records"),
        ({}, "records"),
        ({"sort": "title", "locale": "de"}, "records"),
        ({"sort": "title", "or": "locale:de"}, "records"),
        ({"sort": "title"}, "pages"),
    ],
)
def test_a_cursor_is_of_no_use_for_another_selection(rows: list[Row], other: dict[str, str], address: str) -> None:
    refused(address, {**other, "cursor": cursor({"sort": "title", "limit": 3})}, "cursor")


def test_a_cursor_goes_with_pages_of_another_size_and_shape(rows: list[Row]) -> None:
    sent = {"sort": "title", "cursor": cursor({"sort": "title", "limit": 3}), "limit": 50, "fields": "title"}
    page = Client().get("/api/content/v1/records/", sent).json()
    assert len(page["data"]) == 50


def test_a_cursor_with_one_letter_changed_is_refused(rows: list[Row]) -> None:
    sound = cursor({"limit": 3})
    for place, letter in enumerate(sound):
        changed = sound[:place] + ("a" if letter != "a" else "b") + sound[place + 1 :]
        refused("records", {"cursor": changed}, "cursor")


NONSENSE = {
    "an unknown parameter": ({"colour": "red"}, "colour", "locale"),
    "an unknown look-up": ({"title__icontains": "x"}, "title__icontains", "locale__in"),
    "a relation": ({"document__body": "x"}, "document__body", "kind"),
    "a column that is not shown": ({"is_live": "false"}, "is_live", "kind"),
    "a parameter by its inner name": ({"any_of": "locale:de"}, "any_of", "or"),
    "two values": ({"locale": ["de", "en"]}, "locale", ""),
    "two orders": ({"sort": ["id", "title"]}, "sort", ""),
    "an unknown word": ({"locale": "fr"}, "locale", "de-simple"),
    "an unknown kind": ({"kind__in": "page,riddle"}, "kind__in", "page"),
    "an unknown order": ({"sort": "lead"}, "sort", "-starts_at"),
    "an order that needs words": ({"sort": "relevance"}, "sort", ""),
    "an unknown field": ({"fields": "title,password"}, "fields", "document"),
    "an unknown include": ({"include": "secrets"}, "include", "links"),
    "an unknown facet": ({"facets": "title"}, "facets", "topics"),
    "no number": ({"id": "one"}, "id", ""),
    "no numbers in a list": ({"id__in": "1,x"}, "id__in", ""),
    "an empty list": ({"id__in": ""}, "id__in", ""),
    "no time": ({"starts_at__gte": "soon"}, "starts_at__gte", ""),
    "a time that no database holds": ({"starts_at": "0001-01-01T00:00:00Z"}, "starts_at", ""),
    "no range": ({"starts_at__range": "2026-01-01"}, "starts_at__range", ""),
    "a range without ends": ({"starts_at__range": ".."}, "starts_at__range", ""),
    "neither yes nor no": ({"in_menu": "perhaps"}, "in_menu", ""),
    "no box": ({"bbox": "1,2,3"}, "bbox", ""),
    "a box off the earth": ({"bbox": "1,2,3,91"}, "bbox", ""),
    "a box of no numbers": ({"bbox": "nan,nan,nan,nan"}, "bbox", ""),
    "an alternative of nothing": ({"or": "locale:de|"}, "or", "locale__in"),
    "an alternative without a value": ({"or": "locale"}, "or", "locale"),
    "an alternative of a wrong value": ({"or": "locale:fr"}, "or", ""),
    "an alternative of what is no filter": ({"or": "sort:id"}, "or", "locale"),
    "too many alternatives": ({"or": "|".join(["locale:de"] * 21)}, "or", ""),
    "too much": ({"limit": "101"}, "limit", ""),
    "nothing at all": ({"limit": "0"}, "limit", ""),
    "a cursor of nobody": ({"cursor": "abc"}, "cursor", ""),
    "a sign that is no text": ({"path": "\0"}, "path", ""),
    "no words": ({"q": ""}, "q", ""),
}


@pytest.mark.parametrize("mistake", NONSENSE)
def test_a_mistake_is_named_with_what_would_be_right(mistake: str) -> None:
    query, parameter, allowed = NONSENSE[mistake]
    error = refused("records", query, parameter)
    assert error["message"]
    if allowed:
        assert allowed in error["allowed"]
    else:
        assert "allowed" not in error


def test_all_mistakes_are_named_at_once() -> None:
    response = Client().get("/api/content/v1/records/", {"colour": "red", "locale": ["de", "en"]})
    assert [error["parameter"] for error in response.json()["errors"]] == ["colour", "locale"]
    response = Client().get("/api/content/v1/records/", {"limit": "0", "sort": "lead"})
    assert {error["parameter"] for error in response.json()["errors"]} == {"limit", "sort"}


@pytest.mark.parametrize(
    ("address", "query", "parameter"),
    [
        ("find", {"path": "/", "locale": "de"}, "locale"),
        ("find", {}, "path"),
        ("navigation", {"depth": "6"}, "depth"),
        ("locales", {"locale": "de"}, "locale"),
        ("changes", {"since": "yesterday"}, "since"),
        ("records/1", {"limit": "1"}, "limit"),
        ("export/page.csv".removesuffix("/"), {"limit": "1"}, "limit"),
    ],
)
def test_every_address_names_what_it_does_not_know(address: str, query: dict[str, str], parameter: str) -> None:
    ask: Callable[..., Any] = Client().get
    response = ask(f"/api/content/v1/{address}" + ("" if "." in address else "/"), query)
    assert response.status_code == 400
    assert [error["parameter"] for error in response.json()["errors"]] == [parameter]
