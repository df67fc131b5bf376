"""The style sheets inside drawings: known properties with values that load nothing."""

from __future__ import annotations

import re

PROPERTIES = {
    "alignment-baseline", "baseline-shift", "clip-path", "clip-rule", "color", "color-interpolation",
    "color-interpolation-filters", "direction", "display", "dominant-baseline", "fill", "fill-opacity",
    "fill-rule", "filter", "flood-color", "flood-opacity", "font", "font-family", "font-feature-settings",
    "font-kerning", "font-size", "font-size-adjust", "font-stretch", "font-style", "font-variant", "font-weight",
    "isolation", "letter-spacing", "lighting-color", "line-height", "marker", "marker-end", "marker-mid",
    "marker-start", "mask", "mask-type", "mix-blend-mode", "opacity", "overflow", "paint-order",
    "shape-rendering", "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-align",
    "text-anchor", "text-decoration", "text-rendering", "text-transform", "transform", "transform-origin",
    "unicode-bidi", "vector-effect", "visibility", "white-space", "word-spacing", "writing-mode",
}  # fmt: skip

COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
SELECTOR = re.compile(r"[\w\s.#,>+~*:()-]+\Z")
LOCAL_REFERENCE = re.compile(r"""url\(\s*(["']?)#[\w.:-]+\1\s*\)""", re.I)
# Anything that loads, runs or hides by escaping. Local references are taken out before.
SUSPICIOUS = re.compile(
    r"url|image|src\s*\(|expression|script|behavio|binding|import|attr\s*\(|[\\@<>{};]|/\*|&#", re.I
)


def harmless(value: str) -> bool:
    """Whether a value of a presentation attribute or property refers to nothing outside the drawing."""
    return not SUSPICIOUS.search(LOCAL_REFERENCE.sub(" ", value))


def clean_declarations(text: str) -> str:
    """``name: value; …`` reduced to known properties with harmless values."""
    kept = []
    for declaration in COMMENT.sub(" ", text).split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if colon and value and name in PROPERTIES and harmless(value):
            kept.append(f"{name}:{value}")
    return ";".join(kept)


def clean_sheet(text: str) -> str:
    """The plain rules of a style sheet; rules that begin with ``@`` are left out together with what they hold."""
    kept = []
    for selector, declarations in RULE.findall(_without_at_rules(COMMENT.sub(" ", text))):
        selector = " ".join(selector.split())
        declarations = clean_declarations(declarations)
        if declarations and SELECTOR.match(selector):
            kept.append(f"{selector}{{{declarations}}}")
    return "\n".join(kept)


def _without_at_rules(text: str) -> str:
    output, position = [], 0
    while (start := text.find("@", position)) >= 0:
        output.append(text[position:start])
        depth, end = 0, start
        for end in range(start, len(text)):
            character = text[end]
            if character == "{":
                depth += 1
            elif character == "}":
                depth -= 1
                if depth <= 0:
                    break
            elif character == ";" and depth == 0:
                break
        else:
            end = len(text)
        position = end + 1
    output.append(text[position:])
    return "".join(output)
