"""What people type, read as clauses an engine can answer. Whatever they type is a query; there are no operators.

All words are looked for (AND); words in quotation marks of any kind, straight, German or French, are a phrase. A word
of four letters or more also finds longer words that begin with it, ranked lower.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from cms_blocks.search.analysis import SECTION, Token, fold

#: Characters of a query that are read; nobody types more, and work must be bounded.
MAX_QUERY = 200
MAX_CLAUSES = 24
#: Shorter words find only themselves.
MIN_PREFIX = 4

_QUOTES = '"„“”«»‟＂'
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words that stand side by side; mostly a single one. With ``prefix`` the last is the start of a word."""

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that was asked for: any of its alternatives answers it."""

    alternatives: tuple[Phrase, ...]


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses of ``text``, all to be met; empty when it holds no letter and no digit. Never fails."""
    text = text[:MAX_QUERY]
    clauses: list[Clause] = []
    end = 0
    for match in _QUOTED.finditer(text):
        clauses += _clauses(text[end : match.start()])
        if words := tuple(token.text for token in fold(match[1]) if not token.is_form):
            clauses.append(Clause((Phrase(words),)))
        end = match.end()
    clauses += _clauses(text[end:])
    return tuple(dict.fromkeys(clauses))[:MAX_CLAUSES]


def _clauses(text: str) -> list[Clause]:
    """One clause for each word; a run such as ``21/SVV/1265`` or ``§ 34`` is a single one."""
    tokens = fold(text)
    words = {token.position: token for token in tokens if not token.is_form}
    clauses: list[Clause] = []
    covered = -1
    for position, word in words.items():
        if position <= covered:
            continue
        if form := _widest(tokens, word):
            inside = tuple(other.text for other in words.values() if word.start <= other.start < form.end)
            covered = position + len(inside) - 1
            if form.text.startswith(SECTION):
                clauses.append(Clause((Phrase((form.text,)),)))
            else:
                clauses.append(Clause((Phrase(inside), Phrase((form.text,)))))
        else:
            clauses.append(_word_clause(word.text))
    return clauses


def _widest(tokens: list[Token], word: Token) -> Token | None:
    """The form that says more than ``word`` alone: a run or a section number that begins with it."""
    forms = [
        token
        for token in tokens
        if token.is_form and token.position == word.position and (token.start, token.end) != (word.start, word.end)
    ]
    return max(forms, key=lambda form: form.end - form.start, default=None)


def _word_clause(word: str) -> Clause:
    if len(word) >= MIN_PREFIX and not word.isdigit():
        return Clause((Phrase((word,)), Phrase((word,), prefix=True)))
    return Clause((Phrase((word,)),))


def words_of_address(path: str) -> str:
    """The words of an address that led nowhere, to be searched for: ``/verfahren/neuer-park.html`` → ``neuer park``.

    Only the last part that has words, since the parts before it name sections.
    """
    for part in reversed(unquote(path).split("?")[0].split("/")):
        words = [token.text for token in fold(re.sub(r"\.(html?|php|aspx?|pdf)$", "", part)) if not token.is_form]
        if words := [word for word in words if not word.isdigit()]:
            return " ".join(words)[:MAX_QUERY]
    return ""
