"""A private PostgreSQL server for tests: own folder, own unix socket, no network, gone with the process.

PostgreSQL refuses to run as root, so for root it runs as ``postgres`` or, where that user is missing, ``nobody``.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from urllib.parse import quote

from tests.infrastructure.requirements import postgresql_bin

PR_SET_PDEATHSIG = 1
START_SECONDS = 30
MISSING = "no PostgreSQL server is installed (initdb, postgres); apt-get install postgresql, or set POSTGRESQL_BIN"

# Nothing here has to survive a crash of the machine.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "deadlock_timeout": "200ms",
    "log_min_messages": "warning",
}


def _die_with_parent() -> None:
    """Ask Linux for a fast shutdown of the server when the test process is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


class Server:
    """A running server. ``url`` names its maintenance database; test databases are created beside it.

    Raises :class:`RuntimeError` with the server's own words when it does not come up.
    """

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="house-pg-"))
        self.process: subprocess.Popen[bytes] | None = None
        self.identity: dict[str, object] = {}
        if os.geteuid() == 0:
            account = _unprivileged_account()
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, name: str) -> str:
        """``DATABASE_URL`` of the database ``name`` on this server."""
        return f"postgres://postgres@{quote(str(self.folder), safe='')}/{name}"

    def start(self) -> None:
        """Create the cluster and wait until it takes connections (about two seconds)."""
        data, log = self.folder / "data", self.folder / "log"
        made = subprocess.run(
            [self.binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **self.identity,  # type: ignore[call-overload]
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
        settings = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", data, "-k", self.folder, *settings],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                # A group of its own: Ctrl-C reaches pytest first, which ends the tests and then the server.
                start_new_session=True,
                preexec_fn=_die_with_parent,
                **self.identity,  # type: ignore[call-overload]
            )
        ends = time.monotonic() + START_SECONDS
        ready: list[str | Path] = [self.binaries / "pg_isready", "-q", "-h", self.folder]
        while subprocess.run(ready, check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:].strip()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server and remove its folder. Twice does no harm."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody'.")


@cache
def server() -> Server:
    """The one private server of this process, started on first use and stopped at its end.

    Raises :class:`FileNotFoundError` where no PostgreSQL server is installed.
    """
    binaries = postgresql_bin()
    if binaries is None:
        raise FileNotFoundError(MISSING)
    started = Server(binaries)
    atexit.register(started.stop)
    started.start()
    return started
