"""The types of answers, for the description of the API. ``id`` and ``kind`` are always there; the rest as asked for."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from cms_blocks.content_api.documents import camel, document_model
from cms_blocks.content_api.parameters import INCLUDES, PARTS
from cms_blocks.content_api.resources import Column, Resource
from cms_blocks.content_api.shapes import ALWAYS

Event = Literal["changed", "gone"]


class Answer(BaseModel):
    model_config = ConfigDict(protected_namespaces=())


def _absent(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def maybe(kind: Any, description: str = "") -> tuple[Any, Any]:
    """A field that is missing unless it was asked for. Missing is not null."""
    return kind, Field(default=None, description=description or None, json_schema_extra=_absent)


class FacetForm(Answer):
    """``count``: the records that would be found with this value."""

    value: str | int
    count: int


@cache
def record_form(resource: Resource) -> type[BaseModel]:
    """One record of a resource."""
    fields: dict[str, Any] = {}
    for name, column in resource.columns.items():
        kind = _kind(column)
        fields[name] = (kind, ...) if name in ALWAYS else maybe(kind)
    if resource.declaration:
        fields["kind"] = (Literal[resource.kind], ...)
        fields["document"] = maybe(
            document_model(resource.declaration), "As it was published. Of a list only if asked."
        )
        fields[PARTS] = maybe(_parts_form(resource), "Fields of the document, if single ones were asked for.")
    else:
        fields["document"] = maybe(dict[str, Any], "What the kind's own resource describes.")
        fields[PARTS] = maybe(dict[str, Any], "Fields of the document, if single ones were asked for.")
    for include in INCLUDES:
        fields[include] = maybe(list[int], f"Ids of included records: its {include}.")
    return create_model(f"{camel(resource.name)}Record", __base__=Answer, **fields)


def _parts_form(resource: Resource) -> type[BaseModel]:
    document = document_model(resource.declaration)
    fields: dict[str, Any] = {name: maybe(field.annotation) for name, field in document.model_fields.items()}
    return create_model(f"{camel(resource.name)}Parts", __base__=Answer, **fields)


@cache
def answer_form(resource: Resource, everything: Resource) -> type[BaseModel]:
    """One record with what is sent along."""
    return create_model(
        f"{camel(resource.name)}Answer",
        __base__=record_form(resource),
        included=maybe(list[record_form(everything)], "Other public records, each once."),
    )


@cache
def list_form(resource: Resource, everything: Resource) -> type[BaseModel]:
    """A page of a list."""
    return create_model(
        f"{camel(resource.name)}Page",
        __base__=Answer,
        data=(list[record_form(resource)], ...),
        next=(str | None, Field(description="The address of the next page; null on the last one.")),
        count=maybe(int, "All records of the selection, if asked."),
        facets=maybe(dict[str, list[FacetForm]], "By facet, the most frequent value first, if asked."),
        included=maybe(list[record_form(everything)], "Other public records, each once, if asked."),
    )


class NavigationEntry(Answer):
    """A page in the menu. ``in_menu`` false: one of those at the foot of every page."""

    id: int
    title: str
    path: str
    in_menu: bool
    children: list[NavigationEntry]


class NavigationForm(Answer):
    """The home page of a language (null: it is not public) and what stands below it."""

    locale: str
    home: NavigationEntry | None
    entries: list[NavigationEntry]


class LocaleForm(Answer):
    """``path``: the public home page in this language, null if there is none. ``is_original``: texts begin in it."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    is_original: bool
    path: str | None


class LocalesForm(Answer):
    data: list[LocaleForm]


def _kind(column: Column) -> Any:
    if column.many:
        return list[str]
    kind = Literal[column.choices] if column.choices and column.name in {"kind", "locale"} else column.type
    return kind | None if column.nullable else kind


def changes_form(everything: Resource) -> type[BaseModel]:
    change = create_model(
        "Change",
        __base__=Answer,
        __doc__="A record that is public now, or (``gone``) that is not any more: then there is no ``record``.",
        id=(int, ...),
        kind=(str, ...),
        object_id=(int, ...),
        event=(Event, ...),
        version=(int, ...),
        record=maybe(record_form(everything)),
    )
    return create_model(
        "Changes",
        __base__=Answer,
        data=(list[change], ...),  # type: ignore[valid-type]
        since=(str, Field(description="What to ask with next time.")),
        more=(bool, Field(description="Whether there is more to ask for at once.")),
    )


class PreviewForm(Answer):
    """A draft as it would be published now."""

    kind: str
    locale: str
    title: str
    lead: str
    revision: int
    document: dict[str, Any]
