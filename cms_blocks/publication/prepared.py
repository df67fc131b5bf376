"""Queries that are compiled once. Django takes longer to compile a small query than a database to answer it, and the
public asks the same few again and again: only the moment differs, or the id."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

#: Stand in a query for what is known only when it is asked. No moment and no id of ours is like that.
NOW = datetime(1, 1, 1, microsecond=1, tzinfo=UTC)
ID = -1
#: Queries that are kept. Then all are forgotten: whoever asks in so many ways gains little.
MOST = 500

_kept: dict[Hashable, Prepared] = {}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A compiled query. ``columns`` are Django's expressions, which know how to read what the database gives."""

    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]
    columns: tuple[Any, ...]
    #: How values become what Django gives: (place in the row, function). Most columns need nothing.
    converters: tuple[tuple[int, Callable[..., Any]], ...]

    @classmethod
    def of(cls, rows: Any) -> Prepared:
        """From a queryset of ``values()``."""
        # One that can find nothing is asked all the same: of a facet, that is an answer too.
        compiler = rows.query.get_compiler(rows.db, elide_empty=False)
        sql, params = compiler.as_sql()
        columns = tuple(column for column, _sql, _alias in compiler.select)
        converters = tuple(
            (place, convert)
            for place, column in enumerate(columns)
            for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
        )
        return cls(sql, tuple(params), tuple(rows.query.selected), columns, converters)

    def rows(self, now: datetime | None = None, pk: int | None = None) -> list[dict[str, Any]]:
        """What the query gives now, as ``values()`` would. Only a mark that is given is looked for: any number may
        stand in a filter."""
        found = [list(row) for row in self.inside("%s", now, pk)]
        for place, convert in self.converters:
            for row in found:
                row[place] = convert(row[place], self.columns[place], connection)
        return [dict(zip(self.names, row, strict=True)) for row in found]

    def inside(self, sql: str, now: datetime | None = None, pk: int | None = None) -> list[tuple[Any, ...]]:
        """What ``sql`` gives with this query in place of its ``%s``, as the database's driver reads it."""
        known: dict[Any, Any] = {_adapted(NOW): _adapted(now)} if now else {}
        if pk is not None:
            known[ID] = pk
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.cursor = _planned_once()
            cursor.execute(sql.replace("%s", self.sql, 1), [known.get(value, value) for value in self.params])
            return cursor.fetchall()


def prepared(key: Hashable, rows: Callable[[], Any]) -> Prepared:
    """The query kept under this key; ``rows`` makes its queryset, with :data:`NOW` and :data:`ID` in it."""
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST:
            _kept.clear()
        found = _kept[key] = Prepared.of(rows())
    return found


def always(name: str, rows: Callable[[], Any]) -> list[dict[str, Any]]:
    """What a queryset of ``values()`` gives that is the same each time."""
    return prepared(name, rows).rows()


def _planned_once() -> Any:
    """A cursor of the same connection for which PostgreSQL keeps the plan of what is asked often. Django's own sends
    each query with its values in it. How often is often: the option ``prepare_threshold`` of the database."""
    from django.db.backends.postgresql.base import ServerBindingCursor

    made: Any = ServerBindingCursor  # typed as if it took nothing
    cursor, driver = made(connection.connection), connection.Database  # type: ignore[attr-defined]
    cursor.format = driver.pq.Format.BINARY  # read in half the time, moments above all
    return cursor


def _adapted(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
