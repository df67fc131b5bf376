"""``make lint``: all linters, one after the other, each with its time; status 1 when one of them found something."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ROOMS = ["cms_blocks", "governance", "toolkit", "procedures", "site"]

LINTERS: dict[str, list[str | Path]] = {
    "ruff check": [BIN / "ruff", "check", "--quiet", "."],
    "ruff format": [BIN / "ruff", "format", "--quiet", "--check", "."],
    "import-linter": [BIN / "lint-imports"],
    "djlint": [BIN / "djlint", "--lint", "--quiet", *ROOMS],
    "migrations": [sys.executable, "site/manage.py", "makemigrations", "--check", "--dry-run"],
    "mypy": [sys.executable, "-m", "mypy"],
}


def main() -> int:
    """Run them all, also after one failed; the output of those that passed is left out."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "site"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "tests.infrastructure.settings",
    }
    failed = []
    for name, command in LINTERS.items():
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        seconds = time.monotonic() - started
        print(f"{name}: {'found something' if done.returncode else 'ok'} ({seconds:.0f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
