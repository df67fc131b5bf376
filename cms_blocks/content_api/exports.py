"""A whole selection in one file: NDJSON and CSV for machines, XLSX for spreadsheets, GeoJSON for maps, iCalendar and
Atom for people's own programs. Written while it is sent, or to disk before, so that it needs no memory for all of it.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from icalendar import Calendar, Event
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from cms_blocks.content_api.answers import to_json
from cms_blocks.content_api.parameters import PARTS
from cms_blocks.content_api.selection import Selection
from cms_blocks.content_api.shapes import GEOMETRY, Row, Shape
from cms_blocks.office import office_for
from cms_blocks.publication.declaration import Occasion, declaration_of, declarations

CHUNK = 500
#: Entries of a feed: what came last.
FEED = 50
#: Signs that a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Signs that neither XML nor a calendar can hold: pasted with a text, one of them would break the file for everybody.
UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Bytes of a spreadsheet that are sent at once, and the first year that one knows.
PART, FIRST_YEAR = 64 * 1024, 1900

Rows = Iterable[Row]


@dataclass(frozen=True, slots=True)
class Format:
    """``write(rows, selection, request)`` gives the file in parts; ``document``: whether rows carry their document."""

    content_type: str
    write: Callable[[Rows, Selection, HttpRequest], Iterator[bytes]]
    document: bool = False
    #: Whether rows carry what maps draw, where their kind has more than a point.
    geometry: bool = False
    #: Whether rows carry what calendars show: only those with a time, and parts of their document where it tells more.
    occasions: bool = False
    #: A calendar or a feed is opened in place, data is kept as a file.
    disposition: str = "attachment"
    #: The order where nobody asks for one.
    sort: str = "id"


def export(selection: Selection, name: str, request: HttpRequest) -> Iterator[bytes]:
    """The selection as a file of this format (a key of :data:`FORMATS`)."""
    wanted = FORMATS[name]
    parts = _occasion_parts(selection) if wanted.occasions else ()
    shape = Shape.of(selection.resource, None, document=wanted.document or bool(parts))
    shape = replace(shape, geometry=wanted.geometry, parts=parts)
    records = selection.ordered()
    if wanted.occasions:
        records = records.exclude(starts_at=None)
    return wanted.write(_rows(records, selection, shape), selection, request)


def _rows(records: Any, selection: Selection, shape: Shape) -> Rows:
    """All records, without those that leave the public meanwhile."""
    found = records.values("pk", *shape.paths).iterator(chunk_size=CHUNK)
    return (shown for row in found if (shown := shape.as_json(row, selection.now)) is not None)


def _occasion_parts(selection: Selection) -> tuple[str, ...]:
    """What is asked of documents: by the kind, or in the selection of everything by any kind."""
    declaration = selection.resource.declaration
    kinds = [declaration] if declaration else declarations()
    return tuple(dict.fromkeys(part for kind in kinds for part in kind.occasion_parts))


def _ndjson(rows: Rows, selection: Selection, request: HttpRequest) -> Iterator[bytes]:
    remaining = iter(rows)
    while part := list(islice(remaining, CHUNK)):
        yield b"".join(to_json(row) + b"\n" for row in part)


def _csv(rows: Rows, selection: Selection, request: HttpRequest) -> Iterator[bytes]:
    """UTF-8 with a mark, as spreadsheets need it; sets divided by semicolons; no cell is a formula."""
    lines: list[str] = []
    sheet = csv.writer(_Lines(lines))
    names = list(selection.resource.columns)
    sheet.writerow(names)
    yield "\ufeff".encode()
    for row in rows:
        sheet.writerow([cell(row[name]) for name in names])
        if len(lines) >= CHUNK:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


class _Lines:
    """What ``csv`` takes for a file: keeps the lines."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def cell(value: Any) -> str:
    """A value as it stands in a sheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ";".join(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def _xlsx(rows: Rows, selection: Selection, request: HttpRequest) -> Iterator[bytes]:
    """ISO/IEC 29500, with the columns of the CSV. Numbers and times are such; a text is never a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(selection.resource.name[:31])
    sheet.freeze_panes = "A2"
    names = list(selection.resource.columns)
    sheet.append([_sheet_cell(sheet, name, Font(bold=True)) for name in names])
    for row in rows:
        sheet.append([_sheet_cell(sheet, row[name]) for name in names])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while part := file.read(PART):
            yield part


def _sheet_cell(sheet: Any, value: Any, font: Font | None = None) -> WriteOnlyCell:
    """A cell of its own type. Times are the office's, since spreadsheets know no zones."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, date) and value.year < FIRST_YEAR:
        value = value.isoformat()
    if not isinstance(value, bool | int | float | date | None):
        text = ";".join(value) if isinstance(value, tuple) else str(value)
        found = WriteOnlyCell(sheet, UNWRITABLE.sub("", text))
        found.data_type, found.quotePrefix = "s", text.startswith(FORMULA)  # a text, also after it was edited
    else:
        found = WriteOnlyCell(sheet, value)
    if font is not None:
        found.font = font
    return found


def _geojson(rows: Rows, selection: Selection, request: HttpRequest) -> Iterator[bytes]:
    """RFC 7946: the records that have a point, or an outline."""
    yield b'{"type":"FeatureCollection","features":['
    comma = b""
    for row in rows:
        latitude, longitude, geometry = row.pop("latitude"), row.pop("longitude"), row.pop(GEOMETRY, None)
        if geometry is None:
            if latitude is None or longitude is None:
                continue
            geometry = {"type": "Point", "coordinates": [longitude, latitude]}
        yield comma + to_json({"type": "Feature", "id": row["id"], "geometry": geometry, "properties": row})
        comma = b","
    yield b"]}"


def _ics(rows: Rows, selection: Selection, request: HttpRequest) -> Iterator[bytes]:
    """RFC 5545: the records that begin at some time, each as one event, or as those that its kind tells."""
    calendar = Calendar()
    calendar.add("prodid", "-//buergerbeteiligung//content-api//DE")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _name(selection))
    head, end = calendar.to_ical().split(b"END:VCALENDAR")
    yield head
    for row in rows:
        for occasion in occasions_of(row, selection.now):
            yield event(occasion, row, request).to_ical()
    yield b"END:VCALENDAR" + end


def occasions_of(row: Row, now: datetime) -> list[Occasion]:
    """What a calendar shows at this moment of a record that begins at some time."""
    declaration = declaration_of(row["kind"])
    if not declaration.occasion_parts:
        return [Occasion("", row["title"], row["starts_at"], row["ends_at"])]
    with translation.override(row["locale"]):
        return list(declaration.occasions(row["title"], row[PARTS], now))


def event(occasion: Occasion, row: Row, request: HttpRequest) -> Event:
    """One event in a calendar. Its id stays the same, and a newer version replaces the older."""
    found = Event()
    name = "-".join(filter(None, (f"record-{row['id']}", occasion.key)))
    found.add("uid", f"{name}@{request.get_host().partition(':')[0]}")
    found.add("dtstamp", row["changed_at"] or row["starts_at"])
    found.add("sequence", row["version"])
    found.add("summary", UNWRITABLE.sub("", occasion.title))
    found.add("dtstart", occasion.begins.astimezone(UTC))
    if occasion.ends is not None:
        found.add("dtend", occasion.ends.astimezone(UTC))
    if text := occasion.text or row["lead"]:
        found.add("description", UNWRITABLE.sub("", text))
    if occasion.place:
        found.add("location", UNWRITABLE.sub("", occasion.place))
    found.add("url", request.build_absolute_uri(row["path"]))
    return found


def _atom(rows: Rows, selection: Selection, request: HttpRequest) -> Iterator[bytes]:
    """RFC 4287: what was published last, or the first ones in the order that was asked for.

    Kinds that have a column ``news_text`` say in it what is new, and ``news_on`` is its day.
    """
    address = request.build_absolute_uri()
    feed = Atom1Feed(title=_name(selection), link=request.build_absolute_uri("/"), feed_url=address, description="")
    for row in islice(rows, FEED):
        feed.add_item(
            title=UNWRITABLE.sub("", row["title"]),
            link=request.build_absolute_uri(row["path"]),
            description=UNWRITABLE.sub("", row.get("news_text") or row["lead"]),
            pubdate=row["published_at"],
            updateddate=_updated(row),
            unique_id=request.build_absolute_uri(f"/#record-{row['id']}"),
            categories=row["topics"],
        )
    yield feed.writeString("utf-8").encode()


def _updated(row: Row) -> datetime | None:
    """When something was said that readers should look at again. Where news tell that, what changes after their day is
    wording."""
    changed, published = row["changed_at"], row["published_at"]
    if "news_text" not in row or changed is None or published is None:
        return changed
    end = timezone.make_aware(datetime.combine(row["news_on"], time.max))
    return max(published, min(changed, end))


def _name(selection: Selection) -> str:
    office = office_for(getattr(selection.parameters, "locale", None) or "de").name
    declaration = selection.resource.declaration
    return f"{office}: {declaration.label_plural}" if declaration else office


FORMATS: dict[str, Format] = {
    "ndjson": Format("application/x-ndjson", _ndjson, document=True),
    "csv": Format("text/csv; charset=utf-8", _csv),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "geojson": Format("application/geo+json", _geojson, geometry=True),
    "ics": Format("text/calendar; charset=utf-8", _ics, occasions=True, disposition="inline", sort="starts_at"),
    "atom": Format("application/atom+xml; charset=utf-8", _atom, disposition="inline", sort="-published_at"),
}
