"""A prepared query gives what the queryset would give that it was made from, at whatever moment it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cms_blocks.publication import prepared as module
from cms_blocks.publication.prepared import ID, NOW, Prepared, prepared
from cms_blocks.publication.records import PublicRecord

pytestmark = [pytest.mark.gate, pytest.mark.django_db]
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
COLUMNS = [field.name for field in PublicRecord._meta.concrete_fields]


def record(number: int, **fields: Any) -> PublicRecord:
    values = {"kind": "page", "object_id": number, "is_live": True, "visible_from": NOON, "title": f"Nummer {number}"}
    return PublicRecord.objects.create(**{**values, "visible_until": NOON + timedelta(hours=number), **fields})


def test_every_sort_of_column_is_read_as_a_queryset_reads_it() -> None:
    record(1, topics=("green", "youth"), latitude=52.4, starts_at=NOON, reviewed_on=NOON.date())
    rows = PublicRecord.objects.order_by("pk").values(*COLUMNS)
    assert Prepared.of(rows).rows() == list(rows)


def test_one_query_answers_for_every_moment_and_every_record() -> None:
    short, long = record(1), record(2)
    query = Prepared.of(PublicRecord.objects.visible(NOW).filter(pk=ID).values("pk"))
    later = NOON + timedelta(minutes=90)
    assert [query.rows(NOON, one.pk) for one in (short, long)] == [[{"pk": short.pk}], [{"pk": long.pk}]]
    assert [query.rows(later, one.pk) for one in (short, long)] == [[], [{"pk": long.pk}]]


def test_a_number_that_is_like_the_mark_stays_what_it_is() -> None:
    record(1, latitude=-1.0)
    query = Prepared.of(PublicRecord.objects.visible(NOW).filter(latitude=ID).values("latitude"))
    assert query.rows(NOON) == [{"latitude": -1.0}]


def test_a_query_is_made_once_for_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_kept", {})
    made = []

    def rows() -> Any:
        made.append(1)
        return PublicRecord.objects.values("pk")

    assert prepared("all", rows) is prepared("all", rows)
    assert prepared("other", rows) is not prepared("all", rows)
    assert len(made) == 2


def test_no_more_queries_are_kept_than_were_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_kept", {})
    monkeypatch.setattr(module, "MOST", 3)
    for number in range(7):
        prepared(number, lambda: PublicRecord.objects.values("pk"))
    assert 0 < len(module._kept) <= 3
