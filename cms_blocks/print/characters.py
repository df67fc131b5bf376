"""Which characters can be printed: those of our fonts. typst refuses a PDF/UA in which a single one is missing."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"

#: Stand for what no font of ours has.
UNKNOWN = "?"
#: Invisible, and meant: line break, soft hyphen, zero width space, marks of direction.
INVISIBLE = frozenset("\n\xad\u200b\u200e\u200f")
SPACES = frozenset("\t\v\f\r\x85\u2028\u2029")
ARROWS = {"→": "›", "←": "‹", "⇒": "›", "⇐": "‹"}


def printable(value: Any) -> Any:
    """``value`` (JSON types) with every text cut down to what our fonts have.

    Signs that break out of their line (controls, overrides of direction) and pictures (emoji) go; a letter of another
    writing becomes its plain form or :data:`UNKNOWN`. What remains is set as it stands.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {name: printable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


@cache
def families() -> dict[str, frozenset[int]]:
    """The fonts' families in the order in which they are tried, with the characters of each."""
    stored = json.loads((FONTS / "coverage.json").read_text())
    return {
        family: frozenset(number for first, last in pairs for number in range(first, last + 1))
        for family, pairs in stored.items()
    }


def _text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    base: str | None = None  # the family of the letter that marks would stand on
    for sign in unicodedata.normalize("NFC", text):
        for shown in _sign(sign, base):
            out.append(shown)
            if not unicodedata.combining(shown):
                base = family_of(shown)
    return "".join(out)


def _sign(sign: str, base: str | None) -> str:
    if sign in INVISIBLE:
        return sign
    if sign in SPACES:
        return " "
    category = unicodedata.category(sign)
    family = family_of(sign)
    if category in {"Mn", "Me"}:
        return sign if base is not None and ord(sign) in families()[base] else ""
    if family is not None:
        return sign
    if sign in ARROWS:
        return ARROWS[sign]
    plain = unicodedata.normalize("NFKD", sign)
    if plain != sign:
        return "".join(_sign(part, None) for part in plain)
    return UNKNOWN if category[0] in "LNPM" or category in {"Sm", "Sc"} else " " if category == "Zs" else ""


@cache
def family_of(sign: str) -> str | None:
    """The family that a character is set in; ``None`` if none has it."""
    return next((family for family, signs in families().items() if ord(sign) in signs), None)
