"""Imprint and accessibility statement: what the law asks for is a field, and the page says it in sentences."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.models import Locale

from cms_blocks.models import PublicDocument
from tests.site.house import House, accessibility_statement, imprint
from website.models import AccessibilityStatementPage, ImprintPage


def test_the_imprint_names_a_publisher_and_who_is_responsible_for_each_half(house: House, client: Client) -> None:
    page = client.get("/impressum/").content.decode()
    for word in ("Stadt Musterstadt", "Träger e. V.", "carrier@beteiligung.example", "VR 0000", "DE000000000"):
        assert word in page
    assert page.count("Leitung der Hälfte") == 2
    document = json.loads(PublicDocument.objects.get(record__kind="imprint").body)
    assert [publisher["half"] for publisher in document["publishers"]] == ["administration", "carrier"]


@pytest.mark.parametrize("halves", [["carrier"], ["carrier", "carrier"], []], ids=["one", "twice", "none"])
def test_an_imprint_without_one_publisher_for_each_half_is_not_published(halves: list[str], db: None) -> None:
    page = imprint(locale=Locale.get_default())
    values = [{**page.publishers[0].value, "half": half} for half in halves]
    block = ImprintPage.publishers.field.stream_block
    stream = block.to_python([{"type": "publisher", "value": value} for value in values])
    with pytest.raises(StreamBlockValidationError):
        block.clean(stream)
    block.clean_deferred(stream)  # a draft may be unfinished


def test_the_statement_says_state_basis_barriers_and_whom_to_turn_to(house: House, client: Client) -> None:
    page = client.get("/barrierefreiheit/").content.decode()
    for word in (
        "EN 301 549", "Prüfstelle", "1. Mai 2026", "4. Mai 2026", "Inhalt burden", "Inhalt scope", "Inhalt pending",
        "Rufen Sie an.", "barrieren@beteiligung.example", "Durchsetzungsstelle (Beispiel)", "https://stelle.example/",
    ):  # fmt: skip
        assert word in page, word
    document = json.loads(PublicDocument.objects.get(record__kind="accessibility_statement").body)
    assert (document["conformance"], document["reviewed_on"]) == ("partly", "2026-05-04")
    assert [barrier["reason"] for barrier in document["barriers"]] == ["burden", "scope", "pending"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"conformance": "full"}, "conformance"), ({"evaluated_by": ""}, "evaluated_by")],
    ids=["fully accessible with barriers", "examined by nobody"],
)
def test_a_statement_that_contradicts_itself_is_refused(fields: dict[str, Any], wrong: str, house: House) -> None:
    page = AccessibilityStatementPage.objects.get()
    for name, value in fields.items():
        setattr(page, name, value)
    with pytest.raises(ValidationError) as refused:
        page.full_clean()
    assert wrong in refused.value.message_dict


@pytest.mark.parametrize(
    ("checked", "due"), [(date(2026, 5, 4), date(2027, 5, 4)), (date(2028, 2, 29), date(2029, 3, 1)), (None, None)]
)
def test_a_check_is_due_a_year_after_the_last_one(checked: date | None, due: date | None, db: None) -> None:
    assert accessibility_statement(reviewed_on=checked).check_due == due


def test_an_editor_is_told_on_the_day_and_the_page_comes_up_for_review(house: House) -> None:
    page = AccessibilityStatementPage.objects.get()
    page.full_clean()
    assert page.review_date == date(2027, 5, 4)
    editor = Client()
    editor.force_login(get_user_model().objects.create_superuser("chefin", "chefin@example.org", "x"))
    told = []
    for day in ("2027-05-03", "2027-05-04"):
        with time_machine.travel(f"{day}T12:00:00Z", tick=False):
            editor.force_login(get_user_model().objects.get(username="chefin"))
            answer = editor.get(f"/admin/pages/{page.pk}/edit/")
            assert answer.status_code == 200
            told.append('class="help-block help-warning" role="note"' in answer.content.decode())
    assert told == [False, True]
