"""An update round: who is asked, what a department sees and may say, and what becomes of it. Mail leaves by SMTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext
from wagtail.models import ModelLogEntry, PageLogEntry

from cms_blocks.models import Contact, Office, PublicRecord
from cms_blocks.publication import outbox
from cms_blocks.publication.unit import unit
from procedures.models import ProcedurePage, UpdateLetter, UpdateRequest, UpdateRound
from procedures.round import department, links
from procedures.round.actions import CloseRound, ReissueLink, RemindRound, SendRound
from procedures.round.answers import FRESH, DiscardChange, MakeDraft
from procedures.round.choice import candidates
from procedures.round.desk import lines_of
from procedures.round.reminders import remind_rounds
from procedures.round.states import Outcome, State
from tests.cms_blocks.publication.test_mail import Postbox, serving
from tests.governance.office import desk, open_office, person, submit
from tests.infrastructure.database import Kept
from tests.procedures.factories import district, district_list, procedure, procedure_list

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

OFFICE = Kept()
#: What a browser of today says about a form of this site, also where no address is passed on.
FROM_HERE = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
EMAIL = "amt@stadt.example"


@pytest.fixture(autouse=True)
def office(transactional_db: None) -> None:
    OFFICE.get(open_office)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with serving(Postbox()) as box:
        yield box


@pytest.fixture
def index() -> Any:
    return procedure_list()


def contact(name: str = "Tiefbauamt", email: str = EMAIL) -> Contact:
    from wagtail.models import Locale

    return Contact.objects.create(name=name, email=email, locale=Locale.get_default())


def published(index: Any, who: Contact | None, title: str = "Uferweg", **fields: Any) -> ProcedurePage:
    page = procedure(index, title, contact=who, **fields)
    page.save_revision(user=person("anna")).publish()
    return fresh(page)


def fresh(page: Any) -> ProcedurePage:
    return ProcedurePage.objects.get(pk=page.pk)


def begin(*pages: Any, days: int = 21, user: str = "anna", **fields: Any) -> UpdateRound:
    values = {"title": "Vorhabenliste", "message": "Bitte sehen Sie alles durch.", **fields}
    deadline = timezone.localdate() + timedelta(days=days)
    return SendRound(person(user), deadline=deadline, page_ids=[page.pk for page in pages], **values).execute()


def deliver() -> list[bool]:
    """Whether each mail that is due has left."""
    return [outbox.deliver(one) for one in outbox.claim(limit=500) if one.topic == "mail.send"]


def link_in(message: Any) -> str:
    """The path of the link in a mail."""
    [address] = re.findall(r"https?://\S+", message.get_content())
    return urlsplit(address).path


def only_request() -> UpdateRequest:
    return UpdateRequest.objects.get()


def where(request: UpdateRequest) -> str:
    return reverse("update_round_answer", args=[links.token_for(request.letter), request.pk])


def filled(client: Client, address: str, clock: Any, **changes: str) -> dict[str, str]:
    """What somebody sends a minute after opening the form, who has changed these fields."""
    html = client.get(address).content.decode()
    form = html[html.index('value="changed"') :]
    values = {name: re.findall(rf'name="{name}" value="([^"]*)"', form)[0] for name in ("token", "basis")}
    page = ProcedurePage.objects.get(
        pk=UpdateRequest.objects.get(pk=int(address.rstrip("/").rpartition("/")[2])).page_id
    )
    from procedures.round.asked import ANSWERABLE

    for name in ANSWERABLE:
        value = getattr(page, name)
        values[name] = "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
    clock.shift(timedelta(minutes=1))
    return {**values, "answer": "changed", "subject": "", "new_stage": "", "remark": "", **changes}


def confirm(client: Client, request: UpdateRequest, clock: Any) -> Any:
    address = where(request)
    values = filled(client, address, clock)
    sent = {"answer": "confirmed", "token": values["token"], "basis": values["basis"], "subject": ""}
    return client.post(address, sent, headers=FROM_HERE)


def change(client: Client, request: UpdateRequest, clock: Any, **changes: str) -> Any:
    address = where(request)
    return client.post(address, filled(client, address, clock, **changes), headers=FROM_HERE)


# Asking


def test_every_contact_gets_one_mail_about_all_of_theirs(index: Any, postbox: Postbox) -> None:
    roads, parks = contact(), contact("Grünflächenamt", "gruen@stadt.example")
    pages = [published(index, who, title) for who, title in ((roads, "Uferweg"), (roads, "Brücke"), (parks, "Park"))]
    Office.objects.update(email="buero@stadt.example")
    begun = begin(*pages)
    assert postbox.messages == []
    assert deliver() == [True, True]
    first, second = sorted(postbox.messages, key=lambda message: message["To"])
    assert (first["To"], second["To"]) == (EMAIL, "gruen@stadt.example")
    text = first.get_content()
    assert "- Uferweg" in text and "- Brücke" in text and "Park" not in text
    assert "Bitte sehen Sie alles durch." in text and "Guten Tag" in text
    assert begun.letters.count() == 2
    assert ModelLogEntry.objects.get(action="procedures.round.send").user == person("anna")


def test_who_cannot_be_asked_is_named_and_nothing_is_sent(index: Any, postbox: Postbox) -> None:
    mute, nobody, asked = (
        published(index, who, title)
        for who, title in ((contact("Amt", ""), "Stumm"), (None, "Leer"), (contact(), "Weg"))
    )
    with pytest.raises(ValidationError, match="Leer, Stumm|Stumm, Leer"):
        begin(mute, nobody, asked)
    assert not UpdateRound.objects.exists() and not UpdateLetter.objects.exists()
    assert deliver() == []
    page = desk("anna").get(reverse("rounds:add")).content.decode()
    assert page.index("Stumm") < page.index('name="page"')
    assert reverse("wagtailadmin_pages:edit", args=[mute.pk]) in page
    assert f'name="page" value="{mute.pk}"' not in page and f'name="page" value="{asked.pk}"' in page


def test_only_what_is_public_can_be_asked_about(index: Any) -> None:
    draft = published(index, contact())
    draft.unpublish()
    with pytest.raises(ValidationError):
        begin(draft)
    with pytest.raises(ValidationError):
        begin()
    with pytest.raises(ValidationError) as refused:
        begin(published(index, contact()), days=0)
    assert set(refused.value.message_dict) == {"deadline"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"Nord", "Süd"}),
        ({"half": "carrier"}, {"Süd"}),
        ({"district": "nord"}, {"Nord"}),
        ({"district": "city-wide"}, {"Süd"}),
        ({"stage": "building"}, {"Süd"}),
        ({"area": "Verkehr"}, {"Nord"}),
        ({"area": "Verkehr", "half": "carrier"}, set()),
    ],
)
def test_procedures_are_chosen_by_half_district_stage_and_business_area(
    wanted: dict[str, str], found: set[str], index: Any
) -> None:
    north = district(district_list(), "Nord")
    who = contact()
    published(index, who, "Nord", districts=[north], business_area="Verkehr", half="administration")
    stages = [{"stage": "building", "since": "2026-01-01", "note": ""}]
    published(index, who, "Süd", business_area="Grün", half="carrier", stages=stages)
    assert {one.title for one in candidates(person("anna"), wanted=wanted)} == found
    page = desk("anna").get(reverse("rounds:add"), wanted).content.decode()
    assert {title for title in ("Nord", "Süd") if f"<span>{title}</span></label>" in page} == found
    assert '<option value="city-wide"' in page


@pytest.mark.parametrize("name", ["board", "translator", "easy", "nobody"])
def test_nobody_else_runs_a_round(name: str, index: Any) -> None:
    page = published(index, contact())
    with pytest.raises(PermissionDenied):
        begin(page, user=name)
    round = begin(page)
    for action in (RemindRound, CloseRound):
        with pytest.raises(PermissionDenied):
            action(person(name), round).execute()
    with pytest.raises(PermissionDenied):
        ReissueLink(person(name), round.letters.get()).execute()


# The link


def test_a_link_shows_only_its_own_procedures_and_is_kept_to_oneself(
    index: Any, client: Client, postbox: Postbox
) -> None:
    begin(published(index, contact(), "Uferweg"), published(index, contact("Anderes", "x@stadt.example"), "Fremdes"))
    deliver()
    [own] = [message for message in postbox.messages if message["To"] == EMAIL]
    answer = client.get(link_in(own))
    html = answer.content.decode()
    assert answer.status_code == 200 and "Uferweg" in html and "Fremdes" not in html
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"] and "noindex" in html
    assert not answer.cookies
    # Nothing on the page carries the secret further than to the page itself.
    token = link_in(own).split("/")[-2]
    links_out = set(re.findall(r'(?:href|content)="([^"]*)"', html))
    assert {link for link in links_out if token in link} == {where(UpdateRequest.objects.get(page__title="Uferweg"))}
    foreign = UpdateRequest.objects.get(page__title="Fremdes")
    assert client.get(f"{link_in(own)}{foreign.pk}/").status_code == 404


def test_what_is_not_public_any_more_is_not_found_and_the_link_is_kept_to_oneself(index: Any, client: Client) -> None:
    left = published(index, contact(), "Uferweg")
    begin(left, published(index, Contact.objects.get(), "Brücke"))
    address = where(UpdateRequest.objects.get(page=left))
    left.unpublish()
    answer = client.get(address)
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "private, no-store")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Uferweg" not in html and "Brücke" in html
    here = where(UpdateRequest.objects.exclude(page=left).get())
    token = here.split("/")[2]
    assert {link for link in re.findall(r'(?:href|content|value)="([^"]*)"', html) if token in link} == {here}


def test_a_procedure_that_is_deleted_while_the_answer_comes_is_not_found(
    index: Any, client: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = published(index, contact(), place="Am Fluss")
    begin(page)
    address = where(only_request())
    values = filled(client, address, clock, place="Am Kanal")

    def meanwhile(request: Any) -> bool:
        fresh(page).delete()
        return True

    monkeypatch.setattr(department, "sent_from_here", meanwhile)
    answer = client.post(address, values, headers=FROM_HERE)
    assert answer.status_code == 404 and "Uferweg" not in answer.content.decode()


def test_a_link_that_was_tampered_with_is_not_found(index: Any, client: Client) -> None:
    begin(published(index, contact()))
    letter = UpdateLetter.objects.get()
    token = links.token_for(letter)
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        signing.Signer(salt="another").sign_object([letter.pk, letter.nonce]),
        signing.Signer(key="another key", salt=links.SALT).sign_object([letter.pk, letter.nonce]),
        signing.Signer(salt=links.SALT).sign_object([letter.pk + 1, letter.nonce]),
        signing.Signer(salt=links.SALT).sign_object("x"),
        "x",
    ]
    for wrong in forged:
        assert client.get(reverse("update_round", args=[wrong])).status_code == 404
        assert client.post(reverse("update_round_answer", args=[wrong, 1]), headers=FROM_HERE).status_code == 404
    assert "Uferweg" not in client.get(reverse("update_round", args=[forged[0]])).content.decode()


def test_a_link_ends_some_days_after_the_deadline_with_its_round_and_with_a_newer_link(
    index: Any, client: Client, clock: Any, postbox: Postbox
) -> None:
    round = begin(published(index, contact()), days=10)
    letter = UpdateLetter.objects.get()
    old = reverse("update_round", args=[links.token_for(letter)])
    Contact.objects.update(email="neu@stadt.example")
    ReissueLink(person("anna"), letter).execute()
    over = client.get(old)
    assert over.status_code == 410 and "Uferweg" not in over.content.decode()
    deliver()
    [new] = [link_in(message) for message in postbox.messages if message["To"] == "neu@stadt.example"]
    assert client.get(new).status_code == 200
    request = only_request()
    values = filled(client, where(request), clock, place="Am Kanal")
    clock.shift(round.expires_at - timezone.now() - timedelta(seconds=1))
    assert client.get(new).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get(new).status_code == 410
    assert client.post(where(request), values, headers=FROM_HERE).status_code == 410
    assert only_request().answer == ""


def test_a_round_that_is_closed_takes_no_answer(index: Any, client: Client, clock: Any) -> None:
    round = begin(published(index, contact()))
    request = only_request()
    values = filled(client, where(request), clock, place="Am Kanal")
    CloseRound(person("carla"), round).execute()
    answer = client.post(where(request), values, headers=FROM_HERE)
    assert answer.status_code == 410 and only_request().answer == ""
    with pytest.raises(ValidationError):
        RemindRound(person("anna"), round).execute()
    with pytest.raises(ValidationError):
        CloseRound(person("anna"), round).execute()


def test_another_site_cannot_answer(index: Any, client: Client, clock: Any) -> None:
    begin(published(index, contact()))
    request = only_request()
    values = filled(client, where(request), clock, place="Am Kanal")
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        answer = client.post(where(request), values, headers=headers)
        assert answer.status_code == 403 and "Am Kanal" in answer.content.decode()
    assert only_request().answer == ""


# What a department sees and says


def test_a_department_sees_nothing_of_a_draft(index: Any, client: Client) -> None:
    page = published(index, contact(), place="Am Fluss", title="Uferweg")
    begin(page)
    draft = page.get_latest_revision_as_object()
    draft.place = draft.next_steps = draft.business_area = draft.title = "Geheim"
    draft.save_revision(user=person("anna"))
    request = only_request()
    for address in (where(request), reverse("update_round", args=[links.token_for(request.letter)])):
        html = client.get(address).content.decode()
        assert "Geheim" not in html and "Uferweg" in html
    assert "Am Fluss" in client.get(where(request)).content.decode()
    fresh(page).unpublish()
    assert client.get(where(request)).status_code == 404
    assert "Uferweg" not in client.get(reverse("update_round", args=[links.token_for(request.letter)])).content.decode()


def test_what_is_confirmed_is_recorded_and_looked_at_later(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), review_date=timezone.localdate())
    tag = client.get(page.url)["ETag"]
    draft = page.get_latest_revision_as_object()
    draft.lead = "In Arbeit."
    draft.save_revision(user=person("anna"))
    begin(page)
    assert confirm(client, only_request(), clock).status_code == 303
    request = only_request()
    assert (request.state(), request.outcome, request.revision) == (State.CONFIRMED, None, None)
    assert request.answered_at == timezone.now()
    entry = PageLogEntry.objects.get(page=page.pk, action="procedures.round.confirmed")
    assert entry.data == {"contact": "Tiefbauamt", "round": "Vorhabenliste"} and entry.user is None
    later = timezone.localdate() + FRESH
    newest = fresh(page).get_latest_revision_as_object()
    assert (fresh(page).review_date, newest.review_date, newest.lead) == (later, later, "In Arbeit.")
    assert fresh(page).live_revision.as_object().review_date == later
    # The date is public: caches and the API learn of it at once, and of nothing else.
    assert client.get(page.url, headers={"if-none-match": tag}).status_code == 200
    assert later.isoformat() in PublicRecord.objects.get(kind="procedure").document.body
    assert "In Arbeit." not in client.get(page.url).content.decode()
    assert fresh(page).lead != "In Arbeit."


def test_a_later_review_date_and_none_stay(index: Any, client: Client, clock: Any) -> None:
    far = timezone.localdate() + timedelta(days=400)
    for day in (far, None):
        page = published(index, contact(), f"Verfahren {day}", review_date=day)
        begin(page)
        confirm(client, UpdateRequest.objects.get(page=page), clock)
        assert fresh(page).review_date == day


def test_a_change_waits_in_a_draft_and_the_public_page_stays(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), place="Am Fluss", cost_kind="unknown")
    begin(page)
    sent = {
        "place": "Am Kanal", "first_reading": "2027-03-01", "cost_kind": "amount", "cost_from": "1200000",
        "cost_on": "2026-10-01", "cost_basis": "Kostenschätzung", "new_stage": "building",
        "new_stage_since": "2026-11-01", "remark": "Der Termin im Mai fällt aus.",
    }  # fmt: skip
    assert change(client, only_request(), clock, **sent).status_code == 303
    request = only_request()
    assert (request.state(), request.outcome) == (State.CHANGED, Outcome.DRAFT)
    assert set(request.changes) == {"place", "first_reading", "cost_kind", "cost_from", "cost_on", "cost_basis"}
    assert fresh(page).place == "Am Fluss" and fresh(page).has_unpublished_changes
    assert PublicRecord.objects.visible().get(object_id=page.pk).title == "Uferweg"
    draft = fresh(page).get_latest_revision_as_object()
    assert (draft.place, draft.cost_from, draft.first_reading) == ("Am Kanal", 1_200_000, date(2027, 3, 1))
    assert [child.value["stage"] for child in draft.stages] == ["building"]
    html = desk("anna").get(reverse("rounds:round", args=[request.letter.round_id])).content.decode()
    for words in (
        "Am Fluss",
        "Am Kanal",
        "1.200.000 €",
        "1. März 2027",
        "in Umsetzung",
        "Der Termin im Mai fällt aus.",
    ):
        assert words in html, words
    draft.save_revision(user=person("anna")).publish()
    assert only_request().outcome == Outcome.PUBLISHED
    assert fresh(page).place == "Am Kanal"


STALE = "Das ist noch nicht geschehen"


def test_what_was_corrected_counts_as_looked_at_once_it_is_public(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), place="Am Fluss", review_date=timezone.localdate() - timedelta(days=1))
    begin(page)
    assert change(client, only_request(), clock, place="Am Kanal").status_code == 303
    later = timezone.localdate() + FRESH
    draft = fresh(page).get_latest_revision_as_object()
    assert (draft.review_date, fresh(page).review_date) == (later, page.review_date)
    assert STALE in client.get(page.url).content.decode(), "as long as nobody has published it"
    draft.save_revision(user=person("anna")).publish()
    assert fresh(page).review_date == later and STALE not in client.get(page.url).content.decode()


def test_a_review_date_goes_back_with_a_change_that_is_discarded(index: Any, client: Client, clock: Any) -> None:
    soon = timezone.localdate() + timedelta(days=1)
    page = published(index, contact(), place="Am Fluss", review_date=soon)
    begin(page)
    change(client, only_request(), clock, place="Am Kanal")
    clock.shift(timedelta(days=3))
    DiscardChange(person("anna"), only_request()).execute()
    newest = fresh(page).get_latest_revision_as_object()
    assert (newest.review_date, newest.place, fresh(page).review_date) == (soon, "Am Fluss", soon)


def test_the_review_date_of_a_change_counts_from_the_day_of_the_answer(index: Any, client: Client, clock: Any) -> None:
    far = timezone.localdate() + timedelta(days=400)
    pages = [published(index, contact(), f"Verfahren {day}", place="A", review_date=day) for day in (far, None)]
    held = published(index, contact(), "Gesperrt", place="A", review_date=timezone.localdate(), locked=True)
    begin(*pages, held)
    for page in (*pages, held):
        change(client, UpdateRequest.objects.get(page=page), clock, place="B")
    answered = timezone.localdate()
    found = [fresh(page).get_latest_revision_as_object().review_date for page in pages]
    assert found == [far, None], "a later date and none stay"
    clock.shift(timedelta(days=5))
    ProcedurePage.objects.filter(pk=held.pk).update(locked=False)
    MakeDraft(person("anna"), UpdateRequest.objects.get(page=held)).execute()
    assert fresh(held).get_latest_revision_as_object().review_date == answered + FRESH


def test_what_an_editor_has_written_meanwhile_is_kept_and_a_conflict_is_named(
    index: Any, client: Client, clock: Any
) -> None:
    page = published(index, contact(), place="Am Fluss", next_steps="Es geht weiter.")
    begin(page)
    values = filled(client, where(only_request()), clock, place="Am Kanal", next_steps="Im Mai geht es weiter.")
    draft = page.get_latest_revision_as_object()
    draft.lead, draft.place = "Neu und unveröffentlicht.", "Am See"
    draft.save_revision(user=person("anna"))
    client.post(where(only_request()), values, headers=FROM_HERE)
    newest = fresh(page).get_latest_revision_as_object()
    assert (newest.lead, newest.place) == ("Neu und unveröffentlicht.", "Am Kanal")
    [line] = lines_of(UpdateRound.objects.get())
    assert {one.label: one.draft for one in line.differences} == {"Ort": "Am See", "nächste Schritte": None}
    html = desk("anna").get(reverse("rounds:round", args=[line.letter.round_id])).content.decode()
    assert "sagte hier etwas anderes: „Am See“" in html


def test_what_an_editor_publishes_while_the_form_is_open_is_not_undone(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), place="Am Fluss", business_area="Verkehr")
    begin(page)
    request = only_request()
    values = filled(client, where(request), clock, place="Am Kanal")
    draft = page.get_latest_revision_as_object()
    draft.business_area = "Stadtgrün"
    draft.save_revision(user=person("anna")).publish()
    confirmed = {**values, "answer": "confirmed"}
    refused = client.post(where(request), confirmed, headers=FROM_HERE)
    assert refused.status_code == 200 and "gerade geändert" in refused.content.decode()
    assert only_request().answer == ""
    assert client.post(where(request), values, headers=FROM_HERE).status_code == 303
    newest = fresh(page).get_latest_revision_as_object()
    assert (newest.business_area, newest.place) == ("Stadtgrün", "Am Kanal")


def test_an_answer_is_given_once(index: Any, client: Client, clock: Any) -> None:
    begin(published(index, contact(), place="Am Fluss"))
    request = only_request()
    values = filled(client, where(request), clock, place="Am Kanal")
    assert client.post(where(request), values, headers=FROM_HERE).status_code == 303
    revision = only_request().revision_id
    assert client.post(where(request), values, headers=FROM_HERE).status_code == 303  # pressed twice
    other = client.post(where(request), {**values, "place": "Am See"}, headers=FROM_HERE)
    assert other.status_code == 409 and "schon" in other.content.decode().lower()
    assert (only_request().changes, only_request().revision_id) == ({"place": "Am Kanal"}, revision)
    assert "Schon beantwortet" in client.get(where(request)).content.decode()


def test_of_two_answers_at_once_one_stands(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), place="Am Fluss")
    begin(page)
    request = only_request()
    values = filled(client, where(request), clock)
    together = Barrier(2)

    def answer(place: str) -> int:
        try:
            together.wait()
            return Client().post(where(request), {**values, "place": place}, headers=FROM_HERE).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(answer, ("Am Kanal", "Am See")))
    assert statuses == [303, 409]
    place = only_request().changes["place"]
    assert fresh(page).get_latest_revision_as_object().place == place
    assert PageLogEntry.objects.filter(action="procedures.round.changed").count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"brief_what": ""}, "brief_what"),
        ({"first_reading": "31.02.2027"}, "first_reading"),
        ({"cost_kind": "amount"}, "cost_from"),
        (
            {"cost_kind": "range", "cost_from": "5", "cost_to": "3", "cost_on": "2026-01-01", "cost_basis": "x"},
            "cost_to",
        ),
        ({"new_stage": "dropped", "new_stage_since": "2026-01-01"}, "new_stage_note"),
        ({"new_stage": "building"}, "new_stage_since"),
        ({"new_stage": "building", "new_stage_since": "2999-01-01"}, "new_stage_since"),
        ({"cost_to": "5"}, "cost_to"),
        ({"new_stage_note": "gebaut"}, "new_stage"),
        ({"place": "x" * 201}, "place"),
    ],
)
def test_bad_input_is_named_at_its_field_and_no_word_is_lost(
    sent: dict[str, str], field: str, index: Any, client: Client, clock: Any
) -> None:
    begin(published(index, contact(), cost_kind="unknown"))
    answer = change(client, only_request(), clock, remark="Bleibt stehen.", **sent)
    html = answer.content.decode()
    assert answer.status_code == 200 and f'id="id_{field}_error"' in html
    assert "Bleibt stehen." in html
    assert only_request().answer == ""


def test_nothing_changed_is_no_answer_and_a_remark_alone_is(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact())
    begin(page)
    answer = change(client, only_request(), clock)
    assert "Unverändert, bestätigt" in answer.content.decode() and only_request().answer == ""
    assert change(client, only_request(), clock, remark="Neue Zuständigkeit.").status_code == 303
    assert only_request().outcome == Outcome.REMARK and not fresh(page).has_unpublished_changes
    DiscardChange(person("anna"), only_request()).execute()
    assert only_request().outcome == Outcome.SEEN


# What an editor does with it


def test_a_change_that_is_discarded_leaves_the_page_as_it_was(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), place="Am Fluss")
    begin(page)
    change(client, only_request(), clock, place="Am Kanal", new_stage="building", new_stage_since="2026-11-01")
    DiscardChange(person("anna"), only_request()).execute()
    newest = fresh(page).get_latest_revision_as_object()
    assert (newest.place, len(newest.stages)) == ("Am Fluss", 0)
    assert not fresh(page).has_unpublished_changes
    assert only_request().outcome == Outcome.DISCARDED
    with pytest.raises(ValidationError):
        DiscardChange(person("anna"), only_request()).execute()


def test_discarding_keeps_what_editors_have_written(index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), place="Am Fluss", business_area="Verkehr")
    begin(page)
    change(client, only_request(), clock, place="Am Kanal", business_area="Grün")
    draft = fresh(page).get_latest_revision_as_object()
    draft.lead, draft.business_area = "Von mir.", "Stadtgrün"
    draft.save_revision(user=person("anna"))
    DiscardChange(person("anna"), only_request()).execute()
    newest = fresh(page).get_latest_revision_as_object()
    assert (newest.lead, newest.business_area, newest.place) == ("Von mir.", "Stadtgrün", "Am Fluss")
    assert fresh(page).has_unpublished_changes


def test_a_page_that_waits_for_approval_is_not_changed_under_its_reviewer(
    index: Any, client: Client, clock: Any
) -> None:
    page = published(index, contact(), place="Am Fluss", half="joint")
    draft = page.get_latest_revision_as_object()
    draft.lead = "Zur Freigabe."
    revision = draft.save_revision(user=person("anna"))
    review = submit(page)
    begin(page)
    change(client, only_request(), clock, place="Am Kanal")
    assert fresh(page).latest_revision == revision and only_request().outcome == Outcome.WAITING
    with pytest.raises(ValidationError):
        MakeDraft(person("anna"), only_request()).execute()
    review.workflow_state.cancel(user=person("anna"))
    MakeDraft(person("anna"), only_request()).execute()
    newest = fresh(page).get_latest_revision_as_object()
    assert (newest.lead, newest.place) == ("Zur Freigabe.", "Am Kanal")
    assert only_request().outcome == Outcome.DRAFT


@pytest.mark.parametrize("name", ["board", "translator", "nobody"])
def test_nobody_else_decides_about_a_change(name: str, index: Any, client: Client, clock: Any) -> None:
    page = published(index, contact(), place="Am Fluss")
    begin(page)
    change(client, only_request(), clock, place="Am Kanal")
    for action in (MakeDraft, DiscardChange):
        with pytest.raises(PermissionDenied):
            action(person(name), only_request()).execute()
    assert only_request().outcome == Outcome.DRAFT


# Reminders, and what the page of a round says


def test_the_worker_reminds_once_and_only_whose_answer_is_missing(
    index: Any, client: Client, clock: Any, postbox: Postbox
) -> None:
    late, quick = published(index, contact(), "Uferweg"), published(index, contact("Flink", "b@stadt.example"), "Park")
    half = published(index, late.contact, "Brücke")
    round = begin(late, quick, half, days=20)
    confirm(client, UpdateRequest.objects.get(page=quick), clock)
    confirm(client, UpdateRequest.objects.get(page=half), clock)
    deliver()
    postbox.envelopes.clear()
    remind_rounds()
    assert deliver() == []
    clock.shift(timedelta(days=15))
    remind_rounds()
    remind_rounds()
    assert deliver() == [True]
    [message] = postbox.messages
    assert message["To"] == EMAIL and message["Subject"].startswith("Erinnerung")
    assert "Uferweg" in message.get_content() and "Brücke" not in message.get_content()
    assert client.get(link_in(message)).status_code == 200
    assert UpdateRequest.objects.get(page=late).state() == State.REMINDED
    assert RemindRound(person("anna"), round).execute() == 1  # the button reminds again
    clock.shift(timedelta(days=30))
    remind_rounds()


def test_nobody_is_reminded_of_what_is_not_public_any_more(index: Any, clock: Any, postbox: Postbox) -> None:
    roads, parks = contact(), contact("Grünflächenamt", "gruen@stadt.example")
    hidden, kept = published(index, roads, "Geheim"), published(index, roads, "Uferweg")
    other = published(index, parks, "Park")
    round = begin(hidden, kept, other, days=20)
    deliver()
    postbox.envelopes.clear()
    hidden.unpublish()
    other.unpublish()
    clock.shift(timedelta(days=16))
    remind_rounds()
    assert RemindRound(person("anna"), round).execute() == 1
    ReissueLink(person("anna"), round.letters.get(name="Tiefbauamt")).execute()
    assert deliver() == [True] * 3
    assert {message["To"] for message in postbox.messages} == {EMAIL}
    for message in postbox.messages:
        assert "Uferweg" in message.get_content() and "Geheim" not in message.get_content()
    letter = round.letters.get(name="Grünflächenamt")
    with pytest.raises(ValidationError, match="Grünflächenamt"):
        ReissueLink(person("anna"), letter).execute()
    after = round.letters.get(name="Grünflächenamt")
    assert (after.nonce, after.mails, after.reminded_at) == (letter.nonce, 1, None)
    editor = desk("anna")
    assert UpdateRound.objects.counted().get().missing == 1
    kept.unpublish()
    assert (UpdateRound.objects.counted().get().missing, UpdateRound.objects.counted().get().asked) == (0, 3)
    html = editor.get(reverse("rounds:round", args=[round.pk])).content.decode()
    missing = html[html.index('id="missing"') :]
    assert (
        reverse("rounds:reissue", args=[letter.pk]) not in html
        and reverse("rounds:remind", args=[round.pk]) not in html
    )
    assert all(title in missing for title in ("Geheim", "Uferweg", "Park")), "an editor sees what became of them"
    assert RemindRound(person("anna"), round).execute() == 0
    kept.get_latest_revision_as_object().save_revision(user=person("anna")).publish()
    assert UpdateRound.objects.counted().get().missing == 1


def test_a_mail_that_does_not_arrive_is_seen(index: Any, postbox: Postbox, clock: Any) -> None:
    round = begin(published(index, contact()))
    postbox.answer = "550 no such mailbox"
    assert deliver() == [False]
    assert [line.state for line in lines_of(round)] == [State.FAILED]
    assert "E-Mail nicht angekommen" in desk("anna").get(reverse("rounds:round", args=[round.pk])).content.decode()
    postbox.answer = "250 OK"
    clock.shift(timedelta(hours=1))
    assert deliver() == [True]
    assert [line.state for line in lines_of(round)] == [State.SENT]


def test_an_editor_begins_reminds_and_closes_a_round_at_the_desk(index: Any, postbox: Postbox) -> None:
    pages = [published(index, contact(), title) for title in ("Uferweg", "Brücke")]
    editor = desk("carla")
    deadline = timezone.localdate() + timedelta(days=10)
    form = {"title": "Frühjahr", "deadline": deadline.isoformat(), "message": "Bitte."}
    refused = editor.post(reverse("rounds:add"), form)
    empty = refused.content.decode()
    assert "mindestens ein Verfahren" in empty and "Frühjahr" in empty
    # The fields stand below a long list: what one sees first says that nothing was sent.
    assert [message.level_tag for message in refused.context["messages"]] == ["error"]
    past = editor.post(reverse("rounds:add"), {**form, "deadline": "2020-01-01", "page": [pages[0].pk]})
    assert "in der Zukunft" in past.content.decode() and not UpdateRound.objects.exists()
    editor.post(reverse("rounds:add"), {**form, "page": [pages[0].pk]})
    round = UpdateRound.objects.get()
    assert (round.title, round.started_by, only_request().page_id) == ("Frühjahr", person("carla"), pages[0].pk)
    assert "Frühjahr" in editor.get(reverse("rounds:index")).content.decode()
    assert "1 Antwort fehlt" in editor.get(reverse("wagtailadmin_home")).content.decode()
    editor.post(reverse("rounds:remind", args=[round.pk]))
    assert UpdateLetter.objects.get().mails == 2
    editor.post(reverse("rounds:close", args=[round.pk]))
    assert UpdateRound.objects.get().closed_at
    assert editor.get(reverse("rounds:remind", args=[round.pk])).status_code == 405


@pytest.mark.parametrize(
    "number", ["9" * 30, "9" * 5000, "-1", "१"], ids=("long", "longer", "negative", "other digits")
)
def test_what_is_no_id_is_not_ticked(number: str, index: Any) -> None:
    published(index, contact())
    values = {"title": "Vorhabenliste", "deadline": timezone.localdate() + timedelta(days=9), "message": ""}
    answer = desk("anna").post(reverse("rounds:add"), {**values, "page": number})
    assert answer.status_code == 200 and not UpdateRound.objects.exists()


def test_the_word_in_the_menu_is_short_enough_for_the_sidebar(index: Any) -> None:
    with translation.override("de"):
        word, title = pgettext("menu", "Update rounds"), gettext("Update rounds")
    assert len(word) <= 14
    assert word in desk("anna").get(reverse("wagtailadmin_home")).content.decode()
    assert f"<title>{title}" in " ".join(desk("anna").get(reverse("rounds:index")).content.decode().split())


def questions(client: Client, address: str) -> int:
    client.get(address)
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_pages_of_a_round_cost_the_same_with_ten_procedures(index: Any, client: Client, clock: Any) -> None:
    def grown(number: int) -> list[int]:
        who = contact()
        with unit():
            pages = [published(index, who, f"Verfahren {number} {order}", place="A") for order in range(number)]
        round = begin(*pages)
        requests = list(UpdateRequest.objects.filter(letter__round=round))
        for request in requests[: number // 2 + number % 2]:
            change(client, request, clock, place="B")
        overview = reverse("update_round", args=[links.token_for(requests[0].letter)])
        editor = desk("anna")
        shown = questions(editor, reverse("rounds:round", args=[round.pk]))
        return [questions(client, overview), shown, questions(editor, reverse("rounds:add"))]

    assert grown(1) == grown(10)
