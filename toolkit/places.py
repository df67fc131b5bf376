"""Where the finder, the comparison and the list of a toolkit are, if they are public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord

_KINDS = {"method_index": "index", "method_finder": "finder", "method_comparison": "comparison"}


@dataclass(frozen=True, slots=True)
class Places:
    """Records of one toolkit's pages. ``others``: what was asked for along with them."""

    index: PublicRecord | None = None
    finder: PublicRecord | None = None
    comparison: PublicRecord | None = None
    others: tuple[PublicRecord, ...] = ()


def places_below(index: Any) -> Places:
    """The places of the toolkit with this index page. One query."""
    return _places(index.path)


def places_beside(page: Any, along: Q | None = None) -> Places:
    """The places of the toolkit that this page (a method, the finder …) stands in, and other records that meet a
    condition. One query."""
    return _places(page.path[: -Page.steplen], along)


def places_below_path(tree_path: str) -> Places:
    """The same by the place of the index page in the tree."""
    return _places(tree_path)


def _places(tree_path: str, along: Q | None = None) -> Places:
    if not tree_path:
        return Places()
    here = Q(kind__in=_KINDS, tree_path__startswith=tree_path)
    rows = PublicRecord.objects.listed().filter(here | along if along else here).order_by("-tree_path")
    near = [row for row in rows if row.kind in _KINDS and len(row.tree_path) <= len(tree_path) + Page.steplen]
    return Places(
        **{_KINDS[row.kind]: row for row in near if (row.kind == "method_index") == (row.tree_path == tree_path)},
        others=tuple(row for row in rows if row.kind not in _KINDS),
    )
