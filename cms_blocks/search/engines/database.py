"""What the engines inside a database share: the course of a search. They differ in how an index is asked and filled."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.models import Q

from cms_blocks.publication.records import PublicRecord
from cms_blocks.search.analysis import MAX_STREAM, SCOPE, stream
from cms_blocks.search.engine import Health, Hit, IndexEntry, Query, Result
from cms_blocks.search.query import Clause, Phrase, parse

TABLE = "cms_blocks_search"
BATCH = 200
#: In a relaxed search a word that more than this share of all records hold says nothing ("wie", "und", "der").
TELLING_SHARE = 0.2
#: Up to this number of records no word is too common.
TELLING_MINIMUM = 10

Params = list[Any]
#: A subquery of the listed records with the columns ``id`` and ``kind``, and its parameters.
Records = tuple[str, Params]


class DatabaseEngine(ABC):
    """An index in a table of the default database, one row a record, joined with the listed records on each search."""

    #: Statements that make and remove the table.
    CREATE: tuple[str, ...]
    DROP: tuple[str, ...] = (f"DROP TABLE IF EXISTS {TABLE}",)
    #: The table's column of record ids, and two words of the engine's query language.
    KEY: str
    AND: str
    OR: str

    @property
    def connection(self) -> Any:
        return connections[DEFAULT_DB_ALIAS]

    def search(self, query: Query) -> Result:
        clauses = parse(query.text)
        if not clauses:
            return Result()
        everywhere = self._records(replace(query, kinds=()))
        counts = self._counts(self._expression(clauses), everywhere)
        relaxed = False
        if not counts and len(clauses) > 1:
            clauses = self._telling(clauses, query.locale)
            counts = self._counts(self._expression(clauses, relaxed=True), everywhere)
            relaxed = bool(counts)
        total = sum(number for kind, number in counts.items() if not query.kinds or kind in query.kinds)
        hits = self._hits(clauses, self._expression(clauses, relaxed=relaxed), query) if total else []
        return Result(total, tuple(hits), counts, relaxed, phrases(clauses))

    def suggest(self, query: Query) -> Result:
        clauses = parse(query.text)
        if not clauses:
            return Result()
        last = clauses[-1].alternatives
        unfinished = (Phrase(phrase.words, prefix=True) for phrase in last)
        clauses = (*clauses[:-1], Clause(tuple(dict.fromkeys((*last, *unfinished)))))
        hits = self._hits(clauses, self._expression(clauses, title_only=True), query)
        return Result(len(hits), tuple(hits), phrases=phrases(clauses))

    def index(self, entries: Iterable[IndexEntry]) -> None:
        remaining = iter(entries)
        while batch := list(islice(remaining, BATCH)):
            self._write(batch)

    def delete(self, record_ids: Iterable[int]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE {self.KEY} = %s", [(pk,) for pk in record_ids])

    def rebuild(self, entries: Iterable[IndexEntry]) -> int:
        with transaction.atomic(using=self.connection.alias):
            self._lock()
            with self.connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {TABLE}")
            self.index(entries)
            return self._size()

    def health(self) -> Health:
        try:
            with transaction.atomic(using=self.connection.alias):
                return Health(True, self._size())
        except DatabaseError as error:
            return Health(False, detail=str(error).strip())

    @abstractmethod
    def _phrase(self, phrase: Phrase, *, title_only: bool = False) -> str:
        """The phrase in the engine's query language."""

    @abstractmethod
    def _counts(self, expression: str, records: Records) -> dict[str, int]:
        """Number of matching records of each kind."""

    @abstractmethod
    def _frequencies(self, expressions: Sequence[str], most: int) -> list[int]:
        """How many entries match each expression, counted up to ``most``."""

    @abstractmethod
    def _hits(self, clauses: Sequence[Clause], expression: str, query: Query) -> list[Hit]:
        """The best matching records in the kinds of the query, ``query.limit`` of them from ``query.offset``."""

    @abstractmethod
    def _write(self, entries: list[IndexEntry]) -> None:
        """Replace the rows of these records."""

    def _lock(self) -> None:  # noqa: B027
        """Keep writers out until the end of the transaction, where the database does not do so by itself."""

    def _expression(self, clauses: Sequence[Clause], *, relaxed: bool = False, title_only: bool = False) -> str:
        """What all clauses (``relaxed``: one of them) say, in the engine's query language."""
        return (self.OR if relaxed else self.AND).join(
            f"({self.OR.join(self._phrase(phrase, title_only=title_only) for phrase in clause.alternatives)})"
            for clause in clauses
        )

    def _records(self, query: Query) -> Records:
        records = PublicRecord.objects.using(self.connection.alias).listed().in_locale(query.locale)
        if query.kinds:
            records = records.of_kind(*query.kinds)
        if query.site_id is not None:
            records = records.filter(Q(site_id=query.site_id) | Q(site_id=None))
        sql, params = records.order_by().values("id", "kind").query.get_compiler(self.connection.alias).as_sql()
        return sql, list(params)

    def _telling(self, clauses: Sequence[Clause], locale: str) -> tuple[Clause, ...]:
        """The clauses that tell records apart; all of them where none does."""
        within = self._phrase(Phrase((scope(locale),)))
        (everything,) = self._frequencies([within], -1)
        most = max(TELLING_MINIMUM, int(everything * TELLING_SHARE))
        asked = [f"{within}{self.AND}{self._expression([clause])}" for clause in clauses]
        numbers = self._frequencies(asked, most + 1)
        return tuple(c for c, number in zip(clauses, numbers, strict=True) if number <= most) or tuple(clauses)

    def _size(self) -> int:
        return self._rows(f"SELECT count(*) FROM {TABLE}", [])[0][0]

    def _rows(self, sql: str, params: Params) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()


def phrases(clauses: Iterable[Clause]) -> tuple[Phrase, ...]:
    """All alternatives of all clauses, each once."""
    return tuple(dict.fromkeys(phrase for clause in clauses for phrase in clause.alternatives))


def streams(entry: IndexEntry) -> tuple[list[str], list[str], list[str]]:
    """The tokens of title, lead and text. Their limits add up to what one record may fill."""
    small = MAX_STREAM // 20
    return (
        stream(entry.title, limit=small),
        stream(entry.lead, limit=small),
        stream(entry.text, limit=MAX_STREAM - 2 * small),
    )


def scope(locale: str) -> str:
    """The token that every entry of this language holds besides its words."""
    return SCOPE + "".join(character for character in locale.casefold() if character.isalnum())


def storable(text: str) -> str:
    """``text`` without what a database refuses: NUL and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
