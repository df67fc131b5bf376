"""A procedure stands under several topics: the main one gives its sign, and every exit knows them all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms_blocks.models import Topic
from cms_blocks.publication import reconcile
from cms_blocks.publication.records import PublicRecord
from procedures.edition.choice import drafts_of, offered_drafts
from procedures.edition.frozen import entries_of
from procedures.exits import export_address
from procedures.importing.planning import CHANGE, UNCHANGED
from procedures.importing.workbook import list_as_sheet
from procedures.models import Edition, ProcedurePage, ProcedureTopic
from procedures.presentation import procedure_view
from tests.governance.office import open_office, person
from tests.procedures.factories import STREAMS, phase, procedure, procedure_list
from tests.procedures.sheets import row, xlsx
from tests.procedures.test_edition import edited, edition, public
from tests.procedures.test_import import plan_for
from tests.toolkit.factories import home

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

API = "/api/content/v1/procedures/"
WORDS = {"mobility": "Mobilität", "green": "Grün", "housing": "Wohnen", "budget": "Haushalt"}


@pytest.fixture
def topics(transactional_db: None) -> dict[str, Topic]:
    locale = Locale.get_default()
    return {
        slug: Topic.objects.create(name=name, slug=slug, illustration=slug, locale=locale)
        for slug, name in WORDS.items()
    }


@pytest.fixture
def shore(topics: dict[str, Topic]) -> ProcedurePage:
    return procedure(
        procedure_list(), "Uferweg", slug="uferweg", topic=topics["mobility"], phases=[phase(-5, 5)],
        further_topics=[topics["green"], topics["housing"]], latitude=52.4, longitude=13.06,
    )  # fmt: skip


def record() -> PublicRecord:
    return PublicRecord.objects.visible().of_kind("procedure").get()


def document(client: Client) -> Any:
    return client.get(f"{API}{record().pk}/").json()["document"]


# Every exit


def test_page_record_and_document_name_all_topics_and_the_main_one_gives_the_sign(
    shore: ProcedurePage, client: Client
) -> None:
    assert (record().topics, record().illustration) == (("mobility", "green", "housing"), "mobility")
    told = document(client)
    assert told["topic"] == {"slug": "mobility", "name": "Mobilität"}
    assert [one["name"] for one in told["topics"]] == ["Mobilität", "Grün", "Wohnen"]
    assert "<dd>Mobilität, Grün, Wohnen</dd>" in client.get(shore.url).content.decode()


def test_a_procedure_of_one_topic_and_one_of_none_say_so(topics: dict[str, Topic], client: Client) -> None:
    index = procedure_list()
    one, none = procedure(index, topic=topics["green"]), procedure(index)
    assert [topic.name for topic in procedure_view(one).topics] == ["Grün"]
    assert procedure_view(none).topics == []
    assert "<dd>Grün</dd>" in client.get(one.url).content.decode()


@pytest.mark.parametrize("slug", ["mobility", "green", "housing"])
def test_it_is_found_under_each_of_them(shore: ProcedurePage, client: Client, slug: str) -> None:
    procedure(shore.get_parent(), "Andere", slug="andere")
    for view in ("", "map", "calendar"):
        listing = client.get("/verfahren/", {"topic": slug, "view": view}).context["listing"]
        assert listing.total == 1, view
    told = client.get(API, {"topics": slug, "facets": "topics"}).json()
    assert [one["title"] for one in told["data"]] == ["Uferweg"]
    assert {one["value"]: one["count"] for one in told["facets"]["topics"]} == {"mobility": 1, "green": 1, "housing": 1}
    feed = b"".join(client.get(export_address("procedures", "atom", {"topics": slug})).streaming_content).decode()
    assert [f'term="{one}"' in feed for one in WORDS] == [True, True, True, False]


def test_under_a_topic_that_it_has_not_it_is_not_found(shore: ProcedurePage, client: Client) -> None:
    assert client.get("/verfahren/", {"topic": "budget"}).context["listing"].total == 0
    assert client.get(API, {"topics": "budget"}).json()["data"] == []


# What becomes of a topic


def test_another_name_and_key_of_a_further_topic_reach_page_and_record(
    shore: ProcedurePage, topics: dict[str, Topic], client: Client
) -> None:
    green = topics["green"]
    green.name, green.slug = "Parks", "parks"
    green.save()
    assert record().topics == ("mobility", "parks", "housing")
    assert document(client)["topics"][1] == {"slug": "parks", "name": "Parks"}
    assert "Mobilität, Parks, Wohnen" in client.get(shore.url).content.decode()
    assert not reconcile.check()


def test_a_topic_that_is_deleted_leaves_the_others(
    shore: ProcedurePage, topics: dict[str, Topic], client: Client, admin_client: Client
) -> None:
    shore.save_revision()
    topics["green"].delete()
    assert record().topics == ("mobility", "housing")
    topics["mobility"].delete()
    assert (record().topics, record().illustration) == (("housing",), "")
    assert [one["slug"] for one in document(client)["topics"]] == ["housing"]
    assert "topic" not in document(client)
    assert client.get(shore.url).status_code == 200
    assert not reconcile.check()
    assert admin_client.get(reverse("wagtailadmin_pages:edit", args=[shore.pk])).status_code == 200
    newest = ProcedurePage.objects.get(pk=shore.pk).get_latest_revision_as_object()
    assert newest.topic_ids == [topics["housing"].pk]


def test_one_that_is_named_twice_stands_once(topics: dict[str, Topic], client: Client) -> None:
    green = topics["green"]
    page = procedure(procedure_list(), topic=green, further_topics=[green, topics["budget"], topics["budget"]])
    assert page.topic_ids == [green.pk, topics["budget"].pk]
    assert record().topics == ("green", "budget")
    assert [one["slug"] for one in document(client)["topics"]] == ["green", "budget"]
    assert not reconcile.check()


def test_a_copy_has_them_too(shore: ProcedurePage) -> None:
    copy = shore.copy(update_attrs={"slug": "kopie", "title": "Kopie"})
    assert ProcedurePage.objects.get(pk=copy.pk).topic_ids == shore.topic_ids


# Languages


def test_a_translation_names_them_in_its_language_as_far_as_they_have_it(
    shore: ProcedurePage, topics: dict[str, Topic], client: Client
) -> None:
    polish = home("pl").locale
    for slug, name in (("mobility", "Mobilność"), ("green", "Zieleń")):
        topics[slug].copy_for_translation(polish).save()
        Topic.objects.filter(locale=polish, slug=slug).update(name=name)
    procedure_list("pl", title="Projekty", translation_key=shore.get_parent().translation_key)
    translation = Translation.objects.create(
        source=TranslationSource.get_or_create_from_instance(shore)[0], target_locale=polish
    )
    for segment in StringSegment.objects.filter(source=translation.source):
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            locale=polish,
            context=segment.context,
            defaults={"data": segment.string.data},
        )
    translation.save_target(publish=True)
    page = translation.get_target_instance()
    assert page.topic == Topic.objects.get(locale=polish, slug="mobility")
    told = PublicRecord.objects.visible().of_kind("procedure").in_locale("pl").get()
    assert told.topics == ("mobility", "green", "housing")
    names = [one["name"] for one in client.get(f"{API}{told.pk}/").json()["document"]["topics"]]
    assert names == ["Mobilność", "Zieleń", "Wohnen"]
    assert 'Mobilność, Zieleń, <span lang="de" dir="auto">Wohnen</span>' in client.get(page.url).content.decode()

    changed = ProcedurePage.objects.get(pk=shore.pk)
    changed.further_topics = [row for row in changed.further_topics.all() if row.topic != topics["green"]]
    changed.save_revision().publish()
    translation.source.update_from_db()
    translation.save_target(publish=True)
    told.refresh_from_db()
    assert told.topics == ("mobility", "housing")
    assert not reconcile.check()


# In the editor


@pytest.fixture
def desk(admin_client: Client) -> Any:
    def post(page: ProcedurePage, further: list[Topic], topic: Topic | None, **more: Any) -> Any:
        data = {
            "title": page.title, "slug": page.slug, "lead": page.lead, "brief_what": page.brief_what,
            "brief_where": page.brief_where, "brief_how": page.brief_how, "initiator": "council", "form": "informal",
            "cost_kind": "unknown", "half": page.half, "level": "information", "city_wide": "on",
            "listed_on": page.listed_on, "reference": page.reference, "topic": topic.pk if topic else "",
            **{name: inline_formset([]) for name in ("districts", "methods", "comments")},
            "further_topics": inline_formset([{"topic": one.pk} for one in further]),
            **dict.fromkeys(STREAMS, streamfield([])), **more,
        }  # fmt: skip
        return admin_client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), nested_form_data(data))

    return post


def test_the_editor_chooses_them_beside_the_main_one(topics: dict[str, Topic], desk: Any) -> None:
    page = procedure(procedure_list(), live=False)
    green, mobility = topics["green"], topics["mobility"]
    assert desk(page, [green, mobility], topics["budget"]).status_code == 302
    draft = ProcedurePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.topic_ids == [topics["budget"].pk, green.pk, mobility.pk]


@pytest.mark.parametrize(("main", "further"), [("green", ["green"]), ("green", ["budget", "budget"])])
def test_a_topic_that_is_chosen_twice_is_refused_where_it_stands(
    topics: dict[str, Topic], desk: Any, main: str, further: list[str]
) -> None:
    page = procedure(procedure_list(), live=False)
    form = desk(page, [topics[slug] for slug in further], topics[main]).context["form"]
    *before, last = form.formsets["further_topics"].forms
    assert set(last.errors) == {"topic"} and not any(one.errors for one in before) and not form.errors


def test_further_topics_need_a_main_one(topics: dict[str, Topic], desk: Any) -> None:
    form = desk(procedure(procedure_list(), live=False), [topics["green"]], None).context["form"]
    assert set(form.errors) == {"topic"}


def test_another_further_topic_of_a_public_procedure_asks_what_is_new(topics: dict[str, Topic], desk: Any) -> None:
    same = {"initiator": "council", "level": "information", "open_points": [], "fixed_points": [], "phases": []}
    page = procedure(procedure_list(), topic=topics["green"], **same)
    publish = {"action-publish": "yes"}
    assert desk(page, [], topics["green"], **publish).status_code == 302, "nothing has changed"
    refused = desk(page, [topics["housing"]], topics["green"], **publish)
    assert refused.status_code == 200 and set(refused.context["form"].errors) == {"news_what"}
    told = desk(page, [topics["housing"]], topics["green"], news_what="Auch ein Wohnhaus.", **publish)
    assert told.status_code == 302
    public = ProcedurePage.objects.get(pk=page.pk)
    assert public.topic_ids == [topics["green"].pk, topics["housing"].pk]
    assert [child.value["what"] for child in public.changes] == ["Auch ein Wohnhaus."]


# In a sheet


def test_what_is_exported_is_imported_unchanged(shore: ProcedurePage, topics: dict[str, Topic]) -> None:
    index = shore.get_parent()
    topics["housing"].name = "Bauen; Wohnen"
    topics["housing"].save()
    for kind in ("csv", "xlsx"):
        sheet = list_as_sheet(index, kind)
        plan = plan_for(sheet, index, f"liste.{kind}")
        assert [(step.kind, step.errors) for step in plan.steps] == [(UNCHANGED, [])]
    assert "Mobilität; Grün; housing" in list_as_sheet(index, "csv").decode("utf-8-sig")


@pytest.mark.parametrize("heading", ["Thema", "Themen", "Topics"])
def test_a_cell_names_several_and_the_first_is_the_main_one(
    topics: dict[str, Topic], shore: ProcedurePage, heading: str
) -> None:
    cells = {heading: "Grün; mobility\nHaushalt; Grün"}
    index = shore.get_parent()
    [step] = plan_for(xlsx([row(**cells, Nummer="2026-0009")]), index).steps
    assert step.values["topic"] == [topics[slug].pk for slug in ("green", "mobility", "budget")] and not step.errors


def test_an_old_sheet_with_one_topic_and_one_whose_topic_holds_a_semicolon_are_read(topics: dict[str, Topic]) -> None:
    index = procedure_list()
    both = Topic.objects.create(name="Bauen; Grün", slug="both", locale=index.locale)
    for cell, wanted in (("Mobilität", [topics["mobility"].pk]), ("Bauen; Grün", [both.pk]), ("", [])):
        [step] = plan_for(xlsx([row(Thema=cell)]), index).steps
        assert step.values["topic"] == wanted and not step.errors


def test_a_changed_cell_is_a_duty_and_an_unknown_topic_is_named(shore: ProcedurePage) -> None:
    index = shore.get_parent()
    [step] = plan_for(xlsx([{"Nummer": shore.reference, "Themen": "Mobilität; Haushalt"}]), index).steps
    assert (step.kind, [one.key for one in step.differences], step.changes_duty) == (CHANGE, ["topic"], True)
    [one] = step.differences
    assert (one.before, one.after) == ("Mobilität; Grün; Wohnen", "Mobilität; Haushalt")
    [step] = plan_for(xlsx([{"Nummer": shore.reference, "Themen": "Mobilität; Kaffeesatz"}]), index).steps
    [error] = step.errors
    assert "Kaffeesatz" in error.reason and "Grün" in error.remedy


# In an edition


def test_an_edition_notes_a_further_topic_and_nothing_where_there_is_none(topics: dict[str, Topic]) -> None:
    index = procedure_list()
    page = procedure(index, topic=topics["green"])
    listed = Edition(index=index, locale=index.locale)

    def digest() -> str:
        [entry] = entries_of(listed, record().visible_from)
        return str(entry.digest)

    alone = digest()
    page.topic = topics["budget"]
    page.save()
    assert digest() == alone, "as it has always been"
    page.further_topics.create(topic=topics["housing"])
    page.save()
    assert digest() != alone


def test_a_draft_with_another_further_topic_waits_until_somebody_says_what_is_new(topics: dict[str, Topic]) -> None:
    open_office()
    index = procedure_list()
    page, same = (public(index, title, topic=topics["green"]) for title in ("Uferweg", "Marktplatz"))
    edited(page, told=False, further_topics=[ProcedureTopic(topic=topics["budget"])])
    edited(same, told=False, review_date=date(2099, 1, 1))
    made = edition(index, cut_off=timezone.localdate())
    assert [draft.title for draft in drafts_of(made)] == ["Marktplatz"]
    [waits] = offered_drafts(made, person("anna"))
    assert (waits.title, ["was neu ist" in one.why for one in waits.problems]) == ("Uferweg", [True])


# Queries


def test_more_topics_cost_no_more_queries(topics: dict[str, Topic], client: Client) -> None:
    index, locale = procedure_list(), Locale.get_default()
    many = [Topic.objects.create(name=f"Thema {number}", slug=f"t-{number}", locale=locale) for number in range(10)]
    procedure(index, slug="eine", topic=topics["green"], further_topics=many[:1])
    procedure(index, slug="zehn", topic=topics["green"], further_topics=many)
    counts = []
    for slug in ("eine", "zehn"):
        client.get(f"/verfahren/{slug}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/verfahren/{slug}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_publishing_ten_topics_costs_as_many_queries_as_one(topics: dict[str, Topic]) -> None:
    index, locale = procedure_list(), Locale.get_default()
    many = [Topic.objects.create(name=f"Thema {number}", slug=f"t-{number}", locale=locale) for number in range(10)]
    counts = []
    for further in (many[:1], many):
        page = procedure(index, topic=topics["green"], further_topics=further)
        fresh = ProcedurePage.objects.get(pk=page.pk)
        with CaptureQueriesContext(connection) as queries:
            fresh.save()
        counts.append(len(queries))
    assert counts[0] == counts[1]
