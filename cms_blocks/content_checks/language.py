"""Sentences, their length, abbreviations, and words of links that say nothing. Pure functions on plain text."""

from __future__ import annotations

import re

from cms_blocks.sentences import ABBREVIATIONS, one_a_line

#: More words than this in one sentence are pointed out. The rules for Leichte Sprache ask for short sentences that say
#: one thing each; the numbers are ours.
LONGEST = 25
LONGEST_EASY = 12

_WORD = re.compile(r"\w+(?:[-·’'/.:]\w+)*")
_POINTS = re.compile(r"(?<![\w.])(?:[A-Za-zÄÖÜäöü]\.[ \u00a0]?){2,}")
_WITH_POINT = re.compile(r"(?<![\w.-])([A-Za-zÄÖÜäöü]{2,6})\.")
_CAPITALS = re.compile(r"(?<![\w·-])(?=(?:\w*[A-ZÄÖÜ]){2})[A-ZÄÖÜ][A-Za-zÄÖÜäöü]{1,5}(?![\w·])")
#: Shorter than what it stands for, and known to everybody.
KNOWN = frozenset({"WC", "OK"})

_NOTHING = frozenset(
    """
    hier|klicken sie hier|hier klicken|klick hier|mehr|mehr dazu|mehr erfahren|mehr infos|mehr informationen|mehr lesen
    weiter|weiterlesen|weitere informationen|weitere infos|lesen sie mehr|lesen sie weiter|link|dieser link|diesem link
    zum link|seite|diese seite|zur seite|webseite|website|internetseite|homepage|dokument|pdf|download|herunterladen
    details|infos|info|dort|da|jetzt|los|siehe hier|unter diesem link|auf dieser seite|anhang|artikel
    here|click here|more|read more|learn more|this page|this link|page|more information|continue
    """.replace("\n", "|").split("|")
) - {""}
NOTHING = frozenset(phrase.strip() for phrase in _NOTHING)
_ADDRESS = re.compile(r"^(?:https?://\S+|www\.\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}(?:/\S*)?)$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:pdf|docx?|odt|xlsx?|ods|csv|jpe?g|png)$", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a plain text in their order; a line break ends one as well."""
    found = (part.strip() for part in one_a_line(text.replace("\n", "<br>")).split("<br>"))
    return [sentence for sentence in found if sentence]


def length(sentence: str) -> int:
    """Number of words."""
    return len(_WORD.findall(sentence))


def too_long(text: str, limit: int) -> list[tuple[str, int]]:
    """Sentences with more than ``limit`` words, and how many they have."""
    return [(sentence, number) for sentence in sentences(text) if (number := length(sentence)) > limit]


def abbreviations(text: str) -> list[str]:
    """Abbreviations that the text does not explain, each once, in their order.

    Those with points ("z. B.", "usw.") count always, words of capitals ("SVV", "GmbH") unless their meaning stands with
    them: in brackets behind it, or after "kurz" or "Abkürzung".
    """
    found = [match[0].strip() for match in _POINTS.finditer(text)]
    found += [match[0] for match in _WITH_POINT.finditer(text) if match[1].lower() in ABBREVIATIONS]
    for line in text.splitlines():
        if not line.isupper():  # a line all in capitals is no abbreviation
            found += [match[0] for match in _CAPITALS.finditer(line)]
    return [short for short in dict.fromkeys(found) if short not in KNOWN and not _is_explained(short, text)]


def _is_explained(short: str, text: str) -> bool:
    if "." in short:
        return False
    name = re.escape(short)
    patterns = (
        rf"\({name}\)",
        rf"\b{name}\s+\(",
        rf"(?:kurz|kürzung|kurze Wort)[^.!?\n]{{0,30}}\b{name}\b",
        rf"\b{name}\s+(?:ist|sind|steht|heißt|bedeutet|ist kurz)\b",
    )
    return any(re.search(pattern, text) for pattern in patterns)


def says_nothing(words: str) -> bool:
    """Whether the words of a link do not tell where it leads: "hier", "mehr", "PDF"."""
    plain = re.sub(r"[^\w\s]", " ", words.replace("\u00ad", "")).casefold()
    return " ".join(plain.split()) in NOTHING


def is_address(words: str) -> bool:
    """Whether a link shows its address or the name of its file instead of words. E-mail addresses are fine."""
    bare = words.strip()
    return "@" not in bare and " " not in bare and bool(_ADDRESS.match(bare) or _FILE.search(bare))
