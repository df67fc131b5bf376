"""Rich text and blocks in the few shapes that print knows."""

from __future__ import annotations

import pytest

from cms_blocks.blocks import BodyBlock
from cms_blocks.print.body import FORMS, body_flow
from cms_blocks.print.flow import in_order, of_html

ORIGIN = "https://example.org"


def p(*parts: dict) -> dict:
    return {"kind": "p", "parts": list(parts)}


@pytest.mark.parametrize(
    ("html", "flow"),
    [
        ("", []),
        ("<p>Eins</p><p>Zwei</p>", [p({"t": "Eins"}), p({"t": "Zwei"})]),
        ("<p>  viel\n  Platz </p>", [p({"t": "viel Platz"})]),
        ("<p>a<br/>b</p>", [p({"t": "a"}, {"t": "\n"}, {"t": "b"})]),
        (
            "<p>So <strong>stark</strong> und <em>zart</em>.</p>",
            [p({"t": "So "}, {"t": "stark", "strong": True}, {"t": " und "}, {"t": "zart", "em": True}, {"t": "."})],
        ),
        (
            '<p><a href="/methoden/">hier</a>, <a href="https://x.org/">dort</a>, <a href="#da">da</a></p>',
            [
                p(
                    {"t": "hier", "href": "https://example.org/methoden/"},
                    {"t": ", "},
                    {"t": "dort", "href": "https://x.org/"},
                    {"t": ", "},
                    {"t": "da"},
                )
            ],
        ),
        (
            "<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>",
            [
                {
                    "kind": "list",
                    "ordered": False,
                    "items": [
                        [p({"t": "a"}), {"kind": "list", "ordered": True, "items": [[p({"t": "b"})]]}],
                        [p({"t": "c"})],
                    ],
                }
            ],
        ),
        ("<blockquote><p>x</p></blockquote>", [{"kind": "quote", "flow": [p({"t": "x"})], "by": ""}]),
        ("<h3>Kopf</h3><hr>", [{"kind": "h", "level": 3, "parts": [{"t": "Kopf"}]}, {"kind": "rule"}]),
        ("&lt;script&gt; #read(&quot;x&quot;)", [p({"t": '<script> #read("x")'})]),
        ("</li></ul></p><li>lose</strong>", [p({"t": "lose"})]),
    ],
)
def test_rich_text_becomes_a_flow(html: str, flow: list) -> None:
    assert of_html(html, ORIGIN) == flow


def test_no_heading_skips_a_level() -> None:
    def levels(flow: list) -> list[int]:
        found: list[int] = []
        for node in flow:
            found += [node["level"]] if node["kind"] == "h" else levels(node.get("flow", []))
        return found

    flow = [{"kind": "h", "level": level, "parts": []} for level in (3, 4, 2)]
    flow.insert(1, {"kind": "box", "tone": "blue", "flow": [{"kind": "h", "level": 4, "parts": []}]})
    assert levels(in_order(flow, 1)) == [2, 3, 4, 2]


def test_every_block_has_a_printed_form() -> None:
    assert sorted(FORMS) == sorted(BodyBlock().child_blocks)


def test_a_block_that_print_does_not_know_is_left_out() -> None:
    assert body_flow([{"type": "map", "id": "1"}, {"type": "paragraph", "html": "<p>x</p>"}], ORIGIN) == [p({"t": "x"})]
