"""Procedures in people's own calendars: phases and deadlines, of one procedure or of a selection."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import icalendar
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.procedures.factories import news, news_list, phase, procedure, procedure_list, way

pytestmark = pytest.mark.django_db

MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
MIDNIGHT = datetime(2026, 5, 20, 22, 0, tzinfo=UTC)  # in Germany
EXPORT = "/api/content/v1/export"


def events(client: Client, path: str = f"{EXPORT}/procedure.ics") -> dict[str, Any]:
    """By their words."""
    answer = client.get(path)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    found = icalendar.Calendar.from_ical(b"".join(answer.streaming_content)).walk("VEVENT")
    assert len({str(event["uid"]) for event in found}) == len(found)
    return {str(event["summary"]): event for event in found}


def test_each_phase_and_each_deadline_is_an_event(client: Client) -> None:
    ideas = phase(MAY, JUNE, title="Ideen", text="Wir sammeln.", ways=[
        way(MIDNIGHT, label="Mitzeichnen"), way(MAY + timedelta(days=3), label="Treffen", place="Rathaus"),
        way(label="Anrufen"),
    ])  # fmt: skip
    page = procedure(procedure_list(), "Uferweg", phases=[ideas, phase(JULY, title="Bau"), phase(title="Irgendwann")])
    found = events(client)
    assert [words.rpartition(": ")[2] for words in found] == [
        "Ideen", "Mitzeichnen (Uferweg)", "Treffen (Uferweg)", "Bau"
    ]  # fmt: skip
    first, last, meeting, building = found.values()
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (MAY, JUNE)
    assert str(first["description"]) == "Wir sammeln." and str(first["url"]) == f"http://testserver{page.url}"
    assert (last.decoded("dtstart"), last.decoded("dtend")) == (MIDNIGHT - timedelta(minutes=30), MIDNIGHT)
    assert str(meeting["location"]) == "Rathaus"
    assert building.decoded("dtstart") == JULY and "dtend" not in building


def test_deadlines_that_do_not_count_are_left_out(client: Client) -> None:
    ways = [way(JULY, label="Zu spät"), way(MAY - timedelta(days=1), label="Zu früh"), way(MIDNIGHT, label="Ruht")]
    procedure(
        procedure_list(), "Uferweg", phases=[phase(MAY, JUNE, ways=ways)],
        suspended_from=MIDNIGHT - timedelta(days=1), suspended_reason="Pause",
    )  # fmt: skip
    assert list(events(client)) == ["Uferweg: Mitreden"]


def test_while_a_procedure_is_suspended_what_it_stops_says_so_and_nothing_after_that_moment(client: Client) -> None:
    past, later = phase(MAY - timedelta(days=9), MAY, title="Ideen"), phase(JULY + timedelta(days=9), title="Bau")
    procedure(
        procedure_list(), "Uferweg", phases=[past, phase(MAY, title="Werkstatt", ways=[way(JULY)]), later],
        suspended_from=MIDNIGHT, suspended_until=JUNE, suspended_reason="Pause",
    )  # fmt: skip
    plain = ["Uferweg: Ideen", "Uferweg: Werkstatt", "Letzte Gelegenheit: Mitzeichnen (Uferweg)", "Uferweg: Bau"]
    marked = [plain[0], f"Ausgesetzt: {plain[1]}", f"Ausgesetzt: {plain[2]}", plain[3]]
    tags = []
    for moment, expected in (
        (MIDNIGHT - timedelta(seconds=1), plain), (MIDNIGHT, marked), (JUNE - timedelta(seconds=1), marked), (JUNE, plain),
    ):  # fmt: skip
        with time_machine.travel(moment, tick=False):
            assert list(events(client)) == expected, moment
            tags.append(client.get(f"{EXPORT}/procedure.ics").headers["ETag"])
    assert tags[0] != tags[1] and tags[2] != tags[3], "no cache keeps an answer past such a moment"


def test_the_page_leads_to_its_own_dates_and_news(client: Client) -> None:
    index = procedure_list()
    shore = procedure(index, "Uferweg", phases=[phase(MAY, JUNE, title="Ideen")])
    procedure(index, "Anderes", phases=[phase(MAY, JUNE)])
    html = client.get(shore.url).content.decode()
    [calendar] = re.findall(r'href="([^"]+)" type="text/calendar"', html)
    [feed] = re.findall(r'href="([^"]+)" type="application/atom\+xml"', html)
    assert list(events(client, unescape(calendar))) == ["Uferweg: Ideen"]
    words = b"".join(client.get(unescape(feed)).streaming_content).decode()
    assert "Uferweg" in words and "Anderes" not in words
    assert "text/calendar" not in client.get(procedure(index).url).content.decode()


def test_a_selection_of_everything_has_the_same_events(client: Client) -> None:
    procedure(procedure_list(), "Uferweg", phases=[phase(MAY, JUNE, title="Ideen")])
    news(news_list())
    assert list(events(client, f"{EXPORT}/records.ics")) == ["Uferweg: Ideen"]


def test_ten_cost_as_many_queries_as_one(client: Client) -> None:
    index, counts = procedure_list(), []
    for number in (1, 9):
        for _number in range(number):
            procedure(index, phases=[phase(MAY, JUNE, ways=[way(MIDNIGHT)])])
        with CaptureQueriesContext(connection) as asked:
            assert events(client)
        counts.append(len(asked))
    assert counts[0] == counts[1]
