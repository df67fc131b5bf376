"""How a record looks in an answer: its columns, its document as it is stored, and what is sent along with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from cms_blocks.content_api.parameters import ALL_FIELDS, DOCUMENT, PARTS
from cms_blocks.content_api.resources import SHOWN, Resource
from cms_blocks.publication.declaration import page_kinds
from cms_blocks.publication.reader import document_text
from cms_blocks.publication.records import PublicRecord, PublicReference
from cms_blocks.publication.state import STEP

Row = dict[str, Any]
#: Shown whatever was asked for.
ALWAYS = ("id", "kind")
#: What maps draw of a record.
GEOMETRY = "geometry"
#: What must be known of a stored document before it may be passed on.
STORED = ("document__body", "document__valid_until", "stale")


@dataclass(frozen=True)
class Shape:
    """Columns by name, and whether the document comes along: whole, or only these ``parts`` of it under their own name,
    so that what is called a document is always complete. ``geometry``: with what maps draw, where the kind has that."""

    resource: Resource
    names: tuple[str, ...]
    document: bool
    parts: tuple[str, ...] = ()
    geometry: bool = False

    @classmethod
    def of(cls, resource: Resource, fields: Sequence[str] | None, *, document: bool) -> Shape:
        """From the parameter ``fields``. Without it: all columns, and the document if ``document`` says so."""
        everything = tuple(resource.columns)
        if not fields:
            return cls(resource, everything, document)
        if ALL_FIELDS in fields:
            return cls(resource, everything, True)
        parts = tuple(name.removeprefix(f"{DOCUMENT}.") for name in fields if name.startswith(f"{DOCUMENT}."))
        whole = DOCUMENT in fields
        names = tuple(name for name in everything if name in {*fields, *ALWAYS})
        return cls(resource, names, whole or bool(parts), () if whole else parts)

    @property
    def paths(self) -> list[str]:
        """The look-ups to read."""
        paths = [self.resource.columns[name].path for name in self.names]
        if self.geometry and self.resource.geometry:
            paths.append(self.resource.geometry)
        return [*paths, *STORED] if self.document else paths

    def as_json(self, row: Row, now: datetime) -> Row | None:
        """The record for orjson; ``None`` if it left the public since the row was read."""
        shown = {name: row[self.resource.columns[name].path] for name in self.names}
        if self.geometry and (drawn := row.get(self.resource.geometry)):
            shown[GEOMETRY] = orjson.Fragment(drawn)
        if self.document:
            try:
                text = text_of(row, now)
            except PublicRecord.DoesNotExist:
                return None
            if self.parts:
                document = orjson.loads(text)
                shown[PARTS] = {name: document[name] for name in self.parts if name in document}
            else:
                shown[DOCUMENT] = orjson.Fragment(text)
        return shown


def is_fresh(row: Row, now: datetime) -> bool:
    """Whether the stored document may be passed on as it is."""
    return row["document__body"] is not None and not row["stale"] and row["document__valid_until"] > now


def text_of(row: Row, now: datetime) -> str:
    """The document's JSON: the stored text, or a stale one rendered anew."""
    if is_fresh(row, now):
        text: str = row["document__body"]
        return text
    return document_text(PublicRecord(pk=row["pk"]), now)


def along(rows: Sequence[Row], includes: Iterable[str], now: datetime) -> tuple[list[Row], dict[int, Row]]:
    """Records to send along, each once, and for each row the ids of its own by include.

    ``rows`` hold ``pk``, ``object_id``, ``translation_key``, ``tree_path``. Two queries for each include at the most.
    """
    related: dict[int, Row] = {row["pk"]: {} for row in rows}
    found: dict[int, Row] = {}
    for include in dict.fromkeys(includes):
        records, ids = INCLUDES[include](rows, PublicRecord.objects.listed(now))
        found |= records
        for row in rows:
            related[row["pk"]][include] = ids(row)
    told = {pk for row in related.values() for ids in row.values() for pk in ids}
    return [found[pk] for pk in sorted(told)], related  # a record is found with its translations and is none itself


def _links(rows: Sequence[Row], records: Any) -> Any:
    """The pages that the documents quote."""
    quoted: dict[int, list[int]] = {}
    asked = PublicReference.objects.filter(source_id__in=[row["pk"] for row in rows], target_kind="page")
    for source, target in asked.order_by("target_id").values_list("source_id", "target_id"):
        quoted.setdefault(source, []).append(target)
    wanted = {target for targets in quoted.values() for target in targets}
    found = _read(records.of_kind(*page_kinds()).filter(object_id__in=wanted)) if wanted else []
    by_object = {row["object_id"]: row["id"] for row in found}
    return _by_id(found), lambda row: [by_object[pk] for pk in quoted.get(row["pk"], ()) if pk in by_object]


def _translations(rows: Sequence[Row], records: Any) -> Any:
    keys = {row["translation_key"] for row in rows} - {None}
    found = _read(records.filter(translation_key__in=keys)) if keys else []
    return _by_id(found), lambda row: [
        other["id"]
        for other in found
        if other["translation_key"] == row["translation_key"] and other["id"] != row["pk"]
    ]


def _ancestors(rows: Sequence[Row], records: Any) -> Any:
    above = {row["pk"]: _paths_above(row["tree_path"]) for row in rows}
    wanted = {path for paths in above.values() for path in paths}
    found = {}
    if wanted:
        paths = dict(records.filter(tree_path__in=wanted).values_list("pk", "tree_path"))
        found = {paths[row["id"]]: row for row in _read(records.filter(pk__in=paths)) if row["id"] in paths}
    return _by_id(found.values()), lambda row: [found[path]["id"] for path in above[row["pk"]] if path in found]


def _paths_above(tree_path: str) -> list[str]:
    return [tree_path[:end] for end in range(STEP * 2, len(tree_path), STEP)]


INCLUDES = {"links": _links, "translations": _translations, "ancestors": _ancestors}
#: What includes need to know of a row.
NEEDED = ("object_id", "translation_key", "tree_path")


def _read(records: Any) -> list[Row]:
    return list(records.order_by("pk").values(*SHOWN))


def _by_id(rows: Iterable[Row]) -> dict[int, Row]:
    return {row["id"]: row for row in rows}
