"""An engine's answer made ready to be shown: hits with marked words and their place in the site, kinds to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from cms_blocks.publication.declaration import kind_label
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.state import STEP
from cms_blocks.search.engine import Result
from cms_blocks.search.highlight import marked, passage

#: Ancestors are shown from this depth of the page tree on: below the home page.
FIRST_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One hit. ``title`` and ``passage`` are HTML with the found words marked; ``trail`` the titles above it."""

    record: PublicRecord
    kind: str
    title: SafeString
    passage: SafeString
    trail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One kind in the filter, with the number of hits it has whatever else is ticked."""

    value: str
    label: str
    count: int
    checked: bool


def items(result: Result) -> list[Item]:
    """The hits of ``result`` in its order. Two queries, however many there are.

    A record that left the public since the engine answered is left out.
    """
    records = PublicRecord.objects.listed().in_bulk([hit.record_id for hit in result.hits])
    trails = _trails(list(records.values()))
    return [
        Item(
            record,
            kind_label(record.kind),
            marked(record.title, result.phrases),
            passage((record.lead, hit.text), result.phrases),
            trails[record.pk],
        )
        for hit in result.hits
        if (record := records.get(hit.record_id))
    ]


def _trails(records: Sequence[PublicRecord]) -> dict[int, tuple[str, ...]]:
    """Titles of the pages above each record, from the top."""
    above = {record.pk: _ancestors(record.tree_path) for record in records}
    wanted = {path for paths in above.values() for path in paths}
    titles = dict(PublicRecord.objects.listed().filter(tree_path__in=wanted).values_list("tree_path", "title"))
    return {pk: tuple(titles[path] for path in paths if path in titles) for pk, paths in above.items()}


def _ancestors(tree_path: str) -> list[str]:
    return [tree_path[:end] for end in range(FIRST_DEPTH * STEP, len(tree_path), STEP)]


def kind_options(result: Result, chosen: Sequence[str]) -> list[Option]:
    """The kinds that have hits or are ticked, by their names."""
    kinds = {*result.counts, *chosen}
    options = [
        Option(kind, kind_label(kind, plural=True), result.counts.get(kind, 0), kind in chosen) for kind in kinds
    ]
    return sorted(options, key=lambda option: option.label.casefold())
