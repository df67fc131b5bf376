"""Reading stored JSON that may be old, imported or broken: it is cut to the shape its block expects.

A page must show what can be shown, whatever an importer, an API client or an older version left in the database.
:func:`fit` never raises; what does not fit becomes an empty value of the right shape.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from django.db.models import BigIntegerField
from django.utils.dateparse import parse_date
from wagtail import blocks

STRINGS = (blocks.CharBlock, blocks.TextBlock, blocks.URLBlock, blocks.RichTextBlock)


@singledispatch
def fit(block: blocks.Block, raw: Any) -> Any:
    """The stored value ``raw`` in the shape ``block`` can read. Blocks of other packages get it unchanged."""
    return raw


def text(raw: Any) -> str:
    """A string that can be encoded; numbers become their digits, anything else an empty string."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return ""
    return str(raw).encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def object_id(raw: Any) -> int | None:
    """A usable primary key, from a number or its digits."""
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 20:
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 < raw <= BigIntegerField.MAX_BIGINT:
        return None
    return raw


@fit.register
def _(block: blocks.StructBlock, raw: Any) -> dict[str, Any]:
    raw = raw if isinstance(raw, dict) else {}
    missing = {name: "" for name, child in block.child_blocks.items() if isinstance(child, STRINGS)}
    return missing | {name: fit(child, raw[name]) for name, child in block.child_blocks.items() if name in raw}


@fit.register
def _(block: blocks.ListBlock, raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        return []
    items = []
    for item in raw:
        if (
            isinstance(item, dict)
            and item.get("type") == "item"
            and "value" in item
            and isinstance(item.get("id"), str)
        ):
            items.append({"type": "item", "id": text(item["id"]), "value": fit(block.child_block, item["value"])})
        else:
            items.append(fit(block.child_block, item))
    return items


@fit.register(blocks.CharBlock)
@fit.register(blocks.TextBlock)
@fit.register(blocks.URLBlock)
@fit.register(blocks.RichTextBlock)
def _(block: blocks.Block, raw: Any) -> str:
    return text(raw)


@fit.register
def _(block: blocks.BooleanBlock, raw: Any) -> bool:
    return raw is True


@fit.register
def _(block: blocks.ChoiceBlock, raw: Any) -> Any:
    value = block.normalize_choice(text(raw))
    return value if value in [key for key, _label in block.field.choices] else block.get_default()


@fit.register
def _(block: blocks.DateBlock, raw: Any) -> str | None:
    try:
        return raw if isinstance(raw, str) and parse_date(raw) else None
    except ValueError:  # the right form, but no such day
        return None


@fit.register
def _(block: blocks.ChooserBlock, raw: Any) -> int | None:
    return object_id(raw)
