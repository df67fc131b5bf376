"""``make run`` as a person meets it: first run, second run, and every way to end it.

One story on one new database, told in order; the server listens on a port of its own.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.infrastructure.requirements import REPOSITORY

# One worker runs the whole story, so that the first run happens once.
pytestmark = pytest.mark.xdist_group("make run")

FIRST_RUN_SECONDS = 600
LATER_RUN_SECONDS, PATIENCE_SECONDS = 20, 240
#: Tables that the running site itself writes to: what is public, what is done and to be done, sizes of pictures.
OWN_BOOKS = (
    *("cms_blocks_public", "cms_blocks_search", "cms_blocks_delivery", "cms_blocks_tick", "cms_blocks_rendition"),
    "sqlite_",
)


class Site:
    """A running ``site/run.py`` on its own data folder and port."""

    def __init__(self, data_dir: Path, output: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.output = output
        self.started = time.monotonic()
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TEST_", "DJANGO_", "DATABASE_", "COV_", "COVERAGE_", "PYTEST_"))
        }
        variables |= {"PORT": str(self.port), "DATA_DIR": str(data_dir), "WEB_CONCURRENCY": "1"}
        with output.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "site/run.py"],
                cwd=REPOSITORY,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self, seconds: float) -> float:
        """Seconds until it said so."""
        while "The site is ready" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < self.started + seconds, f"not ready after {seconds} s:\n{self.said}"
            time.sleep(0.1)
        return time.monotonic() - self.started

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def children(self) -> dict[int, str]:
        """Process ids and command lines of the web server's and the worker's whole groups."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if f"DATA_DIR={self.data_dir}\0".encode() in (folder / "environ").read_bytes() + b"\0":
                    found[int(folder.name)] = command
            except OSError:
                continue
        found.pop(self.process.pid, None)
        return found

    @property
    def data_dir(self) -> str:
        return str(self.output.parent / "data")

    def assert_nothing_is_left(self) -> None:
        ends = time.monotonic() + 30
        while self.children() and time.monotonic() < ends:
            time.sleep(0.1)
        assert self.children() == {}
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self.port)) != 0

    def end(self) -> None:
        """Whatever the test did, nothing of it runs on."""
        self.process.kill()  # does nothing once it was waited for: its number may belong to another process by now
        self.process.wait(30)
        for pid in self.children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (REPOSITORY / ".venv/installed.json").exists():
        pytest.skip("`make run` installs packages first; `make test` has done that already")
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def first_run(folder: Path) -> Generator[Site]:
    """The site on a database that did not exist before."""
    site = Site(folder / "data", folder / "first.txt")
    try:
        site.wait_until_ready(FIRST_RUN_SECONDS)
        yield site
    finally:
        site.end()


@pytest.fixture(scope="module")
def waits() -> list[tuple[float, float]]:
    """Of each later run: seconds until it was ready, and how many wanted each processor meanwhile (at least 1)."""
    return []


@pytest.fixture
def edited(first_run: Site, folder: Path) -> dict[str, list[tuple]]:
    """What is there once the first run has ended and people have worked with it."""
    stop(first_run)
    database = sqlite3.connect(folder / "data/db.sqlite3")
    renamed = "Unser eigener Name"
    with database:
        pages = [pk for (pk,) in database.execute("SELECT id FROM wagtailcore_page WHERE live AND depth > 2 LIMIT 2")]
        database.execute(
            "UPDATE wagtailcore_page SET title = ?, draft_title = ? WHERE id = ?", (renamed, renamed, pages[0])
        )
        database.execute("UPDATE wagtailcore_page SET live = 0 WHERE id = ?", pages[1:])
        database.execute("UPDATE cms_blocks_office SET city = ?", (renamed,))
    database.close()
    return contents(folder)


@pytest.fixture
def later_run(first_run: Site, folder: Path, waits: list[tuple[float, float]]) -> Generator[Site]:
    """The site on the database that the first run has left."""
    stop(first_run)
    site = Site(folder / "data", folder / "later.txt")
    try:
        seconds = site.wait_until_ready(PATIENCE_SECONDS)
        waits.append((seconds, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))))
        yield site
    finally:
        site.end()


def stop(site: Site) -> None:
    if site.process.poll() is None:
        site.process.send_signal(signal.SIGINT)
        site.process.wait(30)


def contents(folder: Path) -> dict[str, list[tuple]]:
    """All rows of all tables but the site's own books."""
    database = sqlite3.connect(f"file:{folder / 'data/db.sqlite3'}?mode=ro", uri=True)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {
        table: database.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
        for table in tables
        if not table.startswith(OWN_BOOKS)
    }
    database.close()
    return rows


def password_of(said: str) -> str:
    found = re.search(r"^Password: +(\S+)", said, re.MULTILINE)
    assert found, said
    return found[1]


def test_the_first_run_serves_the_demo_content_and_shows_the_logins_of_both_halves(
    first_run: Site, folder: Path
) -> None:
    status, html = first_run.get("/")
    assert status == 200
    assert '<html lang="de"' in html
    assert first_run.get("/readyz")[0] == 200
    assert first_run.get("/admin/login/")[0] == 200
    assert f"http://localhost:{first_run.port}/" in first_run.said
    database = (folder / "data/db.sqlite3").read_bytes().decode("latin-1")
    passwords = set(re.findall(r"^Password: +(\S+)", first_run.said, re.MULTILINE))
    assert len(passwords) == 2
    for password in passwords:
        assert len(password) >= 16
        assert password not in database
    assert (folder / "data/keys/SECRET_KEY").stat().st_mode & 0o777 == 0o600
    names = " ".join(first_run.children().values())
    assert "gunicorn" in names
    assert "manage.py worker" in names


def test_ctrl_c_ends_everything_that_was_started(first_run: Site) -> None:
    if first_run.process.poll() is None:
        first_run.process.send_signal(signal.SIGINT)
    assert first_run.process.wait(30) == 0
    first_run.assert_nothing_is_left()
    assert "Traceback" not in first_run.said


def test_a_later_run_starts_without_touching_what_people_made_of_it(
    edited: dict[str, list[tuple]], later_run: Site, folder: Path
) -> None:
    assert "Password" not in later_run.said
    assert "demo content" not in later_run.said
    assert later_run.get("/")[0] == 200
    later_run.process.send_signal(signal.SIGTERM)
    assert later_run.process.wait(30) == 0
    later_run.assert_nothing_is_left()
    after = contents(folder)
    assert [table for table, rows in after.items() if rows != edited[table]] == []
    assert len(edited["auth_user"]) == 2
    assert len(edited["wagtailcore_page"]) > 100


def test_nothing_runs_on_when_the_supervisor_is_killed(later_run: Site) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent was killed")
    later_run.process.kill()
    later_run.process.wait(30)
    later_run.assert_nothing_is_left()


def test_when_the_worker_dies_the_site_stops_and_says_so(later_run: Site) -> None:
    (worker,) = [pid for pid, command in later_run.children().items() if "manage.py worker" in command]
    os.kill(worker, signal.SIGKILL)
    assert later_run.process.wait(30) == 1
    assert "Error: the worker ended" in later_run.said
    later_run.assert_nothing_is_left()


def test_a_later_run_is_ready_within_seconds(waits: list[tuple[float, float]]) -> None:
    """On a machine that has little else to do; where more wants to run than there are processors, each waits."""
    if not waits:
        pytest.skip("told of the later runs above; none was made")
    assert min(seconds / turns for seconds, turns in waits) <= LATER_RUN_SECONDS, waits


def test_a_new_password_replaces_the_old_one(first_run: Site, folder: Path) -> None:
    done = subprocess.run(
        [REPOSITORY / ".venv/bin/python", "site/first_run.py", "--new-password"],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder / "data")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert password_of(done.stdout) != password_of(first_run.said)
