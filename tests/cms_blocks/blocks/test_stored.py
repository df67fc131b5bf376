"""Whatever stands in the database, a page is shown: nothing raises, nothing dangerous comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms_blocks.blocks import BodyBlock
from cms_blocks.blocks.stored import fit
from cms_blocks.publication.targets import Targets

BODY = BodyBlock()
NAMES = list(BODY.child_blocks)
FIELDS = sorted({name for block in BODY.child_blocks.values() for name in getattr(block, "child_blocks", {})})
INNER = ["question", "answer", "date", "label", "title", "text", "state", "id", "type", "value"]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["2", "wide", "2026-02-31"]),
)
rich = st.sampled_from(
    [
        '<p>a <a linktype="page" id="1">b</a></p>',
        '<a linktype="page" id="99999999999999999999999">x</a>',
        '<a linktype="document">x</a>',
        '<a linktype="nonsense" id="3">x',
        "<embed embedtype=\"image\" id='1' /><script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a><img src=x onerror=alert(1)>',
        "\ud800",
    ]
)
junk = st.recursive(
    scalars | rich,
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS + INNER), children, max_size=6)
        | st.fixed_dictionaries({"type": st.just("item"), "value": children, "id": scalars})
    ),
    max_leaves=25,
)
struct = st.dictionaries(st.sampled_from(FIELDS), junk, max_size=8)
item = st.fixed_dictionaries(
    {"type": st.sampled_from(NAMES)}, optional={"value": struct | junk, "id": scalars}
) | st.dictionaries(st.sampled_from(["type", "value", "id"]), junk, max_size=3)
streams = st.lists(item | junk, max_size=6) | junk


def show(raw: Any) -> tuple[str, str, str]:
    value = BODY.to_python(raw)
    html = BODY.render(value, {})
    shown = json.dumps(BODY.to_json(value, Targets()), ensure_ascii=False)
    return html, shown, BODY.to_text(value)


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(streams)
def test_garbage_never_breaks_a_page(raw: Any) -> None:
    for written in (raw, json.dumps(raw)):
        for output in show(written):
            output.encode()
            assert "<script>alert" not in output
            assert "javascript:" not in output
    BODY.get_prep_value(BODY.to_python(raw))
    list(BODY.extract_references(BODY.to_python(raw)))
    BODY.get_form_state(BODY.to_python(raw))


@pytest.mark.parametrize("name", NAMES)
@given(raw=junk)
@settings(max_examples=40, deadline=None)
def test_each_block_cuts_garbage_to_its_own_shape(name: str, raw: Any) -> None:
    block = BODY.child_blocks[name]
    fitting = fit(block, raw)
    assert fit(block, fitting) == fitting
    block.to_python(raw)


@pytest.mark.django_db
def test_a_block_of_another_version_is_left_out_and_the_rest_is_shown(read: Any) -> None:
    html = BODY.render(read(("carousel", {}), ("heading", {"text": "Still here", "level": "9", "colour": "red"})))
    assert "<h2>Still here</h2>" in html


@pytest.mark.django_db
def test_a_day_that_does_not_exist_and_an_address_that_is_none_are_left_out(read: Any) -> None:
    entry = {"title": "Leap day", "label": "Spring", "date": "2026-02-30", "state": "done"}
    button = {"title": "Go", "button": "Go", "url": "https://[broken"}
    timeline, call = BODY.to_json(read(("timeline", {"entries": [entry]}), ("call_to_action", button)), Targets())
    assert timeline["entries"][0]["date"] is None
    assert call["link"] is None


def test_text_that_is_no_json_is_kept_for_whoever_repairs_it() -> None:
    assert BODY.to_python("<p>old</p>").raw_text == "<p>old</p>"


def test_lists_may_be_imported_without_ids_and_keep_those_they_get(read: Any) -> None:
    once = BODY.get_prep_value(read(("related_pages", {"title": "", "pages": [3, "4", "x", -1, True, 2**70]})))
    items = once[0]["value"]["pages"]
    assert [item["value"] for item in items] == [3, 4, None, None, None, None]
    assert all(item["id"] for item in items)
    assert BODY.get_prep_value(BODY.to_python(once)) == once
