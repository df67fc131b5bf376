"""The calendar shows the same selection as the list, by months, without scripts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from procedures.months import month_from
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list

JUNE = date(2030, 6, 1)


def day(month: int, number: int, hour: int = 12) -> datetime:
    return datetime(2030, month, number, hour, tzinfo=UTC)


def titles(page: Any) -> dict[str, list[str]]:
    return {
        month.label: [entry.record.title for entry in month.entries]
        for month in page.context["listing"].calendar.months
    }


@pytest.mark.parametrize(
    ("text", "first"),
    [("", JUNE), ("2031-02", date(2031, 2, 1)), ("2031-13", None), ("2031-2", None), ("0000-01", None), ("x", None)],
)
def test_only_a_month_is_a_month(text: str, first: date | None) -> None:
    assert month_from(text, date(2030, 6, 17)) == first


@pytest.mark.django_db
def test_each_month_has_what_meets_it(client: Client) -> None:
    index = procedure_list()
    procedure(index, "Vorher", phases=[phase(day(4, 1), day(5, 31))])
    procedure(index, "Bis zur Grenze", phases=[phase(day(5, 1), day(5, 31, 22))])  # midnight in the office's time zone
    procedure(index, "Darüber hinaus", phases=[phase(day(5, 20), day(7, 2))])
    procedure(index, "Ohne Ende", phases=[phase(day(7, 5))])
    procedure(index, "Ohne Termin", phases=[phase()])
    page = client.get("/verfahren/", {"view": "calendar", "month": "2030-06"})
    assert titles(page) == {
        "Juni 2030": ["Darüber hinaus"],
        "Juli 2030": ["Darüber hinaus", "Ohne Ende"],
        "August 2030": ["Ohne Ende"],
    }
    words = page.content.decode()
    assert "view=calendar&amp;month=2030-03" in words and "view=calendar&amp;month=2030-09" in words


@pytest.mark.django_db
def test_filters_stay_from_view_to_view(client: Client) -> None:
    index, places = procedure_list(), district_list()
    here = district(places, "Nord")
    procedure(index, "Im Norden", districts=[here], phases=[phase(day(6, 3), day(6, 9))])
    procedure(index, "Überall", phases=[phase(day(6, 3), day(6, 9))])
    asked = {"view": "calendar", "month": "2030-06", "district": "nord", "sort": "title"}
    page = client.get("/verfahren/", asked)
    assert titles(page)["Juni 2030"] == ["Im Norden"]
    form = page.content.decode().partition('class="wrap with-facets"')[2]
    assert '<select class="input"' not in form, "months have an order of their own"
    for name in ("month", "sort"):  # another facet keeps them
        assert form.count(f'<input type="hidden" name="{name}" value="{asked[name]}">') == 1
    as_list = page.context["listing"].views[0].href
    again = client.get("/verfahren/" + as_list.partition("#")[0])
    assert [card.record.title for card in again.context["listing"].cards] == ["Im Norden"]


@pytest.mark.django_db
def test_what_no_month_shows_is_said_and_stands_in_the_list(client: Client) -> None:
    index, places = procedure_list(), district_list()
    here = district(places, "Nord")
    procedure(index, "Mit Termin", districts=[here], phases=[phase(day(6, 3), day(6, 9))])
    for title in ("Bald", "Irgendwann"):
        procedure(index, title, districts=[here], phases=[phase()])
    procedure(index, "Woanders und ohne Termin")
    page = client.get("/verfahren/", {"view": "calendar", "month": "2030-06", "district": "nord"})
    undated = page.context["listing"].undated
    assert undated.label.startswith("2 ") and undated.label in page.content.decode()
    as_list = client.get("/verfahren/" + undated.href.partition("#")[0])
    listing = as_list.context["listing"]
    assert {card.record.title for card in listing.cards} == {"Bald", "Irgendwann"} and listing.total == 2
    assert 'name="dates" value="none"' in as_list.content.decode()  # another facet keeps it
    files = [way_out.href for way_out in listing.exits if "csv" in way_out.href]
    [table] = [b"".join(client.get(href).streaming_content).decode() for href in files]
    assert "Bald" in table and "Mit Termin" not in table
    without = client.get("/verfahren/" + listing.chips[0].href).context["listing"]
    assert without.total == 3
    everything = client.get("/verfahren/", {"view": "calendar", "dates": "some"}).context["listing"]
    assert everything.total == 4 and "some" in " ".join(everything.ignored)


@pytest.mark.django_db
def test_nonsense_is_left_out_and_said(client: Client) -> None:
    procedure(procedure_list(), phases=[phase(day(6, 3), day(6, 9))])
    page = client.get("/verfahren/", {"view": "calendar", "month": "2030-99"})
    assert page.status_code == 200 and "2030-99" in " ".join(page.context["listing"].ignored)
    page = client.get("/verfahren/", {"view": "globe"})
    assert page.context["listing"].calendar is None and "globe" in " ".join(page.context["listing"].ignored)
    first = client.get("/verfahren/", {"view": "calendar", "month": "1990-01"}).context["listing"]
    last = client.get("/verfahren/", {"view": "calendar", "month": "2100-12"}).context["listing"]
    assert (first.before, last.after) == ("", "") and first.after and last.before


@pytest.mark.django_db
def test_ten_procedures_cost_as_many_queries_as_one(client: Client) -> None:
    index, costs = procedure_list(), []
    for number in (1, 9):
        for _ in range(number):
            procedure(index, phases=[phase(day(6, 3), day(8, 9))])
        client.get("/verfahren/", {"view": "calendar", "month": "2030-06"})
        with CaptureQueriesContext(connection) as queries:
            client.get("/verfahren/", {"view": "calendar", "month": "2030-06", "number": str(number)})
        costs.append(len(queries))
    assert costs[0] == costs[1]
