"""Methods of a phase: on the page, in the API, in the toolkit and in the sheets of the import, as far as they are public."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms_blocks.publication import reconcile
from cms_blocks.publication.periodic import freshen
from cms_blocks.publication.records import PublicRecord
from procedures.importing.planning import UNCHANGED
from procedures.importing.workbook import list_as_sheet
from procedures.models import ProcedurePage
from tests.procedures.factories import phase, procedure, procedure_list
from tests.procedures.sheets import row, xlsx
from tests.procedures.test_import import plan_for
from tests.toolkit.factories import method, toolkit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

API = "/api/content/v1/procedures/"


@pytest.fixture
def cafe(transactional_db: None) -> Any:
    return method(toolkit(), "World Café", slug="world-cafe")


@pytest.fixture
def shore(cafe: Any) -> ProcedurePage:
    bowl = method(cafe.get_parent(), "Fishbowl", slug="fishbowl")
    phases = [phase(-5, 5, title="Ideen", methods=[cafe.pk, bowl.pk]), phase(6, title="Danach")]
    return procedure(procedure_list(), "Uferweg", slug="uferweg", phases=phases)


def phases_of(client: Client) -> list[dict[str, Any]]:
    [record] = client.get(API).json()["data"]
    return client.get(f"{API}{record['id']}/").json()["document"]["phases"]


def test_a_phase_names_its_methods_on_the_page_and_in_the_api(shore: ProcedurePage, client: Client) -> None:
    html = client.get(shore.url).content.decode()
    assert html.count('href="/methoden/world-cafe/"') == html.count('href="/methoden/fishbowl/"') == 1
    assert html.count('class="phase__methods"') == 1, "the other phase has none"
    ideas, later = phases_of(client)
    assert ideas["methods"] == [
        {"title": "World Café", "path": "/methoden/world-cafe/"},
        {"title": "Fishbowl", "path": "/methoden/fishbowl/"},
    ]
    assert later["methods"] == []


def test_the_toolkit_names_the_procedure_whose_phase_uses_a_method(
    shore: ProcedurePage, cafe: Any, client: Client
) -> None:
    assert "Uferweg" in client.get(cafe.get_url()).content.decode()
    assert [row["title"] for row in client.get(API, {"methods": "world-cafe"}).json()["data"]] == ["Uferweg"]


def test_a_method_is_named_by_a_phase_exactly_while_it_is_public(
    shore: ProcedurePage, cafe: Any, client: Client
) -> None:
    cafe.unpublish()
    page, phases = client.get(shore.url).content.decode(), phases_of(client)
    assert "World Café" not in page and "Fishbowl" in page
    assert [one["title"] for one in phases[0]["methods"]] == ["Fishbowl"]
    freshen()
    assert PublicRecord.objects.visible().of_kind("procedure").get().procedure_facts.methods == ("fishbowl",)
    cafe.save_revision().publish()
    assert "World Café" in client.get(shore.url).content.decode()
    assert [one["title"] for one in phases_of(client)[0]["methods"]] == ["World Café", "Fishbowl"]
    freshen()
    assert PublicRecord.objects.visible().of_kind("procedure").get().procedure_facts.methods == (
        "world-cafe",
        "fishbowl",
    )
    assert not reconcile.check()


def test_phases_of_old_that_know_no_methods_are_read(cafe: Any, client: Client) -> None:
    procedure(procedure_list(), "Alt", slug="alt", phases=[phase(-5, 5)])
    assert [one["methods"] for one in phases_of(client)] == [[]]
    assert client.get("/verfahren/alt/").status_code == 200


def test_more_methods_cost_no_more_queries(cafe: Any, client: Client) -> None:
    methods = [method(cafe.get_parent()).pk for _ in range(9)]
    index = procedure_list()
    procedure(index, "Eine", slug="eine", phases=[phase(-5, 5, methods=[cafe.pk])])
    procedure(index, "Zehn", slug="zehn", phases=[phase(-5, 5, methods=[pk]) for pk in (cafe.pk, *methods)])
    counts = []
    for slug in ("eine", "zehn"):
        client.get(f"/verfahren/{slug}/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"/verfahren/{slug}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_method_that_is_deleted_breaks_neither_the_page_nor_the_form(
    shore: ProcedurePage, cafe: Any, admin_client: Client, client: Client
) -> None:
    cafe.delete()
    assert admin_client.get(reverse("wagtailadmin_pages:edit", args=[shore.pk])).status_code == 200
    assert client.get(shore.url).status_code == 200


# In a sheet


def test_methods_of_phases_are_exported_and_imported_unchanged(shore: ProcedurePage) -> None:
    index = shore.get_parent()
    sheet = list_as_sheet(index, "csv")
    assert "world-cafe; fishbowl" in sheet.decode("utf-8-sig")
    plan = plan_for(sheet, index, "liste.csv")
    assert [(step.kind, step.errors) for step in plan.steps] == [(UNCHANGED, [])]


def test_a_cell_names_the_methods_of_each_phase(cafe: Any) -> None:
    index = procedure_list()
    cell = "Phase: Ideen\nBeginn: 01.03.2026\nMethoden: World Café; world-cafe\nPhase: Danach"
    [step] = plan_for(xlsx([row(Phasen=cell)]), index).steps
    assert [one["methods"] for one in step.values["phases"]] == [[cafe.pk], []] and not step.errors
    [old] = plan_for(xlsx([row(Phasen="Ideen | 01.03.2026")]), index).steps
    assert old.values["phases"][0]["methods"] == [] and not old.errors


def test_a_method_that_nobody_knows_is_named_with_its_line(cafe: Any) -> None:
    [step] = plan_for(xlsx([row(Phasen="Phase: Ideen\nMethoden: Kaffeesatz")]), procedure_list()).steps
    [error] = step.errors
    assert "2" in error.reason and "Kaffeesatz" in error.reason and "world-cafe" in error.remedy
