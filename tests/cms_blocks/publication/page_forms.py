"""What the forms of single page types hold beyond that of every page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail.test.utils.form_data import inline_formset, streamfield

from toolkit.importing.writing import STREAMS

METHOD = "toolkit.methodpage"
INDEX, FINDER, COMPARISON = (f"toolkit.method{name}page" for name in ("index", "finder", "comparison"))
IMPRINT, STATEMENT = "website.imprintpage", "website.accessibilitystatementpage"
#: Page types with fields of their own that the form must have.
WITH_MORE = {METHOD, IMPRINT, STATEMENT}

Fields = dict[str, Any]
TICKED = {"purposes": ["deliberate"], "levels": ["consultation"], "settings": ["onsite"], "recruitment": ["open"]}


def fields_of(sort: str, known: Any, people: int, goes_with: Iterable[int]) -> tuple[Fields, Fields]:
    """Fields of the form of this page type, and its ticks; ``known``: the page that is edited."""
    if sort == METHOD:
        return method_form(known, people, goes_with), TICKED
    if sort == IMPRINT:
        return {"publishers": _stream(known.publishers)}, {}
    if sort == STATEMENT:
        names = ("covers", "law", "conformance", "evaluation", "evaluated_by", "evaluated_on", "prepared_on")
        more = ("reviewed_on", "feedback_email", "feedback_phone", "enforcement_name", "enforcement_address")
        kept = {name: getattr(known, name) or "" for name in (*names, *more, "enforcement_url")}
        return kept | {"barriers": _stream(known.barriers)}, {}
    return {}, {}


def _stream(value: Any) -> Any:
    return streamfield(
        [(child.block_type, {name: text or "" for name, text in child.value.items()}) for child in value]
    )


def method_form(known: Any, people: int, goes_with: Iterable[int]) -> dict[str, Any]:
    """What the form of a method holds beyond that of every page; combinations that are ``known`` go."""
    old = (
        [{"id": row.pk or "", "method": row.method_id, "DELETE": "on"} for row in known.combinations.all()]
        if known
        else []
    )
    new = [{"id": "", "method": pk} for pk in goes_with]
    return {
        "group_size_min": people, "group_size_max": "", "duration_minutes_min": 60, "duration_minutes_max": 90,
        "preparation_weeks_min": 1, "preparation_weeks_max": 3, "cost_level": 1, "cost_note": "", "staff": "",
        "origin": "", "image": "", "combinations": inline_formset([*old, *new], initial=len(old)),
        **{name: streamfield([]) for name in STREAMS},
    }  # fmt: skip
