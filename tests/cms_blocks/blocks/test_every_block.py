"""What holds for each block, also for one that is added tomorrow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from wagtail import blocks
from wagtail.admin.icons import get_icons
from wagtail.api.v3.form_data import flatten_block_value

from cms_blocks.blocks import BodyBlock, ContentBlock
from cms_blocks.publication.targets import Targets
from tests.cms_blocks.blocks.conftest import stored

BODY = BodyBlock()
NAMES = list(BODY.child_blocks)
each_block = pytest.mark.parametrize("name", NAMES)


def parts(block: Any, path: str = "") -> list[tuple[str, Any]]:
    """The block's children and theirs, with their path."""
    children = dict(getattr(block, "child_blocks", {}))
    if isinstance(block, blocks.ListBlock):
        children["*"] = block.child_block
    found = []
    for name, child in children.items():
        found += [(f"{path}.{name}", child), *parts(child, f"{path}.{name}")]
    return found


def test_the_body_offers_the_blocks_the_contract_names() -> None:
    assert sorted(NAMES) == sorted(
        [
            *("paragraph", "heading", "image", "gallery", "quote", "call_to_action", "accordion", "timeline", "steps"),
            *("table", "documents", "contact", "video", "dialogue", "related_pages"),
        ]
    )


@each_block
def test_a_block_tells_editors_what_it_is(name: str) -> None:
    meta = BODY.child_blocks[name].meta
    for attribute in ("label", "group", "description"):
        assert isinstance(getattr(meta, attribute), Promise), f"{attribute} is missing or not translatable"
    assert f'id="icon-{meta.icon}"' in get_icons(), f"there is no icon {meta.icon}"
    assert hasattr(meta, "preview_value")


@each_block
def test_each_field_has_a_label_and_says_what_belongs_there(name: str) -> None:
    block = BODY.child_blocks[name]
    for path, part in [(name, block), *parts(block, name)]:
        assert isinstance(part.meta.label, Promise), f"{path} has no translatable label"
        if isinstance(part, blocks.FieldBlock):
            assert isinstance(part.field.help_text, Promise), f"{path} has no translatable help"
        elif isinstance(part, blocks.ListBlock):
            assert isinstance(part.meta.help_text, Promise), f"{path} has no translatable help"


@each_block
def test_a_block_has_a_template_of_its_own(name: str) -> None:
    block = BODY.child_blocks[name]
    assert block.meta.template == f"cms_blocks/blocks/{name}.html"
    assert get_template(block.meta.template)


@each_block
@pytest.mark.django_db
def test_the_picker_shows_a_block_in_the_sites_own_style(name: str, admin_client: Any) -> None:
    block = BODY.child_blocks[name]
    assert block.is_previewable
    answer = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'class="block block-{name}' in html
    assert "cms_blocks/css/blocks" in html


@each_block
def test_a_block_is_shown_as_html_and_as_json(name: str, raw: Any, read: Any) -> None:
    value = read((name, raw[name]))
    html = BODY.render(value)
    assert html.count(f'class="block block-{name}') == 1
    assert "None" not in html
    (item,) = BODY.to_json(value, Targets())
    assert (item["type"], item["id"]) == (name, "id-0")
    assert json.loads(json.dumps(item)) == item
    assert len(item) > 2


@each_block
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile")  # Wagtail's, for the thumbnail of a chosen picture
def test_a_filled_block_is_valid_and_can_be_edited(name: str, raw: Any, read: Any) -> None:
    value = read((name, raw[name]))
    assert BODY.clean(value).get_prep_value() == value.get_prep_value()
    (state,) = BODY.get_form_state(value)
    assert state["type"] == name
    assert json.dumps(state, default=str)


@each_block
@pytest.mark.django_db
def test_an_empty_block_shows_nothing_and_can_be_saved_as_a_draft(name: str, read: Any) -> None:
    empty = read((name, "" if name == "paragraph" else {}))
    assert BODY.render(empty) == ""
    assert BODY.to_json(empty, Targets()) == []
    assert BODY.to_text(empty) == ""
    assert len(BODY.clean_deferred(empty)) == 1


@each_block
def test_reading_and_saving_a_block_needs_no_database_and_changes_nothing(name: str, read: Any) -> None:
    value = read((name, stored(1, 2, 3, 4)[name]))
    list(BODY.extract_references(value))
    once = BODY.get_prep_value(value)
    assert BODY.get_prep_value(BODY.to_python(json.loads(json.dumps(once, default=str)))) == once


@each_block
def test_the_write_api_takes_what_it_gives(name: str, raw: Any, read: Any) -> None:
    value = read((name, raw[name]))
    given = json.loads(json.dumps(BODY.get_api_representation(value), default=str))
    form = MultiValueDict()
    flatten_block_value(BODY, given, "body", form)
    taken = BODY.clean(BODY.value_from_datadict(form, {}, "body"))
    assert BODY.to_json(taken, Targets()) == BODY.to_json(value, Targets())


@each_block
def test_the_search_gets_the_words_of_a_block(name: str, read: Any, raw: Any) -> None:
    text = BODY.to_text(read((name, raw[name])))
    assert "<" not in text and "None" not in text
    assert text or name == "contact", "a contact has no words of its own"


def test_a_block_without_a_public_form_is_refused_by_the_system_check() -> None:
    class WithStranger(BodyBlock):
        stranger = blocks.CharBlock()

    (error,) = WithStranger().check()
    assert (error.id, "stranger" in error.msg) == ("cms_blocks.E010", True)
    assert BODY.check() == []
    assert all(isinstance(block, ContentBlock) for block in BODY.child_blocks.values())
