"""References by key in the content files, and how they become ids.

A whole value ``"image:open-door"`` in a block stands for an id, ``<a href="page:contact">`` in running text for a
link. Sorts: ``page``, ``document``, ``image``, ``contact``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

#: (sort, key) → id of the object.
Find = Callable[[str, str], int]

_VALUE = re.compile(r"(page|document|image|contact):([a-z0-9-]+)")
_LINK = re.compile(r'href="(page|document):([a-z0-9-]+)"')


def resolve(value: Any, find: Find) -> Any:
    """``value`` (JSON types, nested) with every reference replaced by what ``find`` says."""
    if isinstance(value, dict):
        return {name: resolve(item, find) for name, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, find) for item in value]
    if not isinstance(value, str):
        return value
    if match := _VALUE.fullmatch(value):
        return find(*match.groups())
    return _LINK.sub(lambda match: f'linktype="{match[1]}" id="{find(match[1], match[2])}"', value)


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Every (sort, key) that ``value`` refers to."""
    found: list[tuple[str, str]] = []

    def note(sort: str, key: str) -> int:
        found.append((sort, key))
        return 0

    resolve(value, note)
    yield from found
