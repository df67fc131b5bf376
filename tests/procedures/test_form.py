"""What the editor's form asks of a procedure before it is public, and not of a draft."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import pgettext
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from procedures.blocks import PhaseBlock
from procedures.models import ProcedurePage
from procedures.rules import is_listed_late, missing
from tests.procedures.factories import STREAMS, phase, procedure, procedure_list, way

BEGINS, ENDS = datetime(2026, 6, 1, 8, tzinfo=UTC), datetime(2026, 6, 30, 22, tzinfo=UTC)

GAPS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": ({"level": "information", "form": "informal", "cost_kind": "unknown"}, set()),
    "neither level nor reason": ({}, {"no_participation_reason"}),
    "a reason is enough": ({"no_participation_reason": "Eine Leitung wird ersetzt."}, set()),
    "a formal one": ({"level": "information", "form": "formal"}, {"legal_basis", "official_address", "display_from", "display_until", "announcement"}),
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


@pytest.mark.parametrize(
    ("listed", "read", "late"),
    [
        ("2026-01-15", "2026-04-15", False),
        ("2026-01-15", "2026-04-14", True),
        ("2025-11-30", "2026-02-28", False),
        ("2025-11-30", "2026-02-27", True),
        ("2025-12-31", "2026-03-31", False),
        ("2026-01-15", "2025-12-01", True),
        ("2026-01-15", None, False),
    ],
)
def test_three_months_lie_between_list_and_first_reading(listed: str, read: str | None, late: bool) -> None:
    reading = date.fromisoformat(read) if read else None
    assert is_listed_late(SimpleNamespace(listed_on=date.fromisoformat(listed), first_reading=reading)) is late


@pytest.mark.django_db
def test_public_and_editor_are_told_that_it_came_late(client: Client, admin_client: Client) -> None:
    index = procedure_list()
    late = procedure(index, slug="spaet", listed_on="2026-01-15", first_reading="2026-02-01")
    procedure(index, slug="frueh", listed_on="2026-01-15", first_reading="2026-06-01")
    words = "weniger als drei Monate"
    assert words in client.get("/verfahren/spaet/").content.decode()
    early = client.get("/verfahren/frueh/").content.decode()
    assert words not in early and "1. Juni 2026" in early
    data = nested_form_data(
        {
            "title": "Spät", "slug": "spaet", "initiator": "council", "form": "informal", "cost_kind": "unknown",
            "half": "carrier", "listed_on": "2026-01-15", "first_reading": "2026-02-01", "reference": late.reference,
            "districts": inline_formset([]), "methods": inline_formset([]), "further_topics": inline_formset([]), "comments": inline_formset([]),
            **dict.fromkeys(STREAMS, streamfield([])),
        }
    )  # fmt: skip
    address = reverse("wagtailadmin_pages:edit", args=[late.pk])
    # What saves itself while somebody writes says nothing; each time would be one more line at the end.
    assert admin_client.post(address, data, headers={"Accept": "application/json"}).status_code == 200
    assert words not in admin_client.get(address).content.decode()
    answer = admin_client.post(address, data, follow=True)
    assert answer.content.decode().count(words) == 1


@pytest.mark.parametrize(
    ("typed", "euros"),
    [
        ("250.000", "250000"),
        ("1.250,50", "1250.50"),
        ("1250000.50", "1250000.50"),
        ("1.250.000,00 €", "1250000"),
        ("2,5", "2.50"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_as_people_write_it_and_shown_so_that_it_is_read_again(typed: str, euros: str) -> None:
    field = ProcedurePage._meta.get_field("cost_from").formfield()
    assert field.clean(typed) == Decimal(euros)
    assert field.clean(field.prepare_value(Decimal(euros))) == Decimal(euros)
    assert not field.has_changed(Decimal(euros), typed)
    with translation.override("en"):
        assert field.clean(field.prepare_value(Decimal(euros))) == Decimal(euros)


@pytest.mark.parametrize(
    ("typed", "said"), [("viel", "„viel“ ist kein Betrag. Schreiben Sie nur die Zahl"), ("1.250,505", "2 ")]
)
def test_what_is_no_amount_is_named(typed: str, said: str) -> None:
    field = ProcedurePage._meta.get_field("cost_from").formfield()
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert said in " ".join(refused.value.messages)
    assert field.clean("  ") is None


@pytest.mark.django_db
def test_the_editor_shows_amounts_in_the_german_way(admin_client: Client) -> None:
    page = procedure(procedure_list(), cost_kind="range", cost_from=Decimal("250000.50"), cost_to=Decimal(1200000))
    html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    fields = [re.search(rf'<input [^>]*name="{name}"[^>]*>', html)[0] for name in ("cost_from", "cost_to")]
    for field, value in zip(fields, ("250.000,50", "1.200.000"), strict=True):
        assert 'type="text"' in field and f'value="{value}"' in field and 'inputmode="decimal"' in field


@pytest.mark.django_db
def test_whether_the_board_is_recommended_is_asked_in_words_of_our_own(admin_client: Client) -> None:
    page = procedure(procedure_list(), board_recommended=False)
    html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    select = BeautifulSoup(html, "html.parser").find("select", {"name": "board_recommended"})
    with translation.override("de"):
        words = [pgettext("yes or no", word) for word in ("not said yet", "Yes", "No")]
    assert [option.text.strip() for option in select("option")] == words
    assert select.find("option", selected=True)["value"] == "false"


@pytest.mark.django_db
def test_a_draft_may_leave_open_what_a_public_page_may_not(admin_client: Client) -> None:
    index = procedure_list()
    address = reverse("wagtailadmin_pages:add", args=["procedures", "procedurepage", index.pk])
    empty = dict.fromkeys(
        (
            "open_points",
            "fixed_points",
            "body",
            "stages",
            "decisions",
            "phases",
            "adopted",
            "not_adopted",
            "changes",
            "ratings",
            "documents",
        ),
        streamfield([]),
    )
    data = nested_form_data(
        {
            "title": "Uferweg", "slug": "uferweg", "initiator": "council", "form": "informal", "cost_kind": "unknown",
            "half": "carrier", "listed_on": "2026-01-07", "districts": inline_formset([]), "methods": inline_formset([]), "further_topics": inline_formset([]),
            "comments": inline_formset([]), **empty,
        }
    )  # fmt: skip
    refused = admin_client.post(address, {**data, "action-publish": "yes"})
    errors = refused.context["form"].errors
    assert set(errors) == {"brief_what", "brief_where", "brief_how", "no_participation_reason", "city_wide"}
    assert not ProcedurePage.objects.exists()
    ahead = streamfield([("stage", {"stage": "", "since": "2999-01-01", "note": ""})])
    refused = admin_client.post(address, data | nested_form_data({"stages": ahead}))
    assert set(refused.context["form"].errors) == {"stages"}
    undated = streamfield([("stage", {"stage": "idea", "since": "", "note": ""})])
    assert admin_client.post(address, data | nested_form_data({"stages": undated})).status_code == 302
    kept = ProcedurePage.objects.get()
    assert (kept.live, kept.reference) == (False, "2026-0001")


@pytest.mark.parametrize(
    ("begins", "ends", "deadline", "field"),
    [
        (BEGINS, ENDS, BEGINS, "begins"),
        (BEGINS, None, BEGINS - timedelta(days=1), "begins"),
        (BEGINS, ENDS, ENDS + timedelta(minutes=1), "ends"),
        (BEGINS, ENDS, BEGINS + timedelta(minutes=1), None),
        (BEGINS, ENDS, ENDS, None),
        (None, None, BEGINS, None),
    ],
)
def test_a_deadline_lies_within_its_phase(
    begins: datetime | None, ends: datetime | None, deadline: datetime, field: str | None
) -> None:
    block = PhaseBlock()
    value = block.to_python(phase(begins, ends, ways=[way(deadline, label="Brief schreiben")]))
    try:
        block.clean(value)
    except StructBlockValidationError as error:
        assert list(error.block_errors) == [field] and "Brief schreiben" in str(error.block_errors[field].messages)
    else:
        assert field is None


@pytest.mark.django_db
def test_umlauts_are_written_out_in_an_address_that_nobody_has_typed() -> None:
    index = procedure_list()
    for number in ("", "-2"):
        page = procedure(index, "Größere Bäume für die Übergasse", slug="")
        assert page.slug == f"groessere-baeume-fuer-die-uebergasse{number}"
