"""wagtail-localize finds the words of every block and puts translations back."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from wagtail.models import Locale
from wagtail_localize.models import TranslationSource
from wagtail_localize.segments import OverridableSegmentValue, StringSegmentValue, TemplateSegmentValue
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.segments.ingest import ingest_segments

from cms_blocks.blocks import BodyBlock
from cms_blocks.publication.targets import Targets

BODY = BodyBlock()


@pytest.fixture
def page(house: Any, raw: Any) -> Any:
    """A page with every block, as the database gives it back."""
    house.page.body = [{"type": name, "value": value} for name, value in raw.items()]
    house.page.save()
    return type(house.page).objects.get(pk=house.page.pk)


def test_every_word_of_a_body_is_offered_for_translation(page: Any) -> None:
    offered = {segment.render_text() for segment in extract_segments(page) if isinstance(segment, StringSegmentValue)}
    for words in BODY.to_text(page.body).splitlines():
        assert any(words in text or text in words for text in offered), words


def test_translated_words_come_back_and_what_was_chosen_stays(page: Any) -> None:
    translated: list[Any] = []
    for segment in extract_segments(page):
        if isinstance(segment, StringSegmentValue):
            words = (
                segment.render_html().replace("s", "ſ") if segment.attrs else segment.render_text().replace("s", "ſ")
            )
            make = StringSegmentValue.from_source_html if segment.attrs else StringSegmentValue
            translated.append(make(segment.path, words, order=segment.order))
        elif isinstance(segment, TemplateSegmentValue):
            translated.append(segment)
    target = deepcopy(page)
    german, english = Locale.get_default(), Locale.objects.get_or_create(language_code="en")[0]
    ingest_segments(page, target, german, english, translated)
    text = BODY.to_text(target.body)
    assert "At laſt ſomebody aſkſ." in text and "adviſeſ" in text and "decideſ" in text
    shown = {item["type"]: item for item in BODY.to_json(target.body, Targets())}
    assert shown["image"]["size"] == "wide"
    assert shown["timeline"]["entries"][0]["state"] == "done"
    assert shown["related_pages"]["pages"][0]["title"] == "Ways to join in"


def test_a_translator_may_choose_another_object(page: Any, house: Any) -> None:
    chosen = {segment.data for segment in extract_segments(page) if isinstance(segment, OverridableSegmentValue)}
    assert {house.document.pk, house.image.pk, house.contact.pk} <= chosen
    block = BODY.child_blocks["documents"].child_blocks["documents"].child_block
    (segment,) = block.get_translatable_segments(house.document.pk)
    assert segment.data == house.document.pk
    other = OverridableSegmentValue("", house.newer.pk)
    assert block.restore_translated_segments(house.document.pk, [other]) == house.newer.pk
    assert block.get_translatable_segments(None) == []


def test_a_page_with_every_block_can_be_submitted_for_translation(page: Any) -> None:
    source, created = TranslationSource.update_or_create_from_instance(page)
    assert created
    assert source.stringsegment_set.count() > 20
