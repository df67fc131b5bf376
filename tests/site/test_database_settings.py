"""How an address of a database becomes settings, and that PostgreSQL keeps the plans of what is asked again and again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.environment import database
from tests.site.house import House


@pytest.mark.parametrize(
    ("query", "threshold"), [("", 5), ("?prepare_threshold=0", 0), ("?prepare_threshold=never", None)]
)
def test_plans_are_kept_unless_a_pooler_forbids_it(query: str, threshold: int | None) -> None:
    options = database(f"postgres://user:password@host:5432/name{query}")["OPTIONS"]
    assert options == {"prepare_threshold": threshold}


def _plans() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%publicationclock%"])
        return int(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.parametrize("threshold", [0, None])
def test_answers_are_the_same_with_and_without_kept_plans(house: House, threshold: int | None) -> None:
    connection.ensure_connection()
    driver: Any = connection.connection
    before, driver.prepare_threshold = driver.prepare_threshold, threshold
    try:
        address = "/api/content/v1/pages/?fields=*&locale=de"
        answers = [Client().get(f"{address}&limit={limit}").json()["data"] for limit in (50, 50, 100)]
        assert answers[0] and answers[0] == answers[1] == answers[2]
        assert bool(_plans()) is (threshold == 0)
    finally:
        driver.prepare_threshold = before
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
