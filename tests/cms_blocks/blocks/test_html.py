"""The HTML of single blocks: what a reader, a screen reader and a keyboard meet."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from cms_blocks.blocks import BodyBlock
from cms_blocks.publication.targets import Targets
from tests.cms_blocks.blocks.conftest import make_image, stored

BODY = BodyBlock()


def one(name: str, value: Any, read: Any) -> str:
    return re.sub(r">\s+<", "><", BODY.render(read((name, value))))


def test_a_picture_carries_its_words_its_author_and_its_licence(raw: Any, read: Any) -> None:
    html = one("image", raw["image"], read)
    assert 'data-size="wide"' in html
    assert 'alt="Stalls on a square"' in html
    assert "On a Saturday" in html
    assert 'href="https://creativecommons.org/licenses/by/4.0/"' in html and "City of Example" in html
    assert re.search(r'<source type="image/avif" srcset="/images/[^"]+ \d+w"', html)
    assert re.search(r'<img src="/images/[^"]+" srcset="[^"]+" sizes="[^"]+" width="\d+" height="\d+"', html)


def test_words_of_the_place_go_before_those_of_the_picture(raw: Any, read: Any) -> None:
    assert 'alt="Apples"' in one("image", {**raw["image"], "alt": "Apples"}, read)
    assert 'alt=""' in one("image", {**raw["image"], "alt": "Apples", "decorative": True}, read)


def test_a_picture_that_only_adorns_everywhere_is_skipped_unless_the_place_gives_it_words(
    house: Any, read: Any
) -> None:
    image = make_image("Dots", house.image.collection, is_decorative=True)
    assert 'alt=""' in one("image", {"image": image.pk}, read)
    assert 'alt="Dots in our colours"' in one("image", {"image": image.pk, "alt": "Dots in our colours"}, read)


@pytest.mark.django_db
def test_a_table_says_what_it_shows_which_cells_are_headings_and_scrolls_by_keyboard(read: Any) -> None:
    html = one("table", stored(1, 2, 3, 4)["table"], read)
    assert '<div class="table-scroll" tabindex="0" role="region" aria-label="Who does what">' in html
    assert "<caption>Who does what</caption>" in html
    assert '<thead><tr><td></td><th scope="col">Task</th></tr></thead>' in html
    assert '<tr><th scope="row">Office</th><td>advises</td></tr>' in html


@pytest.mark.django_db
def test_a_table_without_a_heading_row_keeps_its_first_row(read: Any) -> None:
    html = one("table", {**stored(1, 2, 3, 4)["table"], "header_row": False}, read)
    assert "<thead>" not in html
    assert html.count("<tr>") == 3


@pytest.mark.django_db
def test_a_timeline_is_a_list_in_order_with_dates_and_states_in_words(read: Any, raw: Any) -> None:
    entries = [*raw["timeline"]["entries"], {"title": "Now", "label": "May", "date": "2026-05-20", "state": "current"}]
    with translation.override("en"):
        html = one("timeline", {"title": "Dates", "entries": entries}, read)
    assert '<li data-state="done"><h3>Walk</h3>' in html
    assert '<time datetime="2026-05-04">4 May 2026</time> · <span class="block-timeline__state">Done</span>' in html
    assert 'Autumn · <span class="block-timeline__state">Planned</span>' in html
    assert '<li data-state="current" aria-current="step">' in html
    assert '<time datetime="2026-05-20">May</time>' in html


@pytest.mark.django_db
def test_dates_are_written_as_readers_of_the_language_write_them(read: Any) -> None:
    with translation.override("de"):
        assert "4. Mai 2026" in one("timeline", stored(1, 2, 3, 4)["timeline"], read)


@pytest.mark.django_db
def test_answers_open_without_javascript(read: Any) -> None:
    html = one("accordion", stored(1, 2, 3, 4)["accordion"], read)
    assert '<details><summary><h3>Who may come?</h3></summary><div class="answer rich-text">' in html


def test_a_document_says_what_it_is_how_large_it_is_and_that_there_is_a_newer_one(
    raw: Any, read: Any, house: Any
) -> None:
    html = one("documents", raw["documents"], read)
    assert f'<li data-type="txt"><a href="{house.document.url}">Checklist</a><p>What to think of.</p>' in html
    assert f'<a href="{house.newer.url}">Checklist, second edition</a>' in html


def test_a_newer_document_that_is_not_public_is_not_mentioned(raw: Any, read: Any, house: Any) -> None:
    type(house.document).objects.filter(pk=house.document.pk).update(superseded_by=house.secret_document)
    assert "anary" not in one("documents", raw["documents"], read)


def test_a_call_to_action_whose_page_is_not_public_falls_to_plain_text(raw: Any, read: Any, house: Any) -> None:
    html = one("call_to_action", {**raw["call_to_action"], "page": house.draft.pk}, read)
    assert "<h2>Unsure?</h2><p>Write to us.</p></div>" in html
    (item,) = BODY.to_json(read(("call_to_action", {**raw["call_to_action"], "page": house.draft.pk})), Targets())
    assert item["link"] is None


def test_a_button_to_another_site_gets_no_handle_on_our_window(raw: Any, read: Any) -> None:
    value = {**raw["call_to_action"], "page": None, "url": "https://example.org/?a=1&b=2"}
    html = one("call_to_action", value, read)
    assert '<a class="button" href="https://example.org/?a=1&amp;b=2" rel="external noopener noreferrer">' in html


def test_a_contact_card_shows_its_photo_only_if_that_is_public(raw: Any, read: Any, house: Any) -> None:
    assert "<img" in one("contact", raw["contact"], read)
    house.contact.photo = house.secret_image
    house.contact.save()
    html = one("contact", raw["contact"], read)
    assert "<img" not in html and "Contact point" in html and "anary" not in html


def test_a_related_page_is_a_card_one_level_below_the_heading(raw: Any, read: Any) -> None:
    html = one("related_pages", raw["related_pages"], read)
    assert '<h3 class="card__title"><a class="card__link" href="/ways-to-join-in/">Ways to join in</a></h3>' in html


@pytest.mark.django_db
def test_what_editors_type_is_text_and_never_html(read: Any) -> None:
    for name, value in stored(1, 2, 3, 4).items():
        if isinstance(value, dict):
            bold = {
                key: "<b>x</b>" if key in ("title", "text", "name", "caption") else item for key, item in value.items()
            }
            assert "<b>x</b>" not in one(name, bold, read)
