"""What a visitor meets at the search page, without cookie and script."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from wagtail.models import Site

from cms_blocks.publication.declaration import declarations, kind_label
from cms_blocks.publication.records import PublicationClock
from cms_blocks.publication.state import STEP
from cms_blocks.search.engine import engine
from cms_blocks.search.views import typed
from tests.cms_blocks.search.engine_contract import make_record

pytestmark = pytest.mark.django_db


def address(language: str = "de", **parameters: object) -> str:
    with translation.override(language):
        return f"{reverse('search')}?{urlencode(parameters, doseq=True)}"


def ask(client: Client, language: str = "de", **parameters: object) -> str:
    response = client.get(address(language, **parameters))
    assert response.status_code == 200
    return unescape(response.content.decode())


def hits(html: str) -> list[str]:
    """Addresses of the hits in their order."""
    return re.findall(r'<h3><a href="([^"]*)">', html)


@pytest.fixture
def kinds() -> tuple[str, str]:
    """Two kinds that plugins declare."""
    first, second = sorted(declaration.kind for declaration in declarations())[:2]
    return first, second


def test_a_visitor_finds_a_page_and_sees_why(client):
    make_record("Uferweg am See", "Bis zum Herbst fragt die Stadt alle.", lead="Wem gehört das Ufer?", path="/uferweg/")
    html = ask(client, q="uferweg herbst")
    assert hits(html) == ["/uferweg/"]
    assert "<mark>Uferweg</mark> am See" in html
    assert "fragt die Stadt" in html and "<mark>Herbst</mark>" in html


def test_a_hit_shows_its_kind_and_the_pages_above_it(client, kinds):
    root = "0001" + "0001"
    make_record("Start", tree_path=root, depth=2)
    make_record("Beteiligen", tree_path=root + "0001", depth=3)
    make_record("Draft", tree_path=root + "00010001", depth=4, is_live=True, visible_until=timezone.now())
    make_record("Uferweg", tree_path=root + "000100010001", depth=5, kind=kinds[0])
    assert STEP == 4
    html = ask(client, q="uferweg")
    assert kind_label(kinds[0]) in html
    trail = re.search(r'class="hit__path">(.*?)</p>', html, re.S)[1]
    assert re.findall("<bdi>(.*?)</bdi>", trail) == ["Beteiligen"]


def test_before_typing_the_page_says_what_can_be_searched_for(client):
    html = ask(client)
    assert "21/SVV/1265" in html
    assert "<ol" not in html.split("<main")[1].split("</main>")[0].replace('<ol class="breadcrumb', "")


def test_when_nothing_is_found_the_page_says_what_to_do(client):
    make_record("Park")
    html = ask(client, q="Kolibri")
    assert hits(html) == []
    assert "empty-state" in html and "Kolibri" in html


def test_a_relaxed_answer_says_so(client):
    make_record("Park")
    assert "notice" not in ask(client, q="Park").split("<main")[1]
    assert "notice" in ask(client, q="Park Kolibri").split("<main")[1]


def test_the_filter_by_kind_keeps_the_counts_of_the_other_kinds(client, kinds):
    one, other = kinds
    make_record("Park", kind=one, path="/one/")
    for number in range(2):
        make_record("Park", kind=other, path=f"/other/{number}/")
    html = ask(client, q="Park", kind=one)
    assert hits(html) == ["/one/"]
    boxes = re.findall(r'value="(\w+)"( checked)?>.*?choice__count.*?</span>(\d+)</span>', html)
    assert sorted(boxes) == sorted([(one, " checked", "1"), (other, "", "2")])
    assert len(hits(ask(client, q="Park", kind=[one, other]))) == 3


def test_a_chosen_kind_can_be_taken_away_and_is_kept_for_the_next_words(client, kinds):
    make_record("Park", kind=kinds[0])
    html = ask(client, q="Park", kind=[kinds[0], kinds[1]])
    assert f'href="?q=Park&kind={kinds[1]}"' in html
    assert f'<input type="hidden" name="kind" value="{kinds[0]}">' in html


def test_nothing_of_the_chosen_kind_leads_to_the_hits_of_other_kinds(client, kinds):
    make_record("Park", kind=kinds[0])
    html = ask(client, q="Park", kind=kinds[1])
    assert hits(html) == []
    assert 'class="button" href="?q=Park"' in html


def test_an_unknown_kind_is_no_filter(client):
    make_record("Park", path="/park/")
    assert hits(ask(client, q="Park", kind="nonsense")) == ["/park/"]


@pytest.mark.parametrize(
    ("number", "first"), [("1", 1), ("2", 11), ("3", 21), ("99", 21), ("0", 1), ("x", 1), ("9" * 40, 21)]
)
def test_pages_of_hits_and_numbers_that_lead_nowhere(client, number, first):
    for _ in range(23):
        make_record("Park")
    html = ask(client, q="Park", page=number)
    assert f'<ol class="hits" start="{first}">' in html
    assert len(hits(html)) == min(10, 24 - first)
    assert "q=Park" in re.search(r'class="pagination">(.*?)</ul>', html, re.S)[1]


def test_each_language_searches_its_own_pages_at_its_own_address(client):
    make_record("Park", path="/park/")
    make_record("Park", path="/en/park/", locale="en")
    assert hits(ask(client, "de", q="Park")) == ["/park/"]
    assert hits(ask(client, "en", q="Park")) == ["/en/park/"]
    assert address("en").startswith("/en/search/")
    html = ask(client, "ar", q="Park")
    assert '<html lang="ar" dir="rtl">' in html


def test_pages_of_another_site_are_not_found(client):
    here = Site.objects.get(is_default_site=True)
    make_record("Park", path="/here/", site_id=here.pk)
    make_record("Park", path="/there/", site_id=here.pk + 1)
    assert hits(ask(client, q="Park")) == ["/here/"]


def test_text_of_records_and_of_the_visitor_is_never_markup(client):
    make_record("<script>alert(1)</script> Park", "<img src=x> Park", path="/park/")
    response = client.get(address(q='"><script>alert(1)</script> Park'))
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    assert "<script" not in main and "<img" not in main
    assert "&lt;<mark>script</mark>&gt;" in main
    nothing = client.get(address(q="<b>Kolibri</b>")).content.decode()
    assert "&lt;b&gt;Kolibri&lt;/b&gt;" in nothing and "<b>K" not in nothing and "&amp;lt;" not in nothing


def test_the_page_is_not_for_search_machines_and_has_one_address(client):
    response = client.get(address(q="Park", kind="x", page=2))
    html = response.content.decode()
    assert response.headers["X-Robots-Tag"] == "noindex, follow"
    assert '<meta name="robots" content="noindex, follow">' in html
    assert f'<link rel="canonical" href="http://testserver{address().rstrip("?")}">' in html


def test_a_search_sets_no_cookie_and_is_repeated_with_304(client):
    make_record("Park")
    response = client.get(address(q="Park"))
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "max-age=0" in response.headers["Cache-Control"] and "public" in response.headers["Cache-Control"]
    again = client.get(address(q="Park"), headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(address(q="See"), headers={"If-None-Match": response.headers["ETag"]})
    assert other.status_code == 200


def test_no_shared_cache_keeps_an_answer_past_the_end_of_a_hit(client):
    PublicationClock.objects.create(pk=1)
    make_record("Park", visible_until=timezone.now() + timedelta(seconds=20))
    control = client.get(address(q="Park")).headers["Cache-Control"]
    assert int(re.search(r"s-maxage=(\d+)", control)[1]) <= 20


def test_what_is_shown_to_somebody_with_a_session_is_kept_by_no_cache(client, admin_user):
    client.force_login(admin_user)
    response = client.get(address(q="Park"))
    assert "no-store" in response.headers["Cache-Control"] and "ETag" not in response.headers


def test_a_search_only_reads(client):
    assert client.post(address(q="Park")).status_code == 405
    assert client.head(address(q="Park")).status_code == 200


def test_ten_hits_cost_as_many_queries_as_one(client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(client, q="Park")
        return len(queries)

    root = "00010001"
    make_record("Park 1", tree_path=f"{root}00010001", depth=4)
    ask(client, q="Park")
    one = cost()
    for number in range(2, 12):
        make_record(f"Park {number}", tree_path=f"{root}{number:04}0001", depth=4)
    assert cost() == one
    assert one <= 10


def test_a_record_that_leaves_between_the_answer_and_the_page_is_not_shown(client, monkeypatch):
    record = make_record("Park", path="/park/")
    answer = engine().search

    def slow(query):
        result = answer(query)
        record.visible_until = timezone.now()
        record.save()
        return result

    monkeypatch.setattr(type(engine()), "search", lambda self, query: slow(query))
    assert hits(ask(client, q="Park")) == []


def test_control_and_direction_signs_of_the_visitor_are_not_echoed():
    assert typed(" a\0b\u202ec\n\td\ud800e ") == "a bc d e"
    assert len(typed("x" * 10_000)) == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
@example('"')
@example("„Park")
@example("\0")
@example("🙂")
@example("\u202e\u200fPark")
@example("Park " * 2_000)
def test_whatever_a_visitor_types_gives_a_page(client, text):
    make_record("Park")
    assert client.get(f"{address()}q={quote(text)}").status_code == 200


@pytest.mark.parametrize("raw", ["q=%ff%fe", "q=%00", "q=a&q=b", "q[]=x", "kind=%00", "page=%D9%A3", "page=-5", "%"])
def test_whatever_stands_in_the_address_gives_a_page(client, raw):
    make_record("Park")
    assert client.get(f"{address()}{raw}").status_code == 200


@pytest.mark.parametrize("language", [code for code, _ in project.LANGUAGES])
def test_the_html_is_valid_in_every_state(client, html_errors, kinds, language):
    for number in range(12):
        make_record(f"Park {number}", "am See", locale=language, kind=kinds[number % 2], illustration="green")
    states = [{}, {"q": "Park"}, {"q": "Park Kolibri", "page": 2}, {"q": "Kolibri"}, {"q": "Park", "kind": kinds[0]}]
    for parameters in states if language in {"de", "ar"} else states[1:2]:
        assert html_errors(client.get(address(language, **parameters)).content.decode()) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1280, "light", "de"), (360, "dark", "de"), (360, "light", "ar")]
)
def test_axe_finds_nothing_in_any_state(open_page, axe, kinds, width, theme, language):
    for number in range(12):
        make_record(f"Park {number}", "am See", locale=language, kind=kinds[number % 2], illustration="green")
    page = open_page(width=width, theme=theme)
    for parameters in ({}, {"q": "Park"}, {"q": "Park Kolibri"}, {"q": "Kolibri"}, {"q": "Park", "kind": kinds[0]}):
        page.goto(address(language, **parameters))
        assert axe(page) == [], parameters


@pytest.mark.django_db(transaction=True)
def test_without_script_a_visitor_searches_and_filters_with_the_keyboard(open_page, kinds):
    make_record("Park", kind=kinds[0], path="/one/")
    make_record("Park am Bach", kind=kinds[1], path="/other/")
    page = open_page(address(), javascript=False)
    page.locator("#search-field").focus()
    page.keyboard.type("park")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=park*")
    assert page.locator(".hit").count() == 2
    page.locator(f".facets input[value='{kinds[1]}']").focus()
    page.keyboard.press("Space")
    page.locator(".facets__actions button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**kind={kinds[1]}*")
    assert page.locator(".hit a").get_attribute("href") == "/other/"
    assert "q=park" in page.url
