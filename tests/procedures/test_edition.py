"""An edition: what goes along, that nothing of it is public before its instant and all of it then, and what it keeps."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry

from cms_blocks.models import PublicRecord
from cms_blocks.publication.unit import unit
from governance.acts import UnilateralAct
from procedures.edition import publishing
from procedures.edition.actions import (
    AgreeToDrafts,
    CallOff,
    ChangeFacts,
    ChooseDrafts,
    CreateEdition,
    DeleteEdition,
    ScheduleEdition,
    TakeNewest,
    WithdrawEdition,
)
from procedures.edition.choice import drafts_of, offered_drafts
from procedures.edition.comparing import Entry, compare, read
from procedures.edition.publishing import PublishEdition, publish_editions
from procedures.edition.states import Kind, State
from procedures.models import Edition, EditionDraft, EditionPaper, ProcedurePage
from tests.governance.office import desk, open_office, person, submit
from tests.infrastructure.database import Kept
from tests.procedures.factories import district, district_list, procedure, procedure_list
from tests.procedures.test_import_batch import meet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

OFFICE = Kept()
FACTS = {
    "title": "Vorhabenliste, Frühjahr 2027",
    "cut_off": date(2027, 2, 28),
    "adopted_by": "Hauptausschuss",
    "adopted_on": date(2027, 3, 3),
    "adopted_number": "27/SVV/0123",
}
#: A paper in these tests: as fast as it is certain.
PDF = b"%PDF-1.7 paper"


@pytest.fixture(autouse=True)
def office(transactional_db: None) -> None:
    OFFICE.get(open_office)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel("2027-02-20 10:00+01:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The papers that were set, as data; typst has a test of its own."""
    papers: list[dict[str, Any]] = []

    def typeset(template: Any, data: dict[str, Any]) -> bytes:
        papers.append(data)
        return PDF

    monkeypatch.setattr(publishing, "typeset", typeset)
    return papers


@pytest.fixture
def index() -> Any:
    return procedure_list()


def public(index: Any, title: str, half: str = "administration", by: str = "anna", **fields: Any) -> ProcedurePage:
    page = procedure(index, title, half=half, **fields)
    page.save_revision(user=person(by)).publish()
    return fresh(page)


def new(index: Any, title: str, half: str = "administration", by: str = "anna", **fields: Any) -> ProcedurePage:
    page = procedure(index, title, half=half, live=False, **fields)
    page.save_revision(user=person(by))
    return fresh(page)


def edited(page: Any, by: str = "anna", told: bool = True, **values: Any) -> ProcedurePage:
    """A newer version that is not public. ``told``: its change log says what is new."""
    draft = fresh(page).get_latest_revision_as_object()
    if told:
        words = {"on": timezone.localdate(), "what": "Anders.", "why": "", "cost": None, "days": None}
        draft.changes.append(("change", words))
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save_revision(user=person(by), clean=False)
    return fresh(page)


def fresh(page: Any) -> Any:
    return type(page).objects.get(pk=page.pk)


def edition(index: Any, by: str = "anna", **facts: Any) -> Edition:
    embargo = timezone.now() + timedelta(days=20)
    return CreateEdition(person(by), index, {"embargo": embargo, **FACTS, **facts}).execute()


def scheduled(index: Any, by: str = "anna", **facts: Any) -> Edition:
    made = edition(index, by, **facts)
    ScheduleEdition(person(by), made).execute()
    return fresh(made)


def at_its_instant(made: Edition, clock: Any) -> Edition:
    """The worker looks when the instant has come."""
    clock.move_to(made.embargo)
    publish_editions()
    return fresh(made)


def titles(path: str = "/verfahren/") -> str:
    return Client().get(path).content.decode()


def names_of(drafts: Any) -> list[str]:
    return [draft.title for draft in drafts]


def test_all_complete_drafts_up_to_the_cut_off_go_along(index: Any, clock: Any) -> None:
    changed = edited(public(index, "Uferweg"), lead="Der Weg wird schöner.")
    new(index, "Marktplatz")
    edited(new(index, "Halbfertig"), brief_what="")
    public(index, "Unverändert")
    gone = public(index, "Abgesetzt")
    gone.unpublish()
    edited(gone, lead="Neu.")
    clock.move_to(timezone.now() + timedelta(days=12))
    new(index, "Zu spät")
    made = edition(index)
    assert names_of(drafts_of(made)) == ["Uferweg", "Marktplatz"]
    offered = {draft.title: [one.why for one in draft.problems] for draft in offered_drafts(made, person("anna"))}
    assert list(offered) == ["Halbfertig", "Zu spät"]
    assert "Kurz gesagt: Worum geht es?" in str(offered["Halbfertig"])
    assert offered["Zu spät"] == []
    assert drafts_of(made)[0].revision == changed.latest_revision


def test_at_its_instant_all_of_it_is_public_and_nothing_before(index: Any, clock: Any, quick: list[Any]) -> None:
    old = edited(public(index, "Uferweg"), title="Uferweg neu", lead="Der Weg wird schöner.")
    fresh_one = new(index, "Marktplatz")
    made = scheduled(index)
    assert made.state == State.PLANNED
    clock.move_to(made.embargo - timedelta(seconds=1))
    publish_editions()
    assert "Marktplatz" not in titles()
    assert "Uferweg neu" not in titles()
    assert made.title not in titles()
    assert Client().get("/verfahren/ausgabe-1.pdf").status_code == 404
    made = at_its_instant(made, clock)
    assert (made.state, made.number, made.published_at) == (State.PUBLISHED, 1, made.embargo)
    page = titles()
    for words in ("Marktplatz", "Uferweg neu", made.title, "/verfahren/ausgabe-1.pdf"):
        assert words in page
    assert fresh(old).last_published_at == fresh(fresh_one).last_published_at == made.embargo
    assert fresh(fresh_one).first_published_at == made.embargo
    assert fresh(old).first_published_at < made.embargo
    answer = Client().get("/verfahren/ausgabe-1.pdf")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PDF, "application/pdf")
    assert Client().get("/verfahren/ausgabe-1.pdf", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert not UnilateralAct.objects.exists(), "each half has agreed, so nobody acted alone"
    assert PageLogEntry.objects.filter(action="wagtail.publish.scheduled").count() == 2
    assert ModelLogEntry.objects.filter(action="procedures.edition.publish", user=person("anna")).count() == 1


def test_what_is_written_after_the_choice_is_shown_and_not_published(index: Any, clock: Any, quick: list[Any]) -> None:
    page = edited(public(index, "Uferweg"), lead="Gewählt.")
    made = scheduled(index)
    edited(page, lead="Danach geschrieben.")
    [draft] = drafts_of(made)
    assert draft.is_overtaken
    at_its_instant(made, clock)
    page = fresh(page)
    assert page.lead == "Gewählt."
    assert page.has_unpublished_changes
    assert page.get_latest_revision_as_object().lead == "Danach geschrieben."


def test_the_newest_version_is_taken_by_hand_and_agreed_to_anew(index: Any) -> None:
    page = edited(public(index, "Uferweg", half="joint"), lead="Gewählt.")
    made = edition(index)
    [draft] = drafts_of(made)
    AgreeToDrafts(person("carla"), made, [draft.revision.pk]).execute()
    edited(page, lead="Danach geschrieben.")
    TakeNewest(person("anna"), draft.kept).execute()
    [draft] = drafts_of(made)
    assert draft.values.lead == "Danach geschrieben."
    assert not draft.kept.agreed.exists()


def test_each_half_that_a_page_speaks_for_agrees_first(index: Any, clock: Any, quick: list[Any]) -> None:
    edited(public(index, "Gemeinsam", half="joint"), lead="Neu.")
    edited(public(index, "Nur Träger", half="carrier", by="carla"), lead="Neu.", by="carla")
    made = edition(index)
    with pytest.raises(ValidationError) as refused:
        ScheduleEdition(person("anna"), made).execute()
    assert "Gemeinsam" in str(refused.value)
    assert "Nur Träger" in str(refused.value)
    revisions = [draft.revision.pk for draft in drafts_of(made)]
    AgreeToDrafts(person("albert"), made, revisions).execute()
    with pytest.raises(ValidationError):
        ScheduleEdition(person("anna"), made).execute()
    with pytest.raises(ValidationError):
        ScheduleEdition(person("admin"), made).execute()
    AgreeToDrafts(person("carlo"), made, revisions).execute()
    ScheduleEdition(person("anna"), made).execute()
    assert at_its_instant(fresh(made), clock).state == State.PUBLISHED


def test_an_editor_who_lost_the_right_meanwhile_publishes_nothing(index: Any, clock: Any, quick: list[Any]) -> None:
    new(index, "Marktplatz")
    made = scheduled(index)
    person("anna").groups.clear()
    made = at_its_instant(made, clock)
    assert made.state == State.FAILED
    assert "Marktplatz" in made.failure["why"]
    assert "Marktplatz" not in titles()


def test_a_change_of_a_duty_without_a_word_is_incomplete_until_somebody_answers(index: Any) -> None:
    page = edited(public(index, "Uferweg"), told=False, place="Am Hafen")
    made = edition(index)
    assert drafts_of(made) == [], "it does not go along by itself"
    ChooseDrafts(person("anna"), made, [page.pk]).execute()
    with pytest.raises(ValidationError, match="Uferweg"):
        ScheduleEdition(person("anna"), made).execute()
    ChooseDrafts(person("anna"), made, [page.pk], editorial=[page.pk]).execute()
    ScheduleEdition(person("anna"), made).execute()
    CallOff(person("anna"), made).execute()
    ChooseDrafts(person("anna"), made, []).execute()
    draft = fresh(page).get_latest_revision_as_object()
    draft.changes.append(
        ("change", {"on": date(2027, 2, 20), "what": "Am Hafen", "why": "", "cost": None, "days": None})
    )
    draft.save_revision(user=person("anna"))
    ChooseDrafts(person("anna"), made, [page.pk]).execute()
    assert drafts_of(made)[0].problems == []


def test_it_is_public_only_once_it_is_adopted_and_has_an_instant(index: Any, clock: Any) -> None:
    made = edition(index, adopted_by="", adopted_on=None, adopted_number="", embargo=None)
    with pytest.raises(ValidationError) as refused:
        ScheduleEdition(person("anna"), made).execute()
    assert len(refused.value.messages) == 4
    clock.move_to("2027-03-10 10:00+01:00")
    ChangeFacts(person("anna"), made, {**FACTS, "embargo": timezone.now()}).execute()
    with pytest.raises(ValidationError) as refused:
        ScheduleEdition(person("anna"), made).execute()
    assert len(refused.value.messages) == 1, "the instant has passed"
    ScheduleEdition(person("anna"), made, now=True).execute()
    assert fresh(made).state == State.DUE


def test_it_is_not_public_before_the_day_of_its_decision_and_of_its_cut_off(index: Any, clock: Any) -> None:
    made = edition(index)
    with pytest.raises(ValidationError) as refused:
        ScheduleEdition(person("anna"), made, now=True).execute()
    assert set(refused.value.message_dict) == {"adopted_on", "cut_off"}, "today is the 20th of February"
    [said] = refused.value.message_dict["adopted_on"]
    assert "3. März 2027" in said and "20. Februar 2027" in said
    # Half past eleven in the evening of the day before, as the office counts days.
    facts = {**FACTS, "title": "Frühjahr", "index": index.pk, "embargo": "2027-03-02T23:30"}
    html = desk("anna").post(reverse("editions:facts", args=[made.pk]), facts).content.decode()
    assert html.count("2. März 2027") == 1 and "error" in html.split('name="adopted_on"')[0].rsplit("<label", 1)[1]
    assert fresh(made).title != "Frühjahr"
    desk("anna").post(reverse("editions:facts", args=[made.pk]), {**facts, "embargo": "2027-03-03T00:00"})
    assert fresh(made).title == "Frühjahr"
    ScheduleEdition(person("anna"), fresh(made)).execute()
    assert fresh(made).state == State.PLANNED


def test_called_off_everything_is_as_before(index: Any, clock: Any, quick: list[Any]) -> None:
    page = new(index, "Marktplatz")
    before = list(PublicRecord.objects.order_by("pk").values())
    made = scheduled(index)
    with pytest.raises(ValidationError):
        ChooseDrafts(person("anna"), made, []).execute()
    CallOff(person("carla"), made).execute()
    assert at_its_instant(fresh(made), clock).state == State.DRAFT
    assert list(PublicRecord.objects.order_by("pk").values()) == before
    DeleteEdition(person("anna"), made).execute()
    assert not Edition.objects.exists()
    assert fresh(page).latest_revision == page.latest_revision
    assert quick == []


def test_one_page_that_fails_keeps_all_back_and_is_named(index: Any, clock: Any, quick: list[Any]) -> None:
    first, second = new(index, "Marktplatz"), new(index, "Uferweg")
    made = scheduled(index)
    before = list(PublicRecord.objects.order_by("pk").values())
    # Its address was taken after the choice, as no check before can know.
    ProcedurePage.objects.filter(pk=first.pk).update(reference="")
    revision = second.latest_revision
    revision.content = {**revision.content, "slug": first.slug}
    revision.save()
    made = at_its_instant(made, clock)
    assert made.state == State.FAILED
    assert (made.failure["page"], made.failure["title"]) == (second.pk, "Uferweg")
    assert made.failure["why"]
    assert made.failure["remedy"]
    assert list(PublicRecord.objects.order_by("pk").values()) == before
    assert not ProcedurePage.objects.live().exists()
    assert not PageLogEntry.objects.filter(action="wagtail.publish.scheduled").exists()
    publish_editions()
    assert fresh(made).state == State.FAILED, "it waits for somebody"


def test_a_paper_that_cannot_be_set_keeps_all_back(index: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(template: Any, data: Any) -> bytes:
        raise publishing.NotPrintable("no such font")

    monkeypatch.setattr(publishing, "typeset", broken)
    new(index, "Marktplatz")
    made = at_its_instant(scheduled(index), clock)
    assert made.state == State.FAILED
    assert "no such font" in made.failure["why"]
    assert "Marktplatz" not in titles()


def test_a_database_that_does_not_answer_is_tried_again(
    index: Any, clock: Any, quick: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    new(index, "Marktplatz")
    made = scheduled(index)

    def away(*args: Any, **kwargs: Any) -> None:
        raise publishing.OperationalError("away")

    with monkeypatch.context() as broken:
        broken.setattr(publishing, "keep", away)
        assert at_its_instant(made, clock).state == State.DUE
        assert "Marktplatz" not in titles()
    publish_editions()
    assert fresh(made).state == State.PUBLISHED
    assert "Marktplatz" in titles()


def test_what_was_published_by_itself_meanwhile_is_left_as_it_is(index: Any, clock: Any, quick: list[Any]) -> None:
    page = edited(public(index, "Uferweg"), lead="Gewählt.")
    made = scheduled(index)
    edited(page, lead="Eilige Berichtigung.").latest_revision.publish()
    made = at_its_instant(made, clock)
    assert made.state == State.PUBLISHED
    assert fresh(page).lead == "Eilige Berichtigung."


def test_the_paper_is_set_anew_when_the_list_changes_meanwhile(
    index: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    new(index, "Marktplatz")
    made = scheduled(index)
    papers = []

    def slow(template: Any, data: Any) -> bytes:
        papers.append([entry["title"] for entry in data["entries"]])
        if len(papers) == 1:
            public(index, "Dazwischen")
        return PDF

    monkeypatch.setattr(publishing, "typeset", slow)
    made = at_its_instant(made, clock)
    assert papers == [["Marktplatz"], ["Marktplatz", "Dazwischen"]]
    assert [entry["title"] for entry in made.entries] == ["Marktplatz", "Dazwischen"]


def test_two_workers_at_once_publish_once(index: Any, clock: Any, quick: list[Any]) -> None:
    for number in range(3):
        new(index, f"Platz {number}")
    made = scheduled(index)
    clock.move_to(made.embargo)
    start = Barrier(2)

    def work() -> bool:
        start.wait(10)
        try:
            return PublishEdition(made.pk).execute()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = [task.result(120) for task in [pool.submit(work) for _ in range(2)]]
    assert sorted(done) == [False, True]
    assert EditionPaper.objects.count() == 1
    assert ModelLogEntry.objects.filter(action="procedures.edition.publish").count() == 1
    assert PageLogEntry.objects.filter(action="wagtail.publish.scheduled").count() == 3


@pytest.mark.postgres
@pytest.mark.parametrize("stop", ['UPDATE "wagtailcore_page"', 'INSERT INTO "cms_blocks_publicrecord"'])
def test_what_an_editor_publishes_at_the_same_moment_stays(
    index: Any, clock: Any, quick: list[Any], stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edition has looked at all its pages and publishes the first; somebody publishes the second meanwhile."""
    first, second = (edited(public(index, title), lead="Zur Ausgabe.") for title in ("Uferweg", "Brücke"))
    made = scheduled(index)
    clock.move_to(made.embargo)
    now = timezone.now()

    def publish() -> None:
        with transaction.atomic():
            publishing._carry_out(publishing._due(made.pk, now), now)

    def edit() -> None:
        with unit():
            draft = fresh(second).get_latest_revision_as_object()
            draft.lead = "Von Hand."
            draft.save_revision(user=person("anna")).publish()

    meet(publish, stop, edit)
    assert (fresh(first).lead, fresh(second).lead) == ("Zur Ausgabe.", "Von Hand.")


def test_new_changed_and_ended_since_the_last_edition(index: Any, clock: Any, quick: list[Any]) -> None:
    stays = public(index, "Bleibt", listed_on="2027-01-01")
    changes = public(index, "Ändert sich", listed_on="2027-01-01")
    ends = public(
        index, "Wird fertig", listed_on="2027-01-01", stages=[{"stage": "building", "since": "2027-01-01", "note": ""}]
    )
    goes = public(index, "Fällt weg", listed_on="2027-01-01")
    first = at_its_instant(scheduled(index), clock)
    assert quick[-1]["sections"] == [], "there is nothing to compare the first with"
    said = {"on": date(2027, 3, 12), "what": "Jetzt am Hafen.", "why": "", "cost": None, "days": None}
    draft = fresh(changes).get_latest_revision_as_object()
    draft.place = "Am Hafen"
    draft.changes.append(("change", said))
    draft.save_revision(user=person("anna"))
    draft = fresh(ends).get_latest_revision_as_object()
    draft.stages.append(("stage", {"stage": "done", "since": date(2027, 3, 12), "note": ""}))
    draft.changes.append(("change", {**said, "what": "Fertig gebaut."}))
    draft.save_revision(user=person("anna"))
    fresh(goes).unpublish()
    added = new(index, "Kommt dazu")
    second = at_its_instant(scheduled(index, cut_off=date(2027, 3, 31)), clock)
    compared = compare(read(first.entries), read(second.entries))
    kinds = {page.title: compared.kind_of(page.pk) for page in (stays, changes, ends, goes, added)}
    assert kinds == {
        "Bleibt": Kind.SAME,
        "Ändert sich": Kind.CHANGED,
        "Wird fertig": Kind.ENDED,
        "Fällt weg": Kind.ENDED,
        "Kommt dazu": Kind.NEW,
    }
    sections = [[entry["title"] for entry in section["entries"]] for section in quick[-1]["sections"]]
    assert sections == [["Kommt dazu"], ["Ändert sich"], ["Wird fertig", "Fällt weg"]]
    assert "Jetzt am Hafen." in str(quick[-1]["sections"][1]["entries"][0]["news"])
    assert (second.number, second.address, second.previous) == (2, "/verfahren/ausgabe-2.pdf", first)
    page = titles()
    assert page.index("ausgabe-2.pdf") < page.index("ausgabe-1.pdf")


def test_the_name_of_a_contact_or_a_new_picture_of_the_clock_changes_no_procedure() -> None:
    one = Entry(1, "2027-0001", "Eins", "open", "planning", "Kurz", "/eins/", "a")
    over = Entry(1, "2027-0001", "Eins", "finished", "planning", "Kurz", "/eins/", "b")
    assert compare([one], [one]).changed == []
    assert compare([one], [over]).ended == [over]
    assert compare([over], [over]).ended == []
    assert compare(None, [one]).new == []


def test_it_stays_as_it_was(index: Any, clock: Any, quick: list[Any]) -> None:
    page = new(index, "Marktplatz")
    made = at_its_instant(scheduled(index), clock)
    kept = (made.entries, Client().get(made.address).content)
    fresh(page).unpublish()
    index.slug = "vorhaben"
    index.save()
    for act in (
        ChooseDrafts(person("anna"), made, []),
        DeleteEdition(person("anna"), made),
        CallOff(person("anna"), made),
    ):
        with pytest.raises(ValidationError):
            act.execute()
    assert (fresh(made).entries, Client().get(made.address).content) == kept


def test_an_administrator_withdraws_it_with_a_reason(index: Any, clock: Any, quick: list[Any]) -> None:
    page = new(index, "Marktplatz")
    made = at_its_instant(scheduled(index), clock)
    with pytest.raises(PermissionDenied):
        WithdrawEdition(person("anna"), made, "Fehler").execute()
    with pytest.raises(ValidationError):
        WithdrawEdition(person("admin"), made, " ").execute()
    WithdrawEdition(person("admin"), made, "Ein Name stand darin.").execute()
    assert fresh(made).state == State.WITHDRAWN
    assert Client().get(made.address).status_code == 404
    assert made.title not in titles()
    assert PublicRecord.objects.get(kind="edition").title == ""
    assert fresh(page).live, "the pages stay"
    new(index, "Danach")
    again = at_its_instant(scheduled(index, cut_off=date(2027, 3, 31)), clock)
    assert again.number == 2
    assert again.previous is None, "a withdrawn edition is compared with nothing"


@pytest.mark.parametrize("name", ["board", "translator", "easy", "nobody", "both"])
def test_others_make_no_editions(index: Any, name: str) -> None:
    with pytest.raises(PermissionDenied):
        edition(index, by=name)


def test_a_review_that_was_under_way_ends_with_the_publication(index: Any, clock: Any, quick: list[Any]) -> None:
    page = edited(public(index, "Gemeinsam", half="joint"), lead="Neu.")
    submit(page)
    made = edition(index)
    AgreeToDrafts(person("carla"), made, [draft.revision.pk for draft in drafts_of(made)]).execute()
    ScheduleEdition(person("anna"), made).execute()
    at_its_instant(fresh(made), clock)
    assert fresh(page).lead == "Neu."
    assert not fresh(page).workflow_in_progress


def test_a_date_of_its_own_is_refused(index: Any) -> None:
    page = edited(public(index, "Uferweg"), go_live_at=timezone.now() + timedelta(days=90))
    made = edition(index)
    ChooseDrafts(person("anna"), made, [page.pk]).execute()
    with pytest.raises(ValidationError, match="Uferweg"):
        ScheduleEdition(person("anna"), made).execute()


def test_looking_at_drafts_costs_the_same_for_one_and_for_ten(index: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    here = district(district_list())
    costs = []
    made = edition(index)
    anna = desk("anna")
    anna.get(reverse("editions:edition", args=[made.pk]))  # what is read once for all
    for number in (1, 9):
        for one in range(number):
            edited(public(index, f"Weg {number}-{one}", districts=[here]), lead="Neu.")
        with CaptureQueriesContext(
            connection,
        ) as offered:
            pages = offered_drafts(made, person("anna"))
        ChooseDrafts(
            person("anna"),
            made,
            [draft.page.pk for draft in pages] + [kept.page_id for kept in EditionDraft.objects.all()],
        ).execute()
        with CaptureQueriesContext(connection) as chosen:
            assert len(drafts_of(made)) in (1, 10)
        with CaptureQueriesContext(connection) as seen:
            assert anna.get(reverse("editions:edition", args=[made.pk])).status_code == 200
        with CaptureQueriesContext(connection) as planned, pytest.raises(ValidationError):
            ScheduleEdition(person("carla"), made).execute()
        costs.append([len(queries) for queries in (offered, chosen, seen, planned)])
    assert costs[0] == costs[1]


def test_killed_in_the_middle_everything_is_as_before_and_the_next_worker_publishes(
    index: Any, clock: Any, quick: list[Any]
) -> None:
    for number in range(3):
        new(index, f"Platz {number}")
    made = scheduled(index)
    clock.move_to(made.embargo)
    before = list(PublicRecord.objects.order_by("pk").values())
    for moment in ("_outcome", "keep"):  # after the pages are written; after the paper is, right before the commit
        _killed_at(moment, made)
        assert list(PublicRecord.objects.order_by("pk").values()) == before
        assert not ProcedurePage.objects.live().exists()
        assert not EditionPaper.objects.exists()
        assert fresh(made).state == State.DUE
    publish_editions()
    assert fresh(made).state == State.PUBLISHED
    assert ProcedurePage.objects.live().count() == 3


def _killed_at(moment: str, made: Edition) -> None:
    """A worker process that is killed for real once it has done what this function does."""
    connections.close_all()

    def work() -> None:
        done = getattr(publishing, moment)

        def then_die(*args: Any) -> None:
            done(*args)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(publishing, moment, then_die)
        PublishEdition(made.pk).execute()

    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("failing", range(4))
def test_all_or_nothing_whichever_page_fails(
    index: Any, clock: Any, quick: list[Any], failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [
        edited(public(index, "Alt 0"), lead="Neu."),
        new(index, "Neu 1"),
        edited(public(index, "Alt 2"), lead="Neu."),
    ]
    made = scheduled(index)
    before = list(PublicRecord.objects.order_by("pk").values())
    plain = publishing._publish

    def breaks(draft: Any, now: Any) -> None:
        plain(draft, now)
        if failing < len(pages) and draft.page.pk == pages[failing].pk:
            raise publishing.Refused("Kaputt", "Heilen", draft.page, draft.title)

    monkeypatch.setattr(publishing, "_publish", breaks)
    made = at_its_instant(made, clock)
    if failing < len(pages):
        assert (made.state, made.failure["page"]) == (State.FAILED, pages[failing].pk)
        assert list(PublicRecord.objects.order_by("pk").values()) == before
        assert all(fresh(page).has_unpublished_changes for page in pages)
        monkeypatch.setattr(publishing, "_publish", plain)
        ScheduleEdition(person("anna"), made, now=True).execute()
        publish_editions()
    assert fresh(made).state == State.PUBLISHED
    assert not any(fresh(page).has_unpublished_changes for page in pages)
    assert len({fresh(page).last_published_at for page in pages}) == 1


def test_the_pages_of_the_desk_lead_an_editor_from_the_first_draft_to_the_paper(
    index: Any, clock: Any, quick: list[Any]
) -> None:
    page = edited(public(index, "Uferweg"), lead="Neu.")
    shared = edited(public(index, "Gemeinsam", half="joint"), lead="Neu.")
    anna, carla = desk("anna"), desk("carla")
    assert "Noch keine Ausgabe" in anna.get(reverse("editions:index")).content.decode()
    facts = {"title": "Frühjahr", "cut_off": "2027-02-28", "index": index.pk}
    assert anna.get(reverse("editions:add")).status_code == 200
    assert anna.post(reverse("editions:add"), {**facts, "cut_off": "x"}).status_code == 200
    answer = anna.post(reverse("editions:add"), facts)
    made = Edition.objects.get()
    here = reverse("editions:edition", args=[made.pk])
    assert answer["Location"] == here
    html = anna.get(here).content.decode()
    assert "Uferweg" in html
    assert "Zustimmung fehlt" in html
    answer = anna.post(reverse("editions:schedule", args=[made.pk]), follow=True)
    assert "beschlossen" in answer.content.decode()
    assert fresh(made).state == State.DRAFT
    more = {"adopted_by": "Rat", "adopted_on": "2027-03-01", "adopted_number": "1", "embargo": "2027-03-10T12:30"}
    anna.post(reverse("editions:facts", args=[made.pk]), {**facts, **more})
    assert timezone.localtime(fresh(made).embargo).isoformat() == "2027-03-10T12:30:00+01:00"
    assert "Gemeinsam" in anna.post(reverse("editions:schedule", args=[made.pk]), follow=True).content.decode()
    asked = carla.get(here).content.decode()
    assert "Ihre Hälfte ist gefragt" in asked
    revision = fresh(shared).latest_revision_id
    carla.post(reverse("editions:agree", args=[made.pk]), {"revision": [revision]})
    edited(page, lead="Noch neuer.")
    assert "Neuere Fassung nehmen" in anna.get(here).content.decode()
    kept = EditionDraft.objects.get(page=page)
    anna.post(reverse("editions:take", args=[kept.pk]))
    assert fresh(kept).revision_id == fresh(page).latest_revision_id
    anna.post(reverse("editions:choose", args=[made.pk]), {"page": [page.pk, shared.pk], "editorial": ["x", "9" * 40]})
    assert made.drafts.count() == 2
    paper = anna.get(reverse("editions:draft_paper", args=[made.pk]))
    assert paper.content == PDF
    assert "no-store" in paper["Cache-Control"]
    assert not fresh(page).last_published_at > page.last_published_at
    anna.post(reverse("editions:schedule", args=[made.pk]))
    assert fresh(made).state == State.PLANNED
    assert "10.03.2027" in anna.get(reverse("editions:index")).content.decode()
    assert "Frühjahr" in anna.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    anna.post(reverse("editions:call_off", args=[made.pk]))
    anna.post(reverse("editions:publish", args=[made.pk]))
    assert fresh(made).state == State.DRAFT, "it is adopted in March only"
    today = {"cut_off": "2027-02-20", "adopted_on": "2027-02-20"}
    anna.post(reverse("editions:facts", args=[made.pk]), {**facts, **more, **today})
    anna.post(reverse("editions:publish", args=[made.pk]))
    publish_editions()
    made = fresh(made)
    assert made.state == State.PUBLISHED
    assert made.address in anna.get(here).content.decode()
    assert "Ausgabe zurückziehen" not in anna.get(here).content.decode()
    anna.post(reverse("editions:withdraw", args=[made.pk]), {"reason": "x"})
    assert fresh(made).state == State.PUBLISHED
    assert "Ausgabe zurückziehen" in desk("admin").get(here).content.decode()
    desk("admin").post(reverse("editions:withdraw", args=[made.pk]), {"reason": "Ein Fehler."})
    assert "Ein Fehler." in anna.get(here).content.decode()
