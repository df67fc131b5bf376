"""Methods side by side: rows of facts and words, from the public records and their documents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms_blocks.publication.reader import document_text
from cms_blocks.publication.records import PublicDocument, PublicRecord
from toolkit import facts
from toolkit.cards import slug_of
from toolkit.enums import Level, Purpose, Recruitment, Setting
from toolkit.picks import MOST, picks_from
from toolkit.places import Places, places_beside
from toolkit.presentation import labels
from toolkit.records import methods_beside

if TYPE_CHECKING:
    from toolkit.models import MethodComparisonPage


@dataclass(frozen=True, slots=True)
class Column:
    """A compared method; ``remove`` is the address without it."""

    record: PublicRecord
    slug: str
    remove: str


@dataclass(frozen=True, slots=True)
class Cell:
    """``texts``: one shown as it is, several as a list; ``amount`` of five circles. ``method`` names the column."""

    method: str
    texts: list[str]
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    heading: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Offer:
    """A method that can be added."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything the comparison shows. ``notes`` say what in the address could not be used.

    ``fields`` are the numbers of the choices offered: one more method, or the first two.
    """

    columns: list[Column]
    rows: list[Row]
    offers: list[Offer]
    room: int
    fields: list[int]
    notes: list[str]
    places: Places


def comparison_for(page: MethodComparisonPage, query: QueryDict) -> Comparison:
    """A constant number of queries for one method or four."""
    picks = picks_from(query)
    records = sorted(methods_beside(page), key=lambda record: record.method_facts.sort_key)
    by_slug = {slug_of(record): record for record in records}
    chosen = [by_slug[slug] for slug in picks.slugs if slug in by_slug]
    columns = [Column(record, slug_of(record), picks.address_without(slug_of(record))) for record in chosen]
    unknown = [slug for slug in picks.slugs if slug not in by_slug]
    return Comparison(
        columns=columns,
        rows=_rows(chosen),
        offers=[Offer(slug, record.title) for slug, record in by_slug.items() if record not in chosen],
        room=MOST - len(chosen),
        fields=[len(chosen) + 1] if chosen else [1, 2],
        notes=_notes(unknown, picks.dropped),
        places=places_beside(page),
    )


def _notes(unknown: list[str], dropped: tuple[str, ...]) -> list[str]:
    notes = []
    if unknown:
        notes.append(_("There is no such method: %(names)s.") % {"names": ", ".join(slug[:40] for slug in unknown)})
    if dropped:
        notes.append(
            ngettext(
                "%(count)s further choice is left out: at most %(most)s methods fit side by side.",
                "%(count)s further choices are left out: at most %(most)s methods fit side by side.",
                len(dropped),
            )
            % {"count": len(dropped), "most": MOST}
        )
    return notes


def _rows(records: list[PublicRecord]) -> list[Row]:
    """The rows in the order one decides by; a row that is empty for every method is left out."""
    if not records:
        return []
    documents = documents_of(records)

    def row(heading: str, texts: Any, amount: Any = None) -> Row:
        return Row(
            heading,
            [
                Cell(record.title, [capfirst(text) for text in texts(record) if text], amount(record) if amount else 0)
                for record in records
            ],
        )

    def numbers(record: PublicRecord) -> Any:
        return record.method_facts

    def entry(name: str) -> Any:
        def read(record: PublicRecord) -> list[str]:
            value = documents[record.pk].get(name) or []
            return [value] if isinstance(value, str) else value

        return read

    rows = [
        row(_("In short"), lambda r: [r.lead]),
        row(_("What for?"), lambda r: labels(Purpose, numbers(r).purposes)),
        row(_("People"), lambda r: [facts.group_size(numbers(r).group_size_min, numbers(r).group_size_max)]),
        row(_("Time"), lambda r: [facts.duration(numbers(r).duration_minutes_min, numbers(r).duration_minutes_max)]),
        row(
            _("Preparation"),
            lambda r: [facts.preparation(numbers(r).preparation_weeks_min, numbers(r).preparation_weeks_max)],
        ),
        row(_("Cost"), lambda r: [facts.cost(numbers(r).cost_level)], lambda r: numbers(r).cost_level),
        row(_("Influence"), lambda r: labels(Level, r.levels)),
        row(_("Where?"), lambda r: labels(Setting, numbers(r).settings)),
        row(_("Who takes part?"), lambda r: labels(Recruitment, numbers(r).recruitment)),
        row(_("Staff"), entry("staff")),
        row(_("Strengths"), entry("strengths")),
        row(_("Limits"), entry("limits")),
        row(_("Accessibility"), entry("accessibility")),
    ]
    return [row for row in rows if any(cell.texts for cell in row.cells)]


def documents_of(records: list[PublicRecord]) -> dict[int, dict[str, Any]]:
    """The documents by record id: one query, and one rendering more for each stale copy."""
    now = timezone.now()
    stored = PublicDocument.objects.in_bulk([record.pk for record in records])
    return {
        record.pk: json.loads(
            kept.body
            if (kept := stored.get(record.pk)) and not record.stale and kept.valid_until > now
            else document_text(record, now)
        )
        for record in records
    }
