"""Rich text and bodies of stored documents → a flow: a short list of shapes that typst templates know how to set.

A node is a dict with ``kind``: ``p`` and ``h`` (``level``, ``parts``), ``list`` (``ordered``, ``items``: flows),
``quote`` (``flow``, ``by``), ``box`` (``flow``, ``tone``), ``pictures``, ``table``, ``rule``. ``parts`` are runs of
text with ``t`` and, where they apply, ``strong``, ``em``, ``sub``, ``sup``, ``href``.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from cms_blocks.rich_text import written

Node = dict[str, Any]
Flow = list[Node]

_STYLES = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "sub": "sub", "sup": "sup"}
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HEADINGS = {"h2": 2, "h3": 3, "h4": 4}


def paragraphs(text: str) -> Flow:
    """Plain text: a paragraph for each line that is not empty."""
    return [{"kind": "p", "parts": [{"t": line.strip()}]} for line in (text or "").splitlines() if line.strip()]


def paragraph(*parts: Node) -> Node:
    return {"kind": "p", "parts": [part for part in parts if part.get("t")]}


def heading(text: str, level: int) -> Node:
    return {"kind": "h", "level": level, "parts": [{"t": text}]}


def bullets(items: list[Flow], *, ordered: bool = False) -> Node:
    return {"kind": "list", "ordered": ordered, "items": items}


def of_html(html: str, origin: str) -> Flow:
    """The flow of a rich text as :mod:`cms_blocks.rich_text` delivers it. ``origin`` makes addresses complete."""
    reader = _Reader(origin)
    reader.feed(written(html or ""))
    reader.close()
    return reader.flow()


def in_order(flow: Flow, above: int) -> Flow:
    """The same with headings that never skip a level; ``above`` is that of the heading before the flow."""
    last = above

    def ordered(nodes: Flow) -> Flow:
        nonlocal last
        out = []
        for node in nodes:
            if node["kind"] == "h":
                last = min(max(node["level"], above + 1), last + 1)
                node = {**node, "level": last}
            if "flow" in node:
                node = {**node, "flow": ordered(node["flow"])}
            if "items" in node:
                node = {**node, "items": [ordered(item) for item in node["items"]]}
            out.append(node)
        return out

    return ordered(flow)


def address(href: str, origin: str) -> str:
    """A link as it works on paper: an address of this site becomes a complete one."""
    return f"{origin}{href}" if href.startswith("/") else href


class _Reader(HTMLParser):
    """Reads the few tags that :data:`cms_blocks.rich_text.TAGS` lets through; anything else counts for its words."""

    def __init__(self, origin: str) -> None:
        super().__init__(convert_charrefs=True)
        self._origin = origin
        self._stack: list[Flow] = [[]]
        self._lists: list[Node] = []
        self._parts: list[Node] = []
        self._styles: list[str] = []
        self._href = ""
        self._level = 0

    def flow(self) -> Flow:
        self._end_block()
        return self._stack[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _STYLES:
            self._styles.append(_STYLES[tag])
        elif tag == "a":
            href = dict(attrs).get("href") or ""
            self._href = "" if href.startswith("#") else address(href, self._origin)
        elif tag == "br":
            self._parts.append({"t": "\n"})
        else:
            self._end_block()
            if tag in ("ul", "ol"):
                self._lists.append(bullets([], ordered=tag == "ol"))
            elif tag == "li" and self._lists:
                item: Flow = []
                self._lists[-1]["items"].append(item)
                self._stack.append(item)
            elif tag == "blockquote":
                self._stack.append([])
            elif tag == "hr":
                self._stack[-1].append({"kind": "rule"})
            self._level = _HEADINGS.get(tag, 0)

    def handle_endtag(self, tag: str) -> None:
        if tag in _STYLES:
            if _STYLES[tag] in self._styles:
                self._styles.remove(_STYLES[tag])
        elif tag == "a":
            self._href = ""
        elif tag != "br":
            self._end_block()
            if tag in ("ul", "ol") and self._lists:
                done = self._lists.pop()
                if done["items"]:
                    self._stack[-1].append(done)
            elif tag == "li" and len(self._stack) > 1:
                self._stack.pop()
            elif tag == "blockquote" and len(self._stack) > 1:
                inner = self._stack.pop()
                self._stack[-1].append({"kind": "quote", "flow": inner, "by": ""})
            self._level = 0

    def handle_data(self, data: str) -> None:
        text = _BLANKS.sub(" ", data)
        if text.strip() or (self._parts and text):
            part: Node = {"t": text} | dict.fromkeys(self._styles, True)
            if self._href:
                part["href"] = self._href
            self._parts.append(part)

    def _end_block(self) -> None:
        parts, self._parts = self._parts, []
        while parts and not parts[-1]["t"].strip():
            parts.pop()
        while parts and not parts[0]["t"].strip():
            parts.pop(0)
        if parts:
            parts[0]["t"] = parts[0]["t"].lstrip(" ")
            parts[-1]["t"] = parts[-1]["t"].rstrip(" ")
            node = {"kind": "p", "parts": parts}
            self._stack[-1].append({"kind": "h", "level": self._level, "parts": parts} if self._level else node)
