"""What a search finds in full: lists filter, count and order it further."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache

from cms_blocks.publication.reader import LONGEST, Moment, etag
from cms_blocks.search.engine import Query, engine

#: More than any list has entries.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of records, best first. ``relaxed``: none holds all words, so these hold some of them."""

    ids: tuple[int, ...] = ()
    relaxed: bool = False


def found_by(text: str, locale: str, kind: str, present: Moment) -> Found:
    """The listed records of this kind that hold the words; none without words. The same on every page of a list and
    with any filter, so it is kept for this moment."""
    if not text:
        return Found()
    key = etag("found", text, locale, kind, present.token)
    found: Found | None = cache.get(key)
    if found is None:
        result = engine().search(Query(text, locale, kinds=(kind,), limit=MOST, texts=False))
        ids = tuple(hit.record_id for hit in result.hits)
        found = Found(ids, result.relaxed and bool(ids))
        cache.set(key, found, timeout=LONGEST)
    return found
