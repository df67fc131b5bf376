"""The TypeScript client in docs/ is made from the description, holds it to its types, and reads a real site.

Compiler and generator are pinned in its package-lock.json; ``make test`` fetches them into ``var/tools``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cms_blocks.models import PublicRecord
from tests.infrastructure.requirements import REPOSITORY, missing
from tests.site.house import House
from toolkit.models import MethodPage

EXAMPLE = REPOSITORY / "docs/content-api/example"
MISTAKES = Path(__file__).with_name("mistakes.ts")
PROGRAMS = "node_modules/.bin"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example beside the programs that make and compile it: of ``TYPESCRIPT_FOLDER`` if that is set."""
    tools = Path(os.environ.get("TYPESCRIPT_FOLDER") or REPOSITORY / "var/tools/typescript")
    if shutil.which("node") is None or not (tools / "node_modules/typescript").exists():
        missing(
            "the TypeScript compiler is not there; `make test` fetches it where npm is installed, or set TYPESCRIPT_FOLDER"
        )
    copied = tmp_path / "example"
    shutil.copytree(EXAMPLE, copied, ignore=shutil.ignore_patterns("node_modules", "out"))
    (copied / "node_modules").symlink_to(tools / "node_modules")
    return copied


def run(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_types_are_those_that_the_description_gives(folder: Path) -> None:
    """``UPDATE_SNAPSHOT=1`` renews them."""
    made = folder / "made.d.ts"
    run(folder, folder / PROGRAMS / "openapi-typescript", str(EXAMPLE.parent / "openapi.json"), "--output", str(made))
    if os.environ.get("UPDATE_SNAPSHOT"):
        shutil.copyfile(made, EXAMPLE / "schema.d.ts")
    assert (EXAMPLE / "schema.d.ts").read_text() == made.read_text(), "renew it with UPDATE_SNAPSHOT=1"


def test_the_example_compiles_where_mistakes_do_not_and_tells_what_the_site_has(
    folder: Path, house: House, site_server: Any
) -> None:
    shutil.copy(MISTAKES, folder)
    settings = {"extends": "./tsconfig.json", "files": ["schema.d.ts", "client.ts", "example.ts", MISTAKES.name]}
    (folder / "with-mistakes.json").write_text(json.dumps(settings))
    run(folder, folder / PROGRAMS / "tsc", "--project", "with-mistakes.json", "--noEmitOnError")

    *methods, again, home, records, unknown = run(folder, "node", "out/example.js", site_server.url).splitlines()

    titles = [line for line in methods if not line.startswith(" ")]
    pages = MethodPage.objects.filter(locale__language_code="de").order_by("title")
    assert titles == [f"{page.title} ({page.url})" for page in pages]
    assert len(titles) == 6
    told = methods[methods.index("World Café (/methoden/world-cafe/)") + 1 :][:6]
    assert [line.split(maxsplit=1) for line in told] == [
        ["–", "Einladen"],
        ["20", "min  Ankommen"],
        ["30", "min  Erste Runde"],
        ["40", "min  Ernte"],
        ["–", "Auswerten"],
        ["An", "kleinen Tischen wird gesprochen und geschrieben."],
    ]
    assert again == "Asked again: 3 answers were still right."
    assert home == "Startseite in de-simple, en, uk, ar, pl"
    public = PublicRecord.objects.listed()
    assert records == f"{public.count()} public records, {public.of_kind('method').count()} of them methods."
    assert unknown == "404 There is nothing public at this address."
