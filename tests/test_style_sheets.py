"""Style sheets work from both sides of the page, and none of their rules stands outside of the cascade's layers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infrastructure.requirements import REPOSITORY

ROOMS = ("cms_blocks", "governance", "toolkit", "procedures", "site")
SHEETS = sorted(path for room in ROOMS for path in (REPOSITORY / room).rglob("static/**/*.css"))
#: The desk is Wagtail's, whose rules are in no layer: ours would lose against every one of them.
OF_THE_DESK = ("/admin/", "/accounts/")
PUBLIC = [path for path in SHEETS if not any(part in str(path) for part in OF_THE_DESK)]

COMMENT = r"/\*.*?\*/"
SIDE = "left|right|top|bottom"
PHYSICAL = re.compile(
    rf"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:{SIDE})(?:-\w+)*|{SIDE}"
    rf"|border-(?:top|bottom)-(?:left|right)-radius|(?:min-|max-)?(?:width|height)"
)
SIDES_AS_VALUES = re.compile(r"(?:text-align|float|clear)\s*:\s*(?:left|right)")


def parts(css: str) -> Iterator[tuple[str, str]]:
    """The statements at the top level of a text: what stands before the block, and the block ("" if it has none)."""
    depth, start, opened = 0, 0, 0
    for place, sign in enumerate(css):
        if sign == "{":
            depth += 1
            if depth == 1:
                opened = place
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : place]
                start = place + 1
        elif sign == ";" and depth == 0:
            yield css[start:place].strip(), ""
            start = place + 1
    assert depth == 0, "a brace is missing"


def text(path: Path, left_out: str = COMMENT + r'|"[^"\n]*"') -> str:
    """Without comments and quoted words."""
    return re.sub(left_out, "", path.read_text(), flags=re.DOTALL)


def outside_of_layers(css: str) -> Iterator[str]:
    for head, block in parts(css):
        if head.startswith(("@media", "@supports")):
            yield from outside_of_layers(block)
        elif not head.startswith(("@layer", "@font-face", "@import", "@property")):
            yield head


def physical(css: str) -> list[str]:
    declared = re.findall(r"[{};]\s*([a-z-]+)\s*:(?=[^{}]*[;}])", css)
    return [name for name in declared if PHYSICAL.fullmatch(name)] + SIDES_AS_VALUES.findall(css)


def repeated(css: str) -> list[str]:
    """What is declared again for the same selector at the same place of a sheet: who changes the first sees nothing."""
    blocks = [(head, block) for head, block in parts(css) if block and not head.startswith("@font-face")]
    declared = Counter(
        f"{head} {{ {name} }}"
        for head, block in blocks
        if not head.startswith("@")
        for name in {part.partition(":")[0].strip() for part in block.split(";")} - {""}
    )
    found = [what for what, times in declared.items() if times > 1]
    return found + [what for head, block in blocks if head.startswith("@") for what in repeated(block)]


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_nothing_is_declared_twice(path: Path) -> None:
    assert repeated(text(path, COMMENT)) == []


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.name)
def test_every_rule_is_in_a_layer(path: Path) -> None:
    assert list(outside_of_layers(text(path))) == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_rule_knows_left_from_right(path: Path) -> None:
    assert physical(text(path)) == [], "use inline-start, block-end, inline-size …"


def test_the_checks_would_notice() -> None:
    assert len(PUBLIC) > 15 and len(SHEETS) > len(PUBLIC)
    assert list(outside_of_layers("@layer a { b { c: d } } e { f: g } @media x { h { i: j } }")) == ["e", "h"]
    assert repeated("@layer a { b { c: d } b { e: d } b { c: e } } @media x { b { c: d; e: g } }") == ["b { c }"]
    assert physical("@media (max-width: 9em) { a { margin-left: 1px; color: red; top: 0 } }") == ["margin-left", "top"]
    assert physical("a { text-align: left; b { padding-block: 0 } width: 0 }") == ["width", "text-align: left"]
