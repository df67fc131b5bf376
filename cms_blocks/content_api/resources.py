"""What the API offers of each kind: its name, its columns with their types, what can be asked of them.

All of it follows from the kind's declaration and from the columns of its facts; nothing is listed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from wagtail.coreutils import get_content_languages

from cms_blocks.publication.declaration import declarations
from cms_blocks.publication.fields import GeometryField, SetField
from cms_blocks.publication.records import PublicRecord

if TYPE_CHECKING:
    from cms_blocks.publication.declaration import Publication

#: The resource that holds records of every kind.
EVERYTHING = "records"
#: Columns of the record that can be shown and asked for, in the order they are shown.
SHOWN = (
    "id", "kind", "object_id", "locale", "translation_key", "path", "title", "lead", "illustration", "topics",
    "districts", "levels", "status", "half", "starts_at", "ends_at", "latitude", "longitude", "in_menu",
    "published_at", "changed_at", "version",
)  # fmt: skip
#: Texts and pictures are shown but not filtered by.
NOT_FILTERED = frozenset({"title", "lead", "news", "news_text", "illustration", "latitude", "longitude", "version"})
#: Of columns that readers compute: the field that has their type.
STORED_AS = {"status": "fixed_status"}
SORTED_BY = ("id", "title", "published_at", "changed_at", "starts_at", "ends_at")
COUNTED = ("kind", "locale", "topics", "districts", "levels", "status", "half")

TYPES: tuple[tuple[type[models.Field], type], ...] = (
    (models.BooleanField, bool),
    (models.DateTimeField, datetime),
    (models.DateField, date),
    (models.IntegerField, int),
    (models.FloatField, float),
    (models.UUIDField, UUID),
    (models.CharField, str),
    (models.TextField, str),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column. ``path`` is the look-up from :class:`PublicRecord`; ``many``: a set of words."""

    name: str
    path: str
    type: type
    many: bool = False
    nullable: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_ordered(self) -> bool:
        """Whether “at least” and “at most” mean something. Ids are numbers and no quantities."""
        return self.type in (int, float, date, datetime) and not self.many and not self.name.endswith("id")


@dataclass(frozen=True)
class Resource:
    """A kind as the API has it; for :data:`EVERYTHING` without a declaration. ``name`` stands in the address."""

    name: str
    declaration: Publication | None = None

    @property
    def kind(self) -> str:
        return self.declaration.kind if self.declaration else EVERYTHING

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """All columns by name, in the order they are shown."""
        fields = {name: PublicRecord._meta.get_field(STORED_AS.get(name, name)) for name in SHOWN}
        found = {name: replace(_column(field, name), name=name) for name, field in fields.items()}
        found["kind"] = replace(found["kind"], choices=kinds())
        found["locale"] = replace(found["locale"], choices=tuple(get_content_languages()))
        for field, path in self._facts():
            if isinstance(field, GeometryField):
                continue
            if field.name in found:
                raise ImproperlyConfigured(f"{field} is a column of the record already.")
            found[field.name] = _column(field, path)
        return found

    @cached_property
    def geometry(self) -> str:
        """The look-up of what maps draw of a record, as GeoJSON text; empty: nothing but its point."""
        return next((path for field, path in self._facts() if isinstance(field, GeometryField)), "")

    def _facts(self) -> list[tuple[models.Field, str]]:
        """The columns of the kind's facts, with their look-ups."""
        facts = self.declaration.facts if self.declaration else None
        if facts is None:
            return []
        link = facts._meta.get_field("record").remote_field.related_name
        return [(field, f"{link}__{field.name}") for field in facts._meta.concrete_fields if not field.primary_key]

    @cached_property
    def filtered(self) -> Mapping[str, Column]:
        """What can be filtered by. A kind's own resource has one kind."""
        left_out = NOT_FILTERED | ({"kind"} if self.declaration else set())
        return {name: column for name, column in self.columns.items() if name not in left_out}

    @cached_property
    def sorted_by(self) -> Mapping[str, Column]:
        own = [name for name in self.filtered if name not in SHOWN and not self.columns[name].many]
        return {name: self.columns[name] for name in (*SORTED_BY, *own)}

    @cached_property
    def counted(self) -> Mapping[str, Column]:
        """What facets can be counted of: sets and words, and numbers of a kind's own."""
        own = [
            name for name, column in self.columns.items() if name not in SHOWN and (column.many or column.type is int)
        ]
        return {name: self.columns[name] for name in (*COUNTED, *own) if name in self.filtered}

    def records(self) -> Any:
        """The public records of this resource, visible at a moment that the caller chooses."""
        if self.declaration is None:
            return PublicRecord.objects.all()
        return PublicRecord.objects.of_kind(self.declaration.kind)


@cache
def resources() -> Mapping[str, Resource]:
    """All resources by name. Raises :class:`ImproperlyConfigured` for a name used twice."""
    found = {EVERYTHING: Resource(EVERYTHING)}
    for declaration in declarations():
        name = declaration.resource or f"{declaration.kind.replace('_', '-')}s"
        if name in found:
            raise ImproperlyConfigured(f"Two kinds have the address {name!r} in the content API.")
        found[name] = Resource(name, declaration)
    return found


def kinds() -> tuple[str, ...]:
    return tuple(declaration.kind for declaration in declarations())


def _column(field: Any, path: str) -> Column:
    for base, kind in TYPES:
        if isinstance(field, base):
            choices = tuple(str(value) for value, _label in field.flatchoices) if field.choices else ()
            return Column(field.name, path, kind, isinstance(field, SetField), field.null, choices)
    raise ImproperlyConfigured(f"The content API cannot tell a column like {field} ({type(field).__name__}).")
