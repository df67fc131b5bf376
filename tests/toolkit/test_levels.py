"""Levels of participation are called what the office calls them, in each language, wherever people read them."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Locale

from cms_blocks.models import Office
from tests.procedures.factories import procedure, procedure_list
from tests.toolkit.factories import method, toolkit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

OWN = "Mitgestalten"
NAMES = {"name": "Büro", "short_name": "Büro", "city": "Stadt", "administration_name": "V", "carrier_name": "T"}


def office(language: str = "de", **fields: str) -> Office:
    locale = Locale.objects.get_or_create(language_code=language)[0]
    return Office.objects.create(locale=locale, board_name="B", **NAMES, **fields)


def test_an_own_name_stands_on_pages_facets_comparison_and_nowhere_else(client: Client) -> None:
    index = toolkit()
    method(index, "Fishbowl", slug="fishbowl", levels=("involvement",))
    plan = procedure(procedure_list(), level="involvement")
    pages = ["/methoden/fishbowl/", "/methoden/", "/methoden/?level=involvement", plan.url, "/verfahren/"]
    for path in pages:
        told = client.get(path).content.decode()
        assert OWN not in told and "einbeziehen" in told.lower(), path
    named = office(level_involvement=OWN)
    for path in pages:
        told = client.get(path).content.decode()
        assert OWN in told and "einbeziehen" not in told.lower(), path
    assert "Was Sie mitgestalten können" in client.get(plan.url).content.decode()
    [row] = client.get("/api/content/v1/procedures/").json()["data"]
    assert row["levels"] == ["involvement"]
    named.level_involvement = ""
    named.save()
    assert OWN not in client.get(plan.url).content.decode()


def test_a_language_without_own_names_keeps_the_usual_ones(client: Client) -> None:
    office(level_involvement=OWN)
    plan = procedure(procedure_list("en"), level="involvement")
    page = client.get(plan.url).content.decode()
    assert OWN not in page and "involve" in page
