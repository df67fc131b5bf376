"""PDF files checked by veraPDF (the checker of the PDF Association) against PDF/UA-1, ISO 14289-1.

A Java program from Maven Central, pinned in ``pdf_checker/pom.xml`` and fetched by ``make test`` into ``var/tools``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infrastructure.requirements import REPOSITORY, missing


def checker_folder() -> Path | None:
    """The folder of its jars: ``VERAPDF_LIB``, else where ``make test`` puts them."""
    folder = Path(os.environ.get("VERAPDF_LIB") or REPOSITORY / "var/tools/verapdf")
    return folder if any(folder.glob("greenfield-apps-*.jar")) else None


@pytest.fixture
def pdf_errors(tmp_path: Path) -> Callable[..., list[str]]:
    """``assert pdf_errors(card=…, booklet=…) == []``: what veraPDF has against these files, by name.

    Several at once are quicker, for starting Java takes longest.
    """
    java, folder = shutil.which("java"), checker_folder()
    if java is None:
        missing(
            "PDF files are checked by a Java program and no Java is installed; apt-get install default-jre-headless"
        )
    if folder is None:
        missing("veraPDF is not there; `make test` fetches it where Maven (mvn) is installed, or set VERAPDF_LIB")

    def check(**files: bytes) -> list[str]:
        paths = []
        for name, content in files.items():
            paths.append(tmp_path / f"{name}.pdf")
            paths[-1].write_bytes(content)
        options = ["--flavour", "ua1", "--format", "text", "--verbose"]
        command = [java, "-cp", f"{folder}/*", "org.verapdf.apps.GreenfieldCliWrapper", *options, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        lines = done.stdout.splitlines()
        passed = {line.split()[1] for line in lines if line.startswith("PASS ")}
        if passed == set(map(str, paths)):
            return []
        return [line for line in lines if not line.startswith("PASS ")] or [done.stderr or "veraPDF said nothing"]

    return check
