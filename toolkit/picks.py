"""Methods picked for comparison. They travel in the address, without a cookie: ``?m=world-cafe&m=fishbowl``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.http import urlencode

PARAMETER = "m"
#: More do not fit side by side.
MOST = 4
_SLUG = re.compile(r"[-a-z0-9_]{1,255}")


@dataclass(frozen=True, slots=True)
class Picks:
    """Slugs in the order they were picked, at most :data:`MOST`; ``dropped`` is what did not fit or is no slug."""

    slugs: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def room(self) -> int:
        """How many more can be picked."""
        return MOST - len(self.slugs)

    def address_with(self, slug: str) -> str:
        return _address((*self.slugs, slug))

    def address_without(self, slug: str) -> str:
        return _address(tuple(picked for picked in self.slugs if picked != slug))


def picks_from(query: QueryDict) -> Picks:
    """The picks of an address; anything may stand in it."""
    wanted = list(dict.fromkeys(word.strip().lower() for word in query.getlist(PARAMETER) if word.strip()))
    sound = [word for word in wanted if _SLUG.fullmatch(word)]
    return Picks(tuple(sound[:MOST]), tuple(word for word in wanted if word not in sound[:MOST]))


def _address(slugs: tuple[str, ...]) -> str:
    return "?" + urlencode([(PARAMETER, slug) for slug in slugs])
