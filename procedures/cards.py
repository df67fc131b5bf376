"""A procedure in a list: what its card shows, from the public record alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from cms_blocks.publication.records import PublicRecord
from procedures.enums import Participation
from procedures.participation import BEGINNING, END
from procedures.principles import Balance
from procedures.wording import city_wide_label, day, status_label

#: Stands among the districts of a record that concerns the whole city.
CITY_WIDE = "city-wide"


@dataclass(frozen=True, slots=True)
class ProcedureCard:
    """``status_words`` in words, with the days that are left; ``places``: districts, or the whole city.

    ``passed``: how much of the time to take part is over, in percent; ``None`` if nobody can, or no end is known.
    """

    record: PublicRecord
    status_words: str
    places: list[str]
    passed: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a procedure, as a row of the overview. ``promise`` in words: by when a result is promised."""

    record: PublicRecord
    status_words: str
    contributions: int | None
    adopted: int
    not_adopted: int
    promise: str
    is_late: bool
    principles: str


def outcome_of(record: PublicRecord, today: date) -> Outcome:
    """``record`` comes with its status and facts. Asks the database nothing."""
    facts = record.procedure_facts
    promised = facts.promised_on
    return Outcome(
        record,
        status_label(record.status),
        facts.contributions,
        facts.adopted,
        facts.not_adopted,
        day(promised) if promised else "",
        promised is not None and promised < today,
        Balance(facts.principles_met, facts.principles_rated).fraction,
    )


@dataclass(frozen=True, slots=True)
class NewsCard:
    """A piece of news in a list; ``places``: names of its districts."""

    record: PublicRecord
    on: date
    places: list[str]


def news_card_of(record: PublicRecord, districts: Mapping[str, str]) -> NewsCard:
    """``record`` comes with its facts; ``districts``: names by their words. Asks the database nothing."""
    places = [districts[word] for word in record.districts if word in districts]
    return NewsCard(record, record.news_facts.news_on, places)


def card_of(record: PublicRecord, districts: Mapping[str, str]) -> ProcedureCard:
    """``record`` comes with its status, and where days are counted with the span of it. ``districts``: names by their
    words. Asks the database nothing."""
    places = [city_wide_label() if word == CITY_WIDE else districts.get(word, "") for word in record.districts]
    since, until = getattr(record, "status_since", None), getattr(record, "status_until", None)
    if record.status != Participation.OPEN or since is None or until is None:
        return ProcedureCard(record, status_label(record.status), [place for place in places if place])
    now = timezone.now()
    return ProcedureCard(
        record,
        status_label(record.status, until, now),
        [place for place in places if place],
        round(100 * (now - since) / (until - since)) if since > BEGINNING and until < END else None,
    )
