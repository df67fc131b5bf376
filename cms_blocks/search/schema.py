"""The table in which a database engine keeps its index, made and removed by a migration.

It is no Django model, since each database has its own kind of full-text table::

    migrations.RunPython(schema.create_table, schema.drop_table)
"""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string

from cms_blocks.search.engine import database_engine


def create_table(apps: Any, schema_editor: Any) -> None:
    """Make the empty table unless it is there."""
    _run(schema_editor.connection, "CREATE")


def drop_table(apps: Any, schema_editor: Any) -> None:
    """Remove the table and what it holds; ``publication rebuild`` fills a new one."""
    _run(schema_editor.connection, "DROP")


def _run(connection: Any, direction: str) -> None:
    statements = getattr(import_string(database_engine(connection.vendor)), direction)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
