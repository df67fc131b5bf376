"""Every row of every table, to show that nothing was written, or exactly what."""

from __future__ import annotations

from collections import Counter

from django.db import connection


def whole_database() -> dict[str, Counter[str]]:
    """The rows of each table, as text; how often each is there."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = Counter(map(repr, cursor.fetchall()))
    return found
