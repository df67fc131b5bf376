"""Looks for the oracle: everything that is committed, by raw SQL over a connection of its own."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from tests.cms_blocks.publication.sight import FACTS, KINDS, Sight

__all__ = ["Observer", "Sight", "watching"]

#: Tables of our page types: each has a body of blocks.
BODIES = [f"{app}_{model}" for app, model in KINDS]
SEARCH_TABLE = "cms_blocks_search"


class Observer:
    """Looks at the database of Django's default connection over a connection of its own."""

    def __init__(self, settings_dict: dict[str, Any] | None = None) -> None:
        self._settings = settings_dict or connection.settings_dict
        self._key = "record_id" if connection.vendor == "postgresql" else "rowid"
        self._open = self._postgresql if connection.vendor == "postgresql" else self._sqlite
        self._connection: Any = None

    def look(self, now: datetime | None = None) -> Sight:
        """Everything committed, compared. ``now`` defaults to this moment."""
        cursor = self.cursor()
        cursor.execute("BEGIN" if self._key == "rowid" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            tables = {name: self._rows(cursor, sql) for name, sql in self._queries().items()}
        finally:
            cursor.execute("ROLLBACK")
        return Sight(now or timezone.now(), tables).compare()

    def cursor(self) -> Any:
        """A cursor of the oracle's own connection."""
        if self._connection is None:
            self._connection = self._open()
        return self._connection.cursor()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _queries(self) -> dict[str, str]:
        bodies = " UNION ALL ".join(
            f"SELECT page_ptr_id, body, lead, contact_id, topic_id FROM {table}" for table in BODIES
        )
        return {
            "page": "SELECT id, path, live, go_live_at, expire_at, url_path, locale_id, translation_key, alias_of_id, live_revision_id, "
            "content_type_id, title, search_description FROM wagtailcore_page ORDER BY path",
            "page_restriction": "SELECT page_id FROM wagtailcore_pageviewrestriction",
            "site": "SELECT id, hostname, root_page_id, is_default_site FROM wagtailcore_site",
            "locale": "SELECT id, language_code FROM wagtailcore_locale",
            "content_type": "SELECT id, app_label, model FROM django_content_type",
            "collection": "SELECT id, path FROM wagtailcore_collection",
            "collection_restriction": "SELECT collection_id FROM wagtailcore_collectionviewrestriction",
            "image": "SELECT id, collection_id FROM cms_blocks_image",
            "document": "SELECT id, collection_id FROM cms_blocks_document",
            "contact": "SELECT id, name, translation_key, locale_id FROM cms_blocks_contact",
            "topic": "SELECT id, name, translation_key, locale_id FROM cms_blocks_topic",
            "body": bodies,
            "basis": "SELECT id, page_id, from_revision, wording FROM cms_blocks_translationbasis",
            "review": "SELECT page_id, wording, reviewed_on FROM cms_blocks_easylanguagereview",
            "record": "SELECT * FROM cms_blocks_publicrecord",
            "document_body": "SELECT * FROM cms_blocks_publicdocument",
            "reference": "SELECT * FROM cms_blocks_publicreference",
            "facts": f"SELECT record_id, {', '.join(FACTS)} FROM toolkit_methodfacts",
            "method": f"SELECT page_ptr_id, {', '.join(FACTS)} FROM toolkit_methodpage",
            "combination": "SELECT page_id, method_id FROM toolkit_methodcombination ORDER BY page_id, sort_order, id",
            "search": f"SELECT {self._key} AS record_id FROM {SEARCH_TABLE}",
        }

    @staticmethod
    def _rows(cursor: Any, sql: str) -> list[dict[str, Any]]:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description]
        return [
            {name: _plain(name, value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()
        ]

    def _sqlite(self) -> Any:
        opened = sqlite3.connect(self._settings["NAME"], isolation_level=None, timeout=30)
        opened.execute("PRAGMA query_only = ON")
        return opened

    def _postgresql(self) -> Any:
        import psycopg

        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        options = {theirs: self._settings[ours] for ours, theirs in names.items() if self._settings.get(ours)}
        return psycopg.connect(**options, autocommit=True)


_MOMENTS = {"wording_since", "go_live_at", "expire_at", "visible_from", "visible_until", "valid_until"}
_FLAGS = {"live", "is_live", "listed", "stale", "is_default_site"}


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MOMENTS:
        return (
            value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)
        )
    if name in _FLAGS:
        return bool(value)
    return str(value).replace("-", "") if name == "translation_key" else value


WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE")


@contextmanager
def watching(observer: Observer) -> Iterator[dict[str, list[str]]]:
    """Look after every outermost commit of the default connection, also after a write that commits by itself.

    Gives what was found: moment (``"commit 3"``) → violations.
    """
    found: dict[str, list[str]] = defaultdict(list)
    looks = 0

    def look(what: str) -> None:
        nonlocal looks
        looks += 1
        if violations := observer.look().violations:
            found[f"{what} {looks}"] = violations

    commit = connection.commit

    def commit_and_look() -> None:
        commit()
        look("commit")

    def execute_and_look(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if not connection.in_atomic_block and str(sql).lstrip().upper().startswith(WRITES):
            look(f"write by itself ({str(sql)[:60]})")
        return result

    connection.commit = commit_and_look  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(execute_and_look):
            yield found
    finally:
        del connection.commit
