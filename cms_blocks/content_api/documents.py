"""The types of documents: what a declaration's ``document()`` gives, for the description of the API."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, Field, create_model

from cms_blocks.blocks.json_forms import ContactForm

if TYPE_CHECKING:
    from cms_blocks.publication.declaration import Publication


class TopicForm(BaseModel):
    slug: str
    name: str


class OriginalForm(BaseModel):
    """The German text of a translation. ``wording_since``: since when its words stand there."""

    url: str
    locale: str
    wording_since: datetime | None


class LanguageForm(BaseModel):
    """``state``: whether the translation says what the German text says. ``reviewed_on``: of Leichte Sprache only."""

    state: Literal["current", "behind"] | None = None
    original: OriginalForm | None = None
    reviewed_on: date | None = None


class PageDocument(BaseModel):
    """What every page has. ``description`` is meant for search engines."""

    title: str
    lead: str
    seo_title: str
    description: str
    topic: TopicForm | None = None
    contact: ContactForm | None = None
    language: LanguageForm | None = None


@cache
def document_model(declaration: Publication) -> type[BaseModel]:
    """The type of this kind's documents, the body with its blocks included."""
    form = declaration.document_form()
    fields = {field.name: field for field in declaration.model._meta.concrete_fields}
    stream = getattr(fields.get("body"), "stream_block", None)
    if stream is None:
        return form
    blocks = body_model(tuple(sorted((name, block.json_form) for name, block in stream.child_blocks.items())))
    name = f"{camel(declaration.kind)}Document"
    return create_model(name, __base__=form, __doc__=form.__doc__, body=(list[blocks], ...))  # type: ignore[valid-type]


@cache
def body_model(forms: tuple[tuple[str, type[BaseModel]], ...]) -> Any:
    """A union of all blocks of a stream, given by name and form, told apart by ``type``."""
    models = tuple(
        create_model(
            f"{camel(name)}Block",
            __base__=form,
            __doc__=form.__doc__,
            type=(Literal[name], ...),
            id=(str | None, ...),
        )
        for name, form in forms
    )
    return Annotated[Union[models], Field(discriminator="type")] if len(models) > 1 else models[0]  # noqa: UP007


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
