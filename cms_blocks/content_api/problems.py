"""Errors as RFC 9457 has them: which parameter, what is wrong with it, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse
from pydantic import BaseModel

CONTENT_TYPE = "application/problem+json"


class ParameterErrorForm(BaseModel):
    parameter: str
    message: str
    allowed: list[str] | None = None


class ProblemForm(BaseModel):
    type: str
    title: str
    status: int
    detail: str
    errors: list[ParameterErrorForm] | None = None


@dataclass(frozen=True, slots=True)
class ParameterError:
    """What is wrong with one parameter. ``allowed``: the values or names that would be right, if they can be listed."""

    parameter: str
    message: str
    allowed: tuple[str, ...] = ()


@dataclass
class Problem(Exception):
    """Raised anywhere in the API; becomes an answer."""

    status: int
    detail: str
    errors: tuple[ParameterError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> HttpResponse:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [
                {"parameter": error.parameter, "message": error.message}
                | ({"allowed": list(error.allowed)} if error.allowed else {})
                for error in self.errors
            ]
        headers = {"Cache-Control": "no-store", **self.headers}
        return HttpResponse(orjson.dumps(body), status=self.status, content_type=CONTENT_TYPE, headers=headers)


def bad_parameter(parameter: str, message: str, allowed: Iterable[str] = ()) -> Problem:
    return bad_parameters([ParameterError(parameter, message, tuple(allowed))])


def bad_parameters(errors: Iterable[ParameterError]) -> Problem:
    errors = tuple(errors)
    detail = " ".join(f"{error.parameter}: {error.message.rstrip('.')}." for error in errors)
    return Problem(400, detail, errors)


def not_found() -> Problem:
    """The same words whether something is missing or not public."""
    return Problem(404, "There is nothing public at this address.")
