"""Whole selections as files, read back by programs that know the formats."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from cms_blocks.content_api.exports import FORMATS, cell
from cms_blocks.publication.records import PublicRecord
from tests.cms_blocks.content_api.conftest import API, Ids, record_of

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def dated(site: Ids) -> PublicRecord:
    """A record with a place and a time, as procedures and events will have them."""
    record = record_of(site["place"])
    PublicRecord.objects.filter(pk=record.pk).update(
        title="=Fest, auf dem Platz",
        latitude=52.4,
        longitude=13.06,
        published_at=datetime(2026, 2, 1, tzinfo=UTC),
        topics=("green", "mobility"),
        starts_at=datetime(2026, 6, 1, 16, 0, tzinfo=UTC),
        ends_at=datetime(2026, 6, 1, 18, 30, tzinfo=UTC),
    )
    record.refresh_from_db()
    return record


def file(client: Client, name: str, **query: str) -> bytes:
    answer = client.get(f"{API}/export/{name}", query)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == FORMATS[name.rpartition(".")[2]].content_type
    return b"".join(answer.streaming_content)


def test_ndjson_holds_every_record_with_its_document(dated: PublicRecord, client: Client) -> None:
    rows = [json.loads(line) for line in file(client, "records.ndjson").splitlines()]
    assert {row["id"] for row in rows} == set(PublicRecord.objects.listed().values_list("pk", flat=True))
    assert all(row["document"]["title"] for row in rows)


def test_signs_that_a_file_cannot_hold_break_none(dated: PublicRecord, client: Client) -> None:
    """A text pasted from a presentation brings vertical tabs."""
    PublicRecord.objects.filter(pk=dated.pk).update(title="Fest\x0b\x08", lead="Auf\ufffe dem\x0bPlatz.")
    feed = ElementTree.fromstring(file(client, "page.atom"))
    entries = [
        (entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary")) for entry in feed.iter(f"{ATOM}entry")
    ]
    assert ("Fest", "Auf demPlatz.") in entries
    [event] = icalendar.Calendar.from_ical(file(client, "page.ics")).walk("VEVENT")
    assert (event["summary"], event["description"]) == ("Fest", "Auf demPlatz.")
    sheet = load_workbook(io.BytesIO(file(client, "page.xlsx"))).active
    assert "Auf demPlatz." in {cell.value for line in sheet.iter_rows() for cell in line}


def test_csv_is_read_by_a_spreadsheet_and_runs_no_formula(dated: PublicRecord, client: Client) -> None:
    text = file(client, "page.csv").decode("utf-8-sig")
    [row] = [row for row in csv.DictReader(io.StringIO(text)) if row["id"] == str(dated.pk)]
    assert row["title"] == "'=Fest, auf dem Platz"
    assert (row["topics"], row["starts_at"]) == ("green;mobility", "2026-06-01T16:00:00+00:00")
    assert [cell(value) for value in (None, True, -1, "-1", ())] == ["", "true", "-1", "'-1", ""]


def test_a_spreadsheet_has_numbers_and_times_and_runs_no_formula(dated: PublicRecord, client: Client) -> None:
    PublicRecord.objects.filter(pk=dated.pk).update(lead="\x0b#N/A", ends_at=datetime(1850, 1, 1, tzinfo=UTC))
    sheet = load_workbook(io.BytesIO(file(client, "page.xlsx"))).active
    head, *rows = sheet.iter_rows()
    names = [cell.value for cell in head]
    assert names == next(csv.reader(io.StringIO(file(client, "page.csv").decode("utf-8-sig"))))
    assert all(cell.font.bold for cell in head) and sheet.freeze_panes == "A2"
    [found] = [dict(zip(names, row, strict=True)) for row in rows if row[0].value == dated.pk]
    title = found["title"]
    assert (title.value, title.data_type, title.quotePrefix) == ("=Fest, auf dem Platz", "s", True)
    assert (found["lead"].value, found["lead"].data_type) == ("#N/A", "s")
    assert found["starts_at"].value == timezone.localtime(dated.starts_at).replace(tzinfo=None)
    assert (found["latitude"].value, found["in_menu"].value, found["status"].value) == (52.4, False, None)
    assert (found["topics"].value, found["ends_at"].value[:4]) == ("green;mobility", "1850")


def test_geojson_has_the_records_with_a_point(dated: PublicRecord, client: Client) -> None:
    found = json.loads(file(client, "page.geojson"))
    [feature] = found["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [13.06, 52.4]}
    assert feature["properties"]["path"] == dated.path


def test_a_calendar_has_the_records_with_a_time(dated: PublicRecord, client: Client) -> None:
    [event] = icalendar.Calendar.from_ical(file(client, "page.ics")).walk("VEVENT")
    assert event["summary"] == dated.title
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (dated.starts_at, dated.ends_at)
    assert str(event["url"]) == f"http://testserver{dated.path}"


def test_a_feed_has_what_came_last(dated: PublicRecord, client: Client) -> None:
    PublicRecord.objects.exclude(pk=dated.pk).update(published_at=datetime(2026, 1, 1, tzinfo=UTC))
    feed = ElementTree.fromstring(file(client, "page.atom"))
    entries = feed.findall(f"{ATOM}entry")
    assert next(entry.findtext(f"{ATOM}title") for entry in entries) == dated.title
    assert all(entry.findtext(f"{ATOM}updated") for entry in entries)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_the_selection_that_was_asked_for(name: str, dated: PublicRecord, client: Client) -> None:
    words: dict[str, Any] = {"topics": "green"}
    content = words_of(file(client, f"page.{name}", **words))
    assert b"Fest" in content and "Straße".encode() not in content
    assert b"Fest" not in words_of(file(client, f"page.{name}", topics="nothing"))


def words_of(content: bytes) -> bytes:
    """A file as it stands; an archive unpacked."""
    if not content.startswith(b"PK"):
        return content
    archive = zipfile.ZipFile(io.BytesIO(content))
    return b"".join(archive.read(name) for name in archive.namelist())
