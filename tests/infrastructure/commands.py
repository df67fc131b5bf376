"""Management commands as subprocesses on the test database: fixture ``manage``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.infrastructure.requirements import REPOSITORY


def environment() -> dict[str, str]:
    """Environment in which a subprocess uses the test settings and the test database of this process."""
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.infrastructure.settings"}
    variables["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY / "site"), str(REPOSITORY)])
    if connection.vendor == "postgresql":
        parts = urlsplit(os.environ["TEST_POSTGRESQL_URL"])
        name = settings.DATABASES["default"]["NAME"]
        variables["TEST_SUBPROCESS_DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
    return variables


@pytest.fixture
def subprocess_environment(transactional_db: None) -> dict[str, str]:
    """See :func:`environment`; for tests that start Python programs of their own."""
    return environment()


@pytest.fixture
def manage(transactional_db: None) -> Callable[..., subprocess.CompletedProcess[str]]:
    """``manage("publication", "check", timeout=60)`` runs the command in a process of its own; output is captured."""

    def run(*arguments: str, timeout: float = 120, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(REPOSITORY / "site/manage.py"), *arguments],
            env={**environment(), **options.pop("env", {})},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **options,
        )

    return run
