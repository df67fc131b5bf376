"""Starts a benchmark in small: fixture ``bench``."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.infrastructure.requirements import REPOSITORY


@pytest.fixture
def bench(transactional_db: None, tmp_path: Path) -> Callable[..., list[str]]:
    """``bench("bench.procedures", ["3", "40"], BENCH_ROUNDS="1")`` runs it with migrated databases of these names.

    Returns the lines that it printed. That a goal was missed is no failure: so short a run says nothing about speed.
    """

    def run(module: str, names: Iterable[str], **variables: str) -> list[str]:
        connection.ensure_connection()
        for name in names:
            with closing(sqlite3.connect(tmp_path / f"{name}.sqlite3")) as migrated:
                connection.connection.backup(migrated)
        own = ("TEST_", "DJANGO_", "DATABASE_", "DATA_DIR", "COV_", "COVERAGE_", "PYTEST_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        done = subprocess.run(
            [sys.executable, "-m", module],
            cwd=REPOSITORY,
            env={**environment, **variables, "BENCH_MIGRATED": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=540,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr[-3000:]
        return done.stdout.splitlines()

    return run


def cells(lines: Iterable[str]) -> list[list[str]]:
    """The rows of the tables among these lines, without their marks of missed goals; heads and rules are left out."""
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return [[cell.removesuffix(" ✗") for cell in row] for row in rows[1:]]
