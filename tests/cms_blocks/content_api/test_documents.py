"""What is stored of every kind and every block is what its type says: no key more, none missing, none of another sort."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from pydantic import BaseModel, ValidationError
from wagtail import blocks

from cms_blocks.blocks import BodyBlock, ContentBlock
from cms_blocks.content_api.documents import document_model
from cms_blocks.models import PublicDocument
from cms_blocks.publication.declaration import declaration_of, declarations
from tests.site.house import House


@pytest.fixture
def documents(house: House) -> list[tuple[type[BaseModel], dict[str, Any]]]:
    """All stored documents with their types."""
    rows = PublicDocument.objects.values_list("record__kind", "body")
    found = {kind for kind, _body in rows}
    assert found == {declaration.kind for declaration in declarations()}, "the house lacks a kind"
    return [(document_model(declaration_of(kind)), json.loads(body)) for kind, body in rows]


def test_a_document_is_all_that_its_type_says_and_nothing_else(documents: list[tuple[type[BaseModel], Any]]) -> None:
    for model, document in documents:
        try:
            read = model.model_validate(document)
        except ValidationError as error:
            pytest.fail(f"{model.__name__} of “{document['title']}”: {error}")
        # Written as the gate writes it: the same moment has several spellings.
        assert json.loads(json.dumps(read.model_dump(exclude_unset=True), cls=DjangoJSONEncoder)) == document


def test_what_may_be_missing_of_a_document_is_missing_from_some_and_there_in_others(
    documents: list[tuple[type[BaseModel], Any]],
) -> None:
    seen: dict[str, set[bool]] = {}
    for model, document in documents:
        for name, field in model.model_fields.items():
            if not field.is_required():
                seen.setdefault(name, set()).add(name in document)
    assert seen == {name: {True, False} for name in ("topic", "contact", "language")}


def test_every_block_stands_in_a_stored_body(documents: list[tuple[type[BaseModel], Any]]) -> None:
    found = {block["type"] for _model, document in documents for block in document.get("body", ())}
    assert found == set(BodyBlock().child_blocks)


@pytest.mark.parametrize("change", ["a key that is missing", "a key of another sort", "a block nobody knows"])
def test_a_document_that_is_something_else_is_told_apart(
    documents: list[tuple[type[BaseModel], Any]], change: str
) -> None:
    model, document = next((model, one) for model, one in documents if len(one.get("body", ())) > 3)
    match change:
        case "a key that is missing":
            del document["body"][0]["id"]
        case "a key of another sort":
            document["title"] = None
        case _:
            document["body"][0]["type"] = "riddle"
    with pytest.raises(ValidationError):
        model.model_validate(document)


def _blocks(body: BodyBlock) -> Iterator[ContentBlock]:
    for block in body.child_blocks.values():
        assert isinstance(block, ContentBlock)
        yield block


def test_no_two_blocks_share_a_form() -> None:
    forms = [block.json_form for block in _blocks(BodyBlock())]
    assert len(forms) == len(set(forms))


def test_a_block_that_does_not_say_what_its_json_looks_like_is_refused_by_the_system_check() -> None:
    class Riddle(ContentBlock, blocks.CharBlock):
        def resolve(self, value: Any, targets: Any) -> dict[str, Any]:
            return {"riddle": value}

    class WithRiddle(BodyBlock):
        riddle = Riddle()

    (error,) = WithRiddle().check()
    assert (error.id, "riddle" in error.msg) == ("cms_blocks.E011", True)
    assert BodyBlock().check() == []
