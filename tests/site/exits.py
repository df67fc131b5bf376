"""Every address pattern of the project, read from the URL configuration: the list that the leak test walks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern


@dataclass(frozen=True)
class Exit:
    """One pattern: the route with its converters, and the view's full name."""

    route: str
    name: str

    @property
    def is_below(self) -> str:
        """The first part of the route, for example ``admin``."""
        return self.route.lstrip("^/").split("/")[0]


def exits() -> list[Exit]:
    """All patterns, those in front of a view of the admin and of the write API included."""
    return sorted(set(_walk(get_resolver().url_patterns, "", "")), key=lambda item: (item.route, item.name))


def _walk(patterns: list, route: str, namespace: str) -> Iterator[Exit]:
    for pattern in patterns:
        prefix = "" if isinstance(pattern.pattern, LocalePrefixPattern) else str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route + prefix, inner)
        elif isinstance(pattern, URLPattern):
            yield Exit(route + prefix, f"{namespace}{pattern.name or pattern.lookup_str}")
