"""What a flush does to records, documents and search, and what it leaves alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import translation
from wagtail.models import Locale, Page

from cms_blocks.models import Topic
from cms_blocks.publication import reconcile
from cms_blocks.publication.records import PublicationClock, PublicDocument, PublicRecord, PublicReference
from cms_blocks.search.engine import Query, engine
from tests.cms_blocks.publication.editor import Editor, make_image, stored
from tests.cms_blocks.publication.observer import Observer
from website.models import StandardPage

pytestmark = pytest.mark.gate


def add(parent: Page, slug: str, **fields: Any) -> StandardPage:
    fields = {"title": slug.title(), "locale": parent.locale, **fields}
    return parent.add_child(instance=StandardPage(slug=slug, **fields))


def record_of(page: Page) -> PublicRecord:
    return PublicRecord.objects.get(object_id=page.pk)


@pytest.fixture
def mobility(transactional_db: None) -> Topic:
    return Topic.objects.create(name="Mobility", slug="mobility", illustration="mobility", locale=Locale.get_default())


def test_a_topic_with_another_key_refiles_its_pages_at_once(home: Page, mobility: Topic) -> None:
    page, other = add(home, "page", topic=mobility), add(home, "other")
    before = record_of(other).version
    mobility.slug, mobility.name, mobility.illustration = "traffic", "Traffic", "green"
    mobility.save()
    record = record_of(page)
    assert (record.topics, record.illustration, record.stale) == (("traffic",), "green", True)
    assert record_of(other).version == before
    assert not reconcile.check()
    mobility.delete()
    assert record_of(page).topics == ()
    assert not reconcile.check()


def test_a_document_is_in_the_language_of_its_page_whoever_publishes_it(home: Page) -> None:
    picture = make_image("Market", Page.get_first_root_node() and _root_collection())
    picture.credit, picture.licence = "City", "dl-by-de/2.0"
    picture.save()
    with translation.override("de"):
        page = add(home, "page", body=json.dumps(stored([("image", picture.pk)])))
        german = PublicDocument.objects.get(record=record_of(page)).body
    for language in ("en", "ar"):
        with translation.override(language):
            page.save()
            assert PublicDocument.objects.get(record=record_of(page)).body == german
            assert not reconcile.check()


def _root_collection() -> Any:
    from wagtail.models import Collection

    return Collection.get_first_root_node()


def test_an_alias_is_not_listed_or_searched_and_leaves_with_its_source(home: Page, observer: Observer) -> None:
    page = add(home, "page", title="Findable zebra")
    alias = page.create_alias(update_slug="again")
    assert (record_of(alias).is_live, record_of(alias).listed) == (True, False)
    assert _found("zebra") == [record_of(page).pk]
    page.delete()
    assert not record_of(alias).is_live
    assert not _found("zebra")
    assert not observer.look().violations


def _found(word: str) -> list[int]:
    return [hit.record_id for hit in engine().search(Query(word, "de")).hits]


def test_a_saved_draft_changes_nothing_public(home: Page, editor: Editor) -> None:
    page = add(home, "page")
    before = PublicationClock.objects.get().sequence, record_of(page).version
    assert editor.edit(page.pk, "Draft", "draft", action="")
    page.refresh_from_db()
    page.save(update_fields=["draft_title", "has_unpublished_changes"])
    assert (PublicationClock.objects.get().sequence, record_of(page).version) == before


def test_saving_a_public_page_again_without_a_change_moves_nothing(home: Page) -> None:
    page = add(home, "page")
    before = PublicationClock.objects.get().sequence, record_of(page).version
    StandardPage.objects.get(pk=page.pk).save()
    assert (PublicationClock.objects.get().sequence, record_of(page).version) == before


def test_a_flush_counts_the_clock_on_and_a_lost_clock_never_runs_backwards(home: Page) -> None:
    page = add(home, "page")
    before = PublicationClock.objects.get().sequence
    PublicationClock.objects.all().delete()
    page.title = "Other"
    page.save()
    assert PublicationClock.objects.get().sequence == before + 1 == record_of(page).sequence


def test_what_leaves_the_public_becomes_a_tombstone_and_comes_back_as_the_same_record(home: Page) -> None:
    target = add(home, "target")
    page = add(home, "page", lead="Words", body=json.dumps(stored([("related_pages", [target.pk])])))
    record = record_of(page)
    page.unpublish()
    tomb = record_of(page)
    assert (tomb.pk, tomb.is_live, tomb.version > record.version) == (record.pk, False, True)
    assert (tomb.title, tomb.lead, tomb.path, tomb.tree_path, tomb.content_hash) == ("", "", "", "", "")
    assert not PublicDocument.objects.filter(record=tomb).exists()
    assert not PublicReference.objects.filter(source=tomb).exists()
    page.refresh_from_db()
    page.save_revision().publish()
    back = record_of(page)
    assert (back.pk, back.is_live, back.title, back.lead) == (record.pk, True, "Page", "Words")
    assert back.version > tomb.version


def test_who_quotes_a_page_is_stale_when_it_changes_goes_or_comes(home: Page) -> None:
    target = add(home, "target", live=False)
    page = add(home, "page", body=json.dumps(stored([("related_pages", [target.pk])])))

    def change(change: Any) -> bool:
        PublicRecord.objects.update(stale=False)
        change()
        return record_of(page).stale

    target.live = True
    assert change(target.save)
    target.title = "Other"
    assert change(target.save)
    target.show_in_menus = True  # quoted nowhere
    assert not change(target.save)
    assert change(target.unpublish)
    assert not reconcile.check()


def test_more_pages_than_one_portion_are_flushed(
    home: Page, monkeypatch: pytest.MonkeyPatch, observer: Observer
) -> None:
    from cms_blocks.publication import reach

    monkeypatch.setattr(reach, "CHUNK", 3)
    section = add(home, "section")
    pages = [add(section, f"page-{number}") for number in range(8)]
    for page in pages:
        page.body = json.dumps(stored([("related_pages", [other.pk for other in pages])]))
        page.save()
    section.slug = "renamed"
    section.save()
    assert not observer.look().violations
    section.unpublish()
    assert not observer.look().violations


def test_texts_are_looked_up_in_one_query_each_however_many_pages_change(
    home: Page, django_assert_max_num_queries: Any
) -> None:
    section = add(home, "section")

    def cost() -> int:
        section.refresh_from_db()
        section.slug = f"{section.slug}x"
        with django_assert_max_num_queries(65) as queries:
            section.save()
        return len(queries)

    add(section, "one")
    cost()  # what is looked up once in a process: content types, locales
    few = cost()
    for number in range(9):
        add(section, f"more-{number}")
    assert cost() == few
