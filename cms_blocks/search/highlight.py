"""What of a text to show for a query: the found words marked, in a passage around them.

Positions come from the analysis of the raw text, never from an engine, and everything is escaped before it is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms_blocks.search.analysis import Token, fold
from cms_blocks.search.query import Phrase

#: Characters of a passage, about three lines of text.
PASSAGE = 240
#: Only so much of a long text is looked at for a passage, to bound the time of a page.
MAX_SOURCE = 20_000

Span = tuple[int, int]
_PARAGRAPHS = re.compile(r"\s*\n\s*")


def find(text: str, phrases: Iterable[Phrase]) -> list[Span]:
    """Where ``phrases`` stand in ``text``: offsets in order, neighbours with a space between them as one."""
    phrases = tuple(phrases)
    tokens = fold(text)
    words = [token for token in tokens if not token.is_form]
    exact = {phrase.words[0] for phrase in phrases if len(phrase.words) == 1}
    beginnings = tuple(phrase.words[0] for phrase in phrases if len(phrase.words) == 1 and phrase.prefix)
    spans = [
        (token.start, token.end) for token in tokens if token.text in exact or token.text.startswith(beginnings or "\0")
    ]
    for phrase in phrases:
        if len(phrase.words) > 1:
            spans += _runs(words, phrase.words)
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (start < merged[-1][1] or text[merged[-1][1] : start] == " "):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _runs(words: list[Token], wanted: tuple[str, ...]) -> list[Span]:
    size = len(wanted)
    return [
        (words[first].start, words[first + size - 1].end)
        for first in range(len(words) - size + 1)
        if words[first].text == wanted[0] and all(words[first + n].text == wanted[n] for n in range(size))
    ]


def marked(text: str, phrases: Iterable[Phrase]) -> SafeString:
    """``text`` as HTML with the found words in ``<mark>``."""
    return _mark(text, find(text, phrases), 0, len(text))


def passage(texts: Iterable[str], phrases: Iterable[Phrase], *, length: int = PASSAGE) -> SafeString:
    """The stretch of the first of ``texts`` that holds most of what was looked for, as HTML; about ``length`` long.

    Earlier texts win ties, so a lead is shown unless the body says more. Without any find it is the beginning of the
    first text that is not empty.
    """
    phrases = tuple(phrases)
    best: tuple[int, str, list[Span], int] | None = None
    for text in texts:
        text = text[:MAX_SOURCE]
        spans = find(text, phrases)
        at, found = _densest(text, spans, length)
        if text.strip() and (best is None or found > best[0]):
            best = (found, text, spans, at)
    if best is None:
        return mark_safe("")
    _, text, spans, at = best
    start, end = _window(text, at, length)
    shown = _PARAGRAPHS.sub(" · ", _mark(text, spans, start, end).strip())
    return mark_safe(("… " if start else "") + shown + (" …" if end < len(text) else ""))


def _densest(text: str, spans: list[Span], length: int) -> tuple[int, int]:
    """Where the stretch with most different finds begins, and how many it holds."""
    best = (0, 0)
    words = [text[start:end].casefold() for start, end in spans]
    last = 0
    for first, (start, _) in enumerate(spans):
        while last < len(spans) and spans[last][1] <= start + length:
            last += 1
        if (found := len(set(words[first:last]))) > best[1]:
            best = (start, found)
    return best


def _window(text: str, at: int, length: int) -> Span:
    """A stretch of about ``length`` around ``at`` that begins and ends between words."""
    if len(text) <= length:
        return 0, len(text)
    start = max(0, min(at - length // 4, len(text) - length))
    if start:
        start = text.find(" ", start, at) + 1 or at
    end = min(len(text), start + length)
    if end < len(text):
        end = max(text.rfind(" ", start, end), at + 1)
    return start, end


def _mark(text: str, spans: list[Span], start: int, end: int) -> SafeString:
    parts: list[str] = []
    at = start
    for first, last in spans:
        if first >= at and last <= end:
            parts += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
            at = last
    parts.append(escape(text[at:end]))
    return mark_safe("".join(parts))
