"""After its end a way to take part says when it ended and where the result stands, also while its phase goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext

from procedures.participation import Phase as Time
from procedures.presentation import Way, phase_of
from tests.procedures.factories import phase, procedure, procedure_list, way

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVALUATED = "Die Beiträge werden ausgewertet."


def told(*deadlines: datetime | None, ends: datetime | None = None, result_at: str = "", **fields: Any) -> list[Way]:
    """The ways of a phase that began a week ago."""
    ways = [{"kind": "online", "label": "Mitzeichnen", "address": "", "place": "-", "deadline": at} for at in deadlines]
    value = {"title": "-", "text": "", "ways": ways, "promised_on": None, "result": "", **fields}
    time = Time(NOW - timedelta(days=7), ends, deadlines, bool(value["result"]))
    return phase_of({**value, "begins": time.begins, "ends": ends}, time, NOW, result_at=result_at).ways


@pytest.mark.parametrize("ends", [None, NOW + 9 * HOUR, NOW - HOUR], ids=["open-ended", "running", "over"])
def test_a_way_that_has_ended_says_where_the_result_stands(ends: datetime | None) -> None:
    [ended] = told(NOW - 2 * HOUR, ends=ends)
    assert (ended.until, ended.standing) == ("endete am 15. Juni 2026, 12:00 Uhr", EVALUATED)
    [promised] = told(NOW - 2 * HOUR, ends=ends, promised_on=NOW.date())
    assert promised.standing == f"{EVALUATED} Das Ergebnis lesen Sie hier bis zum 15. Juni 2026."
    [late] = told(NOW - 2 * HOUR, ends=ends, promised_on=NOW.date() - timedelta(days=1), result_at="outcome")
    assert late.standing == "Das Ergebnis war bis zum 14. Juni 2026 zugesagt und verspätet sich."
    assert not late.result_at, "what other phases brought is no answer to a promise"
    [known] = told(NOW - 2 * HOUR, ends=ends, result="Es gibt Bänke.", promised_on=NOW.date(), result_at="result-1")
    assert (known.standing != "", known.result_at) == (True, "result-1")


def test_a_way_of_one_day_is_on_that_day_and_not_until_it() -> None:
    value = {"title": "-", "text": "", "promised_on": None, "result": ""}
    event = {"kind": "event", "label": "Fest", "address": "", "place": "Kai", "deadline": None}
    morning = datetime(2026, 6, 19, 22, tzinfo=UTC)  # midnight in the city
    for begins, ends, words, day in (
        (morning, morning + 24 * HOUR, "on {moment}", "20. Juni 2026"),
        (morning, morning + 18 * HOUR, "until {moment}", "20. Juni 2026, 18:00 Uhr"),
        (NOW, morning + 24 * HOUR, "until {moment}", "20. Juni 2026"),
    ):
        time = Time(begins, ends, (None,), False)
        [way] = phase_of({**value, "ways": [event], "begins": begins, "ends": ends}, time, NOW).ways
        assert way.until == gettext(words).format(moment=day)


def test_a_way_that_has_not_ended_says_nothing_of_a_result() -> None:
    for deadline in (None, NOW + HOUR):
        [open_way] = told(deadline, promised_on=NOW.date(), result_at="outcome")
        assert (open_way.is_open, open_way.standing, open_way.result_at) == (True, "", "")
    assert [one.standing for one in told(NOW, NOW + timedelta(microseconds=1))] == [EVALUATED, ""]


@pytest.mark.django_db
def test_the_page_leads_from_an_ended_way_to_the_result_of_its_phase(client: Client) -> None:
    index = procedure_list()
    half_over = [way(-1, label="Brief"), way(3)]
    phases = [phase(-9, -8, ways=[way()], result="Es gibt Bänke."), phase(-5, None, ways=half_over)]
    procedure(index, "Uferweg", slug="uferweg", phases=phases)
    html = client.get("/verfahren/uferweg/").content.decode()
    assert html.count('href="#result-1"') == html.count('id="result-1"') == 1
    assert html.count(EVALUATED) == 1, "one of the two ways of the phase that goes on has ended"


@pytest.mark.django_db
def test_an_ended_way_leads_to_what_came_of_the_whole_procedure(client: Client) -> None:
    ended = [phase(-9, -8, ways=[way()])]
    procedure(procedure_list(), "Uferweg", slug="uferweg", phases=ended, adopted=["Mehr Bänke"])
    html = client.get("/verfahren/uferweg/").content.decode()
    assert html.count('href="#outcome"') == html.count('id="outcome"') == 1 and EVALUATED not in html
