"""A procedure from the editor's page to everything the public reads: one status at any moment, from every exit."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from cms_blocks.publication import reconcile
from cms_blocks.publication.reader import moment
from cms_blocks.publication.records import PublicRecord
from procedures.enums import Participation
from procedures.models import DistrictPage, ProcedurePage
from procedures.participation import Phase, Plan, participation_at, spans
from procedures.plan import plan_of
from procedures.presentation import procedure_view
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, way
from tests.procedures.test_participation import MINUTE, MOMENTS, PLANS
from tests.toolkit.factories import method, toolkit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

BEGIN = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 6, 20, 16, 0, tzinfo=UTC)
END = datetime(2026, 7, 1, 22, 0, tzinfo=UTC)
#: Just before, and at, each moment at which the answer changes.
ANSWERS = {
    BEGIN - timedelta(seconds=1): Participation.PLANNED,
    BEGIN: Participation.OPEN,
    DEADLINE - timedelta(seconds=1): Participation.OPEN,
    DEADLINE: Participation.RUNNING,
    END - timedelta(seconds=1): Participation.RUNNING,
    END: Participation.EVALUATING,
}


@pytest.fixture
def shore(transactional_db: None) -> ProcedurePage:
    north = district(district_list())
    index = procedure_list()
    return procedure(
        index, "Uferweg", slug="uferweg", districts=[north], methods=[method(toolkit(), "Fishbowl")],
        phases=[phase(BEGIN, END, ways=[way(DEADLINE)], promised_on="2026-08-01")], listed_on="2026-01-07",
        stages=[{"stage": "planning", "since": "2026-01-01", "note": ""}], latitude=52.4, longitude=13.0,
    )  # fmt: skip


@pytest.mark.parametrize(("now", "expected"), ANSWERS.items(), ids=[f"{at:%d %H.%M.%S}" for at in ANSWERS])
def test_every_exit_gives_the_same_answer_at_every_boundary(
    shore: ProcedurePage, client: Client, now: datetime, expected: str
) -> None:
    with time_machine.travel(now, tick=False):
        assert PublicRecord.objects.visible().of_kind("procedure").get().status == expected
        told = client.get("/api/content/v1/procedures/", {"facets": "status"}).json()
        assert [row["status"] for row in told["data"]] == [expected]
        assert told["facets"]["status"] == [{"value": expected, "count": 1}]
        [everything] = client.get("/api/content/v1/records/", {"status": expected, "kind": "procedure"}).json()["data"]
        assert client.get(f"/api/content/v1/procedures/{everything['id']}/").json()["status"] == expected
        assert f"status--{expected}" in client.get(shore.url).content.decode()
        assert client.get("/verfahren/", {"status": expected}).context["listing"].total == 1
        [other, *_] = [word for word in Participation.values if word != expected]
        assert client.get("/verfahren/", {"status": other}).context["listing"].total == 0
        assert f"status--{expected}" in client.get("/stadtteile/nord/").content.decode()


def give(shore: ProcedurePage, plan: Plan) -> Plan:
    """Publish the procedure with this plan; the plan that it then has."""
    page = ProcedurePage.objects.get(pk=shore.pk)
    page.level, page.no_participation_reason = ("involvement", "") if plan.intended else ("", "Eine Leitung.")
    page.suspended_from, page.suspended_until, page.suspended_reason = plan.suspended_from, plan.suspended_until, "-"
    if plan.suspended_until and (plan.suspended_from is None or plan.suspended_until <= plan.suspended_from):
        page.suspended_from = page.suspended_until = None
    page.phases = json.dumps([{"type": "phase", "value": stored(one)} for one in plan.phases])
    page.save()
    cache.clear()  # so many questions would be too many for one visitor
    return plan_of(ProcedurePage.objects.get(pk=shore.pk))


@settings(max_examples=12, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS, moments=st.lists(MOMENTS, min_size=1, max_size=3))
def test_whatever_the_phases_every_exit_gives_the_answer_of_the_one_function(
    shore: ProcedurePage, client: Client, plan: Plan, moments: list[datetime]
) -> None:
    plan, page = give(shore, plan), ProcedurePage.objects.get(pk=shore.pk)
    for now in {*moments, *(edge for span in spans(plan)[1:3] for edge in (span.since, span.since - MINUTE))}:
        expected = participation_at(plan, now)
        with time_machine.travel(now, tick=False):
            assert PublicRecord.objects.visible().of_kind("procedure").get().status == expected
            counted = client.get("/api/content/v1/procedures/", {"facets": "status", "status": expected}).json()
            assert [row["status"] for row in counted["data"]] == [expected]
            assert counted["facets"]["status"] == [{"value": expected, "count": 1}]
            # In what is read, not in the context: the page may have been kept since an earlier example.
            assert shore.url in client.get("/verfahren/", {"status": expected}).content.decode()
            assert procedure_view(page, now).status == expected


def stored(one: Phase) -> dict[str, Any]:
    return phase(one.begins, one.ends, ways=[way(closes) for closes in one.ways], result="-" if one.has_result else "")


def test_no_cache_keeps_an_answer_past_the_moment_at_which_it_changes(shore: ProcedurePage, client: Client) -> None:
    with time_machine.travel(DEADLINE - timedelta(seconds=40), tick=False):
        present = moment()
        assert present.next_boundary == DEADLINE
        assert present.seconds <= 40
        before = client.get(shore.url)
        assert client.get(shore.url, headers={"If-None-Match": before["ETag"]}).status_code == 304
    with time_machine.travel(DEADLINE, tick=False):
        assert client.get(shore.url, headers={"If-None-Match": before["ETag"]}).status_code == 200


def test_record_and_document_hold_the_duties_of_a_public_list(shore: ProcedurePage, client: Client) -> None:
    record = PublicRecord.objects.visible().of_kind("procedure").select_related("procedure_facts").get()
    assert (record.districts, record.levels, record.half) == (("nord",), ("involvement",), "joint")
    assert (record.starts_at, record.ends_at, record.latitude) == (BEGIN, END, 52.4)
    facts = record.procedure_facts
    assert (facts.reference, facts.stage, facts.year) == ("2026-0001", "planning", 2026)
    document = client.get(f"/api/content/v1/procedures/{record.pk}/").json()["document"]
    assert document["districts"] == [{"title": "Nord", "path": "/stadtteile/nord/"}]
    assert [one["title"] for one in document["methods"]] == ["Fishbowl"]
    assert document["phases"][0]["ways"][0]["deadline"].startswith("2026-06-20T")
    assert document["cost"] == {
        "kind": "unknown",
        "least": None,
        "most": None,
        "currency": "EUR",
        "on": None,
        "basis": "",
    }


def test_the_gate_finds_no_drift_and_mends_spans_that_were_touched(shore: ProcedurePage) -> None:
    assert not reconcile.check()
    record = PublicRecord.objects.of_kind("procedure").get()
    assert f"record {record.pk} is planned from 0001" in str(record.spans.order_by("since").first())
    record.spans.update(status="finished")
    assert reconcile.repair().wrong
    assert not reconcile.check()
    assert [span.status for span in record.spans.order_by("since")] == ["planned", "open", "running", "evaluating"]


def test_what_leaves_the_public_leaves_nothing(shore: ProcedurePage, client: Client) -> None:
    shore.unpublish()
    record = PublicRecord.objects.of_kind("procedure").get()
    assert not record.is_live
    assert not record.spans.exists()
    assert client.get(shore.url).status_code == 404
    assert client.get("/verfahren/").context["listing"].total == 0


def test_a_district_that_is_named_cannot_be_deleted(shore: ProcedurePage) -> None:
    with pytest.raises(ProtectedError):
        shore.districts.get().district.delete()


def test_the_desk_says_which_procedures_name_a_district_that_somebody_deletes(
    shore: ProcedurePage, admin_client: Client
) -> None:
    north = shore.districts.get().district
    one = reverse("wagtailadmin_pages:delete", args=[north.pk])
    several = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={north.get_parent().pk}"
    for address in (one, several):
        answer = admin_client.post(address, follow=True)
        assert "„Uferweg“" in answer.content.decode()
        assert DistrictPage.objects.filter(pk=north.pk).exists()
    shore.delete()
    admin_client.post(one)
    assert not DistrictPage.objects.filter(pk=north.pk).exists()


def test_a_copy_is_a_procedure_of_its_own_and_a_translation_the_same(shore: ProcedurePage) -> None:
    copy = shore.copy(update_attrs={"slug": "kopie", "title": "Kopie"})
    assert copy.reference == "2026-0002"
    copy.reference = "2026-0001"
    with pytest.raises(ValidationError) as refused:
        copy.full_clean()
    assert "reference" in refused.value.message_dict
    english = Locale.objects.get_or_create(language_code="en")[0]
    translated = shore.copy_for_translation(english, copy_parents=True)
    assert translated.reference == "2026-0001"
    translated.save_revision().publish()  # its parents are aliases, and public like their originals
    html = Client().get(translated.url).content.decode()
    assert '<a href="/stadtteile/nord/" hreflang="de" lang="de" dir="auto">Nord</a>' in html


def test_each_procedure_has_a_number_of_its_own(transactional_db: None) -> None:
    index = procedure_list()
    numbers = [procedure(index, listed_on=day).reference for day in ("2025-03-01", "2026-01-01", "2026-12-31")]
    assert numbers == ["2025-0001", "2026-0001", "2026-0002"]


MISTAKES = {
    "a level and a reason": ({"no_participation_reason": "Zu spät."}, "no_participation_reason"),
    "half a point": ({"latitude": 52.4}, "longitude"),
    "a range the wrong way round": ({"cost_kind": "range", "cost_from": 9, "cost_to": 3}, "cost_to"),
    "an unknown amount": ({"cost_kind": "unknown", "cost_from": 9}, "cost_from"),
    "an upper end that is not public": ({"cost_kind": "withheld", "cost_to": 9}, "cost_to"),
    "a single amount with an upper end": ({"cost_kind": "amount", "cost_from": 5, "cost_to": 9}, "cost_to"),
    "a stage that lies ahead": (
        {"stages": [("stage", {"stage": "planning", "since": date(2999, 1, 1), "note": ""})]}, "stages",
    ),
    "a change that lies ahead": (
        {"changes": [("change", {"on": date(2999, 1, 1), "what": "-", "why": "", "cost": None, "days": None})]},
        "changes",
    ),
    "a suspension that ends before it begins": (
        {"suspended_from": END, "suspended_until": BEGIN, "suspended_reason": "-"},
        "suspended_until",
    ),
    "a suspension without a beginning": ({"suspended_until": END}, "suspended_from"),
    "no number": ({"reference": "41"}, "reference"),
    "a year that nobody means": ({"listed_on": date(9999, 12, 1)}, "listed_on"),
    "a year that no database holds": ({"suspended_from": END.replace(year=1)}, "suspended_from"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["unknown", "withheld", "amount"])
def test_an_amount_that_its_kind_does_not_speak_of_is_published_nowhere(
    shore: ProcedurePage, client: Client, kind: str
) -> None:
    ProcedurePage.objects.filter(pk=shore.pk).update(cost_kind=kind, cost_from=4711, cost_to=8899)  # as older rules let
    reconcile.repair()
    [record] = client.get("/api/content/v1/procedures/").json()["data"]
    answer = client.get(f"/api/content/v1/procedures/{record['id']}/")
    assert answer.json()["document"]["cost"]["least"] == (4711 if kind == "amount" else None)
    assert answer.json()["document"]["cost"]["most"] is None
    for content in (answer.content, client.get(shore.url).content):
        assert b"8899" not in content and b"8.899" not in content


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_contradicts_itself_is_named_at_its_field(transactional_db: None, mistake: str) -> None:
    fields, field = MISTAKES[mistake]
    page = procedure(procedure_list())
    for name, value in fields.items():
        setattr(page, name, value)
    with pytest.raises(ValidationError) as refused:
        page.full_clean()
    assert list(refused.value.message_dict) == [field]


def test_facets_count_what_the_other_filters_leave(transactional_db: None, client: Client) -> None:
    places, index = district_list(), procedure_list()
    north, south = district(places, "Nord"), district(places, "Sued")
    now_open = [phase(-5, 5, ways=[way(3)])]
    procedure(index, "Spielplatz am Park", districts=[north], phases=now_open, initiator="residents")
    procedure(index, "Radweg", districts=[north, south], phases=[phase(5)], initiator="council")
    procedure(index, "Haushalt", phases=now_open, initiator="council")
    listing = client.get("/verfahren/", {"district": "nord"}).context["listing"]
    counts: dict[str, Any] = {
        facet.name: {option.value: option.count for option in facet.options} for facet in listing.facets
    }
    assert [card.record.title for card in listing.cards] == ["Radweg", "Spielplatz am Park"]
    assert counts["district"] == {"city-wide": 1, "nord": 2, "sued": 1}
    assert counts["status"] == {"open": 1, "planned": 1}
    assert counts["initiator"] == {"residents": 1, "council": 1}
    found = client.get("/verfahren/", {"q": "spielplatz", "status": "open"}).context["listing"]
    assert [card.record.title for card in found.cards] == ["Spielplatz am Park"]
    every = {
        "status": "open",
        "district": ["nord", "city-wide"],
        "initiator": "residents",
        "year": str(date.today().year),
    }
    listing = client.get("/verfahren/", every).context["listing"]
    assert listing.total == 1
    assert len(listing.exits) == 5
    for way_out in listing.exits:
        answer = client.get(way_out.href)
        assert answer.status_code == 200, way_out.href
        content = b"".join(answer.streaming_content)
        if "xlsx" in way_out.href:
            content = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
        text = content.decode()
        assert "Radweg" not in text
        assert ("Spielplatz am Park" in text) == ("geojson" not in way_out.href), "it has no point"
    nothing = client.get("/verfahren/", {"status": "nonsense", "sort": "nonsense", "page": "99"})
    assert nothing.context["listing"].total == 3
    assert len(nothing.context["listing"].ignored) == 3
    mixed = client.get("/verfahren/?status=open&status=nonsense&topic=wohnen&sort=title&page=99")
    assert mixed.context["listing"].without_ignored == "?status=open&sort=title#count"
    words = mixed.content.decode()
    assert 'href="?status=open&amp;sort=title#count"' in words and "wohnen</bdi>" in words
    assert '<meta name="robots" content="noindex, follow">' in words
    sound = client.get("/verfahren/", {"status": "open"}).content.decode()
    assert "left-out" not in sound and 'name="robots"' not in sound


def test_an_empty_list_says_whether_words_or_filters_left_nothing(shore: ProcedurePage, client: Client) -> None:
    words, filters = "Check the spelling, or try other words.", "Take one of the filters away."
    for asked, said, unsaid in (
        ({"q": "xyzzy"}, words, filters),
        ({"q": "xyzzy", "level": "involvement"}, filters, words),
        ({"level": "empowerment"}, filters, words),
    ):
        page = client.get("/verfahren/", asked)
        html = page.content.decode()
        assert page.context["listing"].total == 0
        with translation.override("de"):
            assert gettext(said) in html and gettext(unsaid) not in html, asked
            assert ('class="facets__actions"><button' in html) == bool(page.context["listing"].facets), asked
