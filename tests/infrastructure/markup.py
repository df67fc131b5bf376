"""HTML checked by the Nu Html Checker (the checker of the W3C), as a local server, once for each test process.

The checker is a Java program from the npm package ``vnu-jar``, pinned in ``package-lock.json`` beside this file and
fetched by ``make test`` into ``var/tools``.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.infrastructure.requirements import REPOSITORY, missing

START_SECONDS = 120
# The checker needs deep stacks; less compiling makes it start sooner.
QUICK_START = ["-Xmx512m", "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
LOCAL_ONLY = "-Dnu.validator.servlet.bind-address=127.0.0.1"
PR_SET_PDEATHSIG = 1


def checker_jar() -> Path | None:
    """Path of ``vnu.jar``: ``VNU_JAR``, else where ``make test`` puts it."""
    given = os.environ.get("VNU_JAR")
    path = Path(given) if given else REPOSITORY / "var/tools/node_modules/vnu-jar/build/dist/vnu.jar"
    return path if path.exists() else None


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@pytest.fixture(scope="session")
def _checker() -> Generator[str]:
    java, jar = shutil.which("java"), checker_jar()
    if java is None:
        missing("HTML is checked by a Java program and no Java is installed; apt-get install default-jre-headless")
    if jar is None:
        missing("the HTML checker is not there; `make test` fetches it where npm is installed, or set VNU_JAR")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [java, *QUICK_START, LOCAL_ONLY, "-cp", str(jar), "nu.validator.servlet.Main", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent,
    )
    try:
        ends = time.monotonic() + START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None or time.monotonic() > ends:
                raise RuntimeError(f"the HTML checker did not start: java -cp {jar} nu.validator.servlet.Main {port}")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/?out=json&level=error"
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="session")
def html_errors(_checker: str) -> Callable[[str | bytes], list[str]]:
    """``assert html_errors(response.content) == []``: the checker's errors in a whole HTML document, with lines."""

    def check(html: str | bytes) -> list[str]:
        body = html.encode() if isinstance(html, str) else html
        request = urllib.request.Request(_checker, data=body, headers={"Content-Type": "text/html; charset=utf-8"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            messages = json.load(answer)["messages"]
        return [
            f"line {message.get('lastLine', '?')}: {message['message']} — {message.get('extract', '').strip()}"
            for message in messages
            if message["type"] in {"error", "non-document-error"}
        ]

    return check
