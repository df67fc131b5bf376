"""An update round about what a procedure says in plain fields, formal ones too, and about the words of its phases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from procedures.round.answering import AnswerForm
from procedures.round.answers import DiscardChange
from procedures.round.asked import FORMAL
from tests.governance.office import open_office, person
from tests.infrastructure.database import Kept
from tests.procedures.factories import phase, procedure_list, way
from tests.procedures.test_round import begin, contact, fresh, only_request, published, where
from tests.procedures.test_round_parts import (
    BEGINS,
    BY_LETTER,
    END,
    IDEAS,
    ONLINE,
    asked,
    block,
    newest,
    opened,
    send,
    told,
    written,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

OFFICE = Kept()
LAW = {
    "form": "formal",
    "legal_basis": "§ 3 BauGB",
    "official_address": "Stadtplanung, Rathaus",
    "display_from": "2027-01-04",
    "display_until": "2027-02-04",
    "announcement": "Amtsblatt 1/2027",
}
LETTER, INTERNET = f"phases/{IDEAS}/ways/{BY_LETTER}", f"phases/{IDEAS}/ways/{ONLINE}"


@pytest.fixture(autouse=True)
def office(transactional_db: None) -> None:
    OFFICE.get(open_office)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 11, 30, 12, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def index() -> Any:
    return procedure_list()


def test_what_a_department_corrects_waits_in_a_draft_and_goes_back_when_it_is_discarded(
    index: Any, client: Client, clock: Any
) -> None:
    page = asked(index, title="Uferweg", **LAW)
    phases = written(page, "phases")
    changes = {
        "title": "Weg am Ufer",
        "affected": "Alle, die dort gehen.",
        "level": "",
        "no_participation_reason": "Die Bürgschaft verbietet es.",
        "initiator": "residents",
        "contributions": "1200",
        "suspended_from": "2027-03-01T00:00",
        "suspended_until": "2027-04-01T00:00",
        "suspended_reason": "Hochwasser.",
        "legal_basis": "§ 4 BauGB",
        "display_until": "2027-02-11",
        "announced_on": "2026-12-20",
        "announcement_url": "https://amtsblatt.example/1",
        f"phases/{IDEAS}/title": "Ideen nennen",
        f"phases/{IDEAS}/text": "Im Rathaus.\r\nUnd davor.",
        f"{LETTER}/label": "Postkarte schreiben",
        f"{LETTER}/place": "Rathaus, Zimmer 3",
        f"{INTERNET}/address": "https://mitreden.example/ufer",
    }
    assert send(client, opened(client, clock), **changes).status_code == 303
    assert set(only_request().changes) == set(changes)
    version = newest(page)
    assert (version.title, version.level, version.contributions) == ("Weg am Ufer", "", 1200)
    assert version.suspended_from == datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    assert (version.display_until, version.announced_on) == (date(2027, 2, 11), date(2026, 12, 20))
    assert (fresh(page).title, fresh(page).draft_title) == ("Uferweg", "Weg am Ufer")
    ideas = block(version, "phases", IDEAS)
    assert (ideas["title"], ideas["text"]) == ("Ideen nennen", "Im Rathaus.\r\nUnd davor.")
    by_letter, online = (one["value"] for one in ideas["ways"])
    assert (by_letter["label"], by_letter["place"]) == ("Postkarte schreiben", "Rathaus, Zimmer 3")
    assert (online["label"], online["address"]) == ("Mitzeichnen", "https://mitreden.example/ufer")
    assert len(told()) == len(changes), "each has a name of its own"
    assert ("1.200" in told()["Eingegangene Beiträge"][1]) and told()["Titel"] == ("Uferweg", "Weg am Ufer")
    assert told()["Phase „Ideen sammeln“: Titel der Phase"] == ("Ideen sammeln", "Ideen nennen")
    DiscardChange(person("anna"), only_request()).execute()
    assert newest(page).duties() == fresh(page).duties()
    assert (newest(page).title, fresh(page).draft_title, newest(page).affected) == ("Uferweg", "Uferweg", "")
    assert [one["value"]["title"] for one in written(newest(page), "phases")] == [
        one["value"]["title"] for one in phases
    ]


def test_points_are_written_line_by_line_and_one_that_stays_keeps_its_id(
    index: Any, client: Client, clock: Any
) -> None:
    page = asked(index, open_points=["Bänke", "Bäume"], fixed_points=["Die Brücke"])
    [_benches, trees] = written(page, "open_points")
    sent = opened(client, clock)
    assert (sent["open_points"], sent["adopted"]) == ("Bänke\nBäume", "")
    changes = {"open_points": "Farbe \r\n\r\n Bäume\r\n", "adopted": "Mehr\tLicht."}
    assert send(client, sent, **changes).status_code == 303
    assert only_request().changes == {"open_points": ["Farbe", "Bäume"], "adopted": ["Mehr Licht."]}
    assert told()["noch offen"] == ("Bänke\nBäume", "Farbe\nBäume")
    version = newest(page)
    assert [one["value"] for one in written(version, "open_points")] == ["Farbe", "Bäume"]
    assert trees["id"] and written(version, "open_points")[1] == trees
    assert written(version, "fixed_points") == written(page, "fixed_points")
    assert [one["value"] for one in written(fresh(page), "open_points")] == ["Bänke", "Bäume"]
    DiscardChange(person("anna"), only_request()).execute()
    assert newest(page).duties() == fresh(page).duties()


def test_what_the_page_says_stands_above_the_form(index: Any, client: Client) -> None:
    asked(index, affected="Wer dort wohnt.", contributions=7, **LAW)
    page = BeautifulSoup(client.get(where(only_request())).content, "html.parser")
    facts = page.select_one(".asked-facts").text
    for words in (
        "Wer dort wohnt.",
        "§ 3 BauGB",
        "4. Februar 2027",
        "Amtsblatt 1/2027",
        "An das Amt",
        "Brief schreiben",
    ):
        assert words in facts, words
    confirm = page.find("input", {"name": "answer", "value": "confirmed"})
    assert confirm.find_previous(class_="asked-facts") and confirm.find_next(id="changed")


def test_the_stages_of_the_project_stand_above_the_form(index: Any, client: Client) -> None:
    days = (("planning", "2026-11-14", ""), ("idea", "2026-05-01", "Ein Antrag."))
    asked(index, stages=[{"stage": stage, "since": day, "note": note} for stage, day, note in days])
    page = BeautifulSoup(client.get(where(only_request())).content, "html.parser")
    said = page.select_one(".asked-facts").get_text("\n", strip=True)
    assert "Idee seit 1. Mai 2026. Ein Antrag.\nin Planung seit 14. November 2026" in said


def test_moments_are_said_as_the_public_page_says_them(index: Any, client: Client, clock: Any) -> None:
    begins, ends = datetime(2027, 1, 3, 23, 0, tzinfo=UTC), datetime(2027, 1, 8, 23, 0, tzinfo=UTC)
    page = asked(index, phases=[phase(begins, ends, title="Ideen sammeln", ways=[way(ends)])])
    assert "4. Januar 2027 bis 8. Januar 2027" in client.get(page.url).content.decode()
    facts = BeautifulSoup(client.get(where(only_request())).content, "html.parser").select_one(".asked-facts").text
    assert "4. Januar 2027" in facts and facts.count("8. Januar 2027") == 2
    assert "9. Januar" not in facts and "00:00" not in facts
    sent = opened(client, clock)
    assert sent[f"phases/{IDEAS}/ends"] == "2027-01-09T00:00", "a form is exact"
    changes = {f"phases/{IDEAS}/begins": "2027-01-04T18:30", f"phases/{IDEAS}/ends": "2027-01-10T00:00"}
    assert send(client, sent, **changes).status_code == 303
    assert told()["Phase „Ideen sammeln“: Beginn"] == ("4. Januar 2027", "4. Januar 2027, 18:30 Uhr")
    assert told()["Phase „Ideen sammeln“: Ende"] == ("8. Januar 2027", "9. Januar 2027")


def test_amounts_are_shown_and_read_in_the_german_way(index: Any, client: Client, clock: Any) -> None:
    cost = {"cost_kind": "range", "cost_from": Decimal("1250.50"), "cost_to": Decimal(9000), "cost_basis": "Angebot"}
    page = asked(index, cost_on=date(2026, 1, 7), **cost)
    sent = opened(client, clock)
    assert (sent["cost_from"], sent["cost_to"]) == ("1.250,50", "9.000")
    assert 'id="id_cost_to_error"' in send(client, sent, cost_to="viel").content.decode()
    assert send(client, sent, cost_to="250.000").status_code == 303
    assert set(only_request().changes) == {"cost_to"}, "what nobody touched is no change"
    assert newest(page).cost_to == 250_000


def test_what_is_empty_is_named_once_below_its_section_and_its_block(index: Any, client: Client) -> None:
    asked(index, place="Am Fluss", cost_kind="unknown")
    page = BeautifulSoup(client.get(where(only_request())).content, "html.parser")
    facts = page.select_one(".asked-facts")
    assert all(one.text.strip() for one in facts.select("dd"))
    empty = [one.text for one in facts.select("p.muted")]
    [costs] = [words for words in empty if "worauf der Betrag beruht" in words]
    assert "Euro" in costs and "Beschreibung" not in costs
    phases = [heading for heading in facts.select("h4") if heading.text in {"Ideen sammeln", "Entwürfe bewerten"}]
    ends = ["Ende" in heading.find_next("p", class_="muted").text for heading in phases]
    assert ends == [False, True], "the second phase has no end"


def test_sentences_are_written_in_two_lines_and_kept_as_one(index: Any, client: Client, clock: Any) -> None:
    page = asked(index, title="Uferweg")
    form = BeautifulSoup(client.get(where(only_request())).content, "html.parser")
    for name in ("title", "brief_what", "brief_where", "brief_how"):
        control = form.find("textarea", {"name": name})
        assert (control["rows"], int(control["maxlength"]) >= 200) == ("2", True)
    sent = opened(client, clock)
    assert send(client, sent, brief_what="Der Weg \r\nwird breiter.\r\n", title="Weg am\nUfer").status_code == 303
    assert only_request().changes == {"brief_what": "Der Weg wird breiter.", "title": "Weg am Ufer"}
    assert newest(page).title == "Weg am Ufer"


def test_a_stage_that_lies_ahead_is_refused_in_words_for_departments(index: Any, client: Client, clock: Any) -> None:
    asked(index)
    answer = send(client, opened(client, clock), new_stage="building", new_stage_since="2027-01-05")
    said = BeautifulSoup(answer.content, "html.parser").find(id="id_new_stage_since_error").text
    assert "5. Januar 2027" in said and "Veröffentlichung" not in said and "publication" not in said


def test_what_the_law_asks_is_offered_of_formal_procedures_only(index: Any, client: Client, clock: Any) -> None:
    plain = asked(index)
    assert AnswerForm(page=plain).fields.keys().isdisjoint({*FORMAL, "form"})
    assert send(client, opened(client, clock), legal_basis="§ 1", form="formal").status_code == 200
    page = published(index, contact(), "Bebauungsplan", **LAW)
    assert AnswerForm(page=page).fields.keys() >= set(FORMAL) and "form" not in AnswerForm(page=page).fields


def test_a_page_that_became_formal_while_the_form_was_open_takes_the_answer(
    index: Any, client: Client, clock: Any
) -> None:
    page = asked(index)
    sent = opened(client, clock)
    version = newest(page)
    version.form = "formal"
    version.save_revision(user=person("anna"), clean=False).publish()
    assert send(client, sent, contributions="3").status_code == 303
    assert newest(page).form == "formal" and newest(page).contributions == 3


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": " "}, "title"),
        ({"level": ""}, "no_participation_reason"),
        ({"no_participation_reason": "Keine."}, "no_participation_reason"),
        ({"level": "ask"}, "level"),
        ({"initiator": ""}, "initiator"),
        ({"legal_basis": ""}, "legal_basis"),
        ({"display_until": "2027-01-03"}, "display_until"),
        ({"announcement_url": "amtsblatt"}, "announcement_url"),
        ({"suspended_from": "2027-03-01T00:00"}, "suspended_reason"),
        ({"suspended_until": "2027-03-01T00:00"}, "suspended_from"),
        (
            {"suspended_from": "2027-03-02T00:00", "suspended_until": "2027-03-01T00:00", "suspended_reason": "Eis."},
            "suspended_until",
        ),
        ({"contributions": "-1"}, "contributions"),
        ({"contributions": "99999999999999999999"}, "contributions"),
        ({"cost_kind": "amount", "cost_from": "-5", "cost_on": "2026-01-01", "cost_basis": "x"}, "cost_from"),
        ({"open_points": "Bänke\n" + "x" * 301}, "open_points"),
        ({"adopted": "a\x00b"}, "adopted"),
        ({f"phases/{IDEAS}/title": ""}, f"phases/{IDEAS}/title"),
        ({f"{LETTER}/place": ""}, f"{LETTER}/place"),
        ({f"{INTERNET}/address": ""}, f"{INTERNET}/place"),
        ({f"{INTERNET}/address": "hier"}, f"{INTERNET}/address"),
        ({f"{LETTER}/label": "x" * 61}, f"{LETTER}/label"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(
    sent: dict[str, str], field: str, index: Any, client: Client, clock: Any
) -> None:
    asked(index, **LAW)
    answer = send(client, opened(client, clock), **sent)
    found = BeautifulSoup(answer.content, "html.parser")
    assert [one["id"] for one in found.select(".field__error")] == [f"id_{field}_error"]
    assert only_request().answer == ""


def test_what_was_incomplete_before_hinders_nobody_who_did_not_touch_it(index: Any, client: Client, clock: Any) -> None:
    nowhere = phase(BEGINS, END, title="Ideen sammeln", ways=[way(address="", place="")])
    page = asked(index, phases=[nowhere], form="formal", level="", suspended_from=BEGINS, cost_kind="amount")
    known = written(page, "phases")[0]["value"]["ways"][0]["id"]
    sent = opened(client, clock)
    assert send(client, sent, affected="Alle.", **{f"phases/{IDEAS}/ways/{known}/label": "Komm"}).status_code == 303
    assert set(only_request().changes) == {"affected", f"phases/{IDEAS}/ways/{known}/label"}


def test_the_signed_values_of_a_large_procedure_stay_small(index: Any) -> None:
    """A dozen phases with three ways each, all texts as long as they may be."""
    chance = random.Random(20261130)
    words = ["Weg", "Ufer", "Anwohnende", "Beteiligung", "und", "die", "Stadtverwaltung", "im", "Frühjahr", "Entwurf"]

    def text(length: int) -> str:
        return " ".join(chance.choices(words, k=length))[:length].strip()

    ways = [way(END, label=text(60), place=text(300), address=f"https://x.example/{text(80)}") for _one in range(3)]
    large = [phase(BEGINS, END, title=text(100), text=text(600), result=text(1000), ways=ways) for _number in range(12)]
    page = published(index, contact(), phases=large, affected=text(500), **LAW)
    begin(page)
    basis = AnswerForm(page=page).initial["basis"]
    assert len(basis) < 64_000
