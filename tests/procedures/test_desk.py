"""What the desk says of procedures, and what the public page admits: ending, without a result, late, stale, formal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms_blocks.desk.cards import card_for
from procedures.models import ProcedureIndexPage
from tests.governance.office import open_office, person
from tests.procedures.factories import phase, procedure, procedure_list, way

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

NOON = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def index(transactional_db: None) -> ProcedureIndexPage:
    open_office()
    return procedure_list()


def lines(card: str, name: str = "anna") -> dict[str, str]:
    found = card_for(person(name), card)
    assert found is not None
    return {entry.title: entry.note for entry in found.entries(found.rows())}


def test_what_ends_this_week_and_what_has_no_result_yet_are_on_one_card(index: ProcedureIndexPage) -> None:
    def plan(title: str, begins: datetime, ends: datetime, **fields: str) -> None:
        procedure(index, title, phases=[phase(begins, ends, ways=[way()], **fields)])

    plan("Endet bald", NOON - DAY, NOON + 7 * DAY)
    procedure(index, "Frist vorbei", phases=[phase(NOON - DAY, NOON + 2 * DAY, ways=[way(NOON - timedelta(hours=1))])])
    plan("Endet später", NOON - DAY, NOON + 7 * DAY + timedelta(minutes=1))
    plan("Ohne Ergebnis", NOON - 9 * DAY, NOON - DAY, promised_on="2026-07-01")
    plan("Ohne Zusage", NOON - 9 * DAY, NOON - DAY)
    plan("Mit Ergebnis", NOON - 9 * DAY, NOON - DAY, result="Es gibt Bänke.")
    with time_machine.travel(NOON, tick=False):
        found = lines("ending")
    assert set(found) == {"Endet bald", "Frist vorbei", "Ohne Ergebnis", "Ohne Zusage"}
    assert found["Endet bald"] == "endet am 17. Juni 2026, 12:00 Uhr"
    assert found["Ohne Ergebnis"] == "beendet; Ergebnis bis 1. Juli 2026 versprochen"


def test_a_promise_is_late_when_its_day_is_over(index: ProcedureIndexPage) -> None:
    for title, promised in (("Gestern", "2026-06-09"), ("Heute", "2026-06-10")):
        procedure(index, title, phases=[phase(NOON - 9 * DAY, NOON - 5 * DAY, ways=[way()], promised_on=promised)])
    with time_machine.travel(NOON, tick=False):
        assert set(lines("late-results")) == {"Gestern"}


def test_the_cards_are_for_those_who_may_change_a_procedure(index: ProcedureIndexPage) -> None:
    assert card_for(person("anna"), "ending") is None
    procedure(index)
    for name in ("anna", "carla", "admin"):
        assert card_for(person(name), "ending") is not None and card_for(person(name), "late-results") is not None
    for name in ("board", "translator", "nobody"):
        assert card_for(person(name), "ending") is None


def test_ten_cost_as_many_queries_as_one(index: ProcedureIndexPage) -> None:
    def asked() -> list[int]:
        counts = []
        for card in ("ending", "late-results"):
            with CaptureQueriesContext(connection) as queries:
                lines(card)
            counts.append(len(queries))
        return counts

    late = [phase(-9, -5, ways=[way()], promised_on="2026-01-01")]
    procedure(index, phases=late)
    lines("ending")
    few = asked()
    for _ in range(9):
        procedure(index, phases=late)
    assert len(lines("late-results")) == 10
    assert asked() == few


def test_the_public_page_says_that_nobody_has_checked_it_in_time(index: ProcedureIndexPage, client: Client) -> None:
    plan = procedure(index, review_date="2026-06-10")
    words = "sollten bis"
    with time_machine.travel(NOON, tick=False):
        before = client.get(plan.url)
        assert words not in before.content.decode() and "Nächste Prüfung" in before.content.decode()
    with time_machine.travel(NOON + DAY, tick=False):
        after = client.get(plan.url, headers={"If-None-Match": before.headers["ETag"]})
        assert words in after.content.decode() and "10. Juni 2026" in after.content.decode()


def test_a_formal_procedure_says_where_and_when_it_is_displayed(index: ProcedureIndexPage, client: Client) -> None:
    plan = procedure(
        index, form="formal", legal_basis="§ 3 BauGB", official_address="Amt\n00000 Musterstadt", display_from="2026-03-02",
        display_until="2026-04-02", announcement="Amtsblatt 7", announced_on="2026-02-20",
        announcement_url="https://amtsblatt.example/7",
    )  # fmt: skip
    page = client.get(plan.url).content.decode()
    for words in (
        "2. März 2026 bis 2. April 2026",
        "Amtsblatt 7",
        "20. Februar 2026",
        'href="https://amtsblatt.example/7"',
    ):
        assert words in page
    [row] = client.get("/api/content/v1/procedures/", {"fields": "*"}).json()["data"]
    assert (row["document"]["display_from"], row["document"]["announcement"]) == ("2026-03-02", "Amtsblatt 7")
    plan.display_until = plan.display_from - DAY
    with pytest.raises(Exception, match="display_until"):
        plan.full_clean()


def test_a_decision_leads_to_its_resolution_if_that_is_public(index: ProcedureIndexPage, client: Client) -> None:
    other = procedure(index, "Der Beschluss", slug="beschluss")
    taken = {"on": "2026-01-07", "body": "Rat", "reference": "", "text": "Ja."}
    plan = procedure(
        index,
        decisions=[
            {**taken, "page": other.pk, "address": ""},
            {**taken, "page": None, "address": "https://rat.example/1"},
            taken,
        ],
    )
    page = client.get(plan.url).content.decode()
    assert f'href="{other.url}"' in page and 'href="https://rat.example/1"' in page
    assert page.count("Beschluss lesen") == 2
    other.unpublish()
    assert client.get(plan.url).content.decode().count("Beschluss lesen") == 1
