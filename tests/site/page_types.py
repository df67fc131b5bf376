"""Which of all places stand for the rest: of those made by one template the one with most on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.test import Client

from tests.site.house import MISSING, PLACES


def fullest_of_each_type(client: Client, places: Iterable[str] = tuple(PLACES)) -> dict[str, tuple[str, Any]]:
    """Template → the place with the longest page, and that page. Not the Arabic ones."""
    cache.clear()  # what comes out of it does not tell its template
    longest: dict[str, tuple[str, Any]] = {}
    for place in places:
        if place in MISSING or PLACES[place].startswith("/ar/"):
            continue
        answer = client.get(PLACES[place])
        template = answer.templates[0].name
        if template not in longest or len(answer.content) > len(longest[template][1].content):
            longest[template] = place, answer
    return longest
