"""Everything that is committed: all rows of all tables, whatever they are for, read over a connection of its own."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection

from tests.cms_blocks.publication.observer import Observer

#: A session is written beside the change, and says nothing about it.
APART = {"django_session"}
#: What is drawn by chance: keys of log entries, blocks and paragraphs, and the names of messages.
CHANCE = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|<\d+\.\d+\.\d+@[^>]*>|data-block-key=[^>]*"
)

Ledger = dict[str, list[str]]


def read(observer: Observer) -> Ledger:
    """Every row as text, by table."""
    cursor = observer.cursor()
    return {table: _rows(cursor, table) for table in _tables(cursor)}


def _tables(cursor: Any) -> list[str]:
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    postgresql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    cursor.execute(sqlite if connection.vendor == "sqlite" else postgresql)
    return sorted(name for (name,) in cursor.fetchall() if name not in APART)


def _rows(cursor: Any, table: str) -> list[str]:
    cursor.execute(f'SELECT * FROM "{table}"')
    return sorted(repr(row) for row in cursor.fetchall())


def differences(one: Ledger, other: Ledger) -> dict[str, list[str]]:
    """The rows that only one of them has, by table; what was drawn by chance may differ."""
    found = {}
    for table in one.keys() | other.keys():
        mine, theirs = (sorted(CHANCE.sub("…", row) for row in ledger.get(table, ())) for ledger in (one, other))
        if mine != theirs:
            found[table] = sorted(set(mine) ^ set(theirs)) or ["a row that is there twice"]
    return found
