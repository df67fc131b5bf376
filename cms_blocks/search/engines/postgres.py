"""Search inside PostgreSQL: tokens in a tsvector, ranked by rarity and place.

Vectors and queries are written as literals; ``to_tsvector`` would tokenise anew (it splits ``nord-ost`` in three and
takes ``potsdam.de`` for a host). ``ts_rank`` does not know how rare a word is, so each alternative of a query is ranked
by itself and weighted by its inverse document frequency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import log

from cms_blocks.search.analysis import GAP
from cms_blocks.search.engine import Hit, IndexEntry, Query
from cms_blocks.search.engines.database import (
    TABLE,
    DatabaseEngine,
    Records,
    phrases,
    scope,
    storable,
    streams,
)
from cms_blocks.search.query import Clause, Phrase

#: Weights of D (nothing), C (text), B (lead) and A (title) for ts_rank; measured, see docs/search.md.
WEIGHTS = "{0, 0.15, 0.4, 1}"
#: Divide the rank by 1 + the logarithm of the length (https://www.postgresql.org/docs/current/textsearch-controls.html).
BY_LENGTH = 1
#: Words between two fields, so that no phrase reaches from one into the next.
FIELD_GAP = 10
#: PostgreSQL tells no later positions apart, and keeps no more of them for a word.
LAST_POSITION = 16383
POSITIONS_PER_WORD = 255


class PostgresEngine(DatabaseEngine):
    """A table of vectors with a GIN index."""

    CREATE = (
        f"CREATE TABLE IF NOT EXISTS {TABLE} "
        "(record_id bigint PRIMARY KEY, vector tsvector NOT NULL, raw text NOT NULL)",
        # In the row instead of beside it: ranking reads the vector of a found row once for each phrase.
        f"ALTER TABLE {TABLE} ALTER vector SET STORAGE MAIN",
        f"CREATE INDEX IF NOT EXISTS {TABLE}_vector ON {TABLE} USING gin (vector)",
    )
    KEY = "record_id"
    AND = " & "
    OR = " | "

    def _phrase(self, phrase: Phrase, *, title_only: bool = False) -> str:
        # Tokens hold no quotation mark and no backslash, so nothing needs escaping.
        words = [f"'{word}'{':A' if title_only else ''}" for word in phrase.words]
        if phrase.prefix:
            words[-1] += "*" if title_only else ":*"
        return f"({' <-> '.join(words)})"

    def _counts(self, expression: str, records: Records) -> dict[str, int]:
        sql, params = records
        return dict(
            self._rows(
                f"SELECT r.kind, count(*) FROM {TABLE} t JOIN ({sql}) r ON r.id = t.record_id "
                "WHERE t.vector @@ %s::tsquery GROUP BY r.kind",
                [*params, expression],
            )
        )

    def _frequencies(self, expressions: Sequence[str], most: int) -> list[int]:
        limit = most if most >= 0 else "ALL"
        counted = f"(SELECT count(*) FROM (SELECT FROM {TABLE} WHERE vector @@ %s::tsquery LIMIT {limit}) found)"
        return list(self._rows(f"SELECT {', '.join([counted] * len(expressions))}", list(expressions))[0])

    def _hits(self, clauses: Sequence[Clause], expression: str, query: Query) -> list[Hit]:
        sql, params = self._records(query)
        ranks, values = self._rank(clauses)
        best = (
            f"SELECT r.id, {ranks} AS score FROM {TABLE} t JOIN ({sql}) r ON r.id = t.record_id "
            "WHERE t.vector @@ %s::tsquery ORDER BY score DESC, r.id LIMIT %s OFFSET %s"
        )
        if query.texts:
            best = (
                f"SELECT best.id, best.score, t.raw FROM ({best}) best JOIN {TABLE} t ON t.record_id = best.id "
                "ORDER BY best.score DESC, best.id"
            )
        rows = self._rows(best, [*values, *params, expression, query.limit, query.offset])
        return [Hit(pk, score, *text) for pk, score, *text in rows]

    def _rank(self, clauses: Sequence[Clause]) -> tuple[str, list[str | float]]:
        """The sum of each phrase's rank times its rarity, as an expression and its parameters."""
        asked = [self._phrase(phrase) for phrase in phrases(clauses)]
        everything = self._size()
        # A word in half of all records says nothing any more, so nobody needs to count on.
        numbers = self._frequencies(asked, everything // 2 + 1)
        values: list[str | float] = []
        for phrase, number in zip(asked, numbers, strict=True):
            values += (_rarity(number, everything), phrase)
        rank = f"%s * ts_rank('{WEIGHTS}', t.vector, %s::tsquery, {BY_LENGTH})"
        return " + ".join([rank] * len(asked)), values

    def _write(self, entries: list[IndexEntry]) -> None:
        rows = [(entry.record_id, _vector(entry), storable(entry.text)) for entry in entries]
        with self.connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (record_id, vector, raw) VALUES (%s, %s::tsvector, %s) "
                "ON CONFLICT (record_id) DO UPDATE SET vector = excluded.vector, raw = excluded.raw",
                rows,
            )

    def _lock(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE")


def _vector(entry: IndexEntry) -> str:
    """The literal of a tsvector: each token with its positions and the weight of its field."""
    places: dict[str, list[str]] = defaultdict(list)
    position = 1
    for weight, tokens in zip("ABC", streams(entry), strict=True):
        for token in tokens:
            if token != GAP and len(places[token]) < POSITIONS_PER_WORD:
                places[token].append(f"{min(position, LAST_POSITION)}{weight}")
            position += 1
        position += FIELD_GAP
    words = (f"'{token}':{','.join(positions)}" for token, positions in places.items())
    return " ".join((f"'{scope(entry.locale)}'", *words))


def _rarity(number: int, everything: int) -> float:
    """Inverse document frequency after Robertson and Spärck Jones, never below zero."""
    return log(1 + max(0, everything - number + 0.5) / (number + 0.5))
