"""The one face of every search engine, and the one place that chooses which of them answers.

An engine stores :class:`IndexEntry` rows by record id and answers a :class:`Query` with hits among the records that are
listed now; what left the public is never found, whatever an index still holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.module_loading import import_string

from cms_blocks.search.query import Phrase

#: The engine inside each database, used unless the setting SEARCH_ENGINE names another class.
DATABASE_ENGINES = {
    "sqlite": "cms_blocks.search.engines.sqlite.SQLiteEngine",
    "postgresql": "cms_blocks.search.engines.postgres.PostgresEngine",
}


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What one record is found by: raw texts, folded by the engine with :mod:`cms_blocks.search.analysis`."""

    record_id: int
    locale: str
    kind: str
    title: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """What someone typed, in one language.

    ``kinds`` narrows the hits (none: all kinds), not the counts; ``site_id`` narrows both to the records of one site
    and those of none. Without ``texts`` the hits bring none: a list that only needs ids has thousands of them.
    """

    text: str
    locale: str
    kinds: tuple[str, ...] = ()
    site_id: int | None = None
    limit: int = 20
    offset: int = 0
    texts: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A found record. ``score`` orders the hits of one answer, larger is better; it has no unit.

    ``text`` is the raw searched text beyond title and lead, to cut a passage from, if it was asked for.
    """

    record_id: int
    score: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: the asked-for stretch of hits, best first, and exact numbers.

    ``total`` counts the hits in the query's kinds, ``counts`` those of every kind, whatever kinds were asked for.
    ``relaxed`` says that no record holds all words, so these hold some of them. ``phrases`` are what to mark.
    """

    total: int = 0
    hits: tuple[Hit, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    relaxed: bool = False
    phrases: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the engine answers, how many records it holds, and if it does not answer, why."""

    ok: bool
    entries: int = 0
    detail: str = ""

    def __bool__(self) -> bool:
        return self.ok


class SearchEngine(Protocol):
    """What every engine can do. Writes take part in the caller's transaction where the engine has one."""

    def search(self, query: Query) -> Result:
        """Records that hold all words of the query, or else some of them. Any text is a query; never fails on one."""
        ...

    def suggest(self, query: Query) -> Result:
        """Records whose title holds all words, the last of which may be unfinished. Counts are empty."""
        ...

    def index(self, entries: Iterable[IndexEntry]) -> None:
        """Store these entries in place of what was stored for their records."""
        ...

    def delete(self, record_ids: Iterable[int]) -> None:
        """Forget these records; unknown ids are no error."""
        ...

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        """Replace everything by ``entries`` at once, readers see the old index until then. Returns their number."""
        ...

    def health(self) -> Health:
        """Asked by monitoring; never fails."""
        ...


def engine() -> SearchEngine:
    """The engine in use. Raises :class:`ImproperlyConfigured` when the database has none and no setting names one."""
    path = getattr(settings, "SEARCH_ENGINE", "") or database_engine(connections[DEFAULT_DB_ALIAS].vendor)
    chosen: SearchEngine = import_string(path)()
    return chosen


def database_engine(vendor: str) -> str:
    """Dotted path of the engine inside a database of this vendor."""
    try:
        return DATABASE_ENGINES[vendor]
    except KeyError:
        raise ImproperlyConfigured(
            f"There is no search engine for {vendor} databases. Set SEARCH_ENGINE to the dotted path of an engine, "
            f"or use one of: {', '.join(DATABASE_ENGINES)}."
        ) from None
