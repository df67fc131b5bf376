"""A district's page: what happens there, with nothing open left out, and whom to ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from cms_blocks.models import Contact
from cms_blocks.publication.periodic import freshen
from cms_blocks.publication.records import PublicRecord
from procedures.records import happening_in
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, way

pytestmark = pytest.mark.django_db

OPEN_NOW = [phase(-5, 9, ways=[way()])]
DONE = [{"stage": "done", "since": "2024-01-01", "note": ""}]


def titles(client: Client, path: str = "/stadtteile/nord/") -> list[str]:
    return [card.record.title for card in client.get(path).context["happening"].cards]


def test_what_is_open_stands_first_however_much_is_newer(client: Client) -> None:
    index, north = procedure_list(), district(district_list())
    procedure(index, "Alt und offen", districts=[north], listed_on="2020-01-01", phases=OPEN_NOW)
    procedure(index, "Alt und für alle offen", listed_on="2020-01-01", phases=OPEN_NOW)
    for number in range(50):
        procedure(index, f"Neu {number}", districts=[north], listed_on="2026-01-01")
    assert titles(client)[:2] == ["Alt und offen", "Alt und für alle offen"]
    rows = happening_in(north)
    assert (len(rows.cards), rows.total) == (12, 52)


def test_what_is_over_pushes_nothing_out_and_the_list_has_it(client: Client) -> None:
    index, north = procedure_list(), district(district_list())
    procedure(index, "Im Bau", districts=[north], listed_on="2020-01-01")
    for number in range(12):
        procedure(index, f"Fertig {number}", districts=[north], stages=DONE)
    procedure(index, "Woanders", districts=[district(north.get_parent(), "Sued")])
    page = client.get("/stadtteile/nord/")
    shown = page.context["happening"]
    assert [card.record.title for card in shown.cards] == ["Im Bau"]
    assert shown.address == "/verfahren/?district=nord&district=city-wide"
    assert shown.address.replace("&", "&amp;") in page.content.decode()
    assert client.get(shown.address).context["listing"].total == shown.total == 13


def test_nothing_leads_to_more_where_all_is_shown(client: Client) -> None:
    north = district(district_list())
    index = procedure_list()
    procedure(index, districts=[north])
    assert not client.get("/stadtteile/nord/").context["happening"].has_more
    index.unpublish()
    assert client.get("/stadtteile/nord/").context["happening"].address == ""


def test_what_happens_costs_three_queries(client: Client) -> None:
    index, north = procedure_list(), district(district_list())
    for _round in range(2):
        for _number in range(9):
            procedure(index, districts=[north])
        with CaptureQueriesContext(connection) as asked:
            happening_in(north)
        assert len(asked) == 3


# Whom to ask


def contact(name: str, half: str, language: str = "de", **fields: Any) -> Contact:
    locale = Locale.objects.get_or_create(language_code=language)[0]
    return Contact.objects.create(**{"name": name, "half": half, "locale": locale, "phone": "0331 1", **fields})


def asked_at(client: Client, path: str = "/stadtteile/nord/") -> str:
    """Whom page and document name; they agree."""
    found = client.get(path).context["contact"]
    document = client.get("/api/content/v1/districts/", {"fields": "*"}).json()["data"][0]["document"]
    assert document.get("contact", {}).get("name", "") == (found.name if found else "")
    return found.name if found else ""


def test_a_district_without_a_contact_names_that_of_the_half_that_works_there(client: Client) -> None:
    north = district(district_list(), half="carrier")
    assert asked_at(client) == ""
    contact("Unerreichbar", "carrier", phone="")
    contact("Rathaus", "administration")
    shop = contact("Stadtteilladen", "carrier")
    contact("Später", "carrier")
    freshen()
    assert asked_at(client) == "Stadtteilladen"
    shop.name = "Laden am Kanal"
    shop.save()
    freshen()
    assert asked_at(client) == "Laden am Kanal"
    shop.half = "administration"
    shop.save()
    freshen()
    assert asked_at(client) == "Später"
    north.contact = contact("Frau vor Ort", "joint")
    north.save_revision().publish()
    assert asked_at(client) == "Frau vor Ort"


def test_a_procedure_without_a_contact_names_that_of_the_half_that_leads_it(client: Client) -> None:
    shop = contact("Stadtteilladen", "carrier", phone="0331 77")
    index = procedure_list()
    page, joint = procedure(index, half="carrier"), procedure(index, half="joint")
    answer = client.get(page.url)
    assert answer.context["contact"] == shop and "Fragen?" in answer.content.decode()
    documents = client.get("/api/content/v1/procedures/", {"fields": "*"}).json()["data"]
    assert {row["half"]: row["document"].get("contact", {}).get("name") for row in documents} == {
        "carrier": "Stadtteilladen", "joint": None,
    }  # fmt: skip
    assert client.get(joint.url).context["contact"] is None
    page.contact = contact("Frau vor Ort", "joint")
    page.save_revision().publish()
    assert client.get(page.url).context["contact"].name == "Frau vor Ort"


def test_a_half_is_named_in_the_language_of_the_page(client: Client) -> None:
    german = contact("Stadtteilladen", "carrier")
    contact("Local shop", "carrier", "en", translation_key=german.translation_key)
    district(district_list("en"), half="carrier")
    assert client.get("/en/stadtteile/nord/").context["contact"].name == "Local shop"


def test_a_district_of_both_halves_names_no_one_of_them(client: Client) -> None:
    contact("Geschäftsstelle des Beirats", "joint")
    district(district_list(), half="joint")
    assert asked_at(client) == ""
    assert PublicRecord.objects.of_kind("district").count() == 1
