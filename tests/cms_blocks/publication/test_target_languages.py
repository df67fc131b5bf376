"""Links of a page lead to its own language where there is something to lead to, and follow every change of that."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Locale, Page, PageViewRestriction

from cms_blocks.models import Contact, Topic
from cms_blocks.publication import reader, reconcile
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.targets import Targets, content_language
from cms_blocks.publication.unit import unit
from tests.cms_blocks.publication.editor import link, stored
from tests.cms_blocks.publication.observer import Observer, watching
from website.models import StandardPage

pytestmark = pytest.mark.gate
HOUR = timedelta(hours=1)


@pytest.fixture
def english_home(home: Page) -> Page:
    english = home.copy_for_translation(Locale.objects.get(language_code="en"))
    english.save_revision().publish()
    return english


def add(parent: Page, slug: str, *quoted: Page, **fields: Any) -> StandardPage:
    blocks = [("paragraph", "<p>" + "".join(link("page", page.pk) for page in quoted) + "</p>")]
    blocks += [("related_pages", [page.pk for page in quoted])] if quoted else []
    body = json.dumps(stored(blocks)) if quoted else "[]"
    fields = {"title": slug, "lead": f"About {slug}", "locale": parent.locale, "body": body, **fields}
    return parent.add_child(instance=StandardPage(slug=slug, **fields))


def translated(page: Page, parent: Page, **fields: Any) -> StandardPage:
    return add(parent, f"{page.slug}-{parent.locale.language_code}", translation_key=page.translation_key, **fields)


def record_of(page: Page) -> PublicRecord:
    return PublicRecord.objects.get(object_id=page.pk)


def document_of(page: Page) -> dict[str, Any]:
    return json.loads(reader.document_text(record_of(page)))


def addresses(page: Page) -> list[str]:
    return [quoted["url"] for block in document_of(page)["body"] for quoted in block.get("pages", [])]


def test_links_lead_to_the_own_language_and_follow_every_coming_and_going(
    home: Page, english_home: Page, observer: Observer
) -> None:
    german = add(home, "target")
    source, other = add(english_home, "source", german), add(home, "other", german)
    assert addresses(source) == ["/target/"]
    html = document_of(source)["body"][0]["html"]
    assert '<a href="/target/" hreflang="de">' in html
    with watching(observer) as found:
        english = translated(german, english_home)
        assert record_of(source).stale and not record_of(other).stale
        assert addresses(source) == ["/en/target-en/"]
        assert 'hreflang="de"' not in document_of(source)["body"][0]["html"]
        source.save()
        english.title = "Another title"
        english.save()
        assert record_of(source).stale
        source.save()
        with unit():
            restriction = PageViewRestriction.objects.create(page=english, restriction_type="login")
        assert record_of(source).stale and addresses(source) == ["/target/"]
        source.save()
        with unit():
            restriction.delete()
        assert record_of(source).stale and addresses(source) == ["/en/target-en/"]
        source.save()
        german.unpublish()
        assert addresses(source) == ["/en/target-en/"] and other.pk and not addresses(other)
        source.save()
        english.delete()
        assert record_of(source).stale and addresses(source) == []
    assert not found
    assert not reconcile.check()


def test_a_link_to_another_language_of_the_page_itself_is_left_alone(home: Page, english_home: Page) -> None:
    german = add(home, "target")
    english = translated(german, english_home)
    english.body = json.dumps(stored([("related_pages", [german.pk])]))
    english.save()
    assert addresses(english) == ["/target/"]
    html = Client().get("/en/target-en/").content.decode()
    assert '<a class="card__link" href="/target/" hreflang="de" lang="de" dir="auto">' in html


def test_html_leads_where_the_document_leads(home: Page, english_home: Page) -> None:
    german = add(home, "target")
    source = add(english_home, "source", german)
    assert 'href="/target/" hreflang="de"' in Client().get("/en/source/").content.decode()
    translated(german, english_home)
    html = Client().get("/en/source/").content.decode()
    assert 'href="/en/target-en/">' in html and 'href="/target/"' not in html.split("<main", 1)[1].split("</main>")[0]
    assert addresses(source) == ["/en/target-en/"]


def test_a_translation_whose_time_has_not_come_is_not_led_to_before(home: Page, english_home: Page, clock: Any) -> None:
    german = add(home, "target")
    english = translated(german, english_home, go_live_at=timezone.now() + HOUR, expire_at=timezone.now() + 3 * HOUR)
    early = Targets(locale="en")
    assert early.page(german.pk).path == "/target/"
    assert early.valid_until == english.go_live_at
    late = Targets(timezone.now() + 2 * HOUR, locale="en")
    assert late.page(german.pk).path == "/en/target-en/"
    assert late.valid_until == english.expire_at
    assert late.references == {("page", german.pk), ("page", english.pk)}
    assert late.exactly("page", german.pk).path == "/target/"
    assert Targets(timezone.now() + 4 * HOUR, locale="en").page(german.pk).path == "/target/"


def test_contacts_and_topics_are_named_in_the_language_of_the_page(
    home: Page, english_home: Page, observer: Observer
) -> None:
    contact = Contact.objects.create(name="Anlaufstelle", locale=home.locale)
    topic = Topic.objects.create(name="Grün", slug="green", locale=home.locale)
    page = add(english_home, "page", contact=contact, topic=topic)
    german = add(home, "seite", contact=contact, topic=topic)
    with watching(observer) as found:
        for thing, name in ((contact, "Contact point"), (topic, "Green")):
            there = thing.copy_for_translation(english_home.locale)
            there.name = name
            with unit():
                there.save()
            assert record_of(page).stale and not record_of(german).stale
            page.save()
        document = document_of(page)
        assert (document["contact"]["name"], document["topic"]["name"]) == ("Contact point", "Green")
        assert "Contact point" in Client().get("/en/page/").content.decode()
        with unit():
            Contact.objects.get(name="Contact point").delete()
            Topic.objects.get(name="Green").delete()
        assert record_of(page).stale
    document = document_of(page)
    assert (document["contact"]["name"], document["topic"]["name"]) == ("Anlaufstelle", "Grün")
    assert not found


@pytest.mark.parametrize("number", [1, 10])
def test_however_many_links_there_are_their_languages_cost_three_queries(
    home: Page, english_home: Page, number: int
) -> None:
    with unit():
        pages = [add(home, f"page-{order}") for order in range(number)]
        for page in pages:
            translated(page, english_home)
    targets = Targets(locale="en")
    with CaptureQueriesContext(connection) as queries:
        targets.preload(pages=[page.pk for page in pages])
        assert {targets.page(page.pk).locale for page in pages} == {"en"}
    assert len(queries) == 3  # the records asked for, their translation keys, the translations


def test_in_a_language_without_content_the_very_thing_asked_for_answers(home: Page, english_home: Page) -> None:
    german = add(home, "target")
    translated(german, english_home)
    with translation.override("fr"):
        assert content_language() == ""
        assert Targets().page(german.pk).path == "/target/"
    with translation.override("en"):
        assert Targets().page(german.pk).path == "/en/target-en/"
    with translation.override(None):
        assert content_language() == "de"
