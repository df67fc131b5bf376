"""The end of an address, or of a file's name, made from words: umlauts are written out."""

from __future__ import annotations

from django.utils.text import slugify

SPELLINGS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"}


def slug_of(words: str) -> str:
    """“Größere Bäume” is “groessere-baeume”. Letters of other scripts are left out."""
    return slugify(words.translate(str.maketrans(SPELLINGS)))
