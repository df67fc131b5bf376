"""Rated by the city's own principles: on the page by shape and word, in the overview, in the API, in each language."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.blocks.struct_block import StructBlockValidationError

from cms_blocks.publication import reconcile
from cms_blocks.publication.records import PublicRecord
from procedures.blocks import RatingBlock, RatingStreamBlock
from procedures.models import Principle, ProcedurePage
from tests.governance.office import desk, open_office
from tests.procedures.factories import principle, procedure, procedure_list, rating

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]


@pytest.fixture
def rated(transactional_db: None) -> ProcedurePage:
    early, late = principle("Früh bekannt", order=1), principle("Vor Ort", order=2)
    beside = principle("Von unten", order=3)
    ratings = [
        rating(late, "not_met", "Nur im Rathaus."),
        rating(early),
        rating(beside, "not_applicable", "Der Rat hat begonnen."),
    ]
    return procedure(procedure_list(), "Uferweg", slug="ufer", ratings=ratings)


def test_page_overview_and_api_tell_how_far_each_principle_was_kept(rated: ProcedurePage, client: Client) -> None:
    page = client.get(rated.url).content.decode()
    assert "1 von 2 Grundsätzen erfüllt" in page
    assert page.index("Früh bekannt") < page.index("Vor Ort")
    for words in (
        "<strong>Vor Ort</strong>: nicht erfüllt",
        "Nur im Rathaus.",
        "<strong>Von unten</strong>: trifft nicht zu",
    ):
        assert words in page
    for degree in ("met", "not_met", "not_applicable"):
        assert f"ratings__sign--{degree}" in page
    assert ">1 von 2</td>" in client.get("/verfahren/?view=outcomes").content.decode()
    [row] = client.get("/api/content/v1/procedures/", {"principles_met": 1, "fields": "*"}).json()["data"]
    assert (row["principles_met"], row["principles_rated"]) == (1, 2)
    assert row["document"]["outcome"]["ratings"][1] == {
        "principle": "Vor Ort",
        "question": "War es leicht?",
        "degree": "not_met",
        "reason": "Nur im Rathaus.",
    }


def test_a_principle_that_gets_another_name_has_it_everywhere(rated: ProcedurePage, client: Client) -> None:
    record = PublicRecord.objects.of_kind("procedure").get()
    one = Principle.objects.get(name="Vor Ort")
    one.name = "Wo die Menschen sind"
    one.save()
    for address in (rated.url, f"/api/content/v1/procedures/{record.pk}/"):
        told = client.get(address).content.decode()
        assert "Wo die Menschen sind" in told and "Vor Ort" not in told
    one.delete()
    assert "Wo die Menschen sind" not in client.get(rated.url).content.decode()
    reconcile.repair()
    assert not reconcile.check()


def test_a_translation_names_the_principle_in_its_own_language(rated: ProcedurePage, client: Client) -> None:
    one = Principle.objects.get(name="Früh bekannt")
    plans = procedure_list("en")
    other = procedure(plans, "Shore", slug="shore", ratings=[rating(one)], translation_key=rated.translation_key)
    assert "Früh bekannt" in client.get(other.url).content.decode()
    principle("Known early", "en", translation_key=one.translation_key)
    page = client.get(other.url).content.decode()
    assert "Known early" in page and "Früh bekannt" not in page
    record = PublicRecord.objects.of_kind("procedure").in_locale("en").get()
    [told] = client.get(f"/api/content/v1/procedures/{record.pk}/").json()["document"]["outcome"]["ratings"]
    assert told["principle"] == "Known early"


@pytest.mark.parametrize(
    ("degree", "needs"), [("met", False), ("partly", True), ("not_met", True), ("not_applicable", True)]
)
def test_whatever_was_not_simply_met_has_its_reason(degree: str, needs: bool) -> None:
    block = RatingBlock()
    value = block.to_python(rating(principle(), degree))
    if not needs:
        assert block.clean(value)["degree"] == degree
        return
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)
    assert set(refused.value.block_errors) == {"reason"}


def test_no_principle_is_rated_twice() -> None:
    one = principle()
    block = RatingStreamBlock()
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python([{"type": "rating", "value": rating(one)}] * 2))
    assert set(refused.value.block_errors) == {1}


@pytest.mark.parametrize("name", ["anna", "carla"])
def test_editors_of_both_halves_write_the_principles(name: str) -> None:
    open_office()
    address = reverse("wagtailsnippets_procedures_principle:add")
    data = {"name": "Offen für alle", "question": "War es leicht?", "order": 1}
    assert desk(name).post(address, data).status_code == 302
    assert Principle.objects.get().name == "Offen für alle"
    assert desk("board").get(address).status_code in {302, 403}
    assert desk(name).post(reverse("wagtailsnippets_procedures_principle:delete", args=[Principle.objects.get().pk]))
    assert Principle.objects.exists()
