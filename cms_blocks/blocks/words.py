"""The words in a block's value: what the search finds. Ids, choices and addresses are no words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from wagtail import blocks

from cms_blocks import rich_text


@singledispatch
def words(block: blocks.Block, value: Any) -> Iterator[str]:
    """The texts in ``value``, in reading order, without markup. Other packages' blocks say what Wagtail indexes."""
    known = (blocks.BooleanBlock, blocks.ChooserBlock, blocks.ChoiceBlock, blocks.DateBlock, blocks.URLBlock)
    if not isinstance(block, known):
        yield from block.get_searchable_content(value)


@words.register
def _(block: blocks.StructBlock, value: Any) -> Iterator[str]:
    for name, child in block.child_blocks.items():
        if name in value:
            yield from words(child, value[name])


@words.register
def _(block: blocks.ListBlock, value: Any) -> Iterator[str]:
    for item in value:
        yield from words(block.child_block, item)


@words.register(blocks.CharBlock)
@words.register(blocks.TextBlock)
def _(block: blocks.Block, value: Any) -> Iterator[str]:
    text = str(value or "").strip()
    if text:
        yield text


@words.register
def _(block: blocks.RichTextBlock, value: Any) -> Iterator[str]:
    text = rich_text.to_text(value)
    if text:
        yield text
