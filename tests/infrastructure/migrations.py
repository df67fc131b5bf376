"""The test database as an older version of the project left it: fixture ``migrate_to``."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.fixture
def migrate_to(transactional_db: None) -> Generator[Callable[[str, str], Any]]:
    """``migrate_to("cms_blocks", "0002_search_table")``: the models as they were then; later migrations are undone.

    Afterwards all migrations are applied again, since only rows are put back on PostgreSQL.
    """

    def migrate(app: str, name: str) -> Any:
        executor = MigrationExecutor(connection)
        return executor.migrate([(app, name)]).apps

    yield migrate
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
