"""Methods in other languages: own words, the same facts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Locale

from cms_blocks.office import Topic
from cms_blocks.publication.reader import document_text
from cms_blocks.publication.records import PublicRecord
from tests.toolkit.factories import home, method, toolkit
from toolkit.models import MethodIndexPage, MethodPage
from toolkit.translation import copy_neutral_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def german() -> MethodIndexPage:
    return toolkit()


@pytest.fixture
def english(german: MethodIndexPage) -> MethodIndexPage:
    parent = home("en")
    page = MethodIndexPage(
        title="Methods", slug="methods", locale=parent.locale, translation_key=german.translation_key
    )
    return parent.add_child(instance=page)


def translated(source: MethodPage, index: MethodIndexPage, title: str, **fields: Any) -> MethodPage:
    """A page of its own language with title and lead only, and the facts of the source."""
    page = MethodPage(
        title=title,
        slug=source.slug,
        lead="In short.",
        locale=index.locale,
        translation_key=source.translation_key,
        **fields,
    )
    copy_neutral_fields(source, page)
    return index.add_child(instance=page)


def test_a_translation_with_only_a_title_and_a_lead_shows_the_facts(
    client: Client, german: MethodIndexPage, english: MethodIndexPage
) -> None:
    source = method(german, "Zukunftswerkstatt", group_size_min=16, group_size_max=200, strengths=["Fair."])
    page = translated(source, english, "Future workshop")
    html = client.get(f"/en/methods/{page.slug}/").content.decode()
    assert "Future workshop" in html
    assert "200" in html
    assert "Fair." not in html
    record = PublicRecord.objects.select_related("method_facts").get(object_id=page.pk)
    assert record.locale == "en"
    assert record.method_facts.group_size_max == 200


def test_a_summary_leads_to_the_german_page_with_all_details(
    client: Client, german: MethodIndexPage, english: MethodIndexPage
) -> None:
    source = method(german, strengths=["Fair."])
    page = translated(source, english, "Future workshop")
    article = client.get(f"/en/methods/{page.slug}/").content.decode().split("method-article")[1]
    assert f'href="/methoden/{source.slug}/" hreflang="de"' in article
    page.body = [{"type": "paragraph", "value": f'<p>Read <a linktype="page" id="{source.pk}">on</a>.</p>'}]
    page.save_revision().publish()
    article = client.get(f"/en/methods/{page.slug}/").content.decode().split("method-article")[1]
    assert "box--blue" not in article
    own = client.get(f"/methoden/{source.slug}/").content.decode().split("method-article")[1]
    assert f'href="/methoden/{source.slug}/" hreflang="de"' not in own


def test_topic_and_combinations_become_their_counterparts(german: MethodIndexPage, english: MethodIndexPage) -> None:
    topic = Topic.objects.create(name="Wohnen", slug="housing", locale=german.locale)
    Topic.objects.create(name="Housing", slug="housing", locale=english.locale, translation_key=topic.translation_key)
    known, unknown = method(german, "Bekannt"), method(german, "Unbekannt")
    counterpart = translated(known, english, "Known")
    page = translated(method(german, topic=topic, goes_with=(unknown, known)), english, "Both")
    assert page.topic.name == "Housing"
    assert [row.method_id for row in page.combinations.all()] == [counterpart.pk]


def test_copying_again_changes_nothing(german: MethodIndexPage, english: MethodIndexPage) -> None:
    source = method(german, goes_with=(method(german),))
    page = translated(source, english, "Again")
    before = list(page.combinations.values_list("pk", flat=True))
    copy_neutral_fields(source, page)
    page.save()
    assert list(page.combinations.values_list("pk", flat=True)) == before


def test_a_copied_page_shows_the_counterparts_of_german_combinations(
    client: Client, german: MethodIndexPage, english: MethodIndexPage
) -> None:
    """Wagtail's own copy for translation keeps links to the German pages."""
    other = method(german, "Offener Raum")
    translated(other, english, "Open space")
    source = method(german, "Fischglas", goes_with=(other,))
    page = source.copy_for_translation(english.locale)
    page.title = "Fishbowl"
    page.save_revision().publish()
    html = client.get(page.get_url()).content.decode()
    assert "Open space" in html
    assert "Offener Raum" not in html.split("<main")[1]


def test_a_new_translation_makes_the_documents_that_may_link_to_it_stale(
    german: MethodIndexPage, english: MethodIndexPage
) -> None:
    other = method(german, "Offener Raum")
    source = method(german, "Fischglas", goes_with=(other,))
    page = source.copy_for_translation(english.locale)
    page.save_revision().publish()
    record = PublicRecord.objects.get(object_id=page.pk)
    assert json.loads(document_text(record))["combines_with"] == []
    new = other.copy_for_translation(english.locale)
    new.title = "Open space"
    new.save_revision().publish()
    record.refresh_from_db()
    assert record.stale
    assert [entry["title"] for entry in json.loads(document_text(record))["combines_with"]] == ["Open space"]


def test_the_translation_tool_copies_facts_and_translates_words(german: MethodIndexPage) -> None:
    from wagtail_localize.fields import SynchronizedField, TranslatableField, get_translatable_fields

    fields = {field.field_name: field for field in get_translatable_fields(MethodPage)}
    for name in ("purposes", "levels", "group_size_min", "cost_level", "image", "combinations"):
        assert isinstance(fields[name], SynchronizedField), name
    for name in ("title", "lead", "body", "steps", "strengths", "cost_note", "staff", "origin", "sources"):
        assert isinstance(fields[name], TranslatableField), name


def test_a_page_in_easy_language_has_the_same_facts(client: Client, german: MethodIndexPage) -> None:
    Locale.objects.get_or_create(language_code="de-simple")
    simple = toolkit("de-simple", slug="einfache-methoden")
    source = method(german, group_size_min=16, group_size_max=200)
    page = translated(source, simple, "Gespräche an Tischen")
    html = client.get(f"/de-simple/einfache-methoden/{page.slug}/").content.decode()
    assert "200" in html
    assert "method-purpose" not in html  # a sentence made by rule is no easy language
