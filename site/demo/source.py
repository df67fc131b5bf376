"""The content files of the demo: what they hold, read once, each mistake named with its file.

``content/pages/<locale>.json`` is a list of pages, parents before children, ``content/*.json`` holds names and media;
``content/README.md`` describes the format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
METHODS = CONTENT / "methods.json"
#: The language the others are translations of.
ORIGINAL = "de"


@dataclass(frozen=True, slots=True)
class PageText:
    """One page in one language. ``key`` is the same in all languages; ``parent`` is the key of the page above.

    ``body`` is a list of blocks as a StreamField stores them, with references by key in place of ids
    (see :mod:`demo.references`).
    """

    key: str
    type: str
    slug: str
    title: str
    lead: str
    locale: str = ORIGINAL
    parent: str | None = None
    headline: str = ""
    half: str = "joint"
    contact: str = ""
    topic: str = ""
    illustration: str = ""
    in_menu: bool = False
    #: What this type of page has beyond the others, as its fields are named; a list is the value of a StreamField.
    fields: dict[str, Any] = field(default_factory=dict)
    body: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a document: its file and what is said about it. ``alt`` only for pictures."""

    key: str
    path: Path
    title: str
    alt: str = ""
    summary: str = ""
    credit: str = ""
    licence: str = ""


def read(name: str) -> Any:
    """The content of ``content/<name>``; ``ValueError`` naming the file when it is no JSON."""
    path = CONTENT / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def page_locales() -> list[str]:
    """Languages that have pages, the original first."""
    codes = sorted(path.stem for path in (CONTENT / "pages").glob("*.json"))
    return sorted(codes, key=lambda code: code != ORIGINAL)


def pages() -> Iterator[PageText]:
    """All pages, German first, in each language parents before children.

    A translation that names no parent stands below the translation of the nearest ancestor its original has.
    """
    parents = {entry["key"]: entry["parent"] for entry in read(f"pages/{ORIGINAL}.json")}
    for code in page_locales():
        known: set[str] = set()
        for entry in read(f"pages/{code}.json"):
            parent = entry.get("parent", parents.get(entry["key"]))
            while parent is not None and parent not in known:
                parent = parents[parent]
            known.add(entry["key"])
            try:
                yield PageText(**(entry | {"locale": code, "parent": parent}))
            except TypeError as error:
                raise ValueError(f"pages/{code}.json, page {entry['key']!r}: {error}") from error


def images() -> dict[str, Media]:
    """The pictures by key."""
    file = read("media.json")
    rights = {"credit": file["credit"], "licence": file["licence"]}
    return {entry["key"]: _media(entry | rights) for entry in file["images"]}


def documents() -> dict[str, Media]:
    """The files to download by key."""
    return {entry["key"]: _media(entry) for entry in read("media.json")["documents"]}


def _media(entry: dict[str, str]) -> Media:
    values = dict(entry)
    return Media(path=CONTENT / values.pop("file"), **values)
