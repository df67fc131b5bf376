"""One sentence a line, as Leichte Sprache asks (DIN SPEC 33429): ends of sentences become line breaks.

Careful rather than complete: a point that may belong to an abbreviation, a date or an ordinal number ends no sentence.
An editor who wants another line breaks it.
"""

from __future__ import annotations

import re

#: What stands before a point that ends no sentence, in lower case. Single letters ("z. B.", "S. 3") never do.
ABBREVIATIONS = frozenset(
    """
    abs allg art bd bzw ca co dipl dr etc evtl exkl f ff fr ggf hr hrsg inkl ing jh kap max med min mind mio mrd nr od
    prof sog st str tel usf usw vgl zzgl
    """.split()  # noqa: SIM905 (a list of strings would be four times as long)
)
_INLINE = r"</?(?:a|b|em|i|strong|sub|sup)(?:\s[^<>]*)?>"
_END = re.compile(
    rf"""
    (?P<mark>[.!?…])
    (?P<closing>(?:[“”"»«’')\]]|{_INLINE})*)
    \s+
    (?=(?:[„"»«‚'(\[]|{_INLINE})*[A-ZÄÖÜ0-9])
    """,
    re.VERBOSE,
)
_TAG = re.compile(r"<[^<>]*>")
_LAST_WORD = re.compile(r"[\w.]*$")
#: "3. März", "2. Teil": an ordinal. A year ends a sentence.
_ORDINAL = re.compile(r"(?:^|\D)\d{1,3}$")


def one_a_line(html: str) -> str:
    """Safe HTML with a ``<br>`` between sentences of one paragraph. Adds and takes away no words."""

    def broken(match: re.Match[str]) -> str:
        before = _TAG.sub("", html[max(0, match.start() - 80) : match.start()])
        if match["mark"] == "." and _goes_on(before):
            return match[0]
        return f"{match['mark']}{match['closing']}<br>"

    return _END.sub(broken, html)


def _goes_on(before: str) -> bool:
    """Whether a point after these words belongs to the last of them."""
    word = _LAST_WORD.search(before)
    last = (word[0] if word else "").strip(".").lower()
    tail = last.rsplit(".", 1)[-1]
    is_letter = len(tail) == 1 and tail.isalpha()
    return is_letter or tail in ABBREVIATIONS or bool(_ORDINAL.search(before))
