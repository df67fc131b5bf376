"""Whatever is asked, sense and nonsense: no answer but those that the description names, each of the type it names."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cms_blocks.content_api import openapi, urls
from cms_blocks.content_api.preview import token_for
from cms_blocks.models import PublicRecord
from config.wsgi import application
from tests.site.house import House
from website.models import StandardPage

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Of each operation, with values as described and with others.
EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 4}


@pytest.fixture
def any_number_of_questions(settings: Any) -> None:
    settings.CONTENT_API_COSTLY_A_MINUTE = 10**6


def operations() -> list[Any]:
    description = json.loads(json.dumps(openapi.schema(urls.api)))
    schema = schemathesis.openapi.from_dict(description)
    schema.app = application
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.unmeasured
def test_every_answer_is_one_that_the_description_names(house: House, any_number_of_questions: None) -> None:
    ids = {kind: list(found) for kind, found in _ids().items()}
    there_is = {
        "path": cycle(PublicRecord.objects.listed().values_list("path", flat=True)),
        "token": cycle([token_for(StandardPage.objects.get(pk=house.article).save_revision())]),
    }
    seen: dict[str, set[int]] = {}
    for operation in operations():
        there = ids.get(operation.path.removesuffix("{id}/"), [])
        for mode, number in EXAMPLES.items():
            if mode == GenerationMode.NEGATIVE and not operation.definition.raw["parameters"]:
                continue  # nothing to ask wrongly
            _ask(operation, mode, number, cycle(there), there_is, seen.setdefault(operation.path, set()))
    assert [path for path, statuses in seen.items() if 200 not in statuses] == []
    assert {status for statuses in seen.values() for status in statuses} == {200, 400, 404}


def test_who_asks_too_much_gets_an_answer_that_the_description_names_too(house: House, settings: Any) -> None:
    settings.CONTENT_API_COSTLY_A_MINUTE = 0
    token = token_for(StandardPage.objects.get(pk=house.article).save_revision())
    costly = [operation for operation in operations() if "429" in operation.definition.raw["responses"]]
    assert len(costly) > len(_ids())
    for operation in costly:
        query = {"token": token} if operation.path.endswith("/preview/") else {}
        if not query and "{format}" not in operation.path:
            query = {"count": "true"}
        case = operation.Case(path_parameters={"format": "csv"} if "{format}" in operation.path else {}, query=query)
        response = case.call(headers={"Accept-Encoding": "identity"})
        assert response.status_code == 429, operation.path
        case.validate_response(response, checks=CHECKS)


def _ids() -> dict[str, Any]:
    """Ids of public records, by the address of their resource."""
    from cms_blocks.content_api.resources import resources

    return {
        f"/api/content/v1/{resource.name}/": resource.records().listed().values_list("pk", flat=True)
        for resource in resources().values()
    }


def _ask(operation: Any, mode: GenerationMode, number: int, ids: Any, there_is: dict[str, Any], seen: set[int]) -> None:
    @settings(
        max_examples=number, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def asked(case: Any, real: bool) -> None:
        if real and mode == GenerationMode.POSITIVE:  # by chance nobody meets something that is there
            if "{id}" in operation.path:
                case.path_parameters["id"] = next(ids)
            for name in there_is.keys() & case.query.keys():
                case.query[name] = next(there_is[name])
        response = case.call(headers={"Accept-Encoding": "identity"})  # over WSGI nobody unpacks
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    asked()
