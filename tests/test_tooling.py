"""The commands of the Makefile and the files they stand on."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import polib
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.keys import key
from tests.infrastructure.requirements import REPOSITORY

PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)


def run_site(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "site/run.py"],
        cwd=REPOSITORY,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert line.startswith("Error: ")
    for word in words:
        assert word in line


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert_one_sentence(
            run_site(PORT=str(port), DATA_DIR=str(tmp_path)), f"port {port}", "in use", "make run PORT="
        )


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8 000", "٨٠٠٠"])
def test_a_port_that_is_none_is_said_in_one_sentence(tmp_path: Path, port: str) -> None:
    assert_one_sentence(run_site(PORT=port, DATA_DIR=str(tmp_path)), "PORT", "1 to 65535")


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert_one_sentence(run_site(PORT="1", DATA_DIR=str(file / "data")), str(file / "data"), "DATA_DIR")


@pytest.mark.parametrize("target", ["run", "test"])
def test_a_python_that_is_too_old_is_said_in_one_sentence(tmp_path: Path, target: str) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        ["make", target, f"PYTHON={old}"], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert_one_sentence(done, "Python 3.11 or newer", str(old))


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = key("SECRET_KEY", tmp_path)
    assert len(made) > 50
    assert key("SECRET_KEY", tmp_path) == made
    assert key("MEDIA_SIGNING_KEY", tmp_path) != made
    (kept, _other) = sorted((tmp_path / "keys").iterdir(), reverse=True)
    assert kept.name == "SECRET_KEY"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_key_from_the_environment_wins_and_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "from the environment")
    assert key("SECRET_KEY", tmp_path) == "from the environment"
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_cannot_be_kept_names_the_variable_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ImproperlyConfigured, match="Environment variable SECRET_KEY is not set"):
        key("SECRET_KEY", file)


def test_all_dependencies_are_pinned_with_hashes_and_the_same_for_site_and_development() -> None:
    runtime = (REPOSITORY / "requirements.txt").read_text()
    development = (REPOSITORY / "requirements-dev.txt").read_text()
    assert set(PINNED.findall(runtime)) <= set(PINNED.findall(development))
    for text in (runtime, development):
        for block in re.split(r"\n(?=[a-z])", text.strip()):
            assert PINNED.match(block), block
            assert "--hash=sha256:" in block, block


def test_every_declared_dependency_has_a_pin() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    runtime = {name for name, _version in PINNED.findall((REPOSITORY / "requirements.txt").read_text())}
    development = {name for name, _version in PINNED.findall((REPOSITORY / "requirements-dev.txt").read_text())}
    declared = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["site"]]
    assert {re.split(r"[\[<>=~! ]", line)[0].lower() for line in declared} <= runtime
    groups = project["dependency-groups"]["dev"]
    assert {re.split(r"[\[<>=~! ]", line)[0].lower() for line in groups} <= development


def test_the_source_root_is_no_package() -> None:
    """A package ``site`` would take the place of Python's own module of that name."""
    assert not (REPOSITORY / "site/__init__.py").exists()


def test_compiled_catalogues_say_what_their_sources_say() -> None:
    sources = [path for path in REPOSITORY.glob("*/**/locale/*/LC_MESSAGES/*.po") if ".venv" not in path.parts]
    for source in sources:
        compiled = source.with_suffix(".mo")
        assert compiled.exists(), f"{source} is not compiled: make messages"
        wanted = {
            (entry.msgctxt, entry.msgid): _said(entry) for entry in polib.pofile(str(source)).translated_entries()
        }
        found = {(entry.msgctxt, entry.msgid): _said(entry) for entry in polib.mofile(str(compiled))}
        assert wanted == found, f"{compiled} is not what {source} says: make messages"


def _said(entry: polib.POEntry | polib.MOEntry) -> str | list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr
