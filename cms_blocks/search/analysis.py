"""How text becomes words, for every search engine alike.

An engine only stores and matches what this module hands it, so the same query finds the same records on every engine.
Two rules make that hold: a token is made of letters, digits and private-use characters only, which no engine splits
or folds further, and every position is decided here.

A text gives *words* and *forms*. Words are the letters and digits between everything else, folded: without case and
diacritics, ``ß`` as ``ss``, umlauts as their digraphs (``ä`` and ``ae`` alike become ``ae``; ``neue`` stays
``neue``). Forms are further ways to write the same place: ``21/SVV/1265`` as one token, ``World-Café`` and
``Bürger*innen`` joined, ``§ 34`` with its sign, a word whose umlaut dots were left out. Forms stand behind the words
with gaps between them, so that a phrase is only ever found among words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

#: A token of its own that no text can contain: it keeps phrases from reaching over a gap.
GAP = "\ue000"
#: Stands for the punctuation inside a reference number, whichever it was: ``21/SVV/1265`` equals ``21-SVV-1265``.
JOINT = "\ue001"
#: Stands for the section sign.
SECTION = "\ue002"
#: Begins a token that says which language an entry is in.
SCOPE = "\ue003"

#: Longest word in characters, raw and folded; the rest is cut. Keeps every token below PostgreSQL's 2046 bytes.
MAX_RAW = 256
MAX_WORD = 64
MAX_FORM = 160
#: A run of more words than this is a list, not a name or a number.
MAX_RUN = 8
#: What one record may fill of an index, in bytes: PostgreSQL's limit for a tsvector is 1 MiB with its positions.
MAX_STREAM = 1_000_000

# Marks and invisible characters that belong to the word around them: combining marks of Latin, Cyrillic, Hebrew and
# Arabic, variation selectors, soft hyphen, zero-width and direction marks.
_INSIDE = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)
_APOSTROPHES = "'’‘ʼ`´"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_INSIDE}]|[{_APOSTROPHES}](?=[^\W_]))*")
_CLUSTER = re.compile(rf"[^{_INSIDE}][{_INSIDE}]*")
_JOINER = re.compile(r"/-|[-‐‑‒–/.:*_@&+·]")
_MARKED = re.compile(r"§\s{0,4}$")
_SPELT = {"paragraf", "paragraph"}

# What neither case folding nor decomposition does. The second value is the spelling with the dots left out.
_LETTERS = {
    "ä": ("ae", "a"),
    "ö": ("oe", "o"),
    "ü": ("ue", "u"),
    "æ": ("ae", "ae"),
    "œ": ("oe", "oe"),
    "ø": ("oe", "o"),
    "ł": ("l", "l"),
    "đ": ("d", "d"),
    "ð": ("d", "d"),
    "þ": ("th", "th"),
    "ı": ("i", "i"),
    "ґ": ("г", "г"),
    "ٱ": ("ا", "ا"),
    "ى": ("ي", "ي"),
    "ی": ("ي", "ي"),
    "ک": ("ك", "ك"),
    "ة": ("ه", "ه"),
    "ـ": ("", ""),
}


class Token(NamedTuple):
    """A folded word or form and where it stands.

    ``start`` and ``end`` are character offsets in the raw text; ``position`` counts the words of the text from 0, for
    a form it is the position of its first word. ``is_form`` tells forms from words.
    """

    text: str
    start: int
    end: int
    position: int
    is_form: bool = False


@lru_cache(maxsize=8192)
def _letter(cluster: str) -> tuple[str, str]:
    """One character with its marks, folded: as a rule, and with umlaut dots left out."""
    full, bare = [], []
    for character in unicodedata.normalize("NFC", cluster).casefold():
        if character in _LETTERS:
            long, short = _LETTERS[character]
        else:
            parts = unicodedata.normalize("NFKD", character).casefold()
            kept = (_LETTERS.get(part, (part,))[0] for part in parts if part.isalnum() and part not in _APOSTROPHES)
            long = short = "".join(str(unicodedata.digit(part, part)) for part in "".join(kept))
        full.append(long)
        bare.append(short)
    return "".join(full), "".join(bare)


@lru_cache(maxsize=65536)
def fold_word(raw: str) -> tuple[str, str]:
    """One raw word folded, and the same with its umlaut dots left out (equal when it has none)."""
    if raw.isascii() and raw.isalnum():
        word = raw.lower()[:MAX_WORD]
        return word, word
    letters = [_letter(cluster) for cluster in _CLUSTER.findall(raw)]
    return "".join(long for long, _ in letters)[:MAX_WORD], "".join(short for _, short in letters)[:MAX_WORD]


def fold(text: str) -> list[Token]:
    """The words of ``text`` in their order, forms somewhere behind the word they begin with. Never fails."""
    tokens: list[Token] = []
    run: list[tuple[Token, str]] = []
    end = position = 0
    previous: Token | None = None
    for match in _WORD.finditer(text):
        word, bare = fold_word(match[0][:MAX_RAW])
        if not word:
            continue
        start = match.start()
        between = text[end:start]
        token = Token(word, start, match.end(), position)
        if between == " " or not previous or not _joins(between, previous.text, word):
            if len(run) > 1:
                _join(tokens, run)
            run = []
        tokens.append(token)
        if bare != word:
            tokens.append(Token(bare, start, token.end, position, True))
        if word[0] in "0123456789":
            if sign := _MARKED.search(between):
                tokens.append(Token(SECTION + word, end + sign.start(), token.end, position, True))
            elif previous and previous.text in _SPELT and not between.strip():
                tokens.append(Token(SECTION + word, previous.start, token.end, previous.position, True))
        run.append((token, bare))
        previous = token
        end = token.end
        position += 1
    _join(tokens, run)
    return tokens


def _joins(between: str, left: str, right: str) -> bool:
    """Whether the characters between two words make them one: ``World-Café``, ``21/SVV/1265``, ``2,5``."""
    if between == ",":
        return left[-1].isdigit() and right[0].isdigit()
    return _JOINER.fullmatch(between) is not None


def _join(tokens: list[Token], run: list[tuple[Token, str]]) -> None:
    """Add a run of words as one token, once as a rule and once without umlaut dots."""
    if not 1 < len(run) <= MAX_RUN:
        return
    first, last = run[0][0], run[-1][0]
    numbered = any(character.isdigit() for token, _ in run for character in token.text)
    glue = JOINT if numbered else ""
    spellings = dict.fromkeys((glue.join(token.text for token, _ in run), glue.join(bare for _, bare in run)))
    tokens += (Token(text[:MAX_FORM], first.start, last.end, first.position, True) for text in spellings)


def stream(text: str, *, limit: int = MAX_STREAM) -> list[str]:
    """What an engine stores for ``text``: its words in order, then each form once, with a gap before each.

    The index in the list is the position of the token. At most ``limit`` bytes are used, position data included; what
    lies behind is not searchable.
    """
    words: list[str] = []
    forms: dict[str, None] = {}
    used = 0
    for token in fold(text):
        used += len(token.text.encode()) + 6
        if used > limit:
            break
        if token.is_form:
            forms[token.text] = None
        else:
            words.append(token.text)
    for form in forms:
        words += (GAP, form)
    return words
