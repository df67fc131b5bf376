"""What editors are told when something is missing: at the right field, and what to do about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from cms_blocks.blocks import BodyBlock
from tests.cms_blocks.blocks.conftest import make_image, stored

BODY = BodyBlock()


def messages(value: Any, *path: Any) -> list[str]:
    """The messages at a field: the path goes through block errors of the only block in the stream."""
    with pytest.raises(ValidationError) as refused:
        BODY.clean(value)
    error = refused.value.as_json_data()["blockErrors"][0]
    for name in path:
        error = error["blockErrors"][name]
    return error["messages"]


@pytest.mark.parametrize("words", [{"alt": "Stalls"}, {"decorative": True}])
def test_a_picture_with_words_or_marked_decorative_is_fine(words: dict, house: Any, read: Any) -> None:
    wordless = make_image("IMG_4711", house.image.collection)
    assert BODY.clean(read(("image", {"image": wordless.pk, **words})))


def test_a_picture_without_words_is_refused_at_the_field_for_them(house: Any, read: Any) -> None:
    wordless = make_image("IMG_4711", house.image.collection)
    value = read(("image", {"image": wordless.pk}))
    with translation.override("en"):
        assert "Describe what the picture shows" in messages(value, "alt")[0]
    assert BODY.clean_deferred(value), "a draft may wait for its words"


@pytest.mark.parametrize("known", [{"alt_text": "Stalls"}, {"is_decorative": True}])
def test_words_kept_with_the_picture_are_enough(known: dict, house: Any, read: Any) -> None:
    image = make_image("IMG_4711", house.image.collection, **known)
    assert BODY.clean(read(("image", {"image": image.pk})))


def test_in_a_gallery_the_error_stands_at_the_picture_it_is_about(house: Any, read: Any) -> None:
    wordless = make_image("IMG_4711", house.image.collection)
    value = read(("gallery", {"title": "", "images": [{"image": house.image.pk}, {"image": wordless.pk}]}))
    assert messages(value, "images", 1, "alt")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "https://example.org/"}, "url"),
        ({"page": None}, "page"),
        ({"button": ""}, "button"),
        ({"page": None, "url": "ftp://example.org/"}, "url"),
    ],
)
def test_a_button_leads_to_exactly_one_place_and_says_where(changes: dict, field: str, raw: Any, read: Any) -> None:
    assert messages(read(("call_to_action", {**raw["call_to_action"], **changes})), field)


def test_a_call_to_action_may_do_without_a_button(raw: Any, read: Any) -> None:
    assert BODY.clean(read(("call_to_action", {**raw["call_to_action"], "button": "", "page": None})))


@pytest.mark.django_db
def test_an_entry_of_a_timeline_says_when(read: Any) -> None:
    value = read(("timeline", {"title": "", "entries": [{"title": "Walk", "state": "done"}]}))
    assert messages(value, "entries", 0, "label")
    assert BODY.clean_deferred(value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"header_row": False, "header_column": False}, "header_row"),
        ({"rows": [["", "Task"]]}, "rows"),
        ({"rows": [["Who", ""], ["Office", "advises"]]}, "rows"),
        ({"rows": [["Who", "Task"], ["", "advises"]]}, "rows"),
        ({"rows": []}, "rows"),
        ({"caption": ""}, "caption"),
    ],
)
def test_a_table_has_headings_that_say_what_its_cells_are(changes: dict, field: str, read: Any) -> None:
    assert messages(read(("table", {**stored(1, 2, 3, 4)["table"], **changes})), field)


@pytest.mark.django_db
def test_a_dialogue_needs_a_web_address(read: Any) -> None:
    assert messages(read(("dialogue", {"title": "Talk", "url": "ftp://example.org/"})), "url")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "items"), [("gallery", "images"), ("accordion", "items"), ("steps", "steps"), ("documents", "documents")]
)
def test_a_list_needs_at_least_one_item(name: str, items: str, read: Any) -> None:
    assert messages(read((name, {"title": "Empty", items: []})), items)
