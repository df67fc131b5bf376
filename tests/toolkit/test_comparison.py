"""Methods side by side."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cms_blocks.publication.unit import unit
from tests.toolkit.factories import method, toolkit, with_tools
from toolkit.comparison import Comparison, comparison_for
from toolkit.models import MethodComparisonPage, MethodIndexPage
from toolkit.picks import MOST, picks_from


@pytest.fixture
def index(db: None) -> MethodIndexPage:
    return toolkit()


@pytest.fixture
def page(index: MethodIndexPage) -> MethodComparisonPage:
    return with_tools(index)[1]


def comparison(page: MethodComparisonPage, *slugs: str) -> Comparison:
    with translation.override("en"):
        return comparison_for(page, QueryDict(urlencode([("m", slug) for slug in slugs])))


def cells(found: Comparison, heading: str) -> list[list[str]]:
    [row] = [row for row in found.rows if row.heading == heading]
    return [cell.texts for cell in row.cells]


def test_methods_stand_in_the_order_they_were_picked(index: MethodIndexPage, page: MethodComparisonPage) -> None:
    first = method(index, "Zukunft", group_size_min=5, group_size_max=9, strengths=["Schnell.", "Billig."])
    second = method(index, "Anfang", group_size_min=50, group_size_max=None, cost_level=4)
    found = comparison(page, first.slug, second.slug)
    assert [column.record.title for column in found.columns] == ["Zukunft", "Anfang"]
    assert cells(found, "People") == [["5 to 9 people"], ["50 people or more"]]
    assert cells(found, "Strengths") == [["Schnell.", "Billig."], []]


def test_rows_that_say_nothing_are_left_out(index: MethodIndexPage, page: MethodComparisonPage) -> None:
    found = comparison(page, method(index).slug)
    assert "Limits" not in [row.heading for row in found.rows]


def test_each_method_can_be_taken_away_and_others_added(index: MethodIndexPage, page: MethodComparisonPage) -> None:
    a, b, c = (method(index, title) for title in "ABC")
    found = comparison(page, a.slug, b.slug)
    assert [column.remove for column in found.columns] == [f"?m={b.slug}", f"?m={a.slug}"]
    assert [offer.slug for offer in found.offers] == [c.slug]
    assert found.room == MOST - 2


def test_a_fifth_method_is_left_out_and_said(index: MethodIndexPage, page: MethodComparisonPage) -> None:
    slugs = [method(index).slug for _ in range(5)]
    found = comparison(page, *slugs)
    assert [column.slug for column in found.columns] == slugs[:4]
    assert found.room == 0
    assert found.notes == ["1 further choice is left out: at most 4 methods fit side by side."]


def test_unknown_and_private_methods_are_not_shown(index: MethodIndexPage, page: MethodComparisonPage) -> None:
    hidden = method(index, "Geheim")
    hidden.unpublish()
    found = comparison(page, hidden.slug, "gibt-es-nicht")
    assert found.columns == []
    assert found.notes == [f"There is no such method: {hidden.slug}, gibt-es-nicht."]
    assert not found.offers


def test_one_method_costs_as_many_queries_as_four(
    client: Client, index: MethodIndexPage, page: MethodComparisonPage
) -> None:
    with unit():
        slugs = [method(index, strengths=["Fair."]).slug for _ in range(4)]

    def queries(*chosen: str) -> int:
        client.get("/methoden/finder/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/methoden/vergleich/?" + urlencode([("m", s) for s in chosen])).status_code == 200
        return len(captured)

    assert queries(slugs[0]) == queries(*slugs)


def test_the_page_is_a_table_with_headings_on_both_sides(
    client: Client, index: MethodIndexPage, page: MethodComparisonPage
) -> None:
    first, second = method(index, "Eins"), method(index, "Zwei")
    html = client.get(f"/methoden/vergleich/?m={first.slug}&m={second.slug}").content.decode()
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') >= 8
    assert f'href="?m={second.slug}"' in html


def test_without_methods_the_page_offers_them(
    client: Client, index: MethodIndexPage, page: MethodComparisonPage
) -> None:
    method(index, "Eins")
    html = client.get("/methoden/vergleich/").content.decode()
    assert "empty-state" in html
    assert html.count("<select") == 2


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_picks_are_read_without_an_error(words: list[str]) -> None:
    query = QueryDict(mutable=True)
    query.setlist("m", words)
    picks = picks_from(query)
    assert len(picks.slugs) <= MOST
    assert len(set(picks.slugs)) == len(picks.slugs)
    assert picks.room + len(picks.slugs) == MOST
