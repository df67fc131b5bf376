"""A project of somebody else: made by ``wagtail start``, with the built wheel installed and nothing of this repository.

The lines it is given are those of docs/plugins.md, so that page cannot go stale.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

from tests.infrastructure.requirements import REPOSITORY

PAGE = REPOSITORY / "docs/plugins.md"


def documented(name: str) -> str:
    """The code block ``name`` of docs/plugins.md."""
    found = re.search(rf"^```python {name}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"docs/plugins.md has no block {name!r}"
    return found[1]


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this repository into ``folder``; no network is needed."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


class Host:
    """The project in ``folder``, run by a Python that has the wheel and, from this environment, its dependencies."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        self.project = folder / "mysite"
        environment = folder / "venv"
        venv.create(environment, with_pip=False, symlinks=True)
        self.python = environment / "bin/python"
        (packages,) = environment.glob("lib/python*/site-packages")
        zipfile.ZipFile(wheel).extractall(packages)  # all that installing a pure Python wheel does
        (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.project.mkdir()
        self._run(["-c", "from wagtail.bin.wagtail import main; main()", "start", "mysite", str(self.project)])
        self.settings = self.project / "mysite/settings/base.py"

    def _run(self, arguments: list[str]) -> str:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        done = subprocess.run(
            [self.python, *arguments],
            cwd=self.project,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(arguments[:3])} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
        return done.stdout

    def manage(self, *arguments: str) -> str:
        """Run a management command; its output. Fails the test with the command's words when it fails."""
        return self._run(["manage.py", *arguments])

    def manage_all(self, *commands: str) -> str:
        """Run several management commands in one process, which is quicker; their output. Fails as :meth:`manage`."""
        calls = [f"call_command(*{command.split()})" for command in commands]
        return self.python_says("\n".join(["from django.core.management import call_command", *calls]))

    def python_says(self, code: str) -> str:
        """Run ``code`` in the project with Django set up; what it prints."""
        return self.manage("shell", "--no-imports", "-c", code).strip()

    def append_settings(self, lines: str) -> None:
        self.settings.write_text(self.settings.read_text() + "\n" + lines)

    def use_our_addresses(self) -> None:
        """Put the documented lines in place of Wagtail's two."""
        urls = self.project / "mysite/urls.py"
        media, pages = documented("urls").splitlines()
        text = urls.read_text()
        for theirs, ours in (
            ('path("documents/", include(wagtaildocs_urls)),', media),
            ('path("", include(wagtail_urls)),', pages),
        ):
            assert theirs in text, f"`wagtail start` no longer writes {theirs}"
            text = text.replace(theirs, ours)
        urls.write_text(text)

    def declare_its_pages(self) -> None:
        (self.project / "home/publications.py").write_text(
            "from cms_blocks.publication.declaration import register_page\n\n" + documented("publications")
        )
