"""Canary words: each stands in one private place and must appear nowhere.

Where text can stand is read from the models and blocks themselves, so that a new field or block has its word at once.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import singledispatchmethod
from itertools import count
from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page

from cms_blocks.blocks.table_rows import TableRowsBlock
from cms_blocks.publication.fields import GeometryField, SetField

#: A word as it may come back: in lower case, and torn apart by the lines of a PDF.
CANARY = re.compile(rb"kanarie[\W_]*\d+", re.IGNORECASE)
#: Texts that nobody writes: Wagtail derives them from others, or keeps its own books in them.
DERIVED = {
    "path": "place in the tree",
    "url_path": "made of the slugs",
    "draft_title": "a copy of the title",
    "file_hash": "made of the file",
    "wording": "made of the text",
    "reference": "a number",
}
#: Blocks that hold no words: a choice, a day, a number, something chosen.
WORDLESS = (
    *(blocks.ChoiceBlock, blocks.BooleanBlock, blocks.DateBlock, blocks.DateTimeBlock),
    *(blocks.IntegerBlock, blocks.DecimalBlock, blocks.ChooserBlock),
)


class Aviary:
    """Makes the words and knows where each stands."""

    def __init__(self) -> None:
        self._number = count(1000)
        self.words: dict[str, str] = {}
        #: What a chooser block holds, by model: something private of each sort.
        self.chosen: dict[type[models.Model], int] = {}

    def word(self, place: str) -> str:
        word = f"Kanarie{next(self._number)}"
        self.words[word] = place
        return word

    def within(self, place: str) -> list[str]:
        """The words of all places that begin so."""
        return [word for word, where in self.words.items() if where.startswith(place)]

    def fields(self, model: type[models.Model], place: str) -> dict[str, Any]:
        """A value with a word for every text and stream of the model."""
        return {field.name: self.value(field, f"{place}: {field.name}") for field in texts_of(model)}

    def value(self, field: models.Field, place: str) -> Any:
        if isinstance(field, StreamField):
            return field.stream_block.to_python(self.block(field.stream_block, place))
        word = self.word(place)
        if isinstance(field, models.SlugField):
            return word.lower()
        if isinstance(field, models.EmailField):
            return f"{word.lower()}@example.org"
        if isinstance(field, models.URLField):
            return f"https://{word.lower()}.example/"
        return word

    @singledispatchmethod
    def block(self, block: blocks.Block, place: str) -> Any:
        """The stored value of a block with a word in every text. Raises ``TypeError`` for a sort it does not know."""
        raise TypeError(f"{place}: say in tests/site/leaks/aviary.py how a {type(block).__name__} is filled.")

    @block.register
    def _(self, block: blocks.BaseStreamBlock, place: str) -> Any:
        return [
            {"type": name, "value": self.block(child, f"{place}.{name}")} for name, child in block.child_blocks.items()
        ]

    @block.register
    def _(self, block: blocks.BaseStructBlock, place: str) -> Any:
        return {name: self.block(child, f"{place}.{name}") for name, child in block.child_blocks.items()}

    @block.register
    def _(self, block: blocks.ListBlock, place: str) -> Any:
        return [self.block(block.child_block, place)]

    @block.register(blocks.CharBlock)
    @block.register(blocks.TextBlock)
    def _(self, block: blocks.Block, place: str) -> Any:
        return self.word(place)

    @block.register
    def _(self, block: blocks.RichTextBlock, place: str) -> Any:
        return f"<p>{self.word(place)}</p>"

    @block.register
    def _(self, block: blocks.EmailBlock, place: str) -> Any:
        return f"{self.word(place).lower()}@example.org"

    @block.register
    def _(self, block: blocks.URLBlock, place: str) -> Any:
        # A word has eleven characters, as the name of a film there.
        return f"https://www.youtube.com/watch?v={self.word(place)}"

    @block.register
    def _(self, block: TableRowsBlock, place: str) -> Any:
        return [[self.word(place)]]

    @block.register
    def _(self, block: blocks.ChoiceBlock, place: str) -> Any:
        return next(value for value, _label in block.field.choices if value)

    @block.register
    def _(self, block: blocks.BooleanBlock, place: str) -> Any:
        return False

    @block.register(blocks.IntegerBlock)
    @block.register(blocks.DecimalBlock)
    def _(self, block: blocks.Block, place: str) -> Any:
        return 0

    @block.register
    def _(self, block: blocks.DateBlock, place: str) -> Any:
        # Not ahead: stages and entries of a change log are refused then.
        return datetime.date(2026, 4, 1).isoformat()

    @block.register
    def _(self, block: blocks.DateTimeBlock, place: str) -> Any:
        return datetime.datetime(2031, 4, 1, 9, 30, tzinfo=datetime.UTC).isoformat()

    @block.register
    def _(self, block: blocks.ChooserBlock, place: str) -> Any:
        return self.chosen.get(block.model_class)


def texts_of(model: type[models.Model]) -> list[models.Field]:
    """The fields into which somebody writes words, those of its base tables included."""
    return [
        field
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField | StreamField)
        and not field.choices
        and not isinstance(field, SetField | GeometryField)
        and field.name not in DERIVED
    ]


def silent(page: Page) -> list[str]:
    """Texts and blocks of a page in which no word stands: to be empty wherever the leak test looks."""
    found = []
    for field in texts_of(type(page)):
        value = field.value_from_object(page)
        if isinstance(field, StreamField):
            found += [f"{field.name}.{place}" for place in _silent(field.stream_block, value.get_prep_value())]
        elif not CANARY.search(str(value).encode()):
            found.append(field.name)
    return found


def _silent(block: blocks.Block, raw: Any) -> Iterator[str]:
    if isinstance(block, blocks.BaseStreamBlock):
        held = {item["type"]: item["value"] for item in raw or ()}
        for name, child in block.child_blocks.items():
            yield from (f"{name}.{place}".rstrip(".") for place in _silent(child, held.get(name)))
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield from (f"{name}.{place}".rstrip(".") for place in _silent(child, (raw or {}).get(name)))
    elif isinstance(block, blocks.ListBlock):
        items = [item["value"] if isinstance(item, dict) and "value" in item else item for item in raw or ()]
        yield from _silent(block.child_block, items[0] if items else None)
    elif not isinstance(block, WORDLESS) and not CANARY.search(str(raw).encode()):
        yield ""
