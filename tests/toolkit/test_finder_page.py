"""The finder as people meet it: questions, ranked methods with reasons, always advice."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from cms_blocks.publication.unit import unit
from tests.toolkit.factories import method, toolkit, with_tools
from toolkit.advice import Advice, advice_for
from toolkit.models import MethodFinderPage, MethodIndexPage


@pytest.fixture
def index(db: None) -> MethodIndexPage:
    return toolkit()


@pytest.fixture
def finder(index: MethodIndexPage) -> MethodFinderPage:
    return with_tools(index)[0]


def advice(finder: MethodFinderPage, **answers: object) -> Advice:
    with translation.override("en"):
        return advice_for(finder, QueryDict(urlencode(answers, doseq=True)))


def test_the_best_method_comes_first_with_its_reasons(index: MethodIndexPage, finder: MethodFinderPage) -> None:
    method(index, "Zu groß", group_size_min=100, group_size_max=500)
    method(index, "Passt", group_size_min=16, group_size_max=200)
    found = advice(finder, people=30, purpose="collect_ideas")
    assert [suggestion.card.record.title for suggestion in found.suggestions] == ["Passt", "Zu groß"]
    best = found.suggestions[0]
    assert best.verdict == "yes"
    assert [(reason.fits, reason.text) for reason in best.reasons] == [
        ("yes", "Made for this: collect ideas."),
        ("yes", "30 people: the method suits 16 to 200 people."),
    ]
    assert found.headline == "1 method fits"


def test_when_nothing_fits_the_finder_says_which_answer_is_in_the_way(
    index: MethodIndexPage, finder: MethodFinderPage
) -> None:
    method(index, "Teuer", cost_level=5)
    method(index, "Auch teuer", cost_level=4)
    found = advice(finder, people=30, cost=1)
    assert found.headline == "Nothing fits everything, but this comes close"
    assert found.suggestions
    assert found.hints == ["With a larger budget, 2 more methods fit."]


def test_without_any_method_there_still_is_advice(finder: MethodFinderPage) -> None:
    found = advice(finder, people=30)
    assert found.suggestions == []
    assert found.headline
    assert found.hints


def test_without_answers_there_are_only_questions(index: MethodIndexPage, finder: MethodFinderPage) -> None:
    method(index)
    found = advice(finder)
    assert not found.asked
    assert not found.suggestions
    assert len(found.questions["purpose"]) == 8


def test_answers_stay_ticked(index: MethodIndexPage, finder: MethodFinderPage) -> None:
    found = advice(finder, purpose=["plan", "decide"], duration=240, people=30)
    assert [choice.value for choice in found.questions["purpose"] if choice.checked] == ["plan", "decide"]
    assert [choice.value for choice in found.questions["duration"] if choice.checked] == ["240"]
    assert [choice.value for choice in found.questions["cost"] if choice.checked] == [""]
    assert found.people == "30"
    assert found.answers == ["plan, decide", "30 people", "up to 4 hours"]


def test_answers_that_make_no_sense_are_said_and_left_open(index: MethodIndexPage, finder: MethodFinderPage) -> None:
    method(index, "Passt")
    found = advice(finder, people="all of them", purpose=["plan", "nonsense"], cost="9")
    assert found.ignored == ["What do you want to achieve?", "How many people?", "What may it cost?"]
    assert found.answers == ["plan"]


def test_a_private_method_is_never_suggested(index: MethodIndexPage, finder: MethodFinderPage) -> None:
    method(index, "Geheim").unpublish()
    assert advice(finder, people=30).suggestions == []


def test_one_method_costs_as_many_queries_as_ten(
    client: Client, index: MethodIndexPage, finder: MethodFinderPage
) -> None:
    def queries() -> int:
        client.get("/methoden/vergleich/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/methoden/finder/?people=30&purpose=plan").status_code == 200
        return len(captured)

    method(index)
    few = queries()
    with unit():
        for _ in range(9):
            method(index)
    assert queries() == few


def test_the_page_asks_four_questions_and_works_by_its_address_alone(
    client: Client, index: MethodIndexPage, finder: MethodFinderPage
) -> None:
    page = method(index, "Fishbowl")
    html = client.get("/methoden/finder/").content.decode()
    assert html.count("<legend>") == 4
    assert "<script" not in html.split("<main")[1].split("</main>")[0]
    assert f"/methoden/{page.slug}/" in client.get("/methoden/finder/?people=30").content.decode()


@rules(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(["purpose", "people", "setting", "duration", "preparation", "cost", "x"]),
            st.text(max_size=8),
        ),
        max_size=4,
    )
)
def test_any_answers_get_advice_or_the_questions(client: Client, finder: MethodFinderPage, query: list) -> None:
    assert client.get("/methoden/finder/?" + urlencode(query, errors="replace")).status_code == 200
