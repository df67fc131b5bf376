"""Publishing without the form: several at once, and through the write API. What the form asks is asked all the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from wagtail.models import APIToken

from procedures.models import ProcedureMethod, ProcedurePage
from tests.procedures.factories import district, district_list, procedure, procedure_list
from tests.toolkit.factories import method, toolkit

pytestmark = pytest.mark.django_db


@pytest.fixture
def index() -> Any:
    return procedure_list()


def public(page: ProcedurePage) -> ProcedurePage:
    return ProcedurePage.objects.get(pk=page.pk)


def draft(page: ProcedurePage, **fields: Any) -> None:
    newest = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(newest, name, value)
    newest.save_revision(clean=False)


def publish_together(client: Client, *pages: Any, **more: Any) -> str:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    chosen = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{address}?{chosen}", more, follow=True).content.decode()


@pytest.fixture
def by_api() -> Any:
    operator = get_user_model().objects.create_superuser("operator", "operator@office.example", "x")
    key = APIToken.generate_token()
    APIToken.objects.create(user=operator, name="import", key_hash=APIToken.hash_token(key))

    def publish(page: Any) -> Any:
        address = f"/api/write/v3/pages/{page.pk}/actions/publish/"
        return Client().post(address, headers={"Authorization": f"Bearer {key}"})

    return publish


def test_several_are_published_only_if_each_says_what_is_new(index: Any, admin_client: Client) -> None:
    shore, bridge = (procedure(index, title, level="information", city_wide=True) for title in ("Uferweg", "Brücke"))
    draft(shore, next_steps="Im Mai wird gebaut.")
    draft(bridge)
    answer = publish_together(admin_client, shore, bridge)
    assert "Nichts wurde veröffentlicht." in answer and "„Uferweg“: " in answer and "was neu ist" in answer
    assert public(shore).next_steps == "" and public(bridge).has_unpublished_changes

    newest = public(shore).get_latest_revision_as_object()
    newest.changes.append(
        ("change", {"on": date(2026, 1, 2), "what": "Es wird Mai.", "why": "", "cost": None, "days": None})
    )
    newest.save_revision()
    publish_together(admin_client, shore, bridge)
    assert public(shore).next_steps == "Im Mai wird gebaut." and not public(bridge).has_unpublished_changes


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        ({"level": "", "no_participation_reason": ""}, "warum es keine Beteiligung gibt"),
        ({"city_wide": False}, "wo es ist"),
        ({"brief_where": ""}, "Kurz gesagt: Wo?"),
        ({"suspended_from": datetime(2026, 2, 1, tzinfo=UTC)}, "warum das Verfahren ausgesetzt ist"),
    ],
)
def test_nothing_incomplete_is_published_without_the_form(
    index: Any, admin_client: Client, by_api: Any, lacks: dict[str, Any], words: str
) -> None:
    whole = {"level": "information", "city_wide": True, "live": False}
    page = procedure(index, "Uferweg", **(whole | lacks))
    page.save_revision(clean=False)
    refusals = (publish_together(admin_client, page), publish_together(admin_client, index, include_descendants="on"))
    for said in (*refusals, str(by_api(page).json())):
        assert words in said, said
    assert not public(page).live


def test_what_is_whole_is_published_by_every_door(index: Any, admin_client: Client, by_api: Any) -> None:
    here = district(district_list())
    pages = [procedure(index, title, level="information", districts=[here], live=False) for title in ("A", "B", "C")]
    for page in pages:
        page.save_revision()
    publish_together(admin_client, pages[0])
    assert by_api(pages[1]).status_code == 200
    publish_together(admin_client, index, include_descendants="on")
    assert [public(page).live for page in pages] == [True] * 3
    assert here.live  # other pages are asked nothing
    assert by_api(here).status_code == 200


def test_the_write_api_asks_what_is_new_also_in_what_stands_beside_the_page(index: Any, by_api: Any) -> None:
    workshop = method(toolkit())
    page = procedure(index, "Uferweg", level="information", city_wide=True)
    for changed in ({"next_steps": "Im Mai wird gebaut."}, {"methods": [ProcedureMethod(method=workshop)]}):
        draft(page, **changed)
        answer = by_api(page)
        assert answer.status_code == 422 and "was neu ist" in str(answer.json()), changed
        draft(page, next_steps="", methods=[])
    assert public(page).next_steps == "" and not public(page).methods.exists()
    assert by_api(page).status_code == 200  # as it was
