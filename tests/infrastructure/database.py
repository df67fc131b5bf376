"""The test database: migrated once and kept as a file, put back as it was after each transactional test.

Django empties all tables after a transactional test, which also takes away what migrations put there (root page,
site, locales). Here the whole database is put back instead: on SQLite by its backup interface (milliseconds), on
PostgreSQL by ``COPY``.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from tests.infrastructure.requirements import on_ci

# Name of the migrated database on the private PostgreSQL server, which the workers' databases are copied from.
MIGRATED = "migrated"
_snapshot: Any = None


def _key() -> str:
    """Changes whenever the database that migrations produce may change."""
    digest = hashlib.sha256()
    digest.update(repr(sorted((d.name, d.version) for d in distributions())).encode())
    for model in apps.get_models():
        meta = model._meta
        digest.update(repr((meta.label, meta.default_permissions, meta.permissions)).encode())
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(path.read_bytes())
    digest.update(repr((settings.LANGUAGE_CODE, settings.LANGUAGES)).encode())
    return digest.hexdigest()[:20]


def _kept_copy(config: pytest.Config) -> Path | None:
    """Where the migrated SQLite database is kept between runs, if this run may use it."""
    if connection.vendor != "sqlite" or on_ci() or config.option.nomigrations:
        return None
    return config.cache.mkdir("migrated-database") / f"{_key()}.sqlite3"


@pytest.fixture(scope="session")
def _migration_lock(request: pytest.FixtureRequest) -> Generator[Any]:
    """Of several workers one migrates, the others wait and copy."""
    with (request.config.cache.mkdir("migrated-database") / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


@pytest.fixture(scope="session")
def django_db_keepdb(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    _migration_lock: Any,
) -> bool:
    """pytest-django's switch: start from the migrated copy when there is one (``migrate`` still runs over it)."""
    kept = _kept_copy(request.config)
    if kept and kept.exists():
        shutil.copyfile(kept, settings.DATABASES["default"]["NAME"])
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock():
            _copy_database(MIGRATED, settings.DATABASES["default"]["TEST"]["NAME"])
    # The whole folder or server is thrown away at the end, so nothing has to be destroyed one by one.
    return True


@pytest.fixture(scope="session")
def django_db_createdb() -> bool:
    return False


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """SQLite has a folder for each worker already; on PostgreSQL each worker has a database of its own."""
    if connection.vendor == "postgresql":
        worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, _migration_lock: Any
) -> Generator[None]:
    global _snapshot
    with django_db_blocker.unblock():
        if request.config.option.nomigrations:
            _initial_content()
        kept = _kept_copy(request.config)
        if kept and not kept.exists():
            for old in kept.parent.glob("*.sqlite3"):
                old.unlink()
            with _sqlite(str(kept)) as copy:
                connection.ensure_connection()
                connection.connection.backup(copy)
        _snapshot = _take()
        connection.close()
        if connection.vendor == "postgresql":
            _copy_database(settings.DATABASES["default"]["NAME"], MIGRATED)
        fcntl.flock(_migration_lock, fcntl.LOCK_UN)
    TransactionTestCase._fixture_teardown = _put_back  # type: ignore[method-assign]
    yield


def _initial_content() -> None:
    """What Wagtail's data migrations create, for runs with ``--nomigrations``."""
    from wagtail.models import Collection, Locale, Page, Site

    if Page.objects.exists():
        return
    locale = Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)[0]
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    root = Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    home = root.add_child(instance=Page(title="Welcome to your new Wagtail site!", slug="home", locale=locale))
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)


def _copy_database(source: str, target: str) -> None:
    """On the private PostgreSQL server: ``target`` becomes a copy of ``source``, if that exists and it does not."""
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT datname FROM pg_database WHERE datname = ANY(%s)", [[source, target]])
        if [name for (name,) in cursor.fetchall()] == [source]:
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


@contextmanager
def _sqlite(name: str) -> Generator[sqlite3.Connection]:
    opened = sqlite3.connect(name, check_same_thread=False)
    try:
        yield opened
    finally:
        opened.close()


def _take() -> Any:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        return copy
    contents: dict[str, bytes] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                contents[table] = b"".join(rows)
    return contents


def _put_back(self: TransactionTestCase) -> None:
    """Instead of Django's flush: the database is again as migrations left it."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        _snapshot.backup(connection.connection)
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in _snapshot))
        for table, rows in _snapshot.items():
            if rows:
                with cursor.copy(f"COPY {table} FROM STDIN") as target:
                    target.write(rows)
        cursor.execute("COMMIT")


class Kept:
    """A filled database, made once in a process and copied for every other test that begins with it."""

    def __init__(self) -> None:
        self._copy: tuple[Any, Any] | None = None

    def get(self, make: Callable[[], Any]) -> Any:
        """What ``make`` returned when it filled the database, which is now as it was left then."""
        if self._copy is None:
            value = make()
            self._copy = _take(), value
        else:
            self.put_back()
        return self._copy[1]

    def put_back(self) -> None:
        assert self._copy, "nothing was made yet"
        put_back(self._copy[0])


def put_back(snapshot: Any) -> None:
    """The whole database becomes what it was when the snapshot was taken."""
    global _snapshot
    empty, _snapshot = _snapshot, snapshot
    try:
        _put_back(None)  # type: ignore[arg-type]
    finally:
        _snapshot = empty
