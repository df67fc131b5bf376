"""Make the virtual environment ``.venv`` with the pinned packages; seconds when it already has them.

``python site/prepare.py [runtime|dev]``. Standard library only: it runs on the bare Python of a fresh machine.
``uv`` is used where it is installed, because it is faster; both check the hashes of every package.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STAMP = VENV / "installed.json"
REQUIREMENTS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
# requirements-dev.txt holds all of requirements.txt with the same pins.
INCLUDES = {"runtime": ["runtime"], "dev": ["runtime", "dev"]}


def stop(sentence: str) -> NoReturn:
    """End the program with one sentence on standard error and status 1."""
    sys.exit(f"Error: {sentence}")


def prepare(kind: str) -> Path:
    """See that ``.venv`` has the packages of ``kind`` ("runtime" or "dev"); returns its Python.

    Ends the program with one sentence when that cannot be done.
    """
    if not _works():
        _create()
    if _stamp().get(kind) != _hash(REQUIREMENTS[kind]):
        print("Installing the pinned packages into .venv (one or two minutes on a fresh machine) …", flush=True)
        # Removed first: an installation that is interrupted must not look finished.
        STAMP.unlink(missing_ok=True)
        _install(REQUIREMENTS[kind])
        STAMP.write_text(json.dumps({name: _hash(REQUIREMENTS[name]) for name in INCLUDES[kind]}))
    return PYTHON


def _works() -> bool:
    """Whether ``.venv`` holds a Python that starts and is new enough; a moved or half-made one does not."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", question], check=False, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _create() -> None:
    print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False, capture_output=True, text=True)
    if made.returncode and (uv := shutil.which("uv")):
        # Debian keeps venv's pip in a package of its own; uv needs none.
        made = subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV],
            check=False,
            capture_output=True,
            text=True,
        )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip" in made.stdout + made.stderr:
            stop(f"{sys.executable} cannot make virtual environments; install its venv package (Debian: python3-venv).")
        words = (made.stderr or made.stdout).strip().splitlines() or ["no reason given"]
        stop(f"the virtual environment {VENV} could not be made: {words[-1]}")


def _install(requirements: Path) -> None:
    if uv := shutil.which("uv"):
        command: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", PYTHON]
    else:
        if subprocess.run([PYTHON, "-m", "pip", "--version"], check=False, capture_output=True).returncode:
            subprocess.run([PYTHON, "-m", "ensurepip", "--default-pip"], check=False, capture_output=True)
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, "--require-hashes", "-r", requirements], check=False, cwd=ROOT)
    if done.returncode:
        stop(f"the packages of {requirements.name} could not be installed; the reason stands above.")


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        stop(f"{path} cannot be read: {error.strerror}.")


def _stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


if __name__ == "__main__":
    prepare(sys.argv[1] if len(sys.argv) > 1 else "runtime")
