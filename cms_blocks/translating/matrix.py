"""Public German pages × languages: what is current, behind, missing. A constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wagtail.coreutils import get_content_languages
from wagtail.models import Page

from cms_blocks.freshness import Freshness, freshness
from cms_blocks.languages import EASY, original_language
from cms_blocks.publication.declaration import page_kinds
from cms_blocks.publication.records import PublicRecord

SIGNS = {Freshness.CURRENT: "●", Freshness.BEHIND: "◐", Freshness.MISSING: "○"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One page in one language. ``page_id`` is its page, public or still a draft; ``editable`` says for whom it is."""

    code: str
    language: str
    state: Freshness
    page_id: int | None = None
    editable: bool = False
    easy: bool = False
    reviewed_on: date | None = None

    @property
    def sign(self) -> str:
        return SIGNS[self.state]

    @property
    def is_draft(self) -> bool:
        return self.state == Freshness.MISSING and self.page_id is not None


@dataclass(slots=True)
class Row:
    """A German page with its cells, one for each other language."""

    page_id: int
    title: str
    path: str
    half: str
    since: datetime | None
    cells: list[Cell]


def languages() -> dict[str, str]:
    """Code → name of every offered language but German."""
    return {code: str(name) for code, name in get_content_languages().items() if code != original_language()}


def originals() -> Any:
    """The records of public German pages, in the order of the tree."""
    records = PublicRecord.objects.live().filter(locale=original_language(), listed=True, kind__in=page_kinds())
    return records.order_by("tree_path")


def in_state(records: Any, state: Freshness, code: str = "") -> list[int]:
    """Keys of those of the records that are in this state in the language ``code``, or in any. Two queries."""
    rows = list(records)
    codes = [code] if code else list(languages())
    translated = _translations(rows)
    return [
        row.pk
        for row in rows
        if any(freshness(translated[row.translation_key].get(code), row) == state for code in codes)
    ]


def rows_of(records: Iterable[PublicRecord], user: Any = None) -> list[Row]:
    """Rows with what ``user`` may edit. Two queries, and those for the user's rights."""
    records = list(records)
    translated = _translations(records)
    pages: dict[Any, dict[str, Page]] = defaultdict(dict)
    keys = {record.translation_key for record in records}
    for page in Page.objects.filter(translation_key__in=keys, alias_of=None).select_related("locale"):
        pages[page.translation_key][page.locale.language_code] = page

    def cell(record: PublicRecord, code: str, name: str) -> Cell:
        page = pages[record.translation_key].get(code)
        translation = translated[record.translation_key].get(code)
        return Cell(
            code,
            name,
            freshness(translation, record),
            page_id=page.pk if page else None,
            editable=bool(page and user is not None and page.permissions_for_user(user).can_edit()),
            easy=code == EASY,
            reviewed_on=translation.reviewed_on if translation else None,
        )

    return [
        Row(
            record.object_id,
            record.title,
            record.path,
            record.half,
            record.wording_since,
            [cell(record, code, name) for code, name in languages().items()],
        )
        for record in records
    ]


def _translations(originals: Iterable[PublicRecord]) -> dict[Any, dict[str, PublicRecord]]:
    keys = {record.translation_key for record in originals}
    found: dict[Any, dict[str, PublicRecord]] = defaultdict(dict)
    for record in PublicRecord.objects.live().filter(translation_key__in=keys, listed=True):
        found[record.translation_key][record.locale] = record
    return found
