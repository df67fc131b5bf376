"""Every sort of change that breaks a program is found in an OpenAPI document, and no harmless one is."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.infrastructure.openapi_changes import breaking_changes

Document = dict[str, Any]

DOCUMENT: Document = {
    "paths": {
        "/events/": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "colour", "required": False, "schema": {"type": "string", "enum": ["red", "blue"]}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                    {"$ref": "#/components/parameters/tags"},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Events"}}, "text/csv": {"schema": {"type": "string"}}}},
                    "304": {"description": "Not Modified"},
                },
            },
            "post": {"responses": {}},
        },
        "/places/": {"get": {"responses": {}}},
    },
    "components": {
        "parameters": {
            "tags": {
                "in": "query", "name": "tags", "explode": False,
                "schema": {"type": "array", "items": {"type": "string", "maxLength": 9}},
            },
        },
        "schemas": {
            "Events": {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}}},
            "Event": {
                "type": "object",
                "required": ["title", "state", "body", "cost"],
                "properties": {
                    "title": {"type": "string"},
                    "state": {"enum": ["planned", "over"], "type": "string"},
                    "note": {"type": "string"},
                    "starts": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
                    "cost": {"type": "number"},
                    "names": {"type": "object", "additionalProperties": {"type": "string"}},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
                    "body": {"type": "array", "items": {"oneOf": [{"$ref": "#/components/schemas/Text"}, {"$ref": "#/components/schemas/Line"}]}},
                    "place": {"allOf": [{"$ref": "#/components/schemas/Place"}], "description": "Where."},
                },
            },
            "Text": {"type": "object", "required": ["type"], "properties": {"type": {"const": "text", "type": "string"}, "html": {"type": "string"}}},
            "Line": {"type": "object", "required": ["type"], "properties": {"type": {"const": "line", "type": "string"}}},
            "Place": {"type": "object", "properties": {"street": {"type": "string"}}},
        },
    },
}  # fmt: skip


def asking(document: Document) -> Document:
    return document["paths"]["/events/"]["get"]  # type: ignore[no-any-return]


def schemas(document: Document) -> Document:
    return document["components"]["schemas"]  # type: ignore[no-any-return]


def field(document: Document, name: str) -> Document:
    return schemas(document)["Event"]["properties"][name]  # type: ignore[no-any-return]


def tags(document: Document) -> Document:
    return document["components"]["parameters"]["tags"]  # type: ignore[no-any-return]


def a_picture_block(document: Document) -> None:
    schemas(document)["Picture"] = {"type": "object", "properties": {"type": {"const": "picture", "type": "string"}}}
    field(document, "body")["items"]["oneOf"].append({"$ref": "#/components/schemas/Picture"})


GET = "GET /events/: "
BREAKING: dict[str, Callable[[Document], object]] = {
    "/places/ is gone": lambda d: d["paths"].pop("/places/"),
    "POST /events/ is gone": lambda d: d["paths"]["/events/"].pop("post"),
    GET + "parameter limit is gone": lambda d: asking(d)["parameters"].pop(1),
    GET + "parameter colour is required": lambda d: asking(d)["parameters"][0].update(required=True),
    GET + "parameter day is required": lambda d: asking(d)["parameters"].append(
        {"in": "query", "name": "day", "required": True, "schema": {"type": "string"}}
    ),
    GET + "parameter colour no longer takes 'blue'": lambda d: asking(d)["parameters"][0]["schema"]["enum"].pop(),
    GET + "parameter limit is confined to ['1', '10']": lambda d: asking(d)["parameters"][1]["schema"].update(enum=[1, 10]),
    GET + "parameter limit has maximum 50, before 100": lambda d: asking(d)["parameters"][1]["schema"].update(maximum=50),
    GET + "parameter limit has minimum 2, before 1": lambda d: asking(d)["parameters"][1]["schema"].update(minimum=2),
    GET + "parameter tags has maxItems 3, before none": lambda d: tags(d)["schema"].update(maxItems=3),
    "a member of " + GET + "parameter tags has maxLength 8, before 9": lambda d: tags(d)["schema"]["items"].update(maxLength=8),
    "a member of " + GET + "parameter tags has pattern '^a', before 'none'": lambda d: tags(d)["schema"]["items"].update(pattern="^a"),
    "a member of " + GET + "parameter tags is no longer string": lambda d: tags(d)["schema"]["items"].update(type="integer"),
    GET + "parameter tags is written in another way": lambda d: tags(d).update(explode=True),
    GET + "status 304 is gone": lambda d: asking(d)["responses"].pop("304"),
    GET + "200 no longer comes as text/csv": lambda d: asking(d)["responses"]["200"]["content"].pop("text/csv"),
    "Event.note is gone": lambda d: schemas(d)["Event"]["properties"].pop("note"),
    "Event.title may be missing": lambda d: schemas(d)["Event"]["required"].remove("title"),
    "Event.title may be null": lambda d: field(d, "title").update(type=["string", "null"]),
    "Event.title may be integer": lambda d: field(d, "title").update(type="integer"),
    "Event.title may be anything": lambda d: field(d, "title").pop("type"),
    "Event.cost may be string": lambda d: field(d, "cost").update(type="string"),
    "Event.state may be 'called off'": lambda d: field(d, "state")["enum"].append("called off"),
    "Event.state may be any word": lambda d: field(d, "state").pop("enum"),
    "Event.starts has format 'date', before 'date-time'": lambda d: field(d, "starts")["anyOf"][0].update(format="date"),
    "a value of Event.names may be integer": lambda d: field(d, "names")["additionalProperties"].update(type="integer"),
    "a member of Event.body may be picture object": a_picture_block,
    "Text.html is gone": lambda d: schemas(d)["Text"]["properties"].pop("html"),
    "Place.street is gone": lambda d: schemas(d)["Place"]["properties"].pop("street"),
}  # fmt: skip
HARMLESS: dict[str, Callable[[Document], object]] = {
    "a new address": lambda d: d["paths"].update({"/people/": {"get": {"responses": {}}}}),
    "a new operation": lambda d: d["paths"]["/places/"].update(post={"responses": {}}),
    "a new parameter that nobody need know": lambda d: asking(d)["parameters"].append(
        {"in": "query", "name": "day", "schema": {"type": "string"}}
    ),
    "one more value to ask for": lambda d: asking(d)["parameters"][0]["schema"]["enum"].append("green"),
    "any value to ask for": lambda d: asking(d)["parameters"][0]["schema"].pop("enum"),
    "wider bounds": lambda d: asking(d)["parameters"][1]["schema"].update(minimum=0, maximum=200),
    "no bounds": lambda d: asking(d)["parameters"][1]["schema"].pop("maximum"),
    "fractions may be asked for": lambda d: asking(d)["parameters"][1]["schema"].update(type="number"),
    "a new status": lambda d: asking(d)["responses"].update({"429": {"description": "Too many"}}),
    "one more format": lambda d: asking(d)["responses"]["200"]["content"].update({"text/html": {"schema": {}}}),
    "a new field": lambda d: schemas(d)["Event"]["properties"].update(more={"type": "string"}),
    "a field that always comes now": lambda d: schemas(d)["Event"]["required"].append("note"),
    "a field that is never null any more": lambda d: field(d, "starts")["anyOf"].pop(),
    "a state that never comes any more": lambda d: field(d, "state")["enum"].pop(),
    "words where any text came": lambda d: field(d, "title").update(enum=["a", "b"]),
    "whole numbers where any came": lambda d: field(d, "cost").update(type="integer"),
    "a block that never comes any more": lambda d: field(d, "body")["items"]["oneOf"].pop(),
    "other words of explanation": lambda d: schemas(d)["Event"].update(description="What happens."),
    "a list that is written out": lambda d: asking(d)["parameters"].__setitem__(2, tags(d)),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BREAKING)
def test_a_change_that_breaks_programs_is_found_and_named_once(sentence: str) -> None:
    newer = deepcopy(DOCUMENT)
    BREAKING[sentence](newer)
    assert breaking_changes(DOCUMENT, newer) == [sentence]


@pytest.mark.parametrize("change", HARMLESS)
def test_a_harmless_change_is_no_breaking_one(change: str) -> None:
    newer = deepcopy(DOCUMENT)
    HARMLESS[change](newer)
    assert newer != DOCUMENT
    assert breaking_changes(DOCUMENT, newer) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda d: field(d, "title").update({"not": {"const": ""}}),
        lambda d: field(d, "starts").update({"minLength": 1}),
        lambda d: d["paths"]["/events/"]["post"].update(requestBody={}),
    ],
)
def test_what_cannot_be_compared_is_not_passed_over(change: Callable[[Document], object]) -> None:
    newer = deepcopy(DOCUMENT)
    change(newer)
    with pytest.raises(ValueError, match="not compared"):
        breaking_changes(DOCUMENT, newer)
