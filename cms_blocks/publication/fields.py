"""A column that holds a small set of words, readable by every database engine: ``|green|mobility|``."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import Lookup

SEPARATOR = "|"


class SetField(models.CharField):
    """A tuple of short words (slugs). Python ``("a", "b")``; text ``|a|b|``; empty text for none.

    Lookups: ``topics__has="a"`` and ``topics__has_any=["a", "b"]``. Facet counts group by the text and split it
    (:func:`words`): a few hundred distinct combinations instead of one row for each word.
    """

    description = "A set of words"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 500)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", ())
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        return words(value)

    def from_db_value(self, value, expression, connection):
        return words(value)

    def get_prep_value(self, value):
        return pack(words(value))

    def value_to_string(self, obj):
        return pack(self.value_from_object(obj))


class GeometryField(models.TextField):
    """A GeoJSON geometry (RFC 7946) as text; empty for none. For maps: among facts it is no column of the content API,
    but what its GeoJSON export draws."""

    description = "A GeoJSON geometry"


def words(value: str | Iterable[str] | None) -> tuple[str, ...]:
    """The words of a packed text or of any iterable, in their order, each once."""
    if not value:
        return ()
    parts = value.split(SEPARATOR) if isinstance(value, str) else value
    return tuple(dict.fromkeys(str(part) for part in parts if part))


def pack(value: Iterable[str]) -> str:
    """The text form of a set. Raises :class:`ValueError` for a word that holds the separator."""
    parts = tuple(value)
    for part in parts:
        if SEPARATOR in part:
            raise ValueError(f"{part!r} cannot stand in a set column: it holds {SEPARATOR!r}.")
    return f"{SEPARATOR}{SEPARATOR.join(parts)}{SEPARATOR}" if parts else ""


@SetField.register_lookup
class Has(Lookup):
    """``field__has="word"``."""

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        return _holds_any(self.lhs, [self.rhs], compiler)


@SetField.register_lookup
class HasAny(Lookup):
    """``field__has_any=["a", "b"]``: at least one of the words; an empty list matches nothing."""

    lookup_name = "has_any"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        return _holds_any(self.lhs, self.rhs, compiler)


def _holds_any(column, wanted: Iterable[str], compiler):
    """SQL that looks for the words as they are: case counts on every database, and no sign is a wildcard."""
    wanted = [str(word) for word in wanted]
    places = [
        compiler.compile(StrIndex(column, Value(pack([word])))) for word in wanted if word and SEPARATOR not in word
    ]
    if not places:
        return "1 = 0", ()
    return f"({' OR '.join(f'{sql} > 0' for sql, _ in places)})", [value for _, values in places for value in values]
