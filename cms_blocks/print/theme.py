"""Colours and drawn signs as on the screen: the light theme of ``tokens.css``, which a site may override."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

from cms_blocks.illustrations import svg

TOKENS = "cms_blocks/css/tokens.css"
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")


@cache
def colours() -> dict[str, str]:
    """Name of the token → ``#rrggbb``. Where a token stands several times, the first, light theme counts."""
    path = finders.find(TOKENS)
    text = Path(path).read_text() if path else ""
    tokens: dict[str, str] = {}
    for name, value in _TOKEN.findall(text):
        tokens.setdefault(name, value.strip())
    found = {}
    for name, value in tokens.items():
        while alias := _VARIABLE.fullmatch(value):
            value = tokens.get(alias[1], "")
        if _HEX.match(value):
            found[name] = value.lower()
    return found


@cache
def sign(name: str) -> str:
    """The drawn sign ``name`` as an SVG file of its own in these colours; empty when there is none."""
    source = str(svg(name)) if name else ""
    if not source:
        return ""
    known = colours()
    source = _VARIABLE.sub(lambda variable: known.get(variable[1], "#000000"), source)
    return source if "xmlns=" in source else source.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
