"""The cells of a table: stored as a list of rows, edited in a grid that takes what a spreadsheet copies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha1
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.blocks import FieldBlock

from cms_blocks.blocks.stored import fit, text

Rows = list[list[str]]


def rows_of(raw: Any) -> Rows:
    """Rows of equal length with one-line cells. Empty rows and columns at the end go; no cell left gives ``[]``."""
    if not isinstance(raw, list | tuple):
        return []
    rows = [[_cell(cell) for cell in row] if isinstance(row, list | tuple) else [] for row in raw]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((index for row in rows for index, cell in enumerate(row, 1) if cell), default=0)
    return [(row + [""] * width)[:width] for row in rows]


def _cell(raw: Any) -> str:
    return " ".join(text(str(raw) if isinstance(raw, Promise) else raw).split())


def to_lines(rows: Rows) -> str:
    """Rows as a spreadsheet copies them: a line for each row, cells parted by tabs."""
    return "\n".join("\t".join(row) for row in rows)


def from_lines(lines: str) -> Rows:
    return rows_of([line.split("\t") for line in lines.splitlines()])


class TableGrid(forms.Textarea):
    """A text area for :func:`to_lines`, which JavaScript shows as a grid. Without it the lines can be edited."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        words = {
            "cell": _("Row {row}, column {column}"),
            "addRow": _("Add row"),
            "addColumn": _("Add column"),
            "removeRow": _("Remove row {row}"),
            "removeColumn": _("Remove column {column}"),
        }
        attrs = {**(attrs or {}), "data-controller": "table-grid", "data-table-grid-words-value": json.dumps(words)}
        return super().get_context(name, value, attrs)

    @property
    def media(self) -> forms.Media:
        return forms.Media(
            js=[versioned_static("cms_blocks/admin/table-grid.js")],
            css={"all": [versioned_static("cms_blocks/admin/table-grid.css")]},
        )


class TableRowsBlock(FieldBlock):
    """A list of rows, each a list of as many texts."""

    def __init__(self, required: bool = True, help_text: Any = None, **kwargs: Any) -> None:
        self.field = forms.CharField(required=required, help_text=help_text, strip=False, widget=TableGrid)
        super().__init__(**kwargs)

    def get_default(self) -> Rows:
        return []

    def normalize(self, value: Any) -> Rows:
        return rows_of(value)

    def to_python(self, value: Any) -> Rows:
        return rows_of(value)

    def value_for_form(self, value: Rows) -> str:
        return to_lines(value or [])

    def value_from_form(self, value: str) -> Rows:
        return from_lines(value or "")

    def get_searchable_content(self, value: Rows) -> list[str]:
        return [cell for row in value or [] for cell in row if cell]

    def render_basic(self, value: Rows, context: Any = None) -> str:
        return to_lines(value or [])

    # wagtail-localize: one segment for each text, found again by the text itself, so that moved rows stay translated.

    def get_translatable_segments(self, value: Rows) -> list[Any]:
        from wagtail_localize.segments import StringSegmentValue

        cells = dict.fromkeys(self.get_searchable_content(value))
        return [StringSegmentValue(_segment_path(cell), cell) for cell in cells]

    def restore_translated_segments(self, value: Rows, segments: Iterable[Any]) -> Rows:
        translated = {segment.path: segment.render_text() for segment in segments}
        return [[translated.get(_segment_path(cell), cell) for cell in row] for row in value]

    class Meta:
        icon = "table"


def _segment_path(cell: str) -> str:
    return sha1(cell.encode(), usedforsecurity=False).hexdigest()[:12]


@fit.register
def _fit_rows(block: TableRowsBlock, raw: Any) -> Rows:
    return rows_of(raw)
