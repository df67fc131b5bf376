"""Every migration that does more than change columns has a test of its own, named after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.infrastructure.requirements import REPOSITORY

#: Folder of the tests by the app's label.
ROOMS = {
    "cms_blocks": "cms_blocks",
    "governance": "governance",
    "toolkit": "toolkit",
    "procedures": "procedures",
    "website": "site",
}


def with_code(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Those that run code or SQL of their own, also inside of others; classes that are not Django's count as such."""
    for operation in operations:
        inner = [*getattr(operation, "database_operations", ()), *getattr(operation, "state_operations", ())]
        ours = not type(operation).__module__.startswith("django.db.migrations.")
        if ours or isinstance(operation, RunPython | RunSQL):
            yield operation
        yield from with_code(inner)


def data_migrations() -> list[tuple[str, str]]:
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return sorted(key for key, migration in found.items() if key[0] in ROOMS and any(with_code(migration.operations)))


@pytest.mark.django_db  # a migration of wagtail-localize asks the database when it is read
def test_every_data_migration_has_a_test_named_after_it() -> None:
    found = data_migrations()
    assert ("cms_blocks", "0003_translation_states") in found, "this test no longer finds data migrations"
    wanted = [REPOSITORY / f"tests/{ROOMS[app]}/migrations/test_{name}.py" for app, name in found]
    without = [path for path in wanted if not path.exists() or not re.search(r"^def test_", path.read_text(), re.M)]
    assert not without, f"Data migrations without a test: {without}"
