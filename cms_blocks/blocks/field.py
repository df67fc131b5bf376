"""The StreamField of this project: migrations hold the column, never the blocks in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import models
from wagtail import fields
from wagtail.blocks import StreamValue


class StreamField(fields.StreamField):
    """A StreamField whose migrations stay the same when blocks come, go or change.

    Wagtail writes every block definition into each migration, so that each change of a label makes a new one and
    old ones keep importing code that is gone. Here ``deconstruct()`` leaves the blocks out. The model a migration
    sees therefore has a field *without* blocks: it reads and writes the stored JSON as it is, a list of dicts
    ``{"type", "value", "id"}``, so that a data migration can change it and can never empty it by saving.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    @property
    def holds_raw_json(self) -> bool:
        """True for the field of a historical model: no blocks are known, values are plain lists."""
        return not isinstance(self.block_types_arg, type) and self.block_types_arg == ()

    def deconstruct(self) -> tuple[str, str, list, dict[str, Any]]:
        name, path, _, kwargs = models.Field.deconstruct(self)
        return name, path, [], kwargs

    def to_python(self, value: Any) -> Any:
        if not self.holds_raw_json:
            return super().to_python(value)
        if isinstance(value, StreamValue):
            return value.get_prep_value()
        if isinstance(value, str):
            try:
                value = json.loads(value) if value else []
            except ValueError:
                return value
        return [] if value is None else value

    def get_default(self) -> Any:
        if not self.holds_raw_json:
            return super().get_default()
        return self.to_python(models.Field.get_default(self))

    def get_searchable_content(self, value: Any) -> list[str]:
        return [] if self.holds_raw_json else super().get_searchable_content(value)

    def extract_references(self, value: Any) -> Iterator[tuple]:
        if not self.holds_raw_json:
            yield from super().extract_references(value)
