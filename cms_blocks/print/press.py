"""typst in a process of its own: ``python press.py FOLDER FONTS``. Compiles ``FOLDER/main.typ`` to ``FOLDER/out.pdf``.

A booklet leaves 100 MB in typst's caches, and nothing within a process can stop a compilation that takes too long.
Without Django, so that it starts quickly. What typst says against the document stands on standard output; status 1.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typst


def main(folder: str, fonts: str) -> int:
    """No word is 0: a warning counts as an error, for a missing font is only a warning."""
    said: list[Any]
    try:
        pdf, said = typst.compile_with_warnings(
            str(Path(folder) / "main.typ"),
            root=folder,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError as error:
        said = [error]
    for message in said:
        print(_words(message))
    if not said:
        (Path(folder) / "out.pdf").write_bytes(pdf)
    return 1 if said else 0


def _words(said: Any) -> str:
    hints = "".join(f" ({hint})" for hint in said.hints)
    return f"{said.message}{hints}" + (f"\n{said.diagnostic}" if said.diagnostic else "")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
