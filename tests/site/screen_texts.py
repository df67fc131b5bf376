"""What somebody reads, or has read out, on a page of the desk: taken from its HTML without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser

#: Not shown as text. A template is: it becomes a dialog or a row as soon as somebody asks for it.
UNSEEN = {"script", "style", "noscript", "svg", "code", "iframe", "head"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = ("aria-label", "placeholder", "title", "alt")


def texts_of(answer: str) -> set[str]:
    """Texts of a page, or of the page in the answer to a dialog (JSON with ``html`` in it), that are in German.

    Parts in another language (``lang``) are left out: they are content. So is what is hidden.
    """
    found: set[str] = set()
    for html in _pages(answer):
        reader = _Reader()
        reader.feed(html)
        found |= reader.texts
    return found


def _pages(answer: str) -> Iterator[str]:
    if answer[:1] != "{":
        if "<" in answer:
            yield answer
        return
    try:
        parts = json.loads(answer)
    except ValueError:
        return
    yield from (part for name, part in parts.items() if name == "html" and isinstance(part, str))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        other = not (given.get("lang") or "de").startswith("de")
        hidden = tag in UNSEEN or "hidden" in given or other or bool(self.open and self.open[-1][1])
        if not hidden:
            self.texts |= {" ".join(words.split()) for name in SPOKEN if (words := given.get(name))}
            if tag == "input" and given.get("type") in {"submit", "button"} and (words := given.get("value")):
                self.texts.add(" ".join(words.split()))
        if tag not in VOID:
            self.open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _hidden in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and not (self.open and self.open[-1][1]):
            self.texts.add(words)
