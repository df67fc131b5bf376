"""The migration makes the full-text table of the database in use, and takes it away again.

It asks no model, so it is undone and done by itself, which takes a moment instead of the seconds that all later
migrations take.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from cms_blocks.search.engine import engine


@pytest.mark.gate
def test_the_index_is_there_once_it_ran_and_gone_once_it_is_undone(transactional_db: None) -> None:
    migration = MigrationLoader(connection).get_migration("cms_blocks", "0002_search_table")
    assert engine().health()
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.unapply(ProjectState(), editor)
    assert not engine().health()
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.apply(ProjectState(), editor)
    assert engine().health()
