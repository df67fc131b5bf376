"""Drawings: parsed, and built anew from elements and attributes that can only draw.

Allowed is what stands here (SVG 1.1 and 2 without scripting, animation, embedding, linking and foreign content); all
else is left out. Drawings that could exhaust a reader's browser are refused.
"""

from __future__ import annotations

import math
import re
from xml.etree.ElementTree import Element, ElementTree, ParseError, tostring

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext_lazy as _
from willow.svg import SvgWrapper, WillowSvgException

from cms_blocks.media.svg_styles import PROPERTIES, clean_declarations, clean_sheet, harmless
from cms_blocks.media.uploads import UploadRefused

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MAX_BYTES = 3 * 1024 * 1024
MAX_ELEMENTS = 50_000
MAX_DEPTH = 100
MAX_SIDE = 16_000

SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use"}
GROUPS = {"svg", "g", "defs", "symbol", "marker", "clipPath", "mask", "pattern"}
PAINTS = {"linearGradient", "radialGradient", "stop"}
WORDS = {"text", "tspan", "textPath", "title", "desc"}
FILTERS = {
    "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feDistantLight", "feDropShadow",
    "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode",
    "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feDiffuseLighting", "feSpotLight",
    "feTile",
}  # fmt: skip
ELEMENTS = SHAPES | GROUPS | PAINTS | WORDS | FILTERS | {"style"}
UNWRAPPED = {"a", "switch"}  # their content stays, in a group

ATTRIBUTES = PROPERTIES | {
    "aria-hidden", "aria-label", "aria-labelledby", "aria-describedby", "role", "class", "id", "lang",
    "amplitude", "azimuth", "baseFrequency", "bias", "clipPathUnits", "cx", "cy", "d", "diffuseConstant",
    "divisor", "dx", "dy", "elevation", "exponent", "filterUnits", "fr", "fx", "fy", "gradientTransform",
    "gradientUnits", "height", "in", "in2", "intercept", "k1", "k2", "k3", "k4", "lengthAdjust",
    "limitingConeAngle", "markerHeight", "markerUnits", "markerWidth", "maskContentUnits", "maskUnits", "method",
    "mode", "offset", "operator", "order", "orient", "pathLength", "patternContentUnits", "patternTransform",
    "patternUnits", "points", "pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha", "preserveAspectRatio",
    "primitiveUnits", "r", "radius", "refX", "refY", "result", "rotate", "rx", "ry", "scale", "side", "slope",
    "spacing", "specularConstant", "specularExponent", "spreadMethod", "startOffset", "stdDeviation",
    "surfaceScale", "tableValues", "textLength", "type", "values", "version", "viewBox", "width", "x", "x1", "x2",
    "xChannelSelector", "y", "y1", "y2", "yChannelSelector", "z",
}  # fmt: skip

LOCAL = re.compile(r"#[\w.:-]+\Z")
NAME = re.compile(r"[\w.:-]+\Z")


def looks_like_svg(data: bytes) -> bool:
    """Whether the content begins as XML does and has an ``svg`` element early on."""
    head = data[: 64 * 1024]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") and re.search(rb"<([\w.-]+:)?svg[\s>/]", head) is not None


def clean_svg(name: str, data: bytes) -> tuple[bytes, tuple[int, int]]:
    """A drawing that can only draw: ``(UTF-8 XML, (width, height) in CSS pixels)``. Raises :class:`UploadRefused`."""
    if len(data) > MAX_BYTES:
        raise _too_complex(name)
    try:
        source = SafeTree.fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise UploadRefused(
            name,
            _("The drawing defines entities of its own, which can be misused."),
            _("Please export it as “plain SVG” without editing data."),
            "svg_entities",
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise _not_drawable(name) from error
    if _local_name(source.tag) != "svg":
        raise _not_drawable(name)
    root = _rebuild(name, source)
    if not any(element.tag in SHAPES for element in root.iter()):
        raise UploadRefused(
            name,
            _("The drawing has no shapes, or it only shows an embedded photo."),
            _("Please upload photos as JPEG or PNG."),
            "svg_empty",
        )
    _check_repetitions(name, root)
    size = _settle_size(name, root)
    root.set("xmlns", SVG)
    return tostring(root, encoding="unicode").encode(), size


def _local_name(tag: object) -> str | None:
    """The element's name if it belongs to SVG (or to no namespace at all), else ``None``."""
    if not isinstance(tag, str):
        return None  # comment or processing instruction
    if tag.startswith("{"):
        namespace, _separator, local = tag[1:].partition("}")
        return local if namespace == SVG else None
    return tag


def _rebuild(name: str, source: Element) -> Element:
    root = Element("svg", _clean_attributes("svg", source))
    root.text = None
    pending = [(source, root, 1)]
    count = 0
    while pending:
        old, new, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise _too_complex(name)
        wordy = new.tag in WORDS
        new.text = old.text if wordy else None
        for child in old:
            count += 1
            if count > MAX_ELEMENTS:
                raise _too_complex(name)
            local = _local_name(child.tag)
            tail = child.tail if wordy else None
            if local == "style":
                sheet = clean_sheet(child.text or "")
                if sheet:
                    copy = Element("style")
                    copy.text = sheet
                    new.append(copy)
            elif local in ELEMENTS or local in UNWRAPPED:
                tag = local if local in ELEMENTS else ("tspan" if wordy else "g")
                copy = Element(tag, _clean_attributes(local, child))
                copy.tail = tail
                new.append(copy)
                pending.append((child, copy, depth + 1))
            elif tail:
                _append_text(new, tail)
    return root


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _clean_attributes(tag: str, source: Element) -> dict[str, str]:
    kept: dict[str, str] = {}
    for key, value in source.attrib.items():
        value = value.strip()
        if key in ("href", XLINK_HREF):
            if tag not in UNWRAPPED and LOCAL.match(value):
                kept["href"] = value
        elif key == XML_LANG:
            kept["lang"] = value
        elif key == "style":
            if declarations := clean_declarations(value):
                kept["style"] = declarations
        elif key == "id":
            if NAME.match(value):
                kept["id"] = value
        elif key in ATTRIBUTES and harmless(value):
            kept[key] = value
    return kept


def _check_repetitions(name: str, root: Element) -> None:
    """``use`` multiplies: ten levels of ten are ten thousand million shapes. No drawing may contain itself."""
    targets = {identifier: element for element in root.iter() if (identifier := element.get("id"))}
    drawn: dict[int, int] = {}
    being_counted: set[int] = set()

    def shapes(element: Element, level: int) -> int:
        key = id(element)
        if key in drawn:
            return drawn[key]
        if key in being_counted or level > 4 * MAX_DEPTH:
            raise _too_complex(name)
        being_counted.add(key)
        total = 1 + sum(shapes(child, level + 1) for child in element)
        target = targets.get(element.get("href", "")[1:]) if element.tag == "use" else None
        if target is not None:
            total += shapes(target, level + 1)
        being_counted.discard(key)
        drawn[key] = total
        if total > MAX_ELEMENTS:
            raise _too_complex(name)
        return total

    shapes(root, 0)


def _settle_size(name: str, root: Element) -> tuple[int, int]:
    """Width and height in CSS pixels; a size that no one can show is taken from the view box instead."""
    for attempt in range(3):
        try:
            drawing = SvgWrapper(ElementTree(root))
            sides = (drawing.width, drawing.height, drawing.view_box.width, drawing.view_box.height)
            if all(math.isfinite(side) and side > 0 for side in sides) and max(sides[:2]) <= MAX_SIDE:
                if root.get("viewBox") is None:
                    root.set("viewBox", f"0 0 {drawing.width:g} {drawing.height:g}")
                size = (max(1, round(drawing.width)), max(1, round(drawing.height)))
                root.set("width", str(size[0]))
                root.set("height", str(size[1]))
                return size
        except (WillowSvgException, KeyError, ValueError, OverflowError):
            pass
        for attribute in (("width", "height"), ("preserveAspectRatio",), ())[attempt]:
            root.attrib.pop(attribute, None)
    raise UploadRefused(
        name,
        _("The drawing does not say how large it is."),
        _("Please export it again with a width, a height and a view box."),
        "svg_size",
    )


def _not_drawable(name: str) -> UploadRefused:
    return UploadRefused(
        name,
        _("It cannot be read as an SVG drawing."),
        _("Please open it in your drawing program and export it again as plain SVG."),
        "svg_damaged",
    )


def _too_complex(name: str) -> UploadRefused:
    return UploadRefused(
        name,
        _("The drawing is so large or nested that it would overload browsers."),
        _("Please simplify it, or upload it as PNG."),
        "svg_complex",
    )
