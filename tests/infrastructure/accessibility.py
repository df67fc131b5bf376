"""axe on an open page: WCAG 2.2 at level AA, contrast included."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@cache
def _axe_source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, exclude: tuple[str, ...] = ()) -> list[str]:
    """What axe finds on ``page``, one line for each rule and element; empty when nothing is wrong.

    ``exclude``: CSS selectors of parts that are not ours (Wagtail's userbar, for instance).
    """
    # Evaluated through the debugging protocol, so a strict content security policy does not stop it.
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe_source())
    # An animation that has not ended shows colours that nobody reads text in.
    page.evaluate("document.getAnimations().forEach(a => { try { a.finish() } catch { a.cancel() } })")
    result: dict[str, Any] = page.evaluate(
        "([tags, exclude]) => axe.run({exclude: exclude.map(s => [s])},"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        [TAGS, list(exclude)],
    )
    lines = []
    for rule in result["violations"]:
        for node in rule["nodes"]:
            why = " ".join((node.get("failureSummary") or "").split())
            lines.append(f"{rule['id']} at {' '.join(map(str, node['target']))}: {why} — {node['html'][:200]}")
    return lines


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """``assert axe(page) == []``: see :func:`violations`."""
    return violations
