"""The Debian that the tests build the image on, made by debootstrap: there is no registry to ask for one.

``make test`` begins with it in the background (``python -m tests.container.base``) and keeps it in ``var/tools``.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.infrastructure.requirements import REPOSITORY

FOLDER = REPOSITORY / "var/tools/container"
PACKAGES = ("python3", "python3-venv")
TOOLS = ("debootstrap", "buildah", "unshare", "setpriv")
#: Makes a Debian in memory, which takes half the time, and packs it. A mount of its own goes with the process.
MAKE = """
set -e
mount -t tmpfs -o mode=0755 debian "$FOLDER"
debootstrap --variant=minbase --include="$INCLUDE" "$SUITE" "$FOLDER" >"$LOG" 2>&1
rm -rf "$FOLDER"/var/cache/apt/archives/*.deb "$FOLDER"/var/lib/apt/lists/*
tar -C "$FOLDER" -cf "$DRAFT" .
"""


def missing_tools() -> str:
    """What keeps this machine from making a base and an image, as a sentence; empty when nothing does."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        return f"the image is built with {' and '.join(absent)}; apt-get install debootstrap buildah"
    return "" if os.geteuid() == 0 else "the image is built by root only, with mounts of its own"


def base() -> Path:
    """The packed Debian, made on first use (about a minute). Several processes that ask make it once.

    Raises :class:`RuntimeError` with debootstrap's last words.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", "bookworm")
    key = hashlib.sha256(repr((suite, PACKAGES, MAKE)).encode()).hexdigest()[:12]
    kept, log = FOLDER / f"debian-{key}.tar", FOLDER / "debootstrap.log"
    with (FOLDER / "lock").open("w") as lock, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            draft = kept.with_suffix(".draft")
            variables = {"FOLDER": folder, "INCLUDE": ",".join(PACKAGES), "SUITE": suite, "LOG": log, "DRAFT": draft}
            made = subprocess.run(
                ["unshare", "--mount", "sh", "-c", MAKE],
                env={**os.environ, **{name: str(value) for name, value in variables.items()}},
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                words = (log.read_text() if log.exists() else "")[-1500:] + made.stderr
                raise RuntimeError(f"debootstrap could not make {suite}: {words.strip()}")
            draft.rename(kept)
    return kept


if __name__ == "__main__":
    if missing_tools():
        sys.exit()  # the tests say it
    base()
