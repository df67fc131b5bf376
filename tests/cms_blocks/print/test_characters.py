"""Texts are cut down to what our fonts have, and stay as they are where they have it."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from cms_blocks.print.characters import FONTS, families, printable
from tests.infrastructure.requirements import REPOSITORY

WEB_FONTS = REPOSITORY / "cms_blocks/static/cms_blocks/fonts"


@pytest.mark.parametrize(
    "text",
    [
        "Bürgerbeteiligung – „sogar“ mit 5 € & 20 %…",
        "zażółć gęślą jaźń",
        "Громадська участь: їжак, ґанок",
        "مشاركة المواطنين؟ نعم، ٢٠٢٦",
        "#import *x* _y_ $z$ `raw` <label> @ref \\ // ",
        "Bürger\xadbeteiligung\nzweite Zeile",
        "مرحبا\u200e",
    ],
)
def test_what_our_languages_need_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hallo 😀!", "Hallo !"),
        ("a\x00b\x01c\x07", "abc"),
        ("ab\u202ecd\u202c\u2066x\u2069", "abcdx"),
        ("\ufeffx\ufffe\ue000", "x"),
        ("Tab\tNBSP\xa0eng\u202f5", "Tab NBSP\xa0eng 5"),
        ("漢字", "??"),
        ("ﬁnden ① Ⅳ", "finden 1 IV"),
        ("e\u0301t\u0316", "ét"),
        ("Việt", "Viet"),
        ("A → B", "A › B"),
    ],
)
def test_what_no_font_has_is_made_plain_or_goes(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_every_text_in_the_data_is_reached() -> None:
    assert printable({"a": ["😀x", {"b": "y\x00"}], "n": 3, "none": None}) == {
        "a": ["x", {"b": "y"}],
        "n": 3,
        "none": None,
    }


def test_the_fonts_of_print_have_the_letters_of_the_web_fonts() -> None:
    unpacked = {path.stem.replace("print-", "source-sans-3-", 1): path for path in FONTS.glob("*.ttf")}
    packed = {path.stem: path for path in WEB_FONTS.glob("*.woff2")}
    assert unpacked.keys() == packed.keys(), "site/print_fonts.py makes them anew"
    all_letters: set[int] = set()
    for name, path in packed.items():
        letters = set(TTFont(path).getBestCmap())
        assert set(TTFont(unpacked[name]).getBestCmap()) == letters
        if "italic" not in name:
            all_letters |= letters
    assert set().union(*families().values()) == all_letters
