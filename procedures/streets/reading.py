"""A municipal street directory (CSV) → entries, or every mistake by row and column with its remedy."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from procedures.streets.house_numbers import parse
from procedures.streets.names import LONGEST, fold

#: What a column may be called, in small letters.
HEADINGS = {
    "street": ("straße", "strasse", "straßenname", "strassenname", "street", "street name", "name"),
    "numbers": (
        "hausnummer", "hausnummern", "hausnr", "hausnr.", "hnr", "house number", "house numbers", "number", "numbers",
    ),
    "district": ("stadtteil", "ortsteil", "bezirk", "stadtbezirk", "district"),
    "latitude": ("breite", "breitengrad", "geogr. breite", "latitude", "lat"),
    "longitude": ("länge", "laenge", "längengrad", "laengengrad", "geogr. länge", "longitude", "lon", "lng"),
    "coordinate": ("koordinate", "koordinaten", "coordinate", "coordinates"),
}  # fmt: skip
#: How we call them where one is missing.
SHOWN = {"street": "Straße", "latitude": "Breitengrad", "longitude": "Längengrad"}
LONGEST_NUMBERS = 200


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it is, what is wrong and what helps. ``row`` counts as spreadsheets do; 0: the whole file."""

    row: int
    column: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = _("Row %(row)d") % {"row": self.row} if self.row else _("File")
        if self.column:
            place = _("%(place)s, column “%(column)s”") % {"place": place, "column": self.column}
        return f"{place}: {self.reason} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the directory, sound by itself."""

    name: str
    numbers: str
    district: str
    latitude: float
    longitude: float

    @property
    def key(self) -> tuple[str, str, str]:
        return fold(self.name), self.numbers, self.district


@dataclass(slots=True)
class Reading:
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_streets(data: bytes, districts: Mapping[str, str]) -> Reading:
    """``districts``: the word of each district by that word and by its name, in small letters."""
    found = Reading()
    text = _decoded(data, found.problems)
    if text is None:
        return found
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        head = next(lines, [])
        columns = _columns(head, found.problems)
        if not found.problems:
            _rows(lines, head, columns, districts, found)
    except csv.Error as error:
        reason = _("The table breaks off here (%(error)s).") % {"error": error}
        remedy = _("Look for a quotation mark too many or too few, and save the table as CSV anew.")
        found.problems.append(Problem(lines.line_num, "", reason, remedy))
    if not found.entries and not found.problems:
        found.problems.append(
            Problem(0, "", _("There is no street in it."), _("Export the directory with all of its rows."))
        )
    found.problems.sort()
    return found


def _decoded(data: bytes, problems: list[Problem]) -> str | None:
    """UTF-8 with or without a mark, else the encoding of older Windows programs."""
    remedy = _("Save the table as CSV in UTF-8.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        problems.append(Problem(0, "", _("This is no CSV, or one in UTF-16."), remedy))
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    problems.append(Problem(0, "", _("This is neither UTF-8 nor Windows-1252."), remedy))
    return None


def _delimiter(text: str) -> str:
    """The sign that divides the headings most often."""
    head = text.partition("\n")[0]
    return max(";,\t", key=head.count)


def _columns(head: list[str], problems: list[Problem]) -> dict[str, int]:
    """Where each column stands."""
    columns: dict[str, int] = {}
    for at, heading in enumerate(head):
        word = " ".join(heading.casefold().split())
        for name, words in HEADINGS.items():
            if word not in {known.casefold() for known in words}:
                continue
            if name in columns:
                words_for = {"one": head[columns[name]].strip(), "other": heading.strip()}
                reason = _("“%(one)s” and “%(other)s” mean the same.") % words_for
                problems.append(Problem(1, heading.strip(), reason, _("Keep one of the two columns.")))
            columns[name] = at
    needed = ["street"] if "coordinate" in columns else ["street", "latitude", "longitude"]
    for name in needed:
        if name not in columns:
            reason = _("There is no column “%(name)s”.") % {"name": SHOWN[name]}
            remedy = _("Call it so in the first row. Known names: %(names)s.") % {"names": ", ".join(HEADINGS[name])}
            problems.append(Problem(1, "", reason, remedy))
    return columns


def _rows(
    lines: Iterable[list[str]],
    head: list[str],
    columns: Mapping[str, int],
    districts: Mapping[str, str],
    found: Reading,
) -> None:
    seen: dict[tuple[str, str, str], int] = {}
    for row, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            reason = _("%(count)d cells in place of %(wanted)d.") % {"count": len(cells), "wanted": len(head)}
            remedy = _("Put a cell that holds the delimiter into quotation marks.")
            found.problems.append(Problem(row, "", reason, remedy))
            continue
        entry = _Row(row, cells, head, columns, districts, found.problems).entry()
        if entry is None:
            continue
        if entry.key in seen:
            reason = _("The same street and numbers stand in row %(row)d.") % {"row": seen[entry.key]}
            found.problems.append(Problem(row, head[columns["street"]].strip(), reason, _("Delete one of the two.")))
        seen.setdefault(entry.key, row)
        found.entries.append(entry)


@dataclass(slots=True)
class _Row:
    """One row of the file, with what is said about it."""

    row: int
    cells: list[str]
    head: list[str]
    columns: Mapping[str, int]
    districts: Mapping[str, str]
    problems: list[Problem]

    def entry(self) -> Entry | None:
        before = len(self.problems)
        name = " ".join(self._cell("street").split())
        if not fold(name):
            self._wrong("street", _("There is no street."), _("Write its name, or delete the row."))
        elif len(name) > LONGEST:
            longest = {"longest": LONGEST}
            self._wrong("street", _("Longer than %(longest)d signs.") % longest, _("Write the name alone."))
        numbers, district = self._numbers(), self._district()
        latitude, longitude = self._point()
        if len(self.problems) > before or latitude is None or longitude is None:
            return None
        return Entry(name, numbers, district, latitude, longitude)

    def _cell(self, name: str) -> str:
        return self.cells[self.columns[name]].strip() if name in self.columns else ""

    def _wrong(self, name: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(self.row, self.head[self.columns[name]].strip(), reason, remedy))

    def _numbers(self) -> str:
        text = " ".join(self._cell("numbers").split())
        try:
            parse(text)
        except ValueError as error:
            reason = _("“%(value)s” is no house number.") % {"value": str(error)[:40]}
            self._wrong("numbers", reason, _("Write 7, 7a, 1-19, 1-19 ungerade or several, divided by commas."))
        if len(text) > LONGEST_NUMBERS:
            self._wrong("numbers", _("Too many numbers in one cell."), _("Divide them among several rows."))
        return text

    def _district(self) -> str:
        text = " ".join(self._cell("district").split())
        word = self.districts.get(text.casefold(), "") if text else ""
        if text and not word:
            reason = _("There is no district “%(value)s”.") % {"value": text[:60]}
            remedy = _("Create its page first, correct the name, or leave the cell empty.")
            self._wrong("district", reason, remedy)
        return word

    def _point(self) -> tuple[float | None, float | None]:
        if "coordinate" not in self.columns:
            return (
                self._degrees("latitude", self._cell("latitude"), 90),
                self._degrees("longitude", self._cell("longitude"), 180),
            )
        text = self._cell("coordinate")
        parts = text.split(";" if ";" in text else ",")
        if len(parts) != 2:
            remedy = _("Write latitude and longitude with points and a comma between them: 52.4009, 13.0591.")
            self._wrong("coordinate", _("These are not two numbers."), remedy)
            return None, None
        return self._degrees("coordinate", parts[0], 90), self._degrees("coordinate", parts[1], 180)

    def _degrees(self, name: str, text: str, most: int) -> float | None:
        remedy = _("Write degrees (WGS 84), for example 52.4009 and 13.0591.")
        try:
            value = float(text.strip().replace(",", "."))
        except ValueError:
            value = math.nan
        if math.isnan(value):
            reason = _("“%(value)s” is no number.") % {"value": text[:40]} if text else _("There is no number.")
            self._wrong(name, reason, remedy)
            return None
        if abs(value) > most:
            reason = _("%(value)s lies outside of -%(most)d to %(most)d degrees.") % {"value": text[:40], "most": most}
            self._wrong(name, reason, remedy)
            return None
        return value
