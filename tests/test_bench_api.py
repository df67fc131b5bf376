"""``make bench-api`` in small: both sides are filled, served, asked and compared. What it finds is of no meaning here."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from django.db import connection

from bench.api.__main__ import GOALS, WORDS
from tests.infrastructure.requirements import REPOSITORY

SMALL = {"BENCH_RECORDS": "30", "BENCH_DATABASES": "sqlite", "BENCH_ROUNDS": "1", "BENCH_SECONDS": "0.1"}
MIGRATE = "from bench.api.side import SETTINGS; from bench.side import set_up; set_up('stock', SETTINGS['stock'])"


def run(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def migrated(tmp_path: Path, request: pytest.FixtureRequest, transactional_db: None) -> Path:
    """A folder with the database of each side as migrations leave it, so that the run has none to make."""
    kept = request.config.cache.mkdir(f"stock-wagtail-{version('wagtail')}")
    if not (kept / "db.sqlite3").exists():
        made = run("-c", MIGRATE, folder=kept)
        assert made.returncode == 0, made.stderr
    for side in ("ours", "stock"):
        (tmp_path / side).mkdir()
    shutil.copy(kept / "db.sqlite3", tmp_path / "stock")
    with closing(sqlite3.connect(tmp_path / "ours/db.sqlite3")) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return tmp_path


@pytest.mark.unmeasured
def test_the_content_api_is_measured_against_the_others(migrated: Path) -> None:
    done = run("-m", "bench.api", folder=migrated, BENCH_FOLDER=str(migrated), **SMALL)
    assert re.search(r"Every goal reached|goals missed", done.stdout), done.stdout + done.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines() if "|" in line]
    found = {row[0]: row[1] for row in rows}
    for goal in GOALS:
        assert re.match(r"\d", found[goal.words]), goal.words
    for words in WORDS.values():
        assert float(found[words]) > 0, words
    assert found["queries of a list of 20"] == "2"
    assert found["queries of a detail"] == "1"
