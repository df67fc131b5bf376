"""A district that something names cannot be deleted, and no draft falls over one that is gone all the same."""

from __future__ import annotations

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from procedures.models import DistrictPage, NewsDistrict, ProcedureDistrict, ProcedurePage
from procedures.named_districts import refusal
from tests.procedures.factories import (
    district,
    district_list,
    news,
    news_list,
    procedure,
    procedure_list,
    street,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]


@pytest.fixture
def north(transactional_db: None) -> DistrictPage:
    return district(district_list())


def named_in_draft(page: ProcedurePage, place: DistrictPage) -> ProcedurePage:
    """The newest version of the public page names the district, its row does not."""
    draft = page.get_latest_revision_as_object()
    draft.districts = [ProcedureDistrict(district=place)]
    draft.save_revision()
    return ProcedurePage.objects.get(pk=page.pk)


def delete(client: Client, page: DistrictPage) -> str:
    answer = client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
    return answer.content.decode()


def test_a_district_that_only_a_draft_names_stays(north: DistrictPage, admin_client: Client) -> None:
    shore = named_in_draft(procedure(procedure_list(), "Uferweg"), north)
    assert not shore.districts.exists()
    assert "Uferweg" in refusal([north])
    assert "Uferweg" in delete(admin_client, north)
    assert DistrictPage.objects.filter(pk=north.pk).exists()
    shore.get_latest_revision_as_object().save_revision().publish()
    assert "Uferweg" in refusal([north.get_parent()])
    draft = ProcedurePage.objects.get(pk=shore.pk).get_latest_revision_as_object()
    draft.districts = []
    draft.save_revision().publish()
    assert refusal([north]) == ""
    delete(admin_client, north)
    assert not DistrictPage.objects.filter(pk=north.pk).exists()


def test_a_district_that_news_name_stays(north: DistrictPage, admin_client: Client) -> None:
    index = news_list()
    told = news(index, "Die Bagger kommen", districts=[north])
    with pytest.raises(ProtectedError):
        north.delete()
    assert "Die Bagger kommen" in delete(admin_client, north)
    told.delete()
    draft = news(index, "Bald mehr")
    draft.districts = [NewsDistrict(district=north)]
    draft.save_revision()
    assert "Bald mehr" in delete(admin_client, north)
    assert DistrictPage.objects.filter(pk=north.pk).exists()


def test_a_district_that_streets_lie_in_stays_unless_another_has_its_word(
    north: DistrictPage, admin_client: Client
) -> None:
    lime = street(district="nord")
    assert "1" in delete(admin_client, north)
    assert DistrictPage.objects.filter(pk=north.pk).exists()
    english = district(district_list("en"), "North", slug="nord")
    assert refusal([north]) == ""
    english.delete()
    lime.delete()
    delete(admin_client, north)
    assert not DistrictPage.objects.filter(pk=north.pk).exists()


def test_drafts_cost_no_query_each(north: DistrictPage, django_assert_num_queries) -> None:
    index, counts = procedure_list(), []
    for _round in range(2):
        for _number in range(5):
            named_in_draft(procedure(index), north)
        with django_assert_num_queries(7):
            counts.append(refusal([north]))
    assert [(text.count("„"), "…" in text) for text in counts] == [(5, False), (5, True)]


def test_a_draft_whose_district_is_gone_can_be_edited_and_published(north: DistrictPage, admin_client: Client) -> None:
    """As older databases may hold it."""
    south = district(north.get_parent(), "Sued")
    shore = procedure(procedure_list(), "Uferweg", districts=[south])
    draft = shore.get_latest_revision_as_object()
    draft.districts = [ProcedureDistrict(district=south), ProcedureDistrict(district=north)]
    draft.save_revision()
    DistrictPage.objects.get(pk=north.pk).delete()
    answer = admin_client.get(reverse("wagtailadmin_pages:edit", args=[shore.pk]))
    assert answer.status_code == 200
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={shore.pk}"
    assert admin_client.post(bulk).status_code == 302
    shore.refresh_from_db()
    assert not shore.has_unpublished_changes
    assert [row.district_id for row in ProcedurePage.objects.get(pk=shore.pk).districts.all()] == [south.pk]
