"""What the editor's form asks of a procedure before it is public, and not of a draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from procedures.models import ProcedurePage
from procedures.rules import missing
from tests.procedures.factories import procedure_list

GAPS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": ({"level": "information", "form": "informal", "cost_kind": "unknown"}, set()),
    "neither level nor reason": ({}, {"no_participation_reason"}),
    "a reason is enough": ({"no_participation_reason": "Eine Leitung wird ersetzt."}, set()),
    "a formal one": ({"level": "information", "form": "formal"}, {"legal_basis", "official_address"}),
    "an amount": ({"level": "information", "cost_kind": "amount"}, {"cost_from", "cost_on", "cost_basis"}),
    "an amount of nothing": (
        {"level": "information", "cost_kind": "amount", "cost_from": 0, "cost_on": "2026-01-01", "cost_basis": "-"},
        set(),
    ),
    "a range": ({"level": "information", "cost_kind": "range", "cost_from": 1, "cost_on": "x", "cost_basis": "-"}, {"cost_to"}),
    "a suspension": ({"level": "information", "suspended_from": "x"}, {"suspended_reason"}),
}  # fmt: skip


@pytest.mark.parametrize("gap", GAPS)
def test_what_a_public_procedure_lacks_is_named_by_field(gap: str) -> None:
    values, fields = GAPS[gap]
    assert set(missing(values)) == fields


@pytest.mark.django_db
def test_a_draft_may_leave_open_what_a_public_page_may_not(admin_client: Client) -> None:
    index = procedure_list()
    address = reverse("wagtailadmin_pages:add", args=["procedures", "procedurepage", index.pk])
    empty = dict.fromkeys(
        ("open_points", "fixed_points", "body", "stages", "decisions", "phases", "adopted", "not_adopted", "changes"),
        streamfield([]),
    )
    data = nested_form_data(
        {
            "title": "Uferweg", "slug": "uferweg", "initiator": "council", "form": "informal", "cost_kind": "unknown",
            "half": "carrier", "listed_on": "2026-01-07", "districts": inline_formset([]), "methods": inline_formset([]),
            "comments": inline_formset([]), **empty,
        }
    )  # fmt: skip
    refused = admin_client.post(address, {**data, "action-publish": "yes"})
    errors = refused.context["form"].errors
    assert set(errors) == {"brief_what", "brief_where", "brief_how", "no_participation_reason", "city_wide"}
    assert not ProcedurePage.objects.exists()
    assert admin_client.post(address, data).status_code == 302
    kept = ProcedurePage.objects.get()
    assert (kept.live, kept.reference) == (False, "2026-0001")
