"""The fonts of printed pages: the site's own (``static/cms_blocks/fonts``) unpacked, for typst reads no WOFF2.

``.venv/bin/python site/print_fonts.py`` after a change of those fonts. Also writes which characters each family has
(``coverage.json``), in the order in which families are tried: typst refuses a text with a character that none has.
"""

from __future__ import annotations

import json
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "cms_blocks/static/cms_blocks/fonts"
PRINT = ROOT / "cms_blocks/print/fonts"

#: File → family in print. A family has one file for each style, for typst would take any of several. “Source” is a
#: reserved name, and an unpacked font counts as a changed one (OFL 1.1, 3).
FAMILIES = {
    "atkinson-hyperlegible-next-latin-wght-normal": "Atkinson Hyperlegible Next",
    "atkinson-hyperlegible-next-latin-wght-italic": "Atkinson Hyperlegible Next",
    "atkinson-hyperlegible-next-latin-ext-wght-normal": "Atkinson Hyperlegible Next Ext",
    "atkinson-hyperlegible-next-latin-ext-wght-italic": "Atkinson Hyperlegible Next Ext",
    "source-sans-3-cyrillic-wght-normal": "Print Cyrillic",
    "source-sans-3-cyrillic-wght-italic": "Print Cyrillic",
    "source-sans-3-cyrillic-ext-wght-normal": "Print Cyrillic Ext",
    "noto-sans-arabic-basic-wght-normal": "Noto Sans Arabic",
}
FAMILY, FULL, POSTSCRIPT, TYPOGRAPHIC_FAMILY, UNIQUE, POSTSCRIPT_PREFIX = 1, 4, 6, 16, 3, 25


def main() -> None:
    PRINT.mkdir(exist_ok=True)
    covered: dict[str, set[int]] = {}
    for name, family in FAMILIES.items():
        font = TTFont(WEB / f"{name}.woff2", recalcTimestamp=False)
        if font["name"].getBestFamilyName() != family:
            rename(font, family, italic="italic" in name)
        font.flavor = None
        target = PRINT / f"{name.replace('source-sans-3', 'print')}.ttf"
        font.save(target)
        if "italic" not in name:
            covered.setdefault(family, set()).update(font.getBestCmap())
    coverage = {family: ranges(signs) for family, signs in covered.items()}
    (PRINT / "coverage.json").write_text(json.dumps(coverage, separators=(",", ":")) + "\n")


def rename(font: TTFont, family: str, *, italic: bool) -> None:
    """Give the font another name, in all the places where readers look for one."""
    compact = family.replace(" ", "")
    names = {
        FAMILY: family,
        TYPOGRAPHIC_FAMILY: family,
        FULL: f"{family} Italic" if italic else family,
        POSTSCRIPT: f"{compact}-{'Italic' if italic else 'Regular'}",
        POSTSCRIPT_PREFIX: compact,
        UNIQUE: compact,
    }
    for number, text in names.items():
        for record in [record for record in font["name"].names if record.nameID == number]:
            record.string = text


def ranges(signs: set[int]) -> list[list[int]]:
    """Numbers as pairs of first and last."""
    found: list[list[int]] = []
    for sign in sorted(signs):
        if found and found[-1][1] == sign - 1:
            found[-1][1] = sign
        else:
            found.append([sign, sign])
    return found


if __name__ == "__main__":
    main()
