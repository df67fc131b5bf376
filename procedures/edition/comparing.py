"""What an edition froze of each procedure, and what is new, changed and ended since. Without a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from procedures.edition.states import Kind
from procedures.enums import OVER, Participation


@dataclass(frozen=True, slots=True)
class Entry:
    """One procedure as it stood on the list. ``page`` tells it apart; ``digest`` differs as soon as it says something
    else. ``news``: day (ISO) and words of its public change log."""

    page: int
    reference: str
    title: str
    status: str
    stage: str
    brief: str
    path: str
    digest: str
    places: list[str] = field(default_factory=list)
    news: list[list[str]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nobody can take part any more, or the project itself is done or dropped."""
        return self.status == Participation.FINISHED or self.stage in OVER


@dataclass(frozen=True, slots=True)
class Comparison:
    """By number. ``changed`` hold only what is new in their change log; ``ended`` also hold what has left the list, as
    it was last. All empty where there is nothing to compare with."""

    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    ended: list[Entry] = field(default_factory=list)

    def kind_of(self, page: int) -> Kind:
        for kind, entries in ((Kind.NEW, self.new), (Kind.CHANGED, self.changed), (Kind.ENDED, self.ended)):
            if any(entry.page == page for entry in entries):
                return kind
        return Kind.SAME


def compare(before: Iterable[Entry] | None, after: Iterable[Entry]) -> Comparison:
    """``before``: what the last edition froze; ``None`` for the first one, which has nothing to be compared with."""
    if before is None:
        return Comparison()
    known = {entry.page: entry for entry in before}
    found = Comparison()
    here = set()
    for entry in after:
        here.add(entry.page)
        old = known.get(entry.page)
        if old is None:
            found.new.append(entry)
        elif entry.is_over and not old.is_over:
            found.ended.append(_with_news_since(entry, old))
        elif entry.digest != old.digest:
            found.changed.append(_with_news_since(entry, old))
    found.ended.extend(entry for page, entry in known.items() if page not in here)
    for entries in (found.new, found.changed, found.ended):
        entries.sort(key=lambda entry: (entry.reference, entry.page))
    return found


def _with_news_since(entry: Entry, old: Entry) -> Entry:
    return replace(entry, news=[one for one in entry.news if one not in old.news])


def stored(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [asdict(entry) for entry in entries]


def read(kept: Iterable[dict[str, Any]]) -> list[Entry]:
    """What :func:`stored` made."""
    return [Entry(**one) for one in kept]
