"""What is new: which changes of a public procedure people are told about, and what they mean for cost and time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Model

from procedures.rules import cost_of
from procedures.wording import last_day

#: What a public list of procedures must say, as attributes of the page. Whoever changes it says what is new.
DUTIES = (
    "title", "lead", "brief_what", "brief_where", "brief_how", "body", "open_points", "fixed_points", "initiator",
    "half", "business_area", "topic_id", "level", "no_participation_reason", "form", "legal_basis",
    "official_address", "affected", "contact_id", "city_wide", "place", "latitude", "longitude", "area",
    "cost_kind", "cost_from", "cost_to", "cost_on", "cost_basis", "phases", "suspended_from", "suspended_until",
    "suspended_reason", "stages", "decisions", "first_reading", "next_steps", "board_recommended", "contributions",
    "adopted", "not_adopted", "ratings", "listed_on", "display_from", "display_until", "announcement",
    "announced_on", "announcement_url", "documents",
)  # fmt: skip
#: What an item of a stream is stored with, and what the editor's window writes into each paragraph.
ITEM, BLOCK_KEY = {"type", "value", "id"}, re.compile(r' data-block-key="\w*"')
#: Duties that are rows beside the page, and the column of what they name.
ROWS = {"districts": "district_id", "methods": "method_id", "further_topics": "topic_id"}


def is_duty(name: str) -> bool:
    """Whether the field of this name says what people rely on."""
    return name in DUTIES or f"{name}_id" in DUTIES or name in ROWS


def rows_of(page: Any) -> dict[str, list[int]]:
    """The ids of what the rows beside the page name (:data:`ROWS`)."""
    return {name: [getattr(row, column) for row in getattr(page, name).all()] for name, column in ROWS.items()}


def duties_of(values: Mapping[str, Any], rows: Mapping[str, Iterable[int]]) -> dict[str, Any]:
    """What must be said, in plain types that can be compared. ``values`` by name (:data:`DUTIES`); ``rows``: ids by
    name (:data:`ROWS`)."""
    said = {name: _stored(values.get(name)) if name == "body" else plain(values.get(name)) for name in DUTIES}
    return {**said, **{name: sorted(rows.get(name, ())) for name in ROWS}}


def asks_what_is_new(before: Mapping[str, Any], after: Mapping[str, Any], log_before: Any, log_after: Any) -> bool:
    """Whether something has changed that people rely on, and the change log says nothing new. ``before`` and ``after``
    come from :func:`duties_of`."""
    return before != after and plain(log_before) == plain(log_after)


def plain(value: Any) -> Any:
    """A value without ids of blocks, moments in one time zone."""
    if hasattr(value, "stream_block"):
        return [(child.block_type, plain(child.value)) for child in value]
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if value is None or isinstance(value, str | int | float | Decimal | date):
        return None if value == "" else value  # empty is empty, however it is written; nothing is something
    if isinstance(value, Model):
        return value.pk
    return [plain(part) for part in value]


def _stored(body: Any) -> list[Any]:
    """A body as it is stored, whatever blocks it is made of; without what the editor's window adds."""
    return [(child.block_type, _bare(child.block.get_prep_value(child.value))) for child in body or ()]


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _bare(part) for name, part in value.items() if name != "id" or value.keys() != ITEM}
    if isinstance(value, list | tuple):
        return [_bare(part) for part in value]
    return BLOCK_KEY.sub("", value) if isinstance(value, str) else value


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Decimal | None, int | None]:
    """By how many euros it costs more, and by how many days the last phase ends later; ``None`` if that is unknown or
    nothing. Both come from :func:`duties_of`."""
    cost_before, cost_after = _most(before), _most(after)
    end_before, end_after = _last_end(before), _last_end(after)
    cost = cost_after - cost_before if None not in (cost_before, cost_after) else None
    days = (last_day(end_after) - last_day(end_before)).days if end_before and end_after else None
    return cost or None, days or None


def _most(duties: Mapping[str, Any]) -> Any:
    least, most = cost_of(SimpleNamespace(**{name: duties[name] for name in ("cost_kind", "cost_from", "cost_to")}))
    return least if most is None else most


def _last_end(duties: Mapping[str, Any]) -> datetime | None:
    ends = [value["ends"] for _kind, value in duties["phases"]]
    return max(ends) if ends and all(ends) else None
