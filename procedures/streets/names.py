"""Names of streets as people type them: “Muehlenstr.”, “MÜHLENSTRASSE 12”, “mühlen straße”."""

from __future__ import annotations

import re
import unicodedata

#: Longer than any street's name, and than what it is folded to.
LONGEST, LONGEST_KEY = 100, 200

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
#: “str.” at the end of a word or alone, and a square's short form. The end of the word tells it from “Strand”.
_SHORT = ((re.compile(r"str(?:\.|(?![a-z0-9]))"), "strasse"), (re.compile(r"\bpl\."), "platz"))
_NUMBER = re.compile(
    r"(?:[,\s]+|(?<=\.))(?:nr\.?\s*|no\.?\s*)?(\d{1,4}\s?(?:[a-z](?![a-z]))?(?:\s?[-–/]\s?\d{1,4}\s?[a-z]?)?)\s*$",
    re.IGNORECASE,
)


def fold(name: str) -> str:
    """What is compared: small letters and digits alone, “straße” written out, umlauts as two letters."""
    text = unicodedata.normalize("NFC", name[:LONGEST]).casefold().translate(_UMLAUTS)
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    for short, long in _SHORT:
        text = short.sub(long, text)
    return "".join(sign for sign in text if sign.isalnum())[:LONGEST_KEY]


def split(typed: str) -> tuple[str, str]:
    """Street and house number of what stands in one line; the number is empty if there is none at the end."""
    found = _NUMBER.search(typed)
    return (typed[: found.start()].strip(" ,"), found[1].strip()) if found and found.start() else (typed.strip(), "")


def thirds(key: str) -> list[str]:
    """Parts of a folded name of which two typing mistakes leave one as it is. What nearly all names end with says
    nothing."""
    for ending in ("strasse", "platz", "weg", "allee"):
        if len(key) > len(ending) + 2:
            key = key.removesuffix(ending)
    size = max(2, len(key) // 3)
    return [part for at in range(0, 3 * size, size) if len(part := key[at : at + size]) >= 2]
