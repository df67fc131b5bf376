"""Entries of a stream that a cell speaks of: which stored one each of them continues, and what it keeps of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4


def stream_of(stream: Any, name: str, values: list[Any]) -> list[dict[str, Any]]:
    """Stored form of a stream. An entry keeps the id of the one that it continues, since translations and answers of
    departments hang on it, and from one that begins like it what no cell can say: the page of a resolution."""
    known = [(child.id, child.value, _stored(child.get_prep_value()["value"])) for child in stream]
    entries = []
    for value, place in zip(values, _continued(values, [old for _id, old, _kept in known]), strict=True):
        own, old, kept = ("", None, {}) if place is None else known[place]
        new = _stored(value)
        if isinstance(new, dict):
            new = {key: _items(part, kept.get(key)) for key, part in new.items()}
            new = (kept if old is not None and _is_like(value, old, _beginning(value)) else {}) | new
            if new.get("address") and new.get("page"):  # an address that a cell names takes the place of the page
                new["page"] = None
        entries.append({"type": name, "value": new, **({"id": own} if own else {})})
    return entries


def _items(part: Any, before: Any) -> Any:
    """A list within an entry, such as the ways of a phase: they, too, keep their ids, and get one if they are new."""
    if not isinstance(part, list):
        return part
    known = list(before or ())
    ids = [None if place is None else known[place].get("id") for place in _continued(part, [i["value"] for i in known])]
    return [{"type": "item", "value": value, "id": own or str(uuid4())} for value, own in zip(part, ids, strict=True)]


def _continued(values: Sequence[Any], known: Sequence[Any]) -> list[int | None]:
    """For each value the place of the known one that it continues: of one that begins like it, else of one that is
    called like it, else of what is left over at the same place between those."""
    found: dict[int, int] = {}
    for words in (_beginning, _name):
        for number, value in enumerate(values):
            if number in found:
                continue
            left = (place for place in range(len(known)) if place not in found.values())
            place = next((place for place in left if _is_like(value, known[place], words(value))), None)
            if place is not None:
                found[number] = place
    gaps: dict[int | None, list[int]] = {}
    after = None
    for place in range(len(known)):
        if place in found.values():
            after = place
        else:
            gaps.setdefault(after, []).append(place)
    continued: list[int | None] = []
    after = None
    for number in range(len(values)):
        after = found.get(number, after)
        continued.append(found[number] if number in found else next(iter(gaps.get(after, ())), None))
        if number not in found and continued[-1] is not None:
            gaps[after].pop(0)
    return continued


def _beginning(value: Any) -> list[str]:
    """The first two parts, such as day and body of a decision."""
    return list(value)[:2] if isinstance(value, Mapping) else []


def _name(value: Any) -> list[str]:
    """What a phase or a way to take part is called."""
    return [key for key in ("title", "label") if key in value] if isinstance(value, Mapping) else []


def _is_like(value: Any, old: Any, parts: list[str]) -> bool:
    """Whether both say the same in these parts; what has none, as a whole."""
    if not isinstance(value, Mapping):
        return bool(value == old)
    return bool(parts) and all(old.get(part) == value[part] for part in parts)


def _stored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _stored(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_stored(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
