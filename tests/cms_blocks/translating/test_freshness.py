"""A translation is current as long as the German words are those it was made from, and says so when they are not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from cms_blocks.freshness import Freshness, TranslationBasis, freshness, state_basis
from cms_blocks.publication import reader, reconcile
from cms_blocks.publication.records import PublicRecord
from cms_blocks.wording import digest
from tests.cms_blocks.publication.editor import Editor
from tests.cms_blocks.publication.observer import Observer, watching
from tests.cms_blocks.translating.conftest import add, record_of, rewrite, translated
from tests.toolkit.factories import method
from toolkit.models import MethodIndexPage

pytestmark = pytest.mark.gate
NOTE = "This translation is older than the German text of"


def state_of(page: Page, german: Page) -> Freshness:
    record = PublicRecord.objects.live().filter(object_id=page.pk).first()
    return freshness(record, PublicRecord.objects.live().filter(object_id=german.pk).first())


def marks_of(page: Page) -> dict[str, Any]:
    return json.loads(reader.document_text(record_of(page)))["language"]


def bring_up_to_date(editor: Editor, page: Page, german: Page, *, action: str = "publish", tick: bool = True) -> None:
    fields = {"up_to_date_with": record_of(german).wording} | ({"up_to_date": "1"} if tick else {})
    assert editor.edit(page.pk, page.title, page.slug, [("paragraph", "<p>New words.</p>")], action=action, **fields)


def test_new_german_words_make_it_old_and_the_editor_says_when_it_is_current_again(
    home: Page, english: Page, editor: Editor, observer: Observer, clock: Any
) -> None:
    german = add(home, "seite", title="Seite", lead="Alt")
    page = translated(german, english)
    assert state_of(page, german) == Freshness.CURRENT
    assert NOTE not in Client().get("/en/seite-en/").content.decode()
    clock.shift(timedelta(days=5))
    with watching(observer) as found:
        rewrite(german, lead="Neu")
        assert record_of(page).stale
        assert state_of(page, german) == Freshness.BEHIND
        html = Client().get("/en/seite-en/").content.decode()
        assert f'{NOTE} <time datetime="2026-03-15">' in html
        assert '<a href="/seite/" hreflang="de">' in html
        assert marks_of(page)["state"] == "behind"
        bring_up_to_date(editor, page, german, tick=False)
        assert state_of(page, german) == Freshness.BEHIND
        bring_up_to_date(editor, page, german)
        assert state_of(page, german) == Freshness.CURRENT
        assert NOTE not in Client().get("/en/seite-en/").content.decode()
    assert marks_of(page) == {
        "state": "current",
        "original": {"url": "/seite/", "locale": "de", "wording_since": "2026-03-15T08:00:00Z"},
    }
    assert not found
    assert not reconcile.check()


def test_a_date_a_picture_or_a_save_is_no_new_text(home: Page, english: Page) -> None:
    german = add(home, "seite", lead="Gleich")
    page = translated(german, english)
    since = record_of(german).wording_since
    rewrite(german, half="carrier", illustration="office", review_date="2027-01-01", search_description="Kurz gesagt")
    rewrite(german)
    assert state_of(page, german) == Freshness.CURRENT
    assert record_of(german).wording_since == since
    rewrite(german, title="Anders")
    assert state_of(page, german) == Freshness.BEHIND
    rewrite(german, title="seite")
    assert state_of(page, german) == Freshness.CURRENT


def test_the_numbers_of_a_method_are_no_words_its_texts_are(home: Page, english: Page) -> None:
    german = home.add_child(instance=MethodIndexPage(title="Methoden", slug="methoden", locale=home.locale))
    index = english.add_child(instance=MethodIndexPage(title="Methods", slug="methods", locale=english.locale))
    one = method(german, "Tischgespräch", slug="tisch", staff="Zwei Menschen")
    other = method(index, "Table talk", slug="table", translation_key=one.translation_key)
    rewrite(one, group_size_min=5, group_size_max=50)
    assert state_of(other, one) == Freshness.CURRENT
    rewrite(one, staff="Drei Menschen")
    assert state_of(other, one) == Freshness.BEHIND


def test_what_is_not_there_is_missing_and_an_original_is_never_old(home: Page, english: Page) -> None:
    german = add(home, "seite")
    page = translated(german, english)
    page.unpublish()
    assert state_of(page, german) == Freshness.MISSING
    alone = add(english, "alone")
    assert freshness(record_of(alone), None) == Freshness.CURRENT
    assert not TranslationBasis.objects.filter(page=alone).exists()


def test_a_statement_in_a_draft_counts_from_its_publication_and_can_be_taken_back(
    home: Page, english: Page, editor: Editor
) -> None:
    german = add(home, "seite", lead="Alt")
    page = translated(german, english)
    rewrite(german, lead="Neu")
    bring_up_to_date(editor, page, german, action="")
    assert state_of(page, german) == Freshness.BEHIND
    bring_up_to_date(editor, page, german, action="")
    assert TranslationBasis.objects.filter(page=page, source="editor").count() == 1
    bring_up_to_date(editor, page, german, action="", tick=False)
    assert not TranslationBasis.objects.filter(page=page, source="editor").exists()
    bring_up_to_date(editor, page, german, action="")
    Page.objects.get(pk=page.pk).get_latest_revision().publish()
    assert state_of(page, german) == Freshness.CURRENT


def test_what_the_editor_had_before_their_eyes_counts_not_what_came_meanwhile(
    home: Page, english: Page, editor: Editor
) -> None:
    german = add(home, "seite", lead="Eins")
    page = translated(german, english)
    rewrite(german, lead="Zwei")
    seen = record_of(german).wording
    rewrite(german, lead="Drei")
    assert editor.edit(page.pk, page.title, page.slug, [], action="publish", up_to_date_with=seen, up_to_date="1")
    assert record_of(page).made_from == seen
    assert state_of(page, german) == Freshness.BEHIND


def test_a_copy_begun_before_the_german_text_changed_is_old_when_it_is_published(home: Page, english: Page) -> None:
    german = add(home, "seite", lead="Alt")
    draft = german.copy_for_translation(english.locale)
    rewrite(german, lead="Neu")
    draft.get_latest_revision().publish()
    assert state_of(draft, german) == Freshness.BEHIND


def translate_all(translation: Translation) -> None:
    for segment in StringSegment.objects.filter(source=translation.source):
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            locale=translation.target_locale,
            context=segment.context,
            defaults={"data": f"{segment.string.data} in English", "translation_type": "manual"},
        )


def test_piece_by_piece_it_is_current_when_no_piece_of_the_synchronised_text_is_missing(
    home: Page, english: Page, observer: Observer
) -> None:
    german = add(home, "seite", title="Seite", lead="Alt")
    source, _created = TranslationSource.get_or_create_from_instance(german)
    translation = Translation.objects.create(source=source, target_locale=english.locale)

    def state() -> Freshness:
        return state_of(translation.get_target_instance(), german)

    with watching(observer) as found:
        translation.save_target(publish=True)  # nothing is translated: German words under an English address
        assert state() == Freshness.BEHIND
        translate_all(translation)
        translation.save_target(publish=True)
        assert state() == Freshness.CURRENT
        rewrite(german, lead="Neu")
        assert state() == Freshness.BEHIND
        translation.save_target(publish=True)  # the old German text once more
        assert state() == Freshness.BEHIND
        source.update_from_db()
        translation.save_target(publish=True)  # a piece is missing
        assert state() == Freshness.BEHIND
        translate_all(translation)
        translation.save_target(publish=False)
        assert state() == Freshness.BEHIND
        translation.save_target(publish=True)
        assert state() == Freshness.CURRENT
    assert not found


def test_a_translation_of_a_translation_is_as_old_as_that(home: Page, english: Page) -> None:
    german = add(home, "seite", lead="Alt")
    page = translated(german, english)
    source, _created = TranslationSource.get_or_create_from_instance(page)
    polish = Locale.objects.get(language_code="pl")
    translation = Translation.objects.create(source=source, target_locale=polish)
    translate_all(translation)
    rewrite(german, lead="Neu")
    home.copy_for_translation(polish).save_revision().publish()
    translation.save_target(publish=True)
    assert state_of(translation.get_target_instance(), german) == Freshness.BEHIND
    state_basis(page, digest(german.__class__.objects.get(pk=german.pk)), "editor")
    translation.save_target(publish=True)
    assert state_of(translation.get_target_instance(), german) == Freshness.CURRENT


@pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("ar", "rtl"), ("de-simple", "ltr")])
def test_the_note_stands_in_the_page_s_own_language_and_direction(home: Page, code: str, direction: str) -> None:
    top = home.copy_for_translation(Locale.objects.get(language_code=code))
    top.save_revision().publish()
    german = add(home, "seite")
    translated(german, top)
    rewrite(german, title="Anders")
    html = Client().get(f"/{code}/seite-{code}/").content.decode()
    assert f'<html lang="{code}" dir="{direction}">' in html
    assert '<a href="/seite/" hreflang="de">' in html
