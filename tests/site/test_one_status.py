"""Whatever the phases and the moment: every exit that says how participation stands says what the one function says."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from hypothesis import example, given, settings
from openpyxl import load_workbook
from wagtail.models import Locale, Page, Site

from cms_blocks.publication.unit import unit
from procedures import wording
from procedures.edition.frozen import entries_of
from procedures.enums import Participation
from procedures.models import Edition, ProcedureIndexPage, ProcedurePage
from procedures.participation import Phase, Plan, participation_at, spans
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, street, way
from tests.procedures.outlines import outline
from tests.procedures.test_participation import JULY, JUNE, MOMENTS, PLANS, SITUATIONS
from tests.procedures.test_procedure import give
from tests.procedures.test_stairwell import words as words_on_paper
from tests.site.house import own
from website.models import HomePage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

#: The first words of each status in German, of which only the right one may stand in a text.
WORDS = {
    Participation.OPEN: r"Offen für Beteiligung|Mitmachen bis",
    Participation.PLANNED: r"Geplant",
    Participation.RUNNING: r"In Gang|Läuft",
    Participation.EVALUATING: r"In Auswertung",
    Participation.FINISHED: r"Abgeschlossen",
    Participation.SUSPENDED: r"Ausgesetzt",
    Participation.NONE: r"Ohne Beteiligung",
}
EXPORT = "/api/content/v1/export/procedure."
#: What a home page invites to; of everything else it says nothing.
INVITED = {Participation.OPEN, Participation.PLANNED}


@pytest.fixture
def shore(transactional_db: None) -> ProcedurePage:
    """The only procedure of a site: in a district with an outline, near a street, with a point."""
    with unit():
        site = Site.objects.get(is_default_site=True)
        site.root_page = Page.get_first_root_node().add_child(
            instance=HomePage(title="Start", slug="start", locale=Locale.get_default())
        )
        site.save()
        north = district(district_list(), outline=outline(2))
        page = procedure(
            procedure_list(), "Uferweg", slug="uferweg", districts=[north], latitude=52.4, longitude=13.05,
            listed_on="2026-01-07", phases=[phase(JUNE, JULY, ways=[way()])],
        )  # fmt: skip
    street(district="nord")
    return page


def body(client: Client, address: str, **query: str) -> bytes:
    answer = client.get(address, query)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]


def pills(client: Client, address: str, **query: str) -> set[str]:
    """The statuses that an HTML page shows, in lists, in the map and in its key."""
    html = body(client, address, **query).decode()
    return set(re.findall(r"(?:status|city-map__point)--(\w+)", html))


def told(client: Client, shore: ProcedurePage) -> dict[str, set[str]]:
    """Exit → the statuses it gives, each by a request of its own."""
    [row] = csv.DictReader(io.StringIO(body(client, f"{EXPORT}csv").decode("utf-8-sig")))
    [names, values] = load_workbook(io.BytesIO(body(client, f"{EXPORT}xlsx"))).active.values
    [feature] = json.loads(body(client, f"{EXPORT}geojson"))["features"]
    return {
        "page": pills(client, shore.url),
        "list": pills(client, "/verfahren/"),
        "map": pills(client, "/verfahren/", view="map"),
        "outcomes": pills(client, "/verfahren/", view="outcomes"),
        "district": pills(client, "/stadtteile/nord/"),
        "street": pills(client, own("my_street"), street="lindenstr"),
        "search of the API": {
            row["status"] for row in json.loads(body(client, "/api/content/v1/records/", q="uferweg"))["data"]
        },
        "edition": {entry.status for entry in entries_of(edition_of(shore), timezone.now())},
        "csv": {row["status"]},
        "xlsx": {str(dict(zip(names, values, strict=True))["status"])},
        "geojson": {feature["properties"]["status"]},
    }


def edition_of(shore: ProcedurePage) -> Edition:
    """One that is still being prepared: it takes what the list says now."""
    return Edition(index=ProcedureIndexPage.objects.get(), locale=shore.locale)


def in_words(client: Client, address: str) -> set[str]:
    text = words_on_paper(client.get(address))
    return {status for status, words in WORDS.items() if re.search(rf"\b(?:{words})\b", text)}


def chosen(client: Client, status: str) -> dict[str, bool]:
    """Exit that can be narrowed down to a status → whether it then has the procedure."""
    asked = {"status__in": status}
    return {
        "list": client.get("/verfahren/", {"status": status}).context["listing"].total == 1,
        "map": bool(pills(client, "/verfahren/", status=status, view="map")),
        "calendar": client.get("/verfahren/", {"status": status, "view": "calendar"}).context["listing"].total == 1,
        "ics": b"Uferweg" in body(client, f"{EXPORT}ics", **asked),
        "atom": b"<title>Uferweg</title>" in body(client, f"{EXPORT}atom", **asked),
        "csv": b"Uferweg" in body(client, f"{EXPORT}csv", **asked),
    }


def test_the_words_looked_for_on_paper_are_those_of_the_house() -> None:
    with translation.override("de"):
        for status, words in WORDS.items():
            assert re.match(words, wording.status_label(status)), status


def test_whatever_the_plan_every_exit_says_what_the_one_function_says(shore: ProcedurePage, client: Client) -> None:
    seen: set[str] = set()
    seen_in_calendar: set[str] = set()
    seen_on_notes: set[str] = set()

    @settings(max_examples=6, derandomize=True, deadline=None, database=None)
    @given(plan=PLANS, moment=MOMENTS)
    @example(SITUATIONS["suspended for some time"][0], JUNE)
    @example(SITUATIONS["the end of the phase"][0], JULY)
    @example(SITUATIONS["with a result"][0], JULY)
    @example(SITUATIONS["between two phases"][0], JULY)
    @example(SITUATIONS["not intended"][0], JUNE)
    def check(plan: Plan, moment: datetime) -> None:
        plan = give(shore, plan)
        edges = [span.since for span in spans(plan)[1:2]]
        for now in dict.fromkeys([moment, *edges]):
            expected = participation_at(plan, now)
            seen.add(expected)
            with time_machine.travel(now, tick=False):
                answers = told(client, shore)
                assert answers == {exit: {expected} for exit in answers}, now
                if now == moment:  # a sheet takes longer than a page
                    for paper in (f"{shore.url.rstrip('/')}.pdf", "/verfahren.pdf"):
                        assert in_words(client, paper) == {expected}, (now, paper)
                    for paper in ("/stadtteile/nord.pdf", f"{own('street_note')}?street=lindenstr"):
                        told_there = in_words(client, paper)  # what is over stands there no more
                        assert told_there == {expected} or not told_there | ({expected} & INVITED), (now, paper)
                        seen_on_notes.update(told_there)
                assert pills(client, "/") == ({expected} & INVITED), now
                dated = pills(client, "/verfahren/", view="calendar", month=f"{now:%Y-%m}")
                assert dated <= {expected}, now
                seen_in_calendar.update(dated)
                left_out = {exit for exit, has in chosen(client, expected).items() if not has}
                dates = any(one.begins or one.ends for one in plan.phases)
                assert left_out == (set() if dates else {"ics"}), now
                if now == moment:
                    [other, *_rest] = [word for word in Participation.values if word != expected]
                    assert not any(chosen(client, other).values()), now

    check()
    assert seen == set(Participation.values)
    assert len(seen_in_calendar) > 3
    assert seen_on_notes >= INVITED


def test_paper_promises_no_day_that_lies_in_a_suspension_the_office_knows_of(
    shore: ProcedurePage, client: Client
) -> None:
    """The page counts the days up to the suspension, since nobody knows when it ends."""
    begins, ends, rest = (datetime(2026, 6, day, 8, tzinfo=UTC) for day in (1, 30, 10))
    give(shore, Plan((Phase(begins, ends, (None,)),), suspended_from=rest))
    with time_machine.travel(datetime(2026, 6, 5, 8, tzinfo=UTC), tick=False):
        assert "noch 5 Tage" in body(client, shore.url).decode()
        assert "30. Juni" not in words_on_paper(client.get(f"{shore.url.rstrip('/')}.pdf")).partition("Mitzeichnen")[0]
