"""A sheet as it comes from an office: XLSX or CSV. Formulas are never worked out; what they last showed is read."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from cms_blocks.media.uploads import check_document, extension_of

#: Far more than any city plans at a time.
MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 200
#: Signs of one cell: what a spreadsheet can hold.
MOST_SIGNS = 32_767
#: Among these rows the headings are looked for: above them may stand a title and a date.
FIRST_ROWS = 20
#: Signs that a spreadsheet takes for the beginning of a formula. Exports write an apostrophe before them.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value: TypeAlias = "str | int | float | Decimal | bool | date | datetime | time | None"


class Unreadable(ValueError):
    """The file is no sheet that can be read. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` as the spreadsheet counts, from 1."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows that hold something, from the first on."""

    rows: list[Row]


def cell_name(row: int, column: int) -> str:
    """``F17``; columns count from 0."""
    return f"{get_column_letter(column + 1)}{row}"


def read_sheet(name: str, data: bytes) -> Sheet:
    """The first sheet of a workbook, or a CSV table. Raises :class:`Unreadable`."""
    kind = extension_of(name)
    if kind not in {"xlsx", "csv"}:
        raise Unreadable(
            _("“%(name)s” is neither XLSX nor CSV. Save the sheet as one of these and import that file.")
            % {"name": name}
        )
    if len(data) > MOST_BYTES:
        raise Unreadable(
            _("“%(name)s” is larger than 10 MB. Is it the right file? Take pictures and other sheets out of it.")
            % {"name": name}
        )
    try:
        check_document(name, io.BytesIO(data))
    except ValidationError as error:
        raise Unreadable(" ".join(error.messages)) from error
    rows = list(_filled(_workbook(name, data) if kind == "xlsx" else _table(data)))
    if not rows:
        raise Unreadable(_("“%(name)s” holds no row. Is the list on the first sheet?") % {"name": name})
    return Sheet(rows)


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    found = 0
    for number, values in enumerate(rows, start=1):
        if len(values) > MOST_COLUMNS and any(value not in (None, "") for value in values[MOST_COLUMNS:]):
            raise Unreadable(
                _("The sheet has more than %(most)d columns. Delete those that are not needed.")
                % {"most": MOST_COLUMNS}
            )
        row = Row(number, tuple(_plain(value) for value in values[:MOST_COLUMNS]))
        if all(value is None for value in row.values):
            continue
        found += 1
        if found > MOST_ROWS + FIRST_ROWS:
            raise Unreadable(
                _("The sheet has more than %(most)d rows. Divide it into several files.") % {"most": MOST_ROWS}
            )
        yield row


def _plain(value: Any) -> Value:
    """Text without spaces around it and with one kind of line ends; empty is ``None``."""
    if isinstance(value, str):
        return plain_text(value)[: MOST_SIGNS + 1] or None
    if value is None or isinstance(value, bool | int | float | Decimal | date | time):
        return value
    return str(value)


def plain_text(text: str) -> str:
    """One kind of line ends and of spaces, none at the end of a line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _workbook(name: str, data: bytes) -> Iterator[Sequence[Any]]:
    try:
        _refuse_entities(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            return
        rows = sheets[0].iter_rows(max_row=MOST_ROWS * 4, max_col=MOST_COLUMNS + 1, values_only=True)
        yield from rows
    except Unreadable:
        raise
    except Exception as error:  # a damaged file breaks the library in many ways
        raise Unreadable(
            _("“%(name)s” cannot be opened. Open it in your spreadsheet program, save it anew and import that file.")
            % {"name": name}
        ) from error


def _refuse_entities(data: bytes) -> None:
    """No spreadsheet program writes a document type; with one a small file can unfold without end."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    if b"<!DOCTYPE" in part.read(4096).upper():
                        raise ValueError("a document type")


def _table(data: bytes) -> Iterator[Sequence[str | None]]:
    text = _decoded(data)
    # Nothing but a heading and what divides it stands in the first line.
    first = next((line for line in text.splitlines() if line.strip(';,\t" ')), "")
    divider = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider)
    try:
        for cells in reader:
            yield [_without_mark(cell) for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)d of the table cannot be read. Is a quotation mark missing there?")
            % {"line": reader.line_num}
        ) from error


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The signs of the table cannot be read. Save it as “CSV UTF-8”."))


def _without_mark(cell: str) -> str:
    """Exports write an apostrophe before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(FORMULA) else cell


def with_mark(text: str) -> str:
    """What :func:`read_sheet` reads as ``text`` and no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text
