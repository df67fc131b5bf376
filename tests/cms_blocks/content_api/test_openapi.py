"""The API's description of itself is sound, kept in docs/, and takes nothing away from those who rely on it.

``UPDATE_SNAPSHOT=1 pytest tests/cms_blocks/content_api/test_openapi.py`` renews the kept one. What breaks programs is
renewed with ``UPDATE_SNAPSHOT=breaking`` only: raise ``VERSION`` in cms_blocks/content_api/api.py with it.
"""

from __future__ import annotations

import json
import os
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from schemathesis.specs.openapi.definitions import OPENAPI_31

from cms_blocks.content_api import openapi, urls
from cms_blocks.content_api.documents import camel, document_model
from cms_blocks.content_api.parameters import INCLUDES
from cms_blocks.content_api.resources import resources
from tests.infrastructure.openapi_changes import breaking_changes
from tests.infrastructure.requirements import REPOSITORY

SNAPSHOT = REPOSITORY / "docs/content-api/openapi.json"
UPDATE = os.environ.get("UPDATE_SNAPSHOT", "")


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return openapi.schema(urls.api)


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return json.loads(SNAPSHOT.read_text()) if SNAPSHOT.exists() else {"paths": {}}  # type: ignore[no-any-return]


def test_the_description_is_an_openapi_3_1_document(description: dict[str, Any]) -> None:
    jsonschema_rs.Draft202012Validator(OPENAPI_31).validate(description)
    for schema in description["components"]["schemas"].values():
        jsonschema_rs.meta.validate({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"})


def test_every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own(description: dict[str, Any]) -> None:
    text = json.dumps(description)
    for sort, found in description["components"].items():
        references = {part.partition('"')[0] for part in text.split(f'"#/components/{sort}/')[1:]}
        assert references == set(found)
    names = [one["operationId"] for operations in description["paths"].values() for one in operations.values()]
    assert len(names) == len(set(names))


def test_lists_records_and_documents_are_described_as_they_are_made(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    for resource in resources().values():
        name = camel(resource.name)
        listed = schemas[f"{name}Page"]["properties"]["data"]["items"]
        assert listed == {"$ref": f"#/components/schemas/{name}Record"}
        for answer, more in (("Record", set()), ("Answer", {"included"})):
            assert schemas[name + answer]["properties"].keys() == {
                *resource.columns,
                "document",
                "parts",
                *INCLUDES,
                *more,
            }
        if resource.declaration:
            model = document_model(resource.declaration)
            assert schemas[model.__name__]["properties"].keys() == model.model_fields.keys()


def test_nothing_is_taken_away_that_programs_rely_on(description: dict[str, Any], kept: dict[str, Any]) -> None:
    found = breaking_changes(kept, description)
    assert not found or UPDATE == "breaking", "programs that use the API would break:\n" + "\n".join(found)


def test_the_kept_description_is_the_present_one(description: dict[str, Any], kept: dict[str, Any]) -> None:
    if UPDATE == "breaking" or (UPDATE and not breaking_changes(kept, description)):
        text = json.dumps(description, indent=2, sort_keys=True, ensure_ascii=False)
        SNAPSHOT.write_text(f"{text}\n", encoding="utf-8")
        kept = json.loads(text)
    assert kept == description, "renew it with UPDATE_SNAPSHOT=1 and look at the difference"


@pytest.mark.django_db
def test_the_site_serves_what_is_kept(description: dict[str, Any]) -> None:
    response = Client().get("/api/content/v1/openapi.json")
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == description
    again = Client().get("/api/content/v1/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
