"""The list as a sheet with exactly the columns of the import, and an empty one to begin with. XLSX or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from procedures.importing import cells
from procedures.importing.columns import COLUMNS, FILLED, Column, OneOf
from procedures.importing.names import Names
from procedures.importing.sheet import Value, with_mark
from procedures.models.procedure import ProcedurePage

#: Content type of each kind of file.
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_WIDE = {"title", "lead", "phases", "decisions", "open_points", "fixed_points"}


def list_as_sheet(index: Any, kind: str) -> bytes:
    """The public text of all public procedures of a list, by number. Few queries, however many there are."""
    pages = ProcedurePage.objects.child_of(index).live().filter(alias_of=None).order_by("reference", "pk")
    names = Names(index.locale)
    found = pages.prefetch_related("districts", "methods", "further_topics")
    rows = ([column.write(column.of(page), names) for column in FILLED] for page in found)
    return _xlsx(rows) if kind == "xlsx" else _csv(rows)


def template() -> bytes:
    """A workbook with the headings and, on a second sheet, what belongs below each."""
    return _xlsx([])


def _csv(rows: Iterable[list[Value]]) -> bytes:
    """With a mark and semicolons, as German spreadsheet programs open it."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow([column.label for column in FILLED])
    for row in rows:
        writer.writerow([with_mark(_as_text(column, value)) for column, value in zip(FILLED, row, strict=True)])
    return sheet.getvalue().encode("utf-8-sig")


def _as_text(column: Column, value: Value) -> str:
    if isinstance(value, Decimal):
        return cells.amount_text(value)
    return repr(value) if isinstance(value, float) else cells.text(value)


def _xlsx(rows: Iterable[list[Value]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Procedures"))
    sheet.freeze_panes = "C2"
    for number, column in enumerate(FILLED, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 48 if column.key in _WIDE else 22
    sheet.append([_heading(sheet, column.label) for column in FILLED])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    _explain(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _explain(book: Workbook) -> None:
    sheet = book.create_sheet(pgettext("in a sheet", "Explanation"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 110
    sheet.append([_heading(sheet, pgettext("in a sheet", "Column")), _heading(sheet, _("What belongs there"))])
    for column in COLUMNS:
        sheet.append([_cell(sheet, column.label), _cell(sheet, _explained(column))])


def _explained(column: Column) -> str:
    choices = column.allowed() if isinstance(column, OneOf) else []
    words = ", ".join(choices)
    allowed = _("One of: {words}.").format(words=words) if choices else ""
    return " ".join(filter(None, (column.explained, allowed)))


def _heading(sheet: Any, words: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=words)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Value) -> WriteOnlyCell:
    """Text is text, whatever it begins with: no cell becomes a formula."""
    if isinstance(value, bool):
        value = cells.yes_or_no(value)
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value=value if value != "" else None)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, date):
        cell.number_format = "DD.MM.YYYY"
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    return cell
