"""Sheets for tests of the import: rows as mappings from heading to cell, written as XLSX or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook

Rows = Iterable[Mapping[str, Any]]

#: A sound row: fit to be public.
SOUND: dict[str, Any] = {
    "Nummer": "2026-0001",
    "Titel": "Uferweg",
    "Vorspann": "Der Weg wird neu gebaut.",
    "Was": "Der Uferweg wird breiter.",
    "Wo": "Am Kanal.",
    "Wie": "Zeichnen Sie mit.",
    "Initiator": "die Verwaltung",
    "Stufe": "einbeziehen",
    "Form": "informell",
    "Stadtweit": "ja",
    "Offen": "Sitzplätze\nBäume",
    "Phasen": "Ideen sammeln | 01.03.2026 | 31.03.2026 18:00",
}


def row(**cells: Any) -> dict[str, Any]:
    """A sound row with some other cells; underscores in names are spaces."""
    return SOUND | {name.replace("_", " "): value for name, value in cells.items()}


def xlsx(rows: Rows, above: Iterable[list[Any]] = ()) -> bytes:
    """``above``: rows over the headings."""
    rows = list(rows)
    book = Workbook()
    for line in above:
        book.active.append(line)
    headings = list(dict.fromkeys(name for one in rows for name in one))
    book.active.append(headings)
    for one in rows:
        book.active.append([one.get(name) for name in headings])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def table(rows: Rows, divider: str = ";", encoding: str = "utf-8-sig") -> bytes:
    rows = list(rows)
    headings = list(dict.fromkeys(name for one in rows for name in one))
    file = io.StringIO()
    writer = csv.DictWriter(file, headings, delimiter=divider)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode(encoding)


def long_list(length: int) -> list[dict[str, Any]]:
    """Sound rows as an office may have them, no two alike."""
    levels = ("Informieren", "Einbeziehen", "Konsultation")
    return [
        row(
            Nummer=f"20{20 + number % 6}-{number // 6 + 1:04}",
            Titel=f"Vorhaben {number}: Weg, Platz und Brücke",
            Stufe=levels[number % 3],
            Stadtweit="",
            Stadtteile=("Nord", "Nord; Süd", "stadtweit")[number % 3],
            Ort=f"Straße {number}",
            Breite=52.4 + number / 100_000,
            Länge="13,0591",
            Kosten=("Betrag", "unbekannt")[number % 2],
            Kosten_von=("1.250.000,00", "")[number % 2],
            Kosten_Stand=("07.01.2026", "")[number % 2],
            Kosten_Grundlage=("Schätzung", "")[number % 2],
            Thema="mobility",
            Verlauf="idee | 01.01.2025\nplanung | 01.06.2025",
            Beschluss=f"04.05.2026 | Stadtrat | 26/SVV/{number} | Der Rat beschließt den Bau.",
            Gelistet_seit="07.01.2026",
        )
        for number in range(length)
    ]
