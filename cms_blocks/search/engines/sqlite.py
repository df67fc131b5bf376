"""Search inside SQLite: an FTS5 table of tokens.

Tokens are joined by spaces. ``unicode61`` keeps letters, digits and private-use characters of a token together
(https://www.sqlite.org/fts5.html, "Unicode61 Tokenizer"), and ``categories`` adds all the rest but separators, so that
letters which SQLite's older Unicode tables do not know split nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence

from cms_blocks.search.engine import Hit, IndexEntry, Query
from cms_blocks.search.engines.database import TABLE, DatabaseEngine, Records, scope, storable, streams
from cms_blocks.search.query import Clause, Phrase

#: Weights of the columns for bm25(); measured, see docs/search.md.
WEIGHTS = {"title": 8.0, "lead": 3.0, "text": 1.0, "scope": 0.0, "raw": 0.0}
RANK = f"bm25({TABLE}, {', '.join(map(str, WEIGHTS.values()))})"


class SQLiteEngine(DatabaseEngine):
    """FTS5, ranked by bm25()."""

    CREATE = (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(title, lead, text, scope, raw UNINDEXED, "
        "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'\")",
    )
    KEY = "rowid"
    AND = " AND "
    OR = " OR "

    def _phrase(self, phrase: Phrase, *, title_only: bool = False) -> str:
        # Tokens hold no quotation mark and no space, so nothing needs escaping.
        return f'{"title : " if title_only else ""}"{" ".join(phrase.words)}"{" *" if phrase.prefix else ""}'

    def _counts(self, expression: str, records: Records) -> dict[str, int]:
        sql, params = records
        return dict(
            self._rows(
                f"SELECT r.kind, count(*) FROM {TABLE} JOIN ({sql}) r ON r.id = {TABLE}.rowid "
                f"WHERE {TABLE} MATCH %s GROUP BY r.kind",
                [*params, expression],
            )
        )

    def _frequencies(self, expressions: Sequence[str], most: int) -> list[int]:
        counted = f"(SELECT count(*) FROM (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH %s LIMIT {most}))"
        return list(self._rows(f"SELECT {', '.join([counted] * len(expressions))}", list(expressions))[0])

    def _hits(self, clauses: Sequence[Clause], expression: str, query: Query) -> list[Hit]:
        sql, params = self._records(query)
        best = (
            f"SELECT r.id AS id, {RANK} AS score FROM {TABLE} JOIN ({sql}) r ON r.id = {TABLE}.rowid "
            f"WHERE {TABLE} MATCH %s ORDER BY score, r.id LIMIT %s OFFSET %s"
        )
        if query.texts:
            best = (
                f"SELECT best.id, best.score, t.raw FROM ({best}) best JOIN {TABLE} t ON t.rowid = best.id "
                "ORDER BY best.score, best.id"
            )
        rows = self._rows(best, [*params, expression, query.limit, query.offset])
        return [Hit(pk, -score, *text) for pk, score, *text in rows]

    def _write(self, entries: list[IndexEntry]) -> None:
        self.delete(entry.record_id for entry in entries)
        rows = [
            (entry.record_id, *map(" ".join, streams(entry)), scope(entry.locale), storable(entry.text))
            for entry in entries
        ]
        with self.connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, title, lead, text, scope, raw) VALUES (%s, %s, %s, %s, %s, %s)", rows
            )
