"""Tools a test needs from the machine. Missing: the test is skipped with the reason; on CI that is a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def on_ci() -> bool:
    """Whether ``CI`` says that everything must be there."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def missing(reason: str) -> NoReturn:
    """End the test: skipped with ``reason``, failed with it where ``CI=true``."""
    if on_ci():
        pytest.fail(f"CI=true, and {reason}", pytrace=False)
    pytest.skip(reason)


def chromium() -> str | None:
    """Path of an installed Chromium: ``BROWSER_PATH``, else the first of the usual names on ``PATH``."""
    if given := os.environ.get("BROWSER_PATH"):
        return given if Path(given).exists() else None
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"):
        if found := shutil.which(name):
            return found
    return None


def postgresql_bin() -> Path | None:
    """Folder with ``initdb`` and ``postgres``: ``POSTGRESQL_BIN``, the newest Debian folder, else from ``PATH``."""
    candidates = [Path(os.environ["POSTGRESQL_BIN"])] if "POSTGRESQL_BIN" in os.environ else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None
