"""What can be printed: for each kind of record a function that gathers its sheet. Higher rooms register theirs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict

from cms_blocks.languages import EASY
from cms_blocks.office import Office
from cms_blocks.publication.reader import etag
from cms_blocks.publication.records import PublicRecord


@dataclass(frozen=True, slots=True)
class Paper:
    """What all prints of one request share. ``origin`` makes addresses complete: ``https://example.org``."""

    origin: str
    language: str
    office: Office

    def frame(self) -> dict[str, Any]:
        """The data that the house's templates ask for."""
        return {
            "lang": self.language.partition("-")[0],
            "easy": self.language == EASY,
            "office": self.office.name,
            "claim": self.office.claim,
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """One PDF to be: a template, its data, and the ids of images in it. Data comes from public documents only.

    ``kept``: whether it is likely to be asked for again. Selections are not, and there are endlessly many.
    """

    template: Path
    title: str
    data: dict[str, Any]
    pictures: frozenset[int] = field(default_factory=frozenset)
    kept: bool = True

    @property
    def tag(self) -> str:
        """A strong validator: all that the PDF depends on."""
        return etag("print", getattr(settings, "RELEASE", ""), self.template, json.dumps(self.data, sort_keys=True))


#: Returns ``None`` if there is nothing to print.
Form = Callable[[PublicRecord, QueryDict, Paper], Sheet | None]

_forms: dict[str, Form] = {}


def prints(kind: str) -> Callable[[Form], Form]:
    """Register the printed form of a kind of record."""

    def remember(form: Form) -> Form:
        _forms[kind] = form
        return form

    return remember


def form_of(kind: str) -> Form | None:
    return _forms.get(kind)


def printed_address(request: HttpRequest, *, leave_out: tuple[str, ...] | None = None) -> str:
    """Where the PDF of the page that is shown is: its address with ``.pdf`` in place of the last slash. Empty in a
    preview. ``leave_out`` names parameters without which the query goes along; by default all of it stays behind.
    """
    if getattr(request, "is_preview", False):
        return ""
    path = f"{request.path.rstrip('/')}.pdf"
    if leave_out is None:
        return path
    query = request.GET.copy()
    for name in leave_out:
        query.pop(name, None)
    return f"{path}?{query.urlencode()}" if query else path
