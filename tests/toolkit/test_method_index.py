"""The list of methods: what a selection shows and what its facets count, against a plain reckoning in Python."""

from __future__ import annotations

import random
from collections.abc import Callable
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
from wagtail.models import PageViewRestriction

from cms_blocks.office import Topic
from cms_blocks.publication.unit import unit
from tests.toolkit.factories import method, toolkit, with_tools
from toolkit.enums import Level, Purpose, Recruitment, Setting
from toolkit.filters import DURATIONS, PREPARATIONS
from toolkit.listing import PER_PAGE, Listing, listing_for
from toolkit.models import MethodIndexPage, MethodPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def index() -> MethodIndexPage:
    return toolkit()


def listing(index: MethodIndexPage, **query: object) -> Listing:
    with translation.override("en"):
        return listing_for(index, QueryDict(urlencode(query, doseq=True)))


def titles(index: MethodIndexPage, **query: object) -> list[str]:
    return [card.record.title for card in listing(index, **query).cards]


def counts(found: Listing, name: str) -> dict[str, int | None]:
    [facet] = [facet for facet in found.facets if facet.name == name]
    return {option.value: option.count for option in facet.options}


def some_methods(index: MethodIndexPage, how_many: int, seed: int = 7) -> list[MethodPage]:
    dice = random.Random(seed)

    def words(vocabulary: type) -> tuple[str, ...]:
        return tuple(dice.sample(list(vocabulary.values), dice.randint(1, 3)))

    topics = [None, *(Topic.objects.create(name=name, slug=name, locale=index.locale) for name in ("wohnen", "klima"))]
    with unit():
        return [random_method(index, dice, words, topics) for _ in range(how_many)]


def random_method(index: MethodIndexPage, dice: random.Random, words: Callable, topics: list) -> MethodPage:
    return method(
        index,
        purposes=words(Purpose),
        levels=words(Level),
        settings=words(Setting),
        recruitment=words(Recruitment),
        topic=dice.choice(topics),
        group_size_min=(least := dice.choice([1, 5, 20, 100])),
        group_size_max=dice.choice([None, least, least * 4]),
        duration_minutes_min=(short := dice.choice([30, 60, 90, 480, 1440])),
        duration_minutes_max=short * 2,
        preparation_weeks_min=(soon := dice.choice([0, 2, 3, 8, 20])),
        preparation_weeks_max=soon + 4,
        cost_level=dice.randint(1, 5),
    )


def fits(page: MethodPage, query: dict, leave_out: str = "") -> bool:
    """The plain reckoning: all facets but ``leave_out`` hold."""
    topic = (page.topic.slug,) if page.topic else ()
    sets = {
        "purpose": page.purposes,
        "level": page.levels,
        "setting": page.settings,
        "recruitment": page.recruitment,
        "topic": topic,
    }
    bounds = {
        "cost": page.cost_level,
        "duration": page.duration_minutes_min,
        "preparation": page.preparation_weeks_min,
    }
    for name, wanted in query.items():
        if name == leave_out or not wanted:
            continue
        if name in sets and not set(wanted) & set(sets[name]):
            return False
        if name in bounds and bounds[name] > wanted:
            return False
        if name == "people" and not page.group_size_min <= wanted <= (page.group_size_max or wanted):
            return False
    return True


queries = st.fixed_dictionaries(
    {},
    optional={
        "purpose": st.lists(st.sampled_from(Purpose.values), max_size=3, unique=True),
        "level": st.lists(st.sampled_from(Level.values), max_size=2, unique=True),
        "setting": st.lists(st.sampled_from(Setting.values), max_size=2, unique=True),
        "recruitment": st.lists(st.sampled_from(Recruitment.values), max_size=2, unique=True),
        "topic": st.lists(st.sampled_from(["wohnen", "klima"]), max_size=2, unique=True),
        "cost": st.integers(1, 4),
        "duration": st.sampled_from(DURATIONS),
        "preparation": st.sampled_from(PREPARATIONS),
        "people": st.integers(1, 300),
    },
)


@pytest.fixture
def thirty(index: MethodIndexPage) -> list[MethodPage]:
    return some_methods(index, 30)


@pytest.mark.gate
@rules(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries)
def test_hits_and_every_facet_count_are_exact(index: MethodIndexPage, thirty: list[MethodPage], query: dict) -> None:
    found = listing(index, **query)
    wanted = {page.title for page in thirty if fits(page, query)}
    assert found.total == len(wanted)
    assert {card.record.title for card in found.cards} == wanted or len(wanted) > PER_PAGE
    values = {"purpose": "purposes", "level": "levels", "setting": "settings", "recruitment": "recruitment"}
    for name, attribute in values.items():
        left = [page for page in thirty if fits(page, query, leave_out=name)]
        for word, count in counts(found, name).items():
            assert count == sum(word in getattr(page, attribute) for page in left), (name, word)
    bounds = {"cost": "cost_level", "duration": "duration_minutes_min", "preparation": "preparation_weeks_min"}
    for name, attribute in bounds.items():
        left = [page for page in thirty if fits(page, query, leave_out=name)]
        for value, count in counts(found, name).items():
            assert count == (sum(getattr(page, attribute) <= int(value) for page in left) if value else None), (
                name,
                value,
            )
    left = [page for page in thirty if fits(page, query, leave_out="topic")]
    for word, count in counts(found, "topic").items():
        assert count == sum(bool(page.topic and page.topic.slug == word) for page in left)


def test_ticking_a_second_word_of_a_facet_widens_the_selection(index: MethodIndexPage) -> None:
    method(index, "Plan", purposes=("plan",))
    method(index, "Rat", purposes=("deliberate",))
    method(index, "Fest", purposes=("activate",))
    assert titles(index, purpose="plan") == ["Plan"]
    assert titles(index, purpose=["plan", "deliberate"]) == ["Plan", "Rat"]


def test_a_group_size_must_lie_within_the_range(index: MethodIndexPage) -> None:
    method(index, "Klein", group_size_min=2, group_size_max=12)
    method(index, "Groß", group_size_min=50, group_size_max=None)
    assert titles(index, people=12) == ["Klein"]
    assert titles(index, people=13) == []
    assert titles(index, people=5000) == ["Groß"]


@pytest.mark.gate
def test_methods_can_be_sorted_by_name_cost_time_and_people(index: MethodIndexPage) -> None:
    method(index, "Zukunft", cost_level=1, duration_minutes_min=90, group_size_min=2)
    method(index, "Äpfel", cost_level=3, duration_minutes_min=60, group_size_min=9)
    method(index, "Baum", cost_level=2, duration_minutes_min=61, group_size_min=5)
    assert titles(index) == ["Äpfel", "Baum", "Zukunft"]
    assert titles(index, sort="cost") == ["Zukunft", "Baum", "Äpfel"]
    assert titles(index, sort="duration") == ["Äpfel", "Baum", "Zukunft"]
    assert titles(index, sort="people") == ["Zukunft", "Baum", "Äpfel"]


@pytest.mark.gate
def test_words_are_found_in_all_texts_of_a_method_and_counted_in_the_facets(index: MethodIndexPage) -> None:
    method(index, "Runde", lead="Alle sprechen.", strengths=["Der Redestab geht reihum."], purposes=("plan",))
    method(index, "Redestab", lead="Ein Stab.", purposes=("decide",))
    method(index, "Fest", lead="Musik.", purposes=("plan",))
    found = listing(index, q="Redestab")
    assert [card.record.title for card in found.cards] == ["Redestab", "Runde"]  # the title weighs most
    assert found.sorts[0].value == "relevance"
    assert counts(found, "purpose") == {"plan": 1, "decide": 1}
    assert titles(index, q="Redestab", purpose="plan") == ["Runde"]
    assert titles(index, q="Redestab", sort="title") == ["Redestab", "Runde"]


def test_more_methods_than_fit_on_a_page_are_paged(index: MethodIndexPage) -> None:
    with unit():
        for number in range(PER_PAGE + 1):
            method(index, f"Methode {number:02}")
    assert len(titles(index)) == PER_PAGE
    assert titles(index, page=2) == [f"Methode {PER_PAGE:02}"]
    found = listing(index, page=9)
    assert found.page.number == 2
    assert found.ignored == ["Page: 9"]


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ({"purpose": "nonsense"}, "What for?: nonsense"),
        ({"cost": "9"}, "Cost: 9"),
        ({"cost": "cheap"}, "Cost: cheap"),
        ({"people": "many"}, "Number of people: many"),
        ({"people": "-3"}, "Number of people: -3"),
        ({"people": "1" * 5000}, "Number of people: " + "1" * 40),
        ({"duration": "61"}, "Time for the event: 61"),
        ({"sort": "price"}, "Sorting: price"),
        ({"sort": "relevance"}, "Sorting: relevance"),
        ({"page": "first"}, "Page: first"),
        ({"topic": "\x00"}, "Topic: \x00"),
    ],
)
def test_what_answers_no_question_is_left_out_and_said(index: MethodIndexPage, query: dict, note: str) -> None:
    method(index, "Fishbowl")
    found = listing(index, **query)
    assert found.ignored == [note]
    assert [card.record.title for card in found.cards] == ["Fishbowl"]


def test_a_sound_word_beside_nonsense_still_filters(index: MethodIndexPage) -> None:
    method(index, "Plan", purposes=("plan",))
    method(index, "Fest", purposes=("activate",))
    assert titles(index, purpose=["plan", "nonsense"]) == ["Plan"]


def test_each_filter_in_use_has_a_chip_that_takes_only_it_away(index: MethodIndexPage) -> None:
    method(index, "Plan", purposes=("plan", "decide"))
    query = {"q": "plan", "purpose": ["plan", "decide"], "people": 20, "cost": 3, "sort": "cost", "page": 1}
    chips = {chip.label: QueryDict(chip.href[1:]) for chip in listing(index, **query).chips}
    assert list(chips) == ["“plan”", "Plan", "Decide", "Number of people: 20", "Cost: up to about 10,000 euros"]
    assert "q" not in chips["“plan”"]
    assert chips["Plan"].getlist("purpose") == ["decide"]
    assert "people" not in chips["Number of people: 20"]
    for rest in chips.values():
        assert rest["sort"] == "cost"
        assert "page" not in rest


def test_ticks_for_the_comparison_survive_filtering(index: MethodIndexPage) -> None:
    page = method(index, "Plan", purposes=("plan",))
    found = listing(index, m=[page.slug, "elsewhere"], purpose="plan")
    assert found.picks.slugs == (page.slug, "elsewhere")
    assert found.picks_elsewhere == ["elsewhere"]
    assert all(QueryDict(chip.href[1:]).getlist("m") == [page.slug, "elsewhere"] for chip in found.chips)


def test_only_public_methods_of_this_toolkit_and_language_are_listed(index: MethodIndexPage) -> None:
    other = toolkit(slug="anderswo")
    english = toolkit("en", slug="methods")
    method(index, "Hier")
    method(other, "Anderswo")
    method(english, "Here")
    method(index, "Entwurf").unpublish()
    hidden = method(index, "Geheim")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    assert titles(index) == ["Hier"]
    assert titles(english) == ["Here"]
    assert counts(listing(index), "purpose") == {"collect_ideas": 1}


def test_an_index_that_is_not_saved_yet_lists_nothing() -> None:
    page = MethodIndexPage(title="Neu", locale=toolkit().locale)
    assert listing(page).total == 0


# The page


def test_the_page_shows_methods_facets_and_what_was_left_out(client: Client, index: MethodIndexPage) -> None:
    with_tools(index)
    page = method(index, "Fishbowl", purposes=("deliberate",))
    answer = client.get("/methoden/?purpose=deliberate&cost=nonsense")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'href="/methoden/{page.slug}/"' in html
    assert "nonsense" in html
    assert "/methoden/finder/" in html
    assert f'name="m" value="{page.slug}" form="compare"' in html
    assert "<script" not in html.split("<main")[1].split("</main>")[0]


def test_without_hits_the_page_says_what_to_do(client: Client, index: MethodIndexPage) -> None:
    with_tools(index)
    method(index, "Fishbowl", purposes=("deliberate",))
    html = client.get("/methoden/?people=5000").content.decode()
    assert "empty-state" in html
    assert 'href="?"' in html
    assert 'href="/methoden/finder/"' in html


def test_an_empty_toolkit_says_what_will_be_here(client: Client, index: MethodIndexPage) -> None:
    assert "empty-state" in client.get("/methoden/").content.decode()


def test_a_repeated_request_is_answered_with_not_modified_until_a_method_changes(
    client: Client, index: MethodIndexPage
) -> None:
    page = method(index, "Fishbowl")
    tag = client.get("/methoden/?cost=3").headers["ETag"]
    assert client.get("/methoden/?cost=3", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/methoden/?cost=2", headers={"If-None-Match": tag}).status_code == 200
    page.title = "Aquarium"
    page.save_revision().publish()
    assert client.get("/methoden/?cost=3", headers={"If-None-Match": tag}).status_code == 200


def test_ten_methods_cost_as_many_queries_as_one(client: Client, index: MethodIndexPage) -> None:
    with_tools(index)
    method(index)
    address = "/methoden/?purpose=collect_ideas&purpose=plan&people=20&q=Menschen&sort=cost"

    def queries() -> list[str]:
        client.get("/methoden/vergleich/")  # whatever the site keeps between requests is kept
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return [query["sql"] for query in captured]

    few = queries()
    with unit():
        for _ in range(9):
            method(index)
    many = queries()
    assert len(many) == len(few), "\n".join(many)


@pytest.mark.gate
@rules(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(
                ["q", "purpose", "level", "setting", "topic", "cost", "people", "duration", "sort", "page", "m", "x"]
            ),
            st.text(max_size=12),
        ),
        max_size=5,
    )
)
def test_any_address_gives_an_answer(client: Client, index: MethodIndexPage, query: list) -> None:
    answer = client.get("/methoden/?" + urlencode(query, errors="replace"))
    assert answer.status_code == 200
