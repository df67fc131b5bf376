"""What is wrong with a methods file, by line and field, in one go."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from tests.toolkit.factories import entry
from toolkit.importing.schema import Problem, read_methods


def mistakes(content: Any, known: tuple[str, ...] = ()) -> list[Problem]:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    return read_methods(text, known).problems


def line_of(content: Any, *path: str | int) -> int:
    """The line in which the value at ``path`` begins."""
    marked = copy.deepcopy(content)
    inside = marked
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = "@here"
    lines = json.dumps(marked, ensure_ascii=False, indent=1).split("\n")
    return next(number for number, line in enumerate(lines, start=1) if "@here" in line)


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("slug", "Fish Bowl", "slug"),
        ("slug", 7, "slug"),
        ("title", "", "title"),
        ("title", "x" * 256, "title"),
        ("summary", "x" * 301, "summary"),
        ("summary", "a\u0000b", "summary"),
        ("summary", "a\ud800b", "summary"),
        ("description", [], "description"),
        ("description", "one", "description"),
        ("description", ["good", 5], "description[1]"),
        ("purposes", ["plan", "dream"], "purposes[1]"),
        ("purposes", ["plan", "decide", "plan"], "purposes[2]"),
        ("levels", [], "levels"),
        ("settings", None, "settings"),
        ("group_size_min", 0, "group_size_min"),
        ("group_size_min", "15", "group_size_min"),
        ("group_size_min", True, "group_size_min"),
        ("group_size_min", 15.5, "group_size_min"),
        ("group_size_min", {}, "group_size_min"),
        ("group_size_max", 3, "group_size_max"),
        ("duration_minutes_max", 10, "duration_minutes_max"),
        ("preparation_weeks_max", 0, "preparation_weeks_max"),
        ("cost_level", 6, "cost_level"),
        ("steps", [{"title": "Reden", "text": "", "minutes": 600}], "steps"),
        ("steps", [{"title": "Reden", "text": "", "minutes": -1}], "steps[0].minutes"),
        ("steps", [{"title": "R", "text": "", "minutes": 60, "who": "I"}], "steps[0].who"),
        ("steps", ["Reden"], "steps[0]"),
        ("strengths", ["Gut.", ""], "strengths[1]"),
        ("strengths", ["Gut."] * 51, "strengths"),
        ("combines_with", ["nowhere"], "combines_with"),
        ("combines_with", ["fishbowl"], "combines_with"),
        ("plain", [], "plain"),
        ("en", {"title": "Fishbowl", "summary": ""}, "en.summary"),
        ("colour", "red", "colour"),
    ],
)
def test_a_wrong_value_is_reported_by_line_and_field(field: str, value: Any, place: str) -> None:
    content = [entry("erste"), entry("fishbowl") | {field: value}]
    path = [int(part) if part.isdigit() else part for part in re.findall(r"[\w]+", place)]
    text = json.dumps(content, indent=1)
    [problem] = read_methods(text).problems
    assert problem.field == place
    assert problem.line == line_of(content, 1, *path)
    assert problem.reason
    assert place in str(problem)
    if field != "slug":
        assert problem.slug == "fishbowl"


def test_a_missing_field_is_reported_where_its_object_begins() -> None:
    content = [entry("erste"), entry("fishbowl", steps=[{"title": "Reden", "minutes": 60}])]
    del content[1]["staff"]
    found = {problem.field: problem.line for problem in mistakes(content)}
    assert found == {"staff": line_of(content, 1), "steps[0].text": line_of(content, 1, "steps", 0)}


def test_translations_may_be_missing() -> None:
    content = entry("fishbowl")
    del content["plain"], content["en"]
    assert mistakes([content]) == []


def test_every_mistake_is_reported_in_one_go_in_the_order_of_the_file() -> None:
    content = [
        entry("a", cost_level=9, staff=None),
        entry("b", title="A"),
        entry("a"),
        entry("c", combines_with=["x", "y"], levels=["none"]),
        "fishbowl",
    ]
    found = mistakes(content)
    assert [(problem.slug, problem.field) for problem in found] == [
        ("a", "cost_level"),
        ("a", "staff"),
        ("b", "title"),
        ("a", "slug"),
        ("a", "title"),
        ("c", "levels[0]"),
        ("c", "combines_with"),
        ("c", "combines_with"),
        ("", ""),
    ]
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_a_name_used_twice_is_reported_with_its_first_line() -> None:
    content = [entry("a"), entry("a", title="Anderer Name")]
    [problem] = mistakes(content)
    assert problem.line == line_of(content, 1, "slug")
    assert str(line_of(content, 0, "slug")) in problem.reason


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[\n {},\n]", 3),
        ('[\n{"a": 1\n"b": 2}]', 3),
        ('[\n{"a": 1,\n"a": 2}]', 3),
        ('[\n{"a" 1}]', 2),
        ('[\n{"a": tru}]', 2),
        ('[\n{"a": NaN}]', 2),
        ('[\n"a\nb"]', 2),
        ("[]\n[]", 2),
        ("[" * 60, 1),
        ("[\n" + "9" * 5000 + "]", 2),
        ("{}", 1),
        ("\n\n7", 3),
    ],
)
def test_a_file_that_is_no_list_in_json_is_reported_by_line(text: str, line: int) -> None:
    [problem] = mistakes(text)
    assert problem.line == line
