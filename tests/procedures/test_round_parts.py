"""An update round about parts of a page: times of phases and ways to take part, decisions, districts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from procedures.models import ProcedurePage, UpdateRequest, UpdateRound
from procedures.round.answering import AnswerForm
from procedures.round.answers import DiscardChange, MakeDraft
from procedures.round.desk import lines_of
from procedures.round.states import Outcome
from tests.governance.office import desk, open_office, person, submit
from tests.infrastructure.database import Kept
from tests.procedures.factories import district, district_list, phase, procedure_list, way
from tests.procedures.test_round import FROM_HERE, begin, contact, fresh, only_request, published, questions, where

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

OFFICE = Kept()
IDEAS, DRAFTS, CITY, BUILDING = "ideen", "entwuerfe", "rat", "bau"
BY_LETTER, ONLINE = "brief", "online"
ENDS, RESULT, DEADLINE = f"phases/{IDEAS}/ends", f"phases/{IDEAS}/result", f"phases/{IDEAS}/ways/{BY_LETTER}/deadline"
#: Neither the day on which a clock is put forward nor near one.
BEGINS, END = datetime(2027, 2, 1, 8, 0, tzinfo=UTC), datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
DECISION = {"reference": "", "text": "Der Entwurf wird gebaut.", "page": None, "address": ""}
NEW = {
    "new_decision_on": "2027-06-02",
    "new_decision_body": "Hauptausschuss",
    "new_decision_text": "Der Bau wird vergeben.",
}


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


def asked(index: Any, **fields: Any) -> ProcedurePage:
    """A public page with two phases and two decisions, about which a department is asked."""
    values = {"phases": [ideas(), phase(title="Entwürfe bewerten")], "decisions": decisions(), **fields}
    page = published(index, contact(), **values)
    known = {"phases": (IDEAS, DRAFTS), "decisions": (CITY, BUILDING)}
    for stream, ids in known.items():
        rows = getattr(page, stream).raw_data
        for place, known_id in enumerate(ids[: len(rows)]):
            rows[place] = {**rows[place], "id": known_id}
    page.save_revision(user=person("anna")).publish()
    begin(page)
    return fresh(page)


def ideas(**fields: Any) -> dict[str, Any]:
    by_letter = way(END, kind="letter", label="Brief schreiben", address="", place="An das Amt")
    ways = [{"type": "item", "value": one, "id": known} for one, known in ((by_letter, BY_LETTER), (way(), ONLINE))]
    return phase(BEGINS, END, title="Ideen sammeln", ways=ways, **fields)


def decisions() -> list[dict[str, Any]]:
    return [
        {"on": "2026-05-04", "body": "Stadtrat", **DECISION, "address": "https://rat.example/1"},
        {"on": "2027-05-04", "body": "Bauausschuss", **DECISION},
    ]


def on_screen(html: str) -> dict[str, Any]:
    """What a browser would send of the form in which something is changed, untouched."""
    form = BeautifulSoup(html, "html.parser").find("input", {"name": "answer", "value": "changed"}).find_parent("form")
    sent: dict[str, Any] = {}
    for control in form.select("input, select, textarea"):
        if control.name == "select":
            chosen = control.find("option", selected=True) or control.find("option")
            sent[control["name"]] = chosen["value"]
        elif control.name == "textarea":
            sent[control["name"]] = control.text.removeprefix("\n")
        elif control.get("type") != "checkbox":
            sent[control["name"]] = control.get("value", "")
        elif control.has_attr("checked"):
            sent.setdefault(control["name"], []).append(control.get("value", "on"))
    return sent


def opened(client: Client, clock: Any) -> dict[str, Any]:
    """The form as it is a minute after somebody has opened it."""
    sent = on_screen(client.get(where(only_request())).content.decode())
    clock.shift(timedelta(minutes=1))
    return sent


def send(client: Client, values: dict[str, Any], **changes: Any) -> Any:
    return client.post(where(only_request()), {**values, **changes}, headers=FROM_HERE)


def newest(page: Any) -> ProcedurePage:
    return fresh(page).get_latest_revision_as_object()


def written(page: ProcedurePage, stream: str) -> list[Any]:
    """What is stored in a stream, as it is."""
    return list(getattr(page, stream).raw_data)


def block(page: ProcedurePage, stream: str, known: str) -> Any:
    return next(one["value"] for one in written(page, stream) if one["id"] == known)


def draft(page: ProcedurePage, **streams: Any) -> ProcedurePage:
    """What an editor saves and nobody has published: streams as they are stored."""
    version = newest(page)
    for name, value in streams.items():
        setattr(version, name, json.dumps(value) if isinstance(value, list) else value)
    version.save_revision(user=person("anna"))
    return version


def told() -> dict[str, tuple[str, str]]:
    [line] = lines_of(UpdateRound.objects.get())
    return {one.label: (one.before, one.after) for one in line.differences}


# Saying


def test_times_of_phases_decisions_and_districts_wait_in_a_draft(index: Any, client: Client, clock: Any) -> None:
    places = district_list()
    north, south = district(places, "Nord"), district(places, "Süd")
    page = asked(index, districts=[north])
    public = {stream: written(page, stream) for stream in ("phases", "decisions")}
    sent = opened(client, clock)
    changes = {
        ENDS: "2027-03-15T18:30",
        DEADLINE: "2027-03-10T12:00",
        f"phases/{DRAFTS}/promised_on": "2027-09-01",
        f"phases/{DRAFTS}/result": "Erste Zeile.\r\nZweite.",
        f"decisions/{BUILDING}/on": "2027-05-11",
        "districts": [north.slug, south.slug],
        **NEW,
    }
    assert send(client, sent, **changes).status_code == 303
    request = only_request()
    assert set(request.changes) == {*changes} - {*NEW} | {"decisions/new"}
    assert request.outcome == Outcome.DRAFT
    for stream, before in public.items():
        assert written(fresh(page), stream) == before, "nothing is published unseen"

    version = newest(page)
    first, second = written(version, "phases")
    assert first["value"]["ends"] == "2027-03-15T18:30:00+01:00"
    kept, deadlines = public["phases"][0]["value"], [one["value"]["deadline"] for one in first["value"]["ways"]]
    assert deadlines == ["2027-03-10T12:00:00+01:00", None]
    undone = {**first["value"], "ends": kept["ends"], "ways": kept["ways"]}
    assert {**first, "value": undone} == public["phases"][0], "what nobody has touched is stored as it was"
    assert second["value"]["result"] == "Erste Zeile.\r\nZweite." and second["id"] == DRAFTS
    old, moved, added = written(version, "decisions")
    assert old == public["decisions"][0] and moved["value"] == {**public["decisions"][1]["value"], "on": "2027-05-11"}
    assert (added["value"]["body"], added["value"]["page"]) == ("Hauptausschuss", None) and added["id"]
    assert {row.district_id for row in version.districts.all()} == {north.pk, south.pk}

    assert list(told()) == [
        "Stadtteile",
        "Phase „Ideen sammeln“: Ende",
        "Phase „Ideen sammeln“: Frist („Brief schreiben“)",
        "Phase „Entwürfe bewerten“: Ergebnis zugesagt bis",
        "Phase „Entwürfe bewerten“: Ergebnis",
        "Beschluss „Bauausschuss, 4. Mai 2027“: Tag",
        "neuer Beschluss",
    ]
    assert told()["Phase „Ideen sammeln“: Ende"] == ("1. März 2027, 18:00 Uhr", "15. März 2027, 18:30 Uhr")
    assert told()["Stadtteile"] == ("Nord", "Nord, Süd")
    assert told()["neuer Beschluss"] == ("", "2. Juni 2027\nHauptausschuss\nDer Bau wird vergeben.")
    html = desk("anna").get(reverse("rounds:round", args=[request.letter.round_id])).content.decode()
    assert "Phase „Ideen sammeln“: Ende" in html and "15. März 2027, 18:30 Uhr" in html
    version.save_revision(user=person("anna")).publish()
    assert fresh(page).phases[0].value["ends"] == datetime(2027, 3, 15, 17, 30, tzinfo=UTC)
    assert only_request().outcome == Outcome.PUBLISHED


def test_the_whole_city_and_no_district_any_more(index: Any, client: Client, clock: Any) -> None:
    north = district(district_list(), "Nord")
    page = asked(index, districts=[north])
    sent = opened(client, clock)
    del sent["districts"]
    html = send(client, sent).content.decode()
    assert 'id="id_city_wide_error"' in html and only_request().answer == ""
    assert send(client, sent, city_wide="on").status_code == 303
    assert (newest(page).city_wide, newest(page).districts.count()) == (True, 0)
    assert told() == {"ganze Stadt": ("Nein", "Ja"), "Stadtteile": ("Nord", "")}
    DiscardChange(person("anna"), only_request()).execute()
    assert not newest(page).city_wide and [row.district_id for row in newest(page).districts.all()] == [north.pk]


def test_districts_that_are_added_stand_behind_all_others(index: Any, client: Client, clock: Any) -> None:
    places = district_list()
    first, gone, *new = (district(places, name) for name in ("Nord", "Süd", "Ost", "West"))
    page = asked(index, districts=[gone, first])
    assert send(client, opened(client, clock), districts=[one.slug for one in (first, *new)]).status_code == 303
    rows = [(row.sort_order, row.district_id) for row in newest(page).districts.all()]
    assert sorted(rows) == [(1, first.pk), (2, new[0].pk), (3, new[1].pk)]


def test_a_district_that_is_not_public_is_none_of_their_business(index: Any, client: Client, clock: Any) -> None:
    places = district_list()
    north, south, hidden = (district(places, name) for name in ("Nord", "Süd", "Geheim"))
    page = asked(index, districts=[hidden, north])
    hidden.unpublish()
    html = client.get(where(only_request())).content.decode()
    assert "Geheim" not in html
    assert send(client, opened(client, clock), districts=[south.slug]).status_code == 303
    assert {row.district_id for row in newest(page).districts.all()} == {hidden.pk, south.pk}


def test_what_comes_back_as_it_was_shown_is_no_change(index: Any, client: Client, clock: Any) -> None:
    """Seconds that no control shows, an hour that is there twice, and what today’s rules would refuse."""
    odd = phase(datetime(2026, 10, 25, 0, 30, 12, 345678, tzinfo=UTC), None, title="Nachts", ways=[way(BEGINS)])
    bad = {"on": "2026-05-04", "body": "", **DECISION, "text": "", "address": "rat"}
    north = district(district_list(), "Nord")
    lines = ideas(result="Eine Zeile.\nNoch eine. ")
    page = asked(index, phases=[odd, lines], decisions=[bad], districts=[north], next_steps="Erst.\nDann.")
    sent = opened(client, clock)
    assert sent[f"phases/{IDEAS}/begins"] == "2026-10-25T02:30"
    answer = send(client, sent)
    assert "Sie haben nichts geändert" in answer.content.decode()
    assert BeautifulSoup(answer.content, "html.parser").select("details[open].asked-block, .field__error") == []
    before = written(page, "phases")
    assert send(client, sent, **{f"phases/{DRAFTS}/result": "Neu."}).status_code == 303
    assert set(only_request().changes) == {f"phases/{DRAFTS}/result"}
    after = written(newest(page), "phases")
    assert (
        after[0] == before[0] and {**after[1], "value": {**after[1]["value"], "result": lines["result"]}} == before[1]
    )


def test_a_form_that_lost_its_fields_changes_nothing(index: Any, client: Client, clock: Any) -> None:
    asked(index, place="Am Fluss")
    sent = opened(client, clock)
    few = {name: sent[name] for name in ("token", "basis", "answer", "subject", "city_wide")}
    assert send(client, few, remark="Nur das.").status_code == 303
    assert only_request().changes == {} and only_request().outcome == Outcome.REMARK


def test_only_blocks_that_can_be_told_from_all_others_are_asked_about(index: Any, client: Client) -> None:
    page = asked(index, phases=[ideas(), ideas(), ideas()])
    rows = written(page, "phases")
    rows[1]["id"], rows[2]["id"] = IDEAS, "mit leerzeichen"
    bare = {**rows[0]["value"], "ways": [way(BEGINS)]}
    rows.append({"type": "phase", "value": bare, "id": "alt"})
    page.phases = json.dumps(rows)
    page.save()
    keys = [name for name in AnswerForm(page=fresh(page)).fields if name.startswith("phases/")]
    assert keys == [f"phases/alt/{name}" for name in ("title", "begins", "ends", "text", "promised_on", "result")]


def test_blocks_are_collapsed_until_something_is_wrong_in_them(index: Any, client: Client, clock: Any) -> None:
    asked(index)
    sent = opened(client, clock)
    page = BeautifulSoup(client.get(where(only_request())).content, "html.parser")
    titles = ["Ideen sammeln", "Entwürfe bewerten", "Stadtrat, 4. Mai 2026", "Bauausschuss, 4. Mai 2027"]
    assert [one.summary.text for one in page.select("details.asked-block")] == [*titles, "Ein neuer Beschluss"]
    assert page.select("details.asked-block[open]") == []
    page = BeautifulSoup(send(client, sent, **{ENDS: "2027-01-01T00:00"}).content, "html.parser")
    [wrong] = page.select("details.asked-block[open]")
    assert wrong.summary.text == "Ideen sammeln" and "liegt vor dem Beginn" in wrong.text
    [link] = page.select("[role=alert] a")
    assert link.text == "Phase „Ideen sammeln“: Ende" and page.find(id=link["href"][1:])["name"] == ENDS
    page = BeautifulSoup(send(client, sent, **{**NEW, "new_decision_on": ""}).content, "html.parser")
    assert [one.text for one in page.select("[role=alert] a")] == ["Ein neuer Beschluss: Tag"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({ENDS: "2027-01-31T10:00"}, ENDS),
        ({f"phases/{DRAFTS}/ends": "2027-05-01T10:00"}, f"phases/{DRAFTS}/begins"),
        ({f"phases/{IDEAS}/begins": ""}, f"phases/{IDEAS}/begins"),
        ({DEADLINE: "2027-03-01T18:01"}, ENDS),
        ({ENDS: "2027-02-20T18:00"}, ENDS),
        ({DEADLINE: "2027-02-01T09:00"}, f"phases/{IDEAS}/begins"),
        ({ENDS: "2027-03-28T02:30"}, ENDS),  # this hour is left out
        ({ENDS: "0207-03-28T12:30"}, ENDS),
        ({ENDS: "0001-01-01T00:00"}, ENDS),
        ({ENDS: "9999-12-31T23:59"}, ENDS),
        ({ENDS: "morgen"}, ENDS),
        ({RESULT: "x" * 1001}, RESULT),
        ({f"decisions/{CITY}/on": ""}, f"decisions/{CITY}/on"),
        ({f"decisions/{CITY}/on": "0026-05-04"}, f"decisions/{CITY}/on"),
        ({f"decisions/{CITY}/body": " "}, f"decisions/{CITY}/body"),
        ({f"decisions/{CITY}/address": "kein Link"}, f"decisions/{CITY}/address"),
        ({**NEW, "new_decision_on": ""}, "new_decision_on"),
        ({**NEW, "new_decision_text": ""}, "new_decision_text"),
        ({"new_decision_reference": "26/SVV/1"}, "new_decision_body"),
        ({**NEW, "new_decision_address": "kein Link"}, "new_decision_address"),
        ({"districts": ["nirgends"]}, "districts"),
        ({"city_wide": []}, "city_wide"),
    ],
)
def test_what_cannot_be_is_named_at_its_field_and_no_word_is_lost(
    sent: dict[str, Any], field: str, index: Any, client: Client, clock: Any
) -> None:
    district(district_list(), "Nord")
    asked(index)
    answer = send(client, opened(client, clock), remark="Bleibt stehen.", **sent)
    html = answer.content.decode()
    assert answer.status_code == 200 and f'id="id_{field}_error"' in html
    assert "Bleibt stehen." in html and only_request().answer == ""


def test_ticks_stay_when_the_form_comes_back(index: Any, client: Client, clock: Any) -> None:
    places = district_list()
    words = [district(places, name).slug for name in ("Nord", "Süd", "West")]
    asked(index)
    sent = opened(client, clock)
    clock.shift(timedelta(days=2))
    assert on_screen(send(client, sent, districts=words[:2]).content.decode())["districts"] == words[:2]


def test_a_decision_with_a_page_of_its_own_has_no_address(index: Any, client: Client, clock: Any) -> None:
    page = asked(index)
    sent = opened(client, clock)
    rows = written(newest(page), "decisions")
    rows[1]["value"]["page"] = page.get_parent().pk
    version = draft(page, decisions=rows)
    version.get_latest_revision().publish()
    html = send(client, sent, **{f"decisions/{BUILDING}/address": "https://rat.example/2"}).content.decode()
    assert f'id="id_decisions/{BUILDING}/address_error"' in html and only_request().answer == ""
    assert f"decisions/{BUILDING}/address" not in AnswerForm(page=fresh(page)).fields
    assert f"decisions/{CITY}/address" in AnswerForm(page=fresh(page)).fields


def test_the_basis_of_another_page_is_refused(index: Any, client: Client, clock: Any) -> None:
    page = asked(index)
    other = published(index, contact(), "Brücke", phases=[ideas(result="Fremd.")])
    sent = opened(client, clock)
    foreign = AnswerForm(page=other).initial["basis"]
    answer = send(client, {**sent, "basis": foreign}, **{RESULT: "Neu."})
    assert "unvollständig" in answer.content.decode() and only_request().answer == ""
    assert send(client, on_screen(answer.content.decode())).status_code == 303
    assert only_request().changes == {RESULT: "Neu."} and block(newest(page), "phases", IDEAS)["result"] == "Neu."


# Meanwhile


def test_what_an_editor_has_deleted_meanwhile_is_told_and_written_nowhere(
    index: Any, client: Client, clock: Any
) -> None:
    page = asked(index)
    sent = opened(client, clock)
    phases, decided = written(newest(page), "phases"), written(newest(page), "decisions")
    phases[0]["id"] = "neu"
    draft(page, phases=phases[:1], decisions=decided[:1])
    changes = {ENDS: "2027-04-01T10:00", DEADLINE: "2027-03-02T10:00", f"decisions/{BUILDING}/body": "Rat"}
    assert send(client, sent, **changes, place="Am Kanal").status_code == 303
    version = newest(page)
    assert (written(version, "phases"), written(version, "decisions")) == (phases[:1], decided[:1])
    assert version.place == "Am Kanal"
    [line] = lines_of(UpdateRound.objects.get())
    assert {one.label: one.is_gone for one in line.differences} == {
        "Ort": False,
        "Phase „Ideen sammeln“: Ende": True,
        "Phase „Ideen sammeln“: Frist („Brief schreiben“)": True,
        "Beschluss „Bauausschuss, 4. Mai 2027“: Gremium": True,
    }
    html = desk("anna").get(reverse("rounds:round", args=[line.letter.round_id])).content.decode()
    assert html.count("dort ist also nichts eingetragen") == 3
    DiscardChange(person("anna"), only_request()).execute()
    assert (written(newest(page), "phases"), newest(page).place) == (phases[:1], "")


def test_a_phase_that_is_not_public_any_more_is_told_too(index: Any, client: Client, clock: Any) -> None:
    page = asked(index)
    sent = opened(client, clock)
    draft(page, phases=written(page, "phases")[1:]).get_latest_revision().publish()
    confirmed = send(client, {**sent, "answer": "confirmed"})
    assert "gerade geändert" in confirmed.content.decode() and only_request().answer == ""
    assert send(client, sent, **{RESULT: "Neu."}).status_code == 303
    assert [one["id"] for one in written(newest(page), "phases")] == [DRAFTS]
    assert told() == {"Phase „Ideen sammeln“: Ergebnis": ("", "Neu.")}


def test_blocks_that_have_moved_are_found_and_a_conflict_is_named(index: Any, client: Client, clock: Any) -> None:
    page = asked(index)
    sent = opened(client, clock)
    rows = written(newest(page), "phases")
    rows[0]["value"] |= {"ends": "2027-03-20T10:00:00Z", "text": "Neu von mir."}
    rows[0]["value"]["ways"].reverse()
    draft(page, phases=rows[::-1])
    changes = {ENDS: "2027-04-01T10:00", DEADLINE: "2027-03-02T10:00"}
    assert send(client, sent, **changes).status_code == 303
    other, moved = written(newest(page), "phases")
    assert other == rows[1]
    assert (moved["value"]["ends"], moved["value"]["text"]) == ("2027-04-01T10:00:00+02:00", "Neu von mir.")
    assert [one["value"]["deadline"] for one in moved["value"]["ways"]] == [None, "2027-03-02T10:00:00+01:00"]
    [line] = lines_of(UpdateRound.objects.get())
    assert [one.draft for one in line.differences] == ["20. März 2027, 11:00 Uhr", None]


def test_a_change_of_parts_is_taken_out_and_what_editors_wrote_stays(index: Any, client: Client, clock: Any) -> None:
    page = asked(index)
    before = {stream: written(page, stream) for stream in ("phases", "decisions")}
    changes = {ENDS: "2027-04-01T10:00", RESULT: "Neu.", f"decisions/{CITY}/reference": "26/1", **NEW}
    assert send(client, opened(client, clock), **changes).status_code == 303
    rows = written(newest(page), "phases")
    rows[0]["value"] |= {"result": "Von mir.", "text": "Auch von mir."}
    draft(page, phases=rows)
    DiscardChange(person("anna"), only_request()).execute()
    assert written(newest(page), "decisions") == before["decisions"]
    first, second = written(newest(page), "phases")
    assert second == before["phases"][1]
    assert (first["value"]["result"], first["value"]["text"]) == ("Von mir.", "Auch von mir.")
    assert datetime.fromisoformat(first["value"]["ends"]) == END


def test_a_page_that_is_discarded_whole_is_as_public_as_before(index: Any, client: Client, clock: Any) -> None:
    page = asked(index)
    assert send(client, opened(client, clock), **{ENDS: "2027-04-01T10:00"}, **NEW).status_code == 303
    DiscardChange(person("anna"), only_request()).execute()
    assert not fresh(page).has_unpublished_changes
    assert newest(page).duties() == fresh(page).duties()


def test_a_change_that_waited_goes_into_what_is_the_newest_version_then(index: Any, client: Client, clock: Any) -> None:
    page = asked(index, half="joint")
    draft(page, lead="Zur Freigabe.")
    review = submit(fresh(page))
    assert send(client, opened(client, clock), **{ENDS: "2027-04-01T10:00"}).status_code == 303
    assert only_request().outcome == Outcome.WAITING
    with pytest.raises(ValidationError):
        MakeDraft(person("anna"), only_request()).execute()
    review.workflow_state.cancel(user=person("anna"))
    MakeDraft(person("anna"), only_request()).execute()
    assert newest(page).lead == "Zur Freigabe."
    assert newest(page).phases[0].value["ends"] == datetime(2027, 4, 1, 8, 0, tzinfo=UTC)


def test_an_answer_from_before_there_were_parts_still_works(index: Any, client: Client, clock: Any) -> None:
    page = asked(index, place="Am Fluss")
    clock.shift(timedelta(minutes=1))
    version = draft(page, place="Am Kanal")
    stage = {"stage": "building", "since": "2026-11-01", "note": "Es geht los."}
    version.stages.append(("stage", {**stage, "since": date(2026, 11, 1)}))
    request = only_request()
    old = {"changes": {"place": "Am Kanal", "no_field_any_more": "x"}, "shown": {"place": "Am Fluss"}, "stage": stage}
    UpdateRequest.objects.update(
        answer="changed",
        answered_at=timezone.now(),
        before={"place": "Am Fluss"},
        revision=version.save_revision(user=person("anna")),
        **old,
    )
    assert told() == {
        "Ort": ("Am Fluss", "Am Kanal"),
        "neuer Stand": ("", "in Umsetzung seit 1. November 2026. Es geht los."),
    }
    DiscardChange(person("anna"), request).execute()
    assert (newest(page).place, len(newest(page).stages)) == ("Am Fluss", 0)


def test_of_two_answers_at_once_one_is_in_the_draft(index: Any, client: Client, clock: Any) -> None:
    page = asked(index)
    sent, together, address = opened(client, clock), Barrier(2), where(only_request())

    def answer(day: str) -> int:
        try:
            together.wait()
            values = {**sent, ENDS: f"2027-04-{day}T10:00", **NEW}
            return Client().post(address, values, headers=FROM_HERE).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, ("01", "02"))) == [303, 409]
    kept = only_request().changes[ENDS]
    assert newest(page).phases[0].value["ends"] == datetime.fromisoformat(kept)
    assert len(newest(page).decisions) == 3


# Whatever is sent


def test_whatever_is_sent_nothing_breaks_and_only_what_was_offered_is_written(
    index: Any, client: Client, clock: Any
) -> None:
    chance = random.Random(20261130)
    places = district_list()
    words = [district(places, name).slug for name in ("Nord", "Süd")]
    page = asked(index)
    other = {"body", "title", "slug", "review_date", "level", "contact", "changes", "stages/x/since", "phases", "names"}
    sent = opened(client, clock)
    keys = [name for name in sent if name not in ("token", "basis", "answer", "subject")]
    strange = [
        *other, f"phases/{IDEAS}/title", f"phases/{IDEAS}/text", "phases/fremd/ends", f"phases/{IDEAS}/ways/x/deadline",
        f"phases/{IDEAS}/ways/{ONLINE}/label", f"decisions/{CITY}/page", "decisions/new", "stages/new", "districts",
    ]  # fmt: skip
    values = [
        "", " ", "x", "\x00", "\r\n", "2027-04-01", "2027-04-01T10:00", "0001-01-01T00:00", "0001-01-01",
        "9999-12-31T23:59:59.999999", "2027-03-28T02:30", "2027-10-31T02:30", "2027-04-01T10:00+23:59", "1e400", "-1",
        "NaN", "https://rat.example/", "javascript:alert(1)", "building", "range", "🐌" * 70, "on", *words, "{}", "[]",
    ]  # fmt: skip
    kept = fresh(page).to_json()
    statuses = set()
    for _number in range(150):
        chosen = chance.sample(keys, chance.randrange(6)) + chance.sample(strange, chance.randrange(4))
        changes = {key: [chance.choice(values) for _value in range(chance.choice((1, 1, 2)))] for key in chosen}
        left = {key: value for key, value in sent.items() if key in changes or chance.random() < 0.95}
        body = urlencode({**left, **changes}, doseq=True)
        kind = "application/x-www-form-urlencoded"
        answer = client.post(where(only_request()), body, content_type=kind, headers=FROM_HERE)
        statuses.add(answer.status_code)
        assert answer.status_code in {200, 303}, changes
        request = only_request()
        if request.answer:
            posted = {*left, *changes, "districts", "city_wide", "decisions/new"}  # ticks that are not sent are none
            assert request.changes.keys() <= {*sent, "districts", "decisions/new"} & posted
            before, after = json.loads(kept), json.loads(newest(page).to_json())
            assert {name for name in before if before[name] != after[name]} <= allowed(request), changes
            for stream in ("phases", "decisions"):
                assert_only(request, stream, written(page, stream), written(newest(page), stream))
            assert lines_of(request.letter.round)[0].outcome
            UpdateRequest.objects.update(
                answer="", answered_at=None, revision=None, changes={}, shown={}, before={}, stage={}, remark=""
            )
            fresh(page).save_revision(user=person("anna"))
    assert statuses == {200, 303}


def allowed(request: UpdateRequest) -> set[str]:
    heads = {key.partition("/")[0] for key in request.all_changes}
    return heads | {"latest_revision", "has_unpublished_changes", "latest_revision_created_at", "draft_title"}


def assert_only(request: UpdateRequest, stream: str, before: list[Any], after: list[Any]) -> None:
    """Every value that is not among the changes is stored as it was."""
    assert len(after) - len(before) == (f"{stream}/new" in request.changes)
    for one, other in zip(before, after, strict=False):
        changed = {key.split("/")[2] for key in request.changes if key.startswith(f"{stream}/{one['id']}/")}
        assert {name for name in one["value"] if one["value"][name] != other["value"][name]} <= changed


def test_the_pages_cost_the_same_with_ten_phases_and_ten_changes(index: Any, client: Client, clock: Any) -> None:
    def grown(number: int) -> list[int]:
        UpdateRound.objects.all().delete()
        page = published(index, contact(), f"Verfahren {number}", phases=[ideas() for _one in range(number)])
        begin(page)
        sent = opened(client, clock)
        form = questions(client, where(only_request()))
        changes = {name: "Neu." for name in sent if name.endswith("/result")}
        assert len(changes) == number
        assert send(client, sent, **changes).status_code == 303
        return [form, questions(desk("anna"), reverse("rounds:round", args=[only_request().letter.round_id]))]

    assert grown(1) == grown(10)
