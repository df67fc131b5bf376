"""The two projects as processes that measure on command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Side:
    """One of the sides that are compared, with its data in ``folder``. ``name`` is what ``module`` is told.

    ``BENCH_MIGRATED`` may name a folder with its database as migrations leave it, so that it has none to make.
    Starts at once and is ready after the first :meth:`wait`, so that both sides can prepare themselves side by side.
    """

    def __init__(self, name: str, folder: str, module: str = "bench.side", **environment: str) -> None:
        self.name = name
        # Never the database that the surroundings name: the benchmark empties its own.
        own = {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
        self.environment = {**os.environ, **own, **environment}
        migrated = Path(os.environ.get("BENCH_MIGRATED", ""), f"{name}.sqlite3")
        if migrated.exists():
            shutil.copyfile(migrated, Path(folder, "db.sqlite3"))
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=self.environment,
        )

    def wait(self) -> float:
        """The next answer. Ends the program if there is none."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The {self.name} side of the benchmark ended: see its message above.")
        return float(json.loads(line))

    def start(self, command: str, number: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command} {number}\n")
        self.process.stdin.flush()

    def ask(self, command: str, number: int) -> float:
        """What the command answers: the seconds that ``number`` repetitions took, or a count."""
        self.start(command, number)
        return self.wait()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def postgresql_database(name: str) -> str:
    """The address of a new database on the private server."""
    import psycopg

    from tests.infrastructure.postgresql import server

    with psycopg.connect(server().url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "bench_{name}"')
    return server().database_url(f"bench_{name}")
