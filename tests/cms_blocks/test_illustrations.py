"""The drawn pictures and the colours they and all styles take from the tokens."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cms_blocks

ROOM = Path(cms_blocks.__file__).parent
PICTURES = ROOM / "templates" / "cms_blocks" / "illustrations"
STYLES = ROOM / "static" / "cms_blocks" / "css"
CONTRACT = {
    "marks": {"logo", "motif"},
    "topics": {
        "housing",
        "mobility",
        "green",
        "school",
        "culture",
        "climate",
        "budget",
        "youth",
        "neighbourhood",
        "digital",
    },
    "purposes": {"inform", "activate", "collect_ideas", "deliberate", "plan", "resolve_conflict", "decide", "evaluate"},
    "facts": {"people", "time", "cost", "effort", "level", "preparation"},
    "nothing here": {"empty_search", "empty_list", "not_found", "error"},
    "pages": {"join_in", "propose", "meet", "board", "office", "rules", "pilot", "path", "easy_language"},
}
NUMBER = r"-?\d+(?:\.\d+)?"
#: A half circle: one arc over exactly its diameter, closed unless it is only a stroke.
HALF_CIRCLE = re.compile(rf"M({NUMBER}) ({NUMBER}) A({NUMBER}) \3 0 0 [01] ({NUMBER}) ({NUMBER})( Z)?")
names = pytest.mark.parametrize("name", sorted(path.stem for path in PICTURES.glob("*.svg")))


def drawing(name: str) -> ElementTree.Element:
    return ElementTree.fromstring((PICTURES / f"{name}.svg").read_text())


@pytest.mark.parametrize("use", CONTRACT)
def test_every_picture_that_pages_may_name_is_drawn(use):
    assert CONTRACT[use] <= {path.stem for path in PICTURES.glob("*.svg")}


def test_every_picture_an_editor_can_choose_is_drawn():
    from cms_blocks.illustrations import illustration_choices

    assert {name for name, _ in illustration_choices()} <= {path.stem for path in PICTURES.glob("*.svg")}


@names
def test_a_picture_consists_of_circles_half_circles_and_rectangles(name):
    for shape in drawing(name).iter():
        assert shape.tag in {"svg", "g", "circle", "rect", "path"}
        if shape.tag == "path":
            match = HALF_CIRCLE.fullmatch(shape.attrib["d"])
            assert match, shape.attrib["d"]
            x1, y1, radius, x2, y2 = (float(value) for value in match.groups()[:5])
            assert abs(x2 - x1) + abs(y2 - y1) == pytest.approx(2 * radius)
            assert match[6] or shape.get("fill") == "none"


@names
def test_a_picture_takes_its_colours_from_tokens_only(name):
    tokens = colours("light") | colours("dark") | {"night": "", "deep": "", "green-deep": ""}
    for shape in drawing(name).iter():
        assert not {"style", "class", "id"} & set(shape.attrib)
        for paint in (shape.get("fill"), shape.get("stroke")):
            if paint not in (None, "none"):
                assert re.fullmatch(r"var\(--([a-z0-9-]+)\)", paint), paint
                assert paint[6:-1] in tokens, paint


@names
def test_a_picture_is_silent_to_screen_readers_and_has_a_size_without_styles(name):
    svg = drawing(name).attrib
    assert svg["aria-hidden"] == "true"
    assert svg["viewBox"] == f"0 0 {svg['width']} {svg['height']}"
    if name != "skyline":
        assert svg["viewBox"] == "0 0 96 96"


@names
def test_a_picture_can_be_read_at_32_pixels(name):
    """Nothing that carries meaning is thinner than half a pixel there (1.5 units of 96)."""
    for shape in drawing(name).iter("rect"):
        assert min(float(shape.attrib["width"]), float(shape.attrib["height"])) >= 1.5


# --- the tokens -------------------------------------------------------------------------------------------------------


@cache
def colours(theme: str) -> dict[str, str]:
    """The colour tokens of ``light`` or ``dark`` by name, as #rrggbb; for ``system``, those of a dark system."""
    css = (STYLES / "tokens.css").read_text()
    screen_dark = r"prefers-color-scheme: dark\) \{\s*:root:where\(:not\(\[data-theme\]\)\)"
    start = {"light": r"\[data-theme=\"light\"\]", "dark": r"\n  \[data-theme=\"dark\"\]", "system": screen_dark}[theme]
    blocks = re.findall(start + r" \{([^}]*)\}", css)
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", "".join(blocks)))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2 for two colours #rrggbb."""

    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_a_dark_system_and_the_dark_theme_have_the_same_colours():
    dark, system = colours("dark"), colours("system")
    assert {name: system[name] for name in dark} == dark
    assert set(system) - set(dark) <= {"night"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_are_legible_on_every_ground(theme):
    colour = colours(theme)
    grounds = [name for name in colour if name in {"paper", "surface"} or name.endswith(("-soft", "-wide"))]
    for words, ground in product(("ink", "ink-2", "blue", "coral"), grounds):
        assert contrast(colour[words], colour[ground]) >= 4.5, (words, ground)
    for ground in grounds:
        assert contrast(colour["ink"], colour[ground]) >= 7.5, ground
    for tone in ("blue", "coral", "green", "plum"):
        assert contrast(colour[tone], colour[f"{tone}-soft"]) >= 4.5, tone
        assert contrast(colour[tone], colour["paper"]) >= 4.5, tone  # and the paper's words on the full tone


def test_colour_values_stand_in_the_tokens_only():
    for path in STYLES.glob("*.css"):
        if path.name not in {"tokens.css", "print.css"}:
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", path.read_text()), path.name


def test_styles_name_no_physical_side():
    side = r"(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![-\w])(?:left|right|top|bottom)(?=\s*:)"
    size = r"(?<![-\w])(?:min-|max-)?(?:width|height)(?=\s*:)(?![^{};]*\))"
    align = r"text-align:\s*(?:left|right)|float:\s*(?:left|right)"
    for path in STYLES.glob("*.css"):
        found = re.findall(f"{side}|{size}|{align}", re.sub(r"@media[^{]*|/\*.*?\*/", "", path.read_text(), flags=re.S))
        assert not found, (path.name, found)
