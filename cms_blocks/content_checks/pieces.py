"""What a page is made of, in reading order and with its place in the editor: texts, headings, links, pictures, files.

A place is a path as Wagtail's editor writes it (``body.<block id>.items.<item id>.answer``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatch
from html.parser import HTMLParser
from typing import Any

from django.db import models
from django.utils.text import capfirst
from wagtail import blocks
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Page

from cms_blocks.blocks.choosers import DocumentChooser, ImageChooser, PageChooser
from cms_blocks.blocks.links import CallToActionBlock
from cms_blocks.blocks.media import ImageBlock
from cms_blocks.blocks.text import HeadingBlock
from cms_blocks.blocks.words import words
from cms_blocks.publication.fields import GeometryField
from cms_blocks.rich_text import PublicLinkHandler


@dataclass(frozen=True)
class Place:
    """Where something stands: the path in the editor, and the words an editor knows it by."""

    path: str
    label: str

    def below(self, name: str) -> Place:
        return Place(f"{self.path}.{name}", self.label)


@dataclass(frozen=True)
class Piece:
    place: Place


@dataclass(frozen=True)
class Text(Piece):
    """Plain text; paragraphs and list items on lines of their own."""

    text: str


@dataclass(frozen=True)
class Heading(Piece):
    text: str
    level: int


@dataclass(frozen=True)
class Link(Piece):
    """``page`` or ``document``: the id where it leads to one of ours; ``address`` where it was typed."""

    words: str
    page: int | None = None
    document: int | None = None
    address: str = ""


@dataclass(frozen=True)
class ChosenPage(Piece):
    """A page shown as a card, with words of its own."""

    page: int


@dataclass(frozen=True)
class ChosenDocument(Piece):
    document: int


@dataclass(frozen=True)
class Picture(Piece):
    """``alt``: its words in this place; without them those of the image count."""

    image: int
    alt: str = ""
    decorative: bool = False


#: Only adorns the place it stands in: read out, it would say what the words beside it say.
ADORNING = frozenset({"preview"})


def pieces_of(page: Any) -> Iterator[Piece]:
    """All pieces of a page in memory, from the fields that its type adds to Wagtail's page."""
    inherited = {known.name for known in Page._meta.concrete_fields}
    for known in page._meta.concrete_fields:
        if known.name in inherited or not known.editable:
            continue
        value, place = getattr(page, known.attname), Place(known.name, str(capfirst(known.verbose_name)))
        if isinstance(known, StreamField):
            yield from _of_stream(known.stream_block, value, place)
        elif isinstance(known, RichTextField):
            yield from rich_pieces(value or "", place)
        elif isinstance(known, models.TextField) and not isinstance(known, GeometryField) and value:
            yield Text(place, str(value))
        elif isinstance(known, models.ForeignKey) and value:
            if known.related_model is get_image_model():
                yield Picture(place, value)
            elif known.related_model is get_document_model():
                yield ChosenDocument(place, value)


def _of_stream(block: Any, value: Any, place: Place) -> Iterator[Piece]:
    for number, child in enumerate(value or [], 1):
        at = Place(f"{place.path}.{child.id}", f"{place.label}, {number}: {child.block.label}")
        if getattr(child.block, "opens_section", lambda shown: False)(child.value) and not isinstance(
            child.block, HeadingBlock
        ):
            yield Heading(at, str(child.value["title"]), 2)
        yield from pieces(child.block, child.value, at)


@singledispatch
def pieces(block: blocks.Block, value: Any, place: Place) -> Iterator[Piece]:
    """The pieces of one block's value. Blocks nobody described say their words."""
    if text := "\n".join(words(block, value)):
        yield Text(place, text)


@pieces.register
def _(block: blocks.StreamBlock, value: Any, place: Place) -> Iterator[Piece]:
    yield from _of_stream(block, value, place)


@pieces.register
def _(block: blocks.StructBlock, value: Any, place: Place) -> Iterator[Piece]:
    for name, child in block.child_blocks.items():
        if name not in ADORNING and name in value:
            yield from pieces(child, value[name], place.below(name))


@pieces.register
def _(block: blocks.ListBlock, value: Any, place: Place) -> Iterator[Piece]:
    for item in value.bound_blocks if hasattr(value, "bound_blocks") else []:
        yield from pieces(block.child_block, item.value, place.below(item.id))


@pieces.register
def _(block: blocks.RichTextBlock, value: Any, place: Place) -> Iterator[Piece]:
    yield from rich_pieces(getattr(value, "source", value) or "", place)


@pieces.register
def _(block: HeadingBlock, value: Any, place: Place) -> Iterator[Piece]:
    yield Heading(place, str(value.get("text") or ""), 3 if value.get("level") == "3" else 2)


@pieces.register
def _(block: ImageBlock, value: Any, place: Place) -> Iterator[Piece]:
    if value.get("image"):
        alt, decorative = str(value.get("alt") or "").strip(), bool(value.get("decorative"))
        yield Picture(place, value["image"], alt, decorative)
    if value.get("caption"):
        yield Text(place.below("caption"), str(value["caption"]))


@pieces.register
def _(block: CallToActionBlock, value: Any, place: Place) -> Iterator[Piece]:
    for name in ("title", "text"):
        if value.get(name):
            yield Text(place.below(name), str(value[name]))
    if value.get("button"):
        yield Link(place, str(value["button"]), page=value.get("page"), address=str(value.get("url") or ""))


@pieces.register
def _(block: PageChooser, value: Any, place: Place) -> Iterator[Piece]:
    if value:
        yield ChosenPage(place, value)


@pieces.register
def _(block: DocumentChooser, value: Any, place: Place) -> Iterator[Piece]:
    if value:
        yield ChosenDocument(place, value)


@pieces.register
def _(block: ImageChooser, value: Any, place: Place) -> Iterator[Piece]:
    if value:
        yield Picture(place, value)


def rich_pieces(source: str, place: Place) -> Iterator[Piece]:
    """Headings, links and lines of a stored rich text, in their order; the text of all lines comes last."""
    reader = _Reader(place)
    reader.feed(source)
    reader.close()
    yield from reader.found
    if text := "\n".join(line for line in reader.lines if line):
        yield Text(place, text)


@dataclass
class _Open:
    """An element whose words are being collected."""

    tag: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "br", "hr", "ul", "ol"})
    HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.found: list[Piece] = []
        self.lines: list[str] = [""]
        self._open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BLOCKS:
            self.lines.append("")
        if tag == "a" or tag in self.HEADINGS:
            self._open.append(_Open(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data
        for element in self._open:
            element.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BLOCKS:
            self.lines.append("")
        if self._open and self._open[-1].tag == tag:
            self._found(self._open.pop())

    def _found(self, element: _Open) -> None:
        text = " ".join("".join(element.words).split())
        if element.tag != "a":
            self.found.append(Heading(self.place, text, int(element.tag[1])))
            return
        kind, pk = element.attributes.get("linktype"), PublicLinkHandler.id_of(element.attributes)
        if kind == "page":
            self.found.append(Link(self.place, text, page=pk or 0))
        elif kind == "document":
            self.found.append(Link(self.place, text, document=pk or 0))
        elif href := element.attributes.get("href", "").strip():
            self.found.append(Link(self.place, text, address=href))
