"""The parameters of a resource as one pydantic model, made from its columns: checked, typed and described at once.

``name`` and ``name__in`` for every column; ``__gte``, ``__lte`` and ``__range`` for numbers and times; ``__isnull``
where a value may be missing; ``or`` holds conditions of which one is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, create_model
from pydantic_core import PydanticCustomError

from cms_blocks.content_api.documents import PageDocument, camel, document_model
from cms_blocks.content_api.problems import ParameterError
from cms_blocks.content_api.resources import Column, Resource
from cms_blocks.search.query import MAX_QUERY

#: Records on one page of a list.
PAGE, MOST = 20, 100
#: Members of a list in one parameter.
LONGEST_LIST = 50
#: The largest whole number that JSON keeps.
LARGEST = 2**53 - 1
#: Years that every database and every time zone can hold.
YEARS = range(1000, 9000)
INCLUDES = ("links", "translations", "ancestors")
ALL_FIELDS = "*"
DOCUMENT = "document"
#: What holds single fields of the document.
PARTS = "parts"
RELEVANCE = "relevance"
NO_NUL = r"^[^\x00]*$"

Fields = dict[str, Any]


class Parameters(BaseModel):
    """Base of all parameter models: what nobody asked for stays ``None``."""

    model_config = ConfigDict(populate_by_name=True, protected_namespaces=())


def _in_years(value: Any) -> Any:
    if value.year not in YEARS:
        raise PydanticCustomError("year", "must lie in the years 1000 to 8999")
    if isinstance(value, datetime) and timezone.is_naive(value):
        return timezone.make_aware(value)
    return value


def _storable(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PydanticCustomError("text", "holds characters that are no text")
    return text


SCALARS: dict[type, Any] = {
    str: Annotated[str, AfterValidator(_storable), Field(max_length=500, pattern=NO_NUL)],
    int: Annotated[int, Field(ge=-LARGEST, le=LARGEST)],
    float: Annotated[float, Field(allow_inf_nan=False)],
    bool: bool,
    date: Annotated[date, AfterValidator(_in_years)],
    datetime: Annotated[datetime, AfterValidator(_in_years)],
    UUID: UUID,
}


def _split(value: Any) -> Any:
    """``?x=a,b`` and ``?x=a&x=b`` are the same list."""
    items = value if isinstance(value, list) else [value]
    return [word for item in items for word in (item.split(",") if isinstance(item, str) else [item])]


def _listed(item: Any) -> Any:
    return Annotated[list[item], BeforeValidator(_split), Field(min_length=1, max_length=LONGEST_LIST)]


def _words(names: Iterable[str]) -> Any:
    return Literal[tuple(names)]


def _optional(kind: Any, description: str, **options: Any) -> tuple[Any, Any]:
    """A field that may be missing, and is not described as one that may be null."""
    return kind, Field(default=None, description=description, json_schema_extra=_without_default, **options)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def scalar(column: Column) -> Any:
    """The type of one value."""
    return _words(column.choices) if column.choices else SCALARS[column.type]


def _range_of(column: Column) -> Any:
    """``60..120``, ``..120`` or ``60..`` → both ends, ``None`` for an open one."""
    end: TypeAdapter[Any] = TypeAdapter(scalar(column))

    def parse(text: str) -> tuple[Any, Any]:
        least, dots, most = text.partition("..")
        if not dots or not (least or most):
            raise PydanticCustomError("range", "must look like 60..120, ..120 or 60..")
        return tuple(end.validate_python(word) if word else None for word in (least, most))  # type: ignore[return-value]

    return Annotated[str, Field(max_length=100), AfterValidator(parse)]


def _box(text: str) -> tuple[float, ...]:
    try:
        west, south, east, north = (float(number) for number in text.split(","))
    except ValueError:
        raise PydanticCustomError("bbox", "must be four numbers: west,south,east,north") from None
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise PydanticCustomError("bbox", "must be west,south,east,north in degrees, the south below the north")
    return west, south, east, north


def _filters(resource: Resource) -> Fields:
    fields: Fields = {}
    for name, column in resource.filtered.items():
        one = scalar(column)
        fields[name] = _optional(one, f"Has this {name}." if column.many else f"Is this {name}.")
        if column.type is not bool:
            fields[f"{name}__in"] = _optional(_listed(one), "One of these, divided by commas.")
        if column.is_ordered:
            fields[f"{name}__gte"] = _optional(one, "At least this.")
            fields[f"{name}__lte"] = _optional(one, "At most this.")
            fields[f"{name}__range"] = _optional(
                _listed(_range_of(column)), "Within one of these ranges, ends included: 60..120, ..120 or 60.."
            )
        if column.nullable:
            fields[f"{name}__isnull"] = _optional(bool, "Whether there is none.")
    fields["bbox"] = _optional(
        Annotated[str, Field(max_length=100), AfterValidator(_box)],
        "Lies in this box of degrees: west,south,east,north.",
    )
    fields["any_of"] = _optional(
        list[Annotated[str, Field(max_length=1000, pattern=NO_NUL)]],
        "Conditions of which one is enough, for example topics:green|half__in:carrier,joint. May be repeated.",
        alias="or",
    )
    fields["q"] = _optional(
        Annotated[str, AfterValidator(_storable), Field(min_length=1, max_length=MAX_QUERY, pattern=NO_NUL)],
        "Words to search for, in the language of locale (German by default).",
    )
    fields["sort"] = _optional(
        _words([RELEVANCE, *(sign + name for name in resource.sorted_by for sign in ("", "-"))]),
        "The order; with a minus the other way round. By relevance only with q.",
    )
    return fields


def _shape(resource: Resource) -> Fields:
    document = document_model(resource.declaration) if resource.declaration else PageDocument
    parts = dict.fromkeys((*document.model_fields, "body"))
    names = [ALL_FIELDS, *resource.columns, DOCUMENT, *(f"{DOCUMENT}.{part}" for part in parts)]
    return {
        "fields": _optional(
            _listed(_words(names)), "What to show of each record. Lists leave the document out unless asked."
        ),
        "include": _optional(
            _listed(_words(INCLUDES)),
            "Other public records to send along, each once: those the document links to, its translations, the pages "
            "above it.",
        ),
    }


@cache
def list_parameters(resource: Resource) -> type[Parameters]:
    """Filters, order, page and shape of a list."""
    fields = _filters(resource) | _shape(resource)
    fields["facets"] = _optional(
        _listed(_words(resource.counted)), "Count the records for each value of these; a facet ignores its own filter."
    )
    fields["count"] = _optional(bool, "Whether to count all records of the selection.")
    fields["limit"] = (Annotated[int, Field(ge=1, le=MOST)], Field(default=PAGE, description="Records on a page."))
    fields["cursor"] = _optional(
        Annotated[str, Field(max_length=2000, pattern=NO_NUL)], "Where to go on: from the link next of the page before."
    )
    return create_model(f"{camel(resource.name)}ListParameters", __base__=Parameters, **fields)


@cache
def export_parameters(resource: Resource) -> type[Parameters]:
    return create_model(f"{camel(resource.name)}ExportParameters", __base__=Parameters, **_filters(resource))


@cache
def record_parameters(resource: Resource) -> type[Parameters]:
    return create_model(f"{camel(resource.name)}RecordParameters", __base__=Parameters, **_shape(resource))


def public_name(model: type[BaseModel], field: str) -> str:
    """The name of a field in the address."""
    return model.model_fields[field].alias or field


def mistakes(model: type[BaseModel], query: QueryDict) -> list[ParameterError]:
    """Parameters that nobody knows, and those that stand there twice and may not."""
    names = _named(model)
    found = []
    for name, values in query.lists():
        if name not in names:
            found.append(ParameterError(name[:100], "There is no such parameter.", tuple(sorted(names))))
        elif len(values) > 1 and not _is_list(names[name]):
            found.append(ParameterError(name, "Stands there more than once."))
    return found


@cache
def _named(model: type[BaseModel]) -> dict[str, Any]:
    return {public_name(model, field): info for field, info in model.model_fields.items()}


def _is_list(info: Any) -> bool:
    return getattr(info.annotation, "__origin__", None) is list


def checker(kind: Any) -> Callable[[Any], Any]:
    """A function that turns one text into a value of this type. It raises ``pydantic.ValidationError``."""
    return TypeAdapter(kind).validate_python
