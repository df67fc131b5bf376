"""Fixtures for all tests. What each offers stands in docs/testing.md."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from tests.infrastructure.accessibility import axe  # noqa: F401
from tests.infrastructure.accessible_pdf import pdf_errors  # noqa: F401
from tests.infrastructure.benchmarks import bench  # noqa: F401
from tests.infrastructure.browser import browser, open_page, page, site_server, watch  # noqa: F401
from tests.infrastructure.commands import manage, subprocess_environment  # noqa: F401
from tests.infrastructure.database import (  # noqa: F401
    _migration_lock,
    django_db_createdb,
    django_db_keepdb,
    django_db_modify_db_settings,
    django_db_setup,
)
from tests.infrastructure.markup import _checker, html_errors  # noqa: F401
from tests.infrastructure.migrations import migrate_to  # noqa: F401
from tests.infrastructure.page_quality import page_faults  # noqa: F401
from tests.infrastructure.requirements import missing, on_ci
from tests.infrastructure.template_variables import known_template_variables  # noqa: F401

# A slow machine is no failure.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

BROWSER_FIXTURES = {"browser", "open_page"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On SQLite all but the ``postgres`` tests run; on PostgreSQL the ``postgres`` and ``gate`` tests."""
    on_postgresql = connection.vendor == "postgresql"
    chosen, left_out = [], []
    for item in items:
        only_postgresql, everywhere = (item.get_closest_marker(name) is not None for name in ("postgres", "gate"))
        runs = only_postgresql or everywhere if on_postgresql else not only_postgresql
        (chosen if runs else left_out).append(item)
        if on_ci() and BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            # One of some hundred browsers starves on a busy machine. What is really broken fails twice.
            item.add_marker(pytest.mark.flaky(reruns=1))
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    # The long stories, told by one worker each, begin first, and of these the longest.
    items[:] = sorted(chosen, key=_turn)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Files are no names: made anew they hold the time, and workers would not agree on what there is to run."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    return 2 if group is None else int(group.args != ("container",))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Lines are not counted, which takes half as long again, where a test repeats at length what others run."""
    counting = coverage.Coverage.current()
    repeats = (
        item.get_closest_marker("unmeasured")
        or BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        or getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    )
    if counting is None or not repeats:
        return (yield)
    counting.stop()
    try:
        return (yield)
    finally:
        counting.start()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what passed at the second try only; leave the counts for the closing line of ``make test``."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.write_line(f"TRIED TWICE: {report.nodeid}\n{str(report.longrepr)[-2000:]}")
    if path := os.environ.get("TEST_COUNTS"):
        counts = {
            name: len(terminalreporter.getreports(name)) for name in ("passed", "failed", "error", "skipped", "rerun")
        }
        Path(path).write_text(json.dumps(counts))


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """Address of a private PostgreSQL server's maintenance database; a test makes its own database beside it."""
    if url := os.environ.get("TEST_POSTGRESQL_URL"):
        return url
    from tests.infrastructure.postgresql import server

    try:
        return server().url
    except FileNotFoundError as error:
        missing(str(error))


@pytest.fixture(autouse=True)
def empty_caches() -> None:
    """No test reads what another one left in a cache."""
    from django.core.cache import caches

    for name in caches:
        caches[name].clear()
    from django.contrib.contenttypes.models import ContentType

    ContentType.objects.clear_cache()
