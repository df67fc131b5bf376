"""A body as a whole: one look-up for everything, headings in order, nothing private."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template

from cms_blocks.blocks import BodyBlock
from cms_blocks.publication.targets import Targets, rendering
from cms_blocks.publication.unit import unit
from tests.cms_blocks.blocks.conftest import make_contact, make_document, make_image, make_page, stored

BODY = BodyBlock()
#: The card of a page and the contact card name the responsible half: locale and office, read once in a rendering.
NAMES_OF_THE_OFFICE = 1
#: Wagtail makes the admin's thumbnails in a temporary file that it leaves to the garbage collector.
wagtail_leaves_files_open = pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile")


def errors(value: Any) -> dict:
    with pytest.raises(ValidationError) as refused:
        BODY.clean(value)
    return refused.value.as_json_data()["blockErrors"]


def test_ten_of_each_block_cost_as_many_queries_as_one(read: Any, house: Any, django_assert_num_queries: Any) -> None:
    shelf = house.document.collection
    with unit():
        variants = [
            stored(
                make_page(f"Page {n}").pk,
                make_image(f"Picture {n}", shelf, alt_text="x").pk,
                make_document(f"Document {n}", shelf, superseded_by=make_document(f"Newer {n}", shelf)).pk,
                make_contact(f"Contact {n}", make_image(f"Photo {n}", shelf)).pk,
            )
            for n in range(10)
        ]
    one, ten = ([item for variant in variants[:count] for item in variant.items()] for count in (1, 10))
    # pages, images, documents, contacts; private collections (2); photos of the contacts, newer documents
    for items in (one, ten):
        with django_assert_num_queries(8):
            assert len(BODY.to_json(read(*items), Targets())) == len(items)
        with rendering(), django_assert_num_queries(8 + NAMES_OF_THE_OFFICE):
            assert BODY.render(read(*items)).count('class="block block-') == len(items)


def test_nothing_private_is_shown_or_said(raw: Any, read: Any, house: Any) -> None:
    value = read(
        ("paragraph", f'<p>See <a linktype="page" id="{house.draft.pk}">soon</a></p>'),
        ("image", {**raw["image"], "image": house.secret_image.pk}),
        ("gallery", {"title": "t", "images": [{**raw["image"], "image": house.secret_image.pk}]}),
        ("call_to_action", {**raw["call_to_action"], "page": house.draft.pk}),
        ("related_pages", {"title": "t", "pages": [house.draft.pk]}),
        ("documents", {"title": "t", "documents": [house.secret_document.pk]}),
        ("video", {**raw["video"], "preview": house.secret_image.pk}),
    )
    shown = BODY.render(value) + json.dumps(BODY.to_json(value, Targets())) + BODY.to_text(value)
    assert "anary" not in shown
    assert [item["type"] for item in BODY.to_json(value, Targets())] == ["paragraph", "call_to_action", "video"]


def test_all_that_is_referred_to_is_recorded_public_or_not(raw: Any, read: Any, house: Any) -> None:
    targets = Targets()
    BODY.to_json(
        read(("related_pages", {"pages": [house.page.pk, house.draft.pk]}), ("documents", raw["documents"])), targets
    )
    assert targets.references == {
        ("page", house.page.pk),
        ("page", house.draft.pk),
        ("document", house.document.pk),
        ("document", house.newer.pk),
    }


def test_both_ways_of_printing_a_body_in_a_template_look_up_once(
    raw: Any, read: Any, django_assert_num_queries: Any
) -> None:
    value = read(*raw.items())
    outputs = []
    for template in ("{{ body }}", "{% load wagtailcore_tags %}{% include_block body %}"):
        with django_assert_num_queries(8 + NAMES_OF_THE_OFFICE):
            outputs.append(Template(template).render(Context({"body": value})))
    assert outputs[0] == outputs[1]
    assert outputs[0].count('class="block block-') == len(raw)


def test_items_stand_one_level_below_the_heading_above_them(raw: Any, read: Any) -> None:
    untitled = {**raw["steps"], "title": ""}
    assert "<h2>Tell us</h2>" in BODY.render(read(("steps", untitled)))
    assert "<h3>Tell us</h3>" in BODY.render(read(("heading", raw["heading"]), ("steps", untitled)))
    assert "<h3>Tell us</h3>" in BODY.render(read(("steps", raw["steps"])))
    hidden = ("gallery", {"title": "Nothing to see", "images": [{"image": 999_999}]})
    assert "<h2>Tell us</h2>" in BODY.render(read(hidden, ("steps", untitled)))


def test_headings_of_a_whole_page_leave_no_level_out(raw: Any, read: Any) -> None:
    levels = [1, *map(int, re.findall(r"<h(\d)", BODY.render(read(*raw.items()))))]
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_a_heading_within_a_part_needs_a_part(raw: Any, read: Any) -> None:
    inner = ("heading", {"text": "Details", "level": "3"})
    found = errors(read(("paragraph", "<p>x</p>"), inner))
    assert list(found) == [1] and list(found[1]["blockErrors"]) == ["level"]
    assert BODY.clean(read(("heading", raw["heading"]), inner))
    assert BODY.clean_deferred(read(inner))


def test_a_body_says_its_words_to_the_search(raw: Any, read: Any) -> None:
    text = BODY.to_text(read(*raw.items()))
    for words in (
        "What is open",
        "At last somebody asks.",
        "Who may come?",
        "advises",
        "People walk.",
        "Read this now.",
    ):
        assert words in text
    assert "youtube" not in text and "wide" not in text and "planned" not in text.casefold().split()


def test_the_html_of_a_whole_body_is_valid(raw: Any, read: Any, html_errors: Any) -> None:
    document = f'<!DOCTYPE html><html lang="en"><title>x</title><h1>x</h1>{BODY.render(read(*raw.items()))}'
    assert html_errors(document) == []


@wagtail_leaves_files_open
def test_an_editor_saves_and_publishes_a_page_with_every_block(
    raw: Any, read: Any, house: Any, admin_client: Any
) -> None:
    page = house.page
    page.body = [{"type": name, "value": value} for name, value in raw.items()]
    page.save_revision().publish()
    answer = admin_client.get(f"/admin/pages/{page.pk}/edit/")
    assert answer.status_code == 200
    shown = json.loads(type(page).objects.get(pk=page.pk)._meta.get_field("body").value_to_string(page))
    assert [item["type"] for item in shown] == list(raw)


@wagtail_leaves_files_open
@pytest.mark.filterwarnings("ignore:The input passed in on this line looks more like a URL")
def test_versions_with_every_block_can_be_compared(raw: Any, read: Any, house: Any, admin_client: Any) -> None:
    page = house.page
    first = page.save_revision()
    page.body = [{"type": name, "value": value} for name, value in raw.items()]
    second = page.save_revision()
    answer = admin_client.get(f"/admin/pages/{page.pk}/revisions/compare/{first.pk}...{second.pk}/")
    assert answer.status_code == 200
    assert "Ways to join in" in answer.content.decode()
