"""The description of the API for programs and for people, made from the very types that check and fill it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from ninja import NinjaAPI

from cms_blocks.content_api.answers import for_caches, has, not_modified, tag_of
from cms_blocks.content_api.exports import FORMATS
from cms_blocks.content_api.problems import CONTENT_TYPE
from cms_blocks.publication.reader import etag

REFERENCE = re.compile(r"#/components/schemas/([^\"]+)")
#: Files that are JSON themselves; the others are text.
FILES = {
    "application/geo+json": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "const": "FeatureCollection"},
            "features": {"type": "array", "items": {"type": "object"}},
        },
    }
}
#: How long a shared cache may keep the description, in seconds.
KEPT = 300


@cache
def schema(api: NinjaAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document as plain JSON types, the same for the same code."""
    document: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    document["servers"] = [{"url": "/"}]
    shared: dict[str, Any] = {}
    document["components"]["parameters"] = shared
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                _say_how_lists_are_written(parameter)
            operation["parameters"] = [_shared(parameter, shared) for parameter in operation["parameters"]]
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    answer["content"] = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemForm"}}}
            if operation["operationId"].startswith("export_"):
                types = (one.content_type.partition(";")[0] for one in FORMATS.values())
                content = {name: {"schema": FILES.get(name, {"type": "string"})} for name in types}
                operation["responses"]["200"]["content"] = content
    _drop_unused(document)
    return document


def _drop_unused(document: dict[str, Any]) -> None:
    """Leave out types that nothing refers to: those of all parameters together, which only ninja has a use for."""
    schemas = document["components"]["schemas"]
    used: set[str] = set()
    waiting = [document["paths"], document["components"]["parameters"]]
    while waiting:
        names = set(REFERENCE.findall(json.dumps(waiting.pop()))) - used
        used |= names
        waiting += [schemas[name] for name in names]
    document["components"]["schemas"] = {name: one for name, one in schemas.items() if name in used}


def _shared(parameter: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """A reference to the one description of this very parameter. Most kinds have most parameters in common."""
    name, number = parameter["name"], 1
    while shared.setdefault(name, parameter) != parameter:
        number += 1
        name = f"{parameter['name']}-{number}"
    return {"$ref": f"#/components/parameters/{name}"}


def _say_how_lists_are_written(parameter: dict[str, Any]) -> None:
    """Members divided by commas; only ``or`` is repeated, since its conditions hold commas themselves."""
    if parameter["schema"].get("type") == "array" and parameter["name"] != "or":
        parameter |= {"style": "form", "explode": False}


def as_json(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    content = json.dumps(schema(api), ensure_ascii=False).encode()
    tag = tag_of(request, etag(content))
    if has(request, tag):
        return not_modified(tag, KEPT)
    return for_caches(HttpResponse(content, content_type="application/json"), tag, KEPT)


def as_page(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """The same to read: operations, parameters and answers on one page, without scripts and third parties."""
    document = schema(api)
    context = {
        "info": document["info"],
        "for_programs": reverse(f"{api.urls_namespace}:openapi"),
        "groups": _groups(document),
        "parameters": [_parameter(name, found) for name, found in sorted(document["components"]["parameters"].items())],
        "types": [_type(name, found) for name, found in sorted(document["components"]["schemas"].items())],
    }
    response = render(request, "cms_blocks/content_api/docs.html", context)
    tag = tag_of(request, etag(response.content))
    return not_modified(tag, KEPT) if has(request, tag) else for_caches(response, tag, KEPT)


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answer = operation["responses"]["200"].get("content", {})
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "parameters": [one["$ref"].rpartition("/")[2] for one in operation["parameters"]],
                    "answers": [{"type": name, "of": _words(one.get("schema", {}))} for name, one in answer.items()],
                }
            )
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _parameter(key: str, parameter: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "name": parameter["name"],
        "required": parameter["required"],
        "type": _words(parameter["schema"]),
        "description": parameter.get("description", ""),
        "allowed": _allowed(parameter["schema"]),
    }


def _type(name: str, found: dict[str, Any]) -> dict[str, Any]:
    required = set(found.get("required", ()))
    return {
        "name": name,
        "description": found.get("description", ""),
        "fields": [
            {
                "name": field,
                "type": _words(one),
                "refers": _reference(one),
                "required": field in required,
                "description": one.get("description", ""),
                "allowed": _allowed(one),
            }
            for field, one in found.get("properties", {}).items()
        ],
    }


def _words(found: dict[str, Any]) -> str:
    """A type in words: ``list of string``, ``integer or null``."""
    if "$ref" in found:
        return str(found["$ref"]).rpartition("/")[2]
    for name in ("anyOf", "oneOf"):
        if name in found:
            return " or ".join(dict.fromkeys(_words(one) for one in found[name]))
    if found.get("type") == "array":
        return f"list of {_words(found.get('items', {}))}"
    return " ".join(filter(None, [found.get("type", "any"), found.get("format")]))


def _reference(found: dict[str, Any]) -> str:
    """The named type that this one is made of, if it is just one."""
    names = {_words(one) for one in _leaves(found) if "$ref" in one}
    return names.pop() if len(names) == 1 else ""


def _leaves(found: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*found.get("anyOf", ()), *found.get("oneOf", ()), *([found["items"]] if "items" in found else ())]
    return [leaf for one in inner for leaf in _leaves(one)] if inner else [found]


def _allowed(found: dict[str, Any]) -> list[str]:
    """The values of an enumeration, of a list's members too."""
    one = found.get("items", found)
    return [str(value) for value in one.get("enum", [one["const"]] if "const" in one else ())]
