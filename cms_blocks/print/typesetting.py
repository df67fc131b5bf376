"""A typst template and its data → a PDF that everyone can read (PDF/UA-1). Content never becomes code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cms_blocks.print.characters import FONTS, families, printable
from cms_blocks.print.theme import colours

#: The templates that all printed forms share; imported as ``/house/…``.
HOUSE = Path(__file__).parent / "typst"
PRESS = Path(__file__).parent / "press.py"

#: Seconds that a document may take.
LONGEST = 60.0
#: Requests of this process that may be about a PDF at the same time, the one at work included.
PLACES = 3
#: Seconds that one waits for its turn.
PATIENCE = 10.0

_places = threading.BoundedSemaphore(PLACES)
_press = threading.Lock()


class TooBusy(Exception):
    """Enough others are waiting for a PDF already; try again in some seconds."""


class NotPrintable(Exception):
    """typst refused the template with this data, or warned: a font or a picture is missing, a heading skips a level."""


@contextmanager
def at_the_press() -> Iterator[None]:
    """One PDF at a time in each process, so that a flood of requests leaves threads for pages. Raises :class:`TooBusy`
    at once when :data:`PLACES` are taken, or after :data:`PATIENCE` seconds."""
    if not _places.acquire(blocking=False):
        raise TooBusy
    try:
        if not _press.acquire(timeout=PATIENCE):
            raise TooBusy
        try:
            yield
        finally:
            _press.release()
    finally:
        _places.release()


def typeset(template: Path, data: dict[str, Any], pictures: Mapping[int, tuple[str, bytes]] | None = None) -> bytes:
    """The PDF that ``template`` (a ``.typ`` file) makes of ``data`` (JSON types) and ``pictures`` (id → name, bytes).

    The template reads ``/data.json`` and ``/pictures/…``; it can read nothing else, for it is compiled in a folder of
    its own. Texts are cut down to what the fonts have. Raises :class:`NotPrintable`.
    """
    pictures = pictures or {}
    paper = printable(data) | {
        "colours": colours(),
        "fonts": list(families()),
        "pictures": {str(pk): name for pk, (name, _content) in pictures.items()},
    }
    with tempfile.TemporaryDirectory(prefix="print-") as name:
        folder = Path(name)
        shutil.copytree(HOUSE, folder / "house")
        shutil.copyfile(template, folder / "main.typ")
        (folder / "data.json").write_text(json.dumps(paper), encoding="utf-8")
        (folder / "pictures").mkdir()
        for picture, content in pictures.values():
            (folder / "pictures" / picture).write_bytes(content)
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(PRESS), str(folder), str(FONTS)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=LONGEST,
                check=False,
                env={"PATH": os.defpath, "PYTHONUTF8": "1"},
            )
        except subprocess.TimeoutExpired as error:
            raise NotPrintable(f"{template.name}: took longer than {LONGEST} seconds") from error
        if done.returncode:
            said = done.stdout.decode(errors="replace").replace(name, "").strip()
            raise NotPrintable(f"{template.name}: {said or f'ended with status {done.returncode}'}")
        return (folder / "out.pdf").read_bytes()
