"""What an intruder asks each address of the content API for: every resource, format, include, facet, cursor and error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.core import signing
from django.test import Client
from wagtail.coreutils import get_content_languages
from wagtail.models import Page, Revision

from cms_blocks.content_api.exports import FORMATS
from cms_blocks.content_api.parameters import INCLUDES
from cms_blocks.content_api.resources import Resource, resources
from cms_blocks.models import PublicRecord

API = "/api/content/v1"
EVERYTHING = f"fields=*&include={','.join(INCLUDES)}"


def api_exits() -> dict[str, Callable[[Any], list[str]]]:
    """By the name of the address, as the leak test lists its exits."""
    found: dict[str, Callable[[Any], list[str]]] = {
        "content_api:find": lambda world: [
            *(f"{API}/find/?path={quote(path)}&{EVERYTHING}" for path in world.paths),
            *(f"{API}/find/?path={quote(path)}" for path in Page.objects.values_list("url_path", flat=True)),
        ],
        "content_api:navigation": lambda world: [
            f"{API}/navigation/?locale={code}&depth=5" for code in get_content_languages()
        ],
        "content_api:locales": lambda world: [f"{API}/locales/"],
        "content_api:changes": lambda world: [f"{API}/changes/", f"{API}/changes/?since={_first_since()}"],
        "content_api:preview": lambda world: [
            f"{API}/preview/?token={quote(token)}"
            for pk in Revision.objects.values_list("pk", flat=True)
            for token in (str(pk), signing.dumps(pk), signing.dumps(pk, salt="content-api.changes"))
        ],
        "content_api:openapi": lambda world: [f"{API}/openapi.json"],
        "content_api:docs": lambda world: [f"{API}/docs/"],
        "content_api:api-root": lambda world: [f"{API}/"],
    }
    for resource in resources().values():
        found[f"content_api:{resource.name}"] = _lists(resource)
        found[f"content_api:{resource.name}-record"] = _records(resource)
        found[f"content_api:{resource.name}-export"] = _exports(resource)
    return found


def _lists(resource: Resource) -> Callable[[Any], list[str]]:
    address = f"{API}/{resource.name}/"
    facets = ",".join(resource.counted)

    def ask(world: Any) -> list[str]:
        words = list(world.aviary.words)[::7]
        return [
            *_pages(f"{address}?{EVERYTHING}&facets={facets}&count=true&limit=3"),
            *(f"{address}?sort={sign}{name}" for name in resource.sorted_by for sign in ("", "-")),
            *(f"{address}?q={word}&{EVERYTHING}" for word in words[:5]),
            *(f"{address}?path={word}" for word in words[:2]),
            f"{address}?q=kanarie&facets={facets}",
            f"{address}?or=path:{words[0]}|half:joint&{EVERYTHING}",
            f"{address}?{words[0]}=1&sort={words[1]}&cursor={words[2]}",
            f"{address}?locale={words[0]}&facets={words[1]}&fields={words[2]}",
        ]

    return ask


def _pages(first: str) -> list[str]:
    """The addresses of all pages of a list."""
    found, client = [first], Client()
    while following := client.get(found[-1]).json()["next"]:
        found.append(following)
    return found


def _records(resource: Resource) -> Callable[[Any], list[str]]:
    """Every id there is, public or gone, and those of pages, which are others."""
    return lambda world: [
        f"{API}/{resource.name}/{pk}/?{EVERYTHING}"
        for pk in {*PublicRecord.objects.values_list("pk", flat=True), *Page.objects.values_list("pk", flat=True)}
    ]


def _exports(resource: Resource) -> Callable[[Any], list[str]]:
    return lambda world: [f"{API}/export/{resource.kind}.{name}" for name in FORMATS]


def _first_since() -> str:
    return str(Client().get(f"{API}/changes/").json()["since"])
