"""What is new: which changes of a public procedure people are told about, and what they mean for cost and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

#: What a public list of procedures must say. Whoever changes it says what is new; words around it are free.
DUTIES = (
    "open_points", "fixed_points", "initiator", "level", "no_participation_reason", "form", "legal_basis",
    "official_address", "city_wide", "place", "cost_kind", "cost_from", "cost_to", "phases", "suspended_from",
    "suspended_until", "suspended_reason", "stages", "decisions", "first_reading", "next_steps", "board_recommended",
    "contributions", "adopted", "not_adopted", "ratings", "display_from", "display_until", "announcement",
    "announced_on", "announcement_url",
)  # fmt: skip


def duties_of(values: Mapping[str, Any], districts: Iterable[int]) -> dict[str, Any]:
    """What must be said, in plain types that can be compared. ``values`` by field name; ``districts``: their ids."""
    return {**{name: plain(values.get(name)) for name in DUTIES}, "districts": sorted(districts)}


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
    return [plain(part) for part in value]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Decimal | None, int | None]:
    """By how many euros it costs more, and by how many days the last phase ends later; ``None`` if that is unknown or
    nothing. Both come from :func:`duties_of`."""
    cost_before, cost_after = _most(before), _most(after)
    end_before, end_after = _last_end(before), _last_end(after)
    cost = cost_after - cost_before if None not in (cost_before, cost_after) else None
    days = (end_after.date() - end_before.date()).days if end_before and end_after else None
    return cost or None, days or None


def _most(duties: Mapping[str, Any]) -> Any:
    return duties["cost_to"] if duties["cost_to"] is not None else duties["cost_from"]


def _last_end(duties: Mapping[str, Any]) -> datetime | None:
    ends = [value["ends"] for _kind, value in duties["phases"]]
    return max(ends) if ends and all(ends) else None
