"""Pages judged by Lighthouse in a real browser: accessibility, best practices and findability, each out of 100.

A Node program from the npm package ``lighthouse``, pinned in ``page_checker/package-lock.json`` and fetched by
``make test`` into ``var/tools``. 12.8 is the last that runs on Debian's Node 18.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.infrastructure.requirements import REPOSITORY, chromium, missing

PROGRAM = REPOSITORY / "tests/infrastructure/page_checker/check.mjs"
PR_SET_PDEATHSIG = 1
SECONDS_A_PAGE = 20
#: Address → category (``accessibility``, ``best-practices``, ``seo``) → what keeps it from 100.
Faults = dict[str, dict[str, list[str]]]


def checker_folder() -> Path | None:
    """The folder of its packages: ``LIGHTHOUSE_FOLDER``, else where ``make test`` puts them."""
    folder = Path(os.environ.get("LIGHTHOUSE_FOLDER") or REPOSITORY / "var/tools/lighthouse")
    return folder if (folder / "node_modules/lighthouse").exists() else None


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@pytest.fixture
def page_faults(tmp_path: Path) -> Callable[[list[str]], Faults]:
    """``page_faults([address, …]) == {}``: one browser visits them all; pages with 100 everywhere are left out."""
    node, folder, browser = shutil.which("node"), checker_folder(), chromium()
    if browser is None:
        missing("no Chromium is installed; apt-get install chromium, or set BROWSER_PATH")
    if node is None or folder is None:
        missing("Lighthouse is not there; `make test` fetches it where npm is installed, or set LIGHTHOUSE_FOLDER")

    def check(addresses: list[str]) -> Faults:
        program = subprocess.Popen(
            [node, str(PROGRAM), str(folder), browser, str(tmp_path / "profile"), *addresses],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        try:
            said, problem = program.communicate(timeout=60 + SECONDS_A_PAGE * len(addresses))
        finally:
            # The browser is in the program's group.
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.communicate()
        assert program.returncode == 0, problem
        judged = json.loads(said)
        assert judged.keys() == set(addresses)
        faults = {
            address: {name: one["faults"] or [str(one["score"])] for name, one in found.items() if one["score"] != 1}
            for address, found in judged.items()
        }
        return {address: found for address, found in faults.items() if found}

    return check
