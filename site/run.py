"""``make run``: prepare everything, then run the web server and the worker until Ctrl-C.

Environment: ``PORT`` (8000), ``HOST`` (127.0.0.1), ``DATA_DIR`` (``var``) and all settings of docs/settings.md.
Standard library only: it runs on the bare Python of a fresh machine, the site itself in ``.venv``.
"""

from __future__ import annotations

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from prepare import PYTHON, ROOT, prepare, stop

GRACE_SECONDS = 10
START_SECONDS = 90
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """Somebody asked the program to end (Ctrl-C, SIGTERM, SIGHUP)."""


def main() -> int:
    """Exit status: 0 after Ctrl-C, 1 after a problem, which is named in one sentence."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    try:
        host, port, data_dir = os.environ.get("HOST") or "127.0.0.1", _port(), _data_dir()
        _require_free(host, port)
        prepare("runtime")
        name = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host
        address = f"http://{name}:{port}"
        environment = {
            "BASE_URL": address,
            "PYTHONUNBUFFERED": "1",
            **os.environ,
            "DATA_DIR": str(data_dir),
        }
        with (data_dir / "run.lock").open("w") as lock:
            # Two first runs at once would fill one database twice.
            fcntl.flock(lock, fcntl.LOCK_EX)
            filled = subprocess.run([PYTHON, ROOT / "site/first_run.py"], env=environment, cwd=ROOT, check=False)
        if filled.returncode:
            return filled.returncode
        return Services(host, port, address, environment).run()
    except Stopped:
        return 0


def _on_signal(number: int, frame: object) -> None:
    raise Stopped


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        stop(f"PORT is {given!r}, but must be a number from 1 to 65535.")
    return int(given)


def _data_dir() -> Path:
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "var").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        stop(f"the folder {folder} (DATA_DIR) cannot be written: {error.strerror}.")
    return folder


def _require_free(host: str, port: int) -> None:
    """A browser may reach "localhost" over IPv4 or IPv6, so both have to be free."""
    for family, address in ((socket.AF_INET, host), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if family == socket.AF_INET6 and error.errno != 98:
                    continue  # a machine without IPv6
                stop(f"port {port} cannot be used ({error.strerror}); choose another one: make run PORT={port + 1}")


class Services:
    """The web server and the worker, each in a process group of its own; when one ends, all end."""

    def __init__(self, host: str, port: int, address: str, environment: dict[str, str]) -> None:
        self.host, self.port, self.address, self.environment = host, port, address, environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> int:
        """Run until a signal (0) or until one of them ends by itself (1)."""
        try:
            self._start("worker", [PYTHON, ROOT / "site/manage.py", "worker"])
            self._start("web server", [PYTHON, "-m", "gunicorn", "config.wsgi", *self._web_options()])
            if not self._wait_until_ready():
                return 1
            desk = (os.environ.get("ADMIN_PATH") or "admin").strip("/")
            print(f"\nThe site is ready:  {self.address}/\nThe editor's desk:  {self.address}/{desk}/", flush=True)
            print("Ctrl-C ends it.", flush=True)
            while not self._ended():
                time.sleep(0.3)
            return 1
        except Stopped:
            print("\nStopping …", flush=True)
            return 0
        finally:
            self._stop_all()

    def _web_options(self) -> list[str]:
        options = ["--bind", f"{self.host}:{self.port}", "--pythonpath", f"{ROOT / 'site'},{ROOT}"]
        options += ["--workers", os.environ.get("WEB_CONCURRENCY") or "2", "--threads", "4", "--no-control-socket"]
        return [*options, "--log-level", "warning", "--graceful-timeout", "5"]

    def _start(self, name: str, command: list[str | Path]) -> None:
        self.running[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )

    def _ended(self) -> bool:
        """Whether one of them has ended by itself; says which."""
        for name, process in self.running.items():
            if process.poll() is not None:
                print(f"Error: the {name} ended (status {process.returncode}); all is stopped.", file=sys.stderr)
                return True
        return False

    def _wait_until_ready(self) -> bool:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            if self._ended():
                return False
            connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
            try:
                connection.request("GET", "/healthz", headers={"Host": f"localhost:{self.port}"})
                if connection.getresponse().status == 200:
                    return True
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.1)
        print(f"Error: the site did not answer within {START_SECONDS} seconds.", file=sys.stderr)
        return False

    def _stop_all(self) -> None:
        """End whole groups, politely first; a second Ctrl-C cannot leave anything behind."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for process in self.running.values():
            _signal_group(process, signal.SIGTERM)
        ends = time.monotonic() + GRACE_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.0, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _end_with_parent() -> None:
    """In the child: on Linux, end when the supervisor is killed without a chance to say so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
