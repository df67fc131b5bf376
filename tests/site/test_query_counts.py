"""However much there is to show, the database is asked the same number of questions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from wagtail.models import Collection, Locale, Page, Site

from cms_blocks.media.renditions import find_or_make
from cms_blocks.models import Notice, PublicRecord, Topic
from cms_blocks.print.pictures import SPEC
from cms_blocks.publication.declaration import page_kinds
from cms_blocks.publication.unit import unit
from procedures.models import (
    DistrictIndexPage,
    DistrictPage,
    Edition,
    ProcedureIndexPage,
    Street,
    UpdateLetter,
    UpdateRequest,
    UpdateRound,
)
from procedures.round.links import token_for
from tests.cms_blocks.blocks.conftest import make_contact, make_document, make_image, stored
from tests.procedures.factories import (
    district,
    district_list,
    news,
    news_list,
    phase,
    principle,
    procedure,
    procedure_list,
    published_edition,
    rating,
    street,
    way,
)
from tests.procedures.outlines import outline
from tests.site.api_exits import api_exits
from tests.site.house import FULL, HALVES, accessibility_statement, imprint, own, report_barrier, search
from tests.site.test_leaks import PUBLIC
from tests.toolkit.factories import method, with_tools
from toolkit.models import MethodCombination, MethodIndexPage, MethodPage
from website.models import HomePage, StandardPage

pytestmark = pytest.mark.django_db

FEW, MANY = 1, 10
#: A method page asks at most this often when nothing is cached.
METHOD_PAGE = 12


class World:
    """A home page with a toolkit; its parts grow from one to ten. Each part returns the address that shows it."""

    def __init__(self) -> None:
        site = Site.objects.get(is_default_site=True)
        with unit():
            self.home = Page.get_first_root_node().add_child(
                instance=HomePage(title="Start", slug="start", locale=Locale.get_default())
            )
            site.root_page = self.home
            site.save()
            self.index = self.home.add_child(
                instance=MethodIndexPage(title="Methoden", slug="methoden", locale=self.home.locale)
            )
            with_tools(self.index)
        self.numbers = count(1)
        self.found: list[MethodPage] = []
        self.made: list[Page] = []
        self.planning: tuple[DistrictIndexPage, ProcedureIndexPage] | None = None
        self.districts: list[DistrictPage] = []
        self.shelf = Collection.get_first_root_node()

    def page(self, parent: Page, **fields: Any) -> StandardPage:
        number = next(self.numbers)
        return parent.add_child(
            instance=StandardPage(title=f"Seite {number}", slug=f"seite-{number}", locale=parent.locale, **fields)
        )

    def methods(self, number: int) -> None:
        with unit():
            while len(self.found) < number:
                order = len(self.found)
                fields = {**FULL, "lead": f"Tische {order}"}
                image = make_image(f"Bild {order}", self.shelf, alt_text="Tische")
                topic = Topic.objects.create(name=f"Thema {order}", slug=f"thema-{order}", locale=self.index.locale)
                self.found.append(
                    method(self.index, f"Methode {order}", slug=f"m{order}", image=image, topic=topic, **fields)
                )

    def home_with_methods_and_menu(self, number: int) -> str:
        self.methods(number)
        for _ in range(number - len(self.made)):
            self.made.append(self.page(self.home, show_in_menus=True))
        return "/"

    def list_of_methods(self, number: int) -> str:
        self.methods(number)
        return "/methoden/"

    def filtered_list(self, number: int) -> str:
        self.methods(number)
        return "/methoden/?purpose=plan&people=30&q=tische"

    def finder(self, number: int) -> str:
        self.methods(number)
        return "/methoden/finder/?purpose=plan&people=30"

    def comparison(self, number: int) -> str:
        self.methods(MANY)
        return "/methoden/vergleich/?" + "&".join(f"m=m{order}" for order in range(min(number, 4)))

    def hits_of_the_search(self, number: int) -> str:
        self.methods(number)
        return search("de", "?q=tische")

    def method_with_combinations(self, number: int) -> str:
        self.methods(MANY + 1)
        page = self.found[0]
        page.combinations = [MethodCombination(method=other) for other in self.found[1 : number + 1]]
        page.contact = make_contact("Anlaufstelle", make_image("Gesicht", self.shelf, alt_text="Ein Mensch"))
        page.save()
        return page.url

    def page_with_pages_below(self, number: int) -> str:
        if not self.made:
            self.made.append(self.page(self.home))
        for _ in range(number + 1 - len(self.made)):
            self.made.append(self.page(self.made[0]))
        return self.made[0].url

    def deep_page(self, number: int) -> str:
        page = self.home
        for _ in range(number):
            page = self.page(page)
        return page.url

    def page_with_every_block(self, number: int) -> str:
        """Each block ``number`` times, each time with a picture, document, page and contact of its own."""
        blocks = []
        with unit():
            for order in range(number):
                photo = make_image(f"Foto {order}", self.shelf, alt_text="Tische")
                values = stored(
                    self.page(self.home).pk,
                    make_image(f"Bild {order}", self.shelf, alt_text="Stühle").pk,
                    make_document(f"Blatt {order}", self.shelf).pk,
                    make_contact(f"Stelle {order}", photo).pk,
                )
                blocks += [{"type": name, "value": value} for name, value in values.items()]
            page = self.page(self.home, body=json.dumps(blocks))
        return page.url

    def planned(self, number: int) -> ProcedureIndexPage:
        """As many districts as procedures, each in all of them, with as many methods and phases."""
        self.methods(number)
        with unit():
            if not self.planning:
                self.planning = district_list(), procedure_list()
                self.told = news_list()
            places, index = self.planning
            while len(self.districts) < number:
                order = len(self.districts)
                here = district(places, f"Ort {order}", slug=f"ort-{order}", outline=outline(order))
                self.districts.append(here)
            for _ in range(number - index.get_children().count()):
                procedure(
                    index, districts=self.districts, methods=self.found, topic=self.found[0].topic,
                    phases=[phase(-5, 5, ways=[way(), way()])] * number, latitude=52.39, longitude=13.01,
                    further_topics=[
                        Topic.objects.create(slug=f"weiteres-{Topic.objects.count()}", name="Weiteres", locale=index.locale)
                        for _ in range(number)
                    ],
                    documents=[
                        {"document": make_document(f"Plan {order}", self.shelf).pk, "words": f"Plan {order}", "on": None}
                        for order in range(number)
                    ],
                    ratings=[rating(principle(f"Grundsatz {order}")) for order in range(number)],
                    decisions=[
                        {"on": "2026-01-01", "body": "Rat", "reference": "", "text": "Ja.", "page": self.page(self.home).pk}
                        for _ in range(number)
                    ],
                )  # fmt: skip
            planned = [page.specific for page in index.get_children()]
            for order in range(Edition.objects.count(), number):
                published_edition(index, order + 1)
            for _ in range(number - self.told.get_children().count()):
                news(self.told, procedures=planned, districts=self.districts)
        return index

    def list_of_procedures(self, number: int) -> str:
        return self.planned(number).url

    def filtered_list_of_procedures(self, number: int) -> str:
        return f"{self.planned(number).url}?status=open&district=ort-0&q=uferweg"

    def map_of_procedures(self, number: int) -> str:
        return f"{self.planned(number).url}?view=map"

    def calendar_of_procedures(self, number: int) -> str:
        return f"{self.planned(number).url}?view=calendar"

    def outcomes_of_procedures(self, number: int) -> str:
        return f"{self.planned(number).url}?view=outcomes"

    def procedure_with_phases_districts_and_methods(self, number: int) -> str:
        return self.planned(number).get_children().last().url

    def my_street(self, number: int) -> str:
        """As many procedures near, in the district and for the whole city, in as many houses of the street."""
        index = self.planned(number)
        for order in range(Street.objects.count(), number):
            street(numbers=str(order + 1), district="ort-0")
            procedure(index, districts=self.districts[:1], latitude=52.4, longitude=13.06)
            procedure(index)
        return own("my_street", "?street=lindenstr")

    def note_of_a_street(self, number: int) -> str:
        self.my_street(number)
        return own("street_note", "?street=lindenstr")

    def note_of_a_district(self, number: int) -> str:
        self.planned(number)
        return "/stadtteile/ort-0.pdf"

    def list_of_procedures_on_paper(self, number: int) -> str:
        return f"{self.planned(number).url.rstrip('/')}.pdf"

    def list_of_news(self, number: int) -> str:
        self.planned(number)
        return "/aktuelles/"

    def news_that_names_much(self, number: int) -> str:
        self.planned(number)
        return self.told.get_children().last().url

    def notices_on_top(self, number: int) -> str:
        """On a page that holds nothing else that grows."""
        for order in range(number - Notice.objects.count()):
            now = timezone.now()
            Notice.objects.create(
                text=f"Hinweis {order}", locale=self.home.locale, begins=now, ends=now + timedelta(days=1)
            )
        if not self.made:
            self.made.append(self.page(self.home))
        return self.made[0].url

    def list_of_districts(self, number: int) -> str:
        self.planned(number)
        return "/stadtteile/"

    def district_where_much_happens(self, number: int) -> str:
        self.planned(number)
        return "/stadtteile/ort-0/"

    def asked(self, number: int) -> UpdateRequest:
        """A department is asked about as many procedures; the last of them has the most of everything."""
        index = self.planned(number)
        round = UpdateRound.objects.create(title="Runde", deadline=timezone.localdate() + timedelta(days=9))
        letter = UpdateLetter.objects.create(round=round, name="Amt", email="amt@stadt.example")
        pages = index.get_children().values_list("pk", flat=True)
        return [UpdateRequest.objects.create(letter=letter, page_id=pk) for pk in pages][-1]

    def questions_of_a_round(self, number: int) -> str:
        return reverse("update_round", args=[token_for(self.asked(number).letter)])

    def question_of_a_round(self, number: int) -> str:
        asked = self.asked(number)
        return reverse("update_round_answer", args=[token_for(asked.letter), asked.pk])

    def statement_with_barriers(self, number: int) -> str:
        barrier = {"content": "Plan", "reason": "pending", "explanation": "", "alternative": "Rufen Sie an."}
        page = self.home.add_child(
            instance=accessibility_statement(
                slug=f"erklaerung-{number}", locale=self.home.locale, barriers=[("barrier", barrier)] * number
            )
        )
        return page.url

    def imprint_of_publishers(self, number: int) -> str:
        """There are no more than two halves, so two is all that an imprint can grow to."""
        halves = list(HALVES)[:number]
        return self.home.add_child(instance=imprint(halves, slug=f"impressum-{number}", locale=self.home.locale)).url

    def larger_menu(self, number: int) -> None:
        for _ in range(number - len(self.made)):
            self.made.append(self.page(self.home, show_in_menus=True))

    def report_of_a_barrier(self, number: int) -> str:
        self.larger_menu(number)
        return report_barrier()

    def thanks_for_a_report(self, number: int) -> str:
        self.larger_menu(number)
        return own("barrier_reported", "?page=/")

    def request_for_an_accessible_version(self, number: int) -> str:
        """Of one of many documents, which many pages show."""
        self.larger_menu(number)
        with unit():
            shown = [make_document(f"Blatt {order}", self.shelf).pk for order in range(number)]
            for _ in range(number):
                self.page(self.home, body=[("documents", {"title": "", "documents": shown})])
        return own("ask_accessible", f"?document={shown[0]}")

    def thanks_for_a_request(self, number: int) -> str:
        self.larger_menu(number)
        return own("accessible_asked")

    def printed_list(self, number: int) -> str:
        """Each method with its picture, whose size for paper the worker has made ahead, as it does for pages."""
        self.methods(number)
        for page in self.found:
            find_or_make(page.image, SPEC)
        return "/methoden.pdf"

    def page_in_languages(self, number: int) -> str:
        page = self.page(self.home)
        for code in ["en", "uk", "ar", "pl", "de-simple"][: number // 2]:
            locale = Locale.objects.get_or_create(language_code=code)[0]
            home = self.home.get_translation_or_none(locale)
            if home is None:
                home = Page.get_first_root_node().add_child(
                    instance=HomePage(
                        title=code, slug=f"h-{code}", locale=locale, translation_key=self.home.translation_key
                    )
                )
            self.page(home, translation_key=page.translation_key)
        return page.url


def questions(client: Client, path: str) -> list[str]:
    """What a visitor's request asks the database when nothing is cached."""
    cache.clear()
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return [query["sql"] for query in asked.captured_queries]


@pytest.fixture
def world() -> World:
    return World()


#: What grows, and the kind or the view that it shows.
PARTS: dict[Callable[[World, int], str], str] = {
    World.home_with_methods_and_menu: "home",
    World.list_of_methods: "method_index",
    World.filtered_list: "method_index",
    World.finder: "method_finder",
    World.comparison: "method_comparison",
    World.hits_of_the_search: "search",
    World.method_with_combinations: "method",
    World.list_of_procedures: "procedure_index",
    World.filtered_list_of_procedures: "procedure_index",
    World.map_of_procedures: "procedure_index",
    World.calendar_of_procedures: "procedure_index",
    World.outcomes_of_procedures: "procedure_index",
    World.procedure_with_phases_districts_and_methods: "procedure",
    World.list_of_news: "news_index",
    World.news_that_names_much: "news",
    World.notices_on_top: "page",
    World.list_of_districts: "district_index",
    World.district_where_much_happens: "district",
    World.my_street: "my_street",
    World.note_of_a_street: "street_note",
    World.note_of_a_district: "print",
    World.list_of_procedures_on_paper: "print",
    World.questions_of_a_round: "update_round",
    World.question_of_a_round: "update_round_answer",
    World.page_with_pages_below: "page",
    World.page_with_every_block: "page",
    World.page_in_languages: "page",
    World.deep_page: "page",
    World.imprint_of_publishers: "imprint",
    World.statement_with_barriers: "accessibility_statement",
    World.report_of_a_barrier: "report_barrier",
    World.thanks_for_a_report: "barrier_reported",
    World.request_for_an_accessible_version: "ask_accessible",
    World.thanks_for_a_request: "accessible_asked",
    World.printed_list: "print",
}
#: Public exits that show nothing of the site that grows; pages are counted by their kind, and the content API in
#: tests/cms_blocks/content_api/test_reading.py.
NOTHING_GROWS = {
    "healthz", "readyz", "media_image", "wagtaildocs_serve", "wagtail_serve", "short_address",
    "short_address_of_district", "short_address_of_street", "edition_paper", *api_exits(),
}  # fmt: skip


def shown_at(path: str) -> str | None:
    """The kind of the page at ``path``, or the name of the view that answers."""
    path = urlsplit(path).path
    page = PublicRecord.objects.visible().filter(path=path).first()
    return page.kind if page else resolve(path).url_name


def test_everything_public_is_counted() -> None:
    assert {*page_kinds(), *PUBLIC} - NOTHING_GROWS - set(PARTS.values()) == set()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__.replace("_", " "))
def test_ten_cost_as_many_queries_as_one(part: Callable[[World, int], str], world: World, client: Client) -> None:
    path = part(world, FEW)
    assert shown_at(path) == PARTS[part]
    client.get(path)  # modules and templates are read
    few = questions(client, path)
    path = part(world, MANY)
    many = questions(client, path)
    assert len(many) == len(few), "\n".join(["With one:", *few, "", "With ten:", *many])


def test_a_method_page_asks_at_most_twelve_times(world: World, client: Client) -> None:
    path = world.method_with_combinations(MANY)
    client.get(path)
    asked = questions(client, path)
    assert len(asked) <= METHOD_PAGE, "\n".join(asked)


def test_a_page_that_is_cached_costs_one_question_and_an_unchanged_one_no_more(world: World, client: Client) -> None:
    path = world.method_with_combinations(MANY)
    answer = client.get(path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    assert len(asked) == 1, asked.captured_queries
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert len(asked) == 1, asked.captured_queries


def test_an_address_that_leads_nowhere_costs_no_more_on_a_large_site(world: World, client: Client) -> None:
    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/gibt/es/nicht/").status_code == 404
        return len(queries)

    client.get("/gibt/es/nicht/")
    few = asked()
    world.home_with_methods_and_menu(MANY)
    assert asked() == few
