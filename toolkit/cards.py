"""A method in a list: what its card shows, from the public record and its facts alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cms_blocks.publication.records import PublicRecord
from toolkit import facts
from toolkit.enums import Purpose
from toolkit.presentation import joined


@dataclass(frozen=True, slots=True)
class MiniFact:
    """A small sign with its words; ``label`` says what it is about to those who do not see the sign."""

    illustration: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class MethodCard:
    record: PublicRecord
    slug: str
    kicker: str
    facts: list[MiniFact]


def card_of(record: PublicRecord) -> MethodCard:
    """The card of a method. ``record`` comes with ``method_facts`` joined, so this asks the database nothing."""
    numbers = record.method_facts
    shown = [
        MiniFact("people", _("People"), facts.group_size(numbers.group_size_min, numbers.group_size_max)),
        MiniFact("time", _("Time"), facts.duration(numbers.duration_minutes_min, numbers.duration_minutes_max)),
        MiniFact("cost", _("Cost"), facts.cost(numbers.cost_level)),
    ]
    return MethodCard(
        record=record,
        slug=slug_of(record),
        kicker=joined(Purpose, numbers.purposes),
        facts=[fact for fact in shown if fact.value],
    )


def slug_of(record: PublicRecord) -> str:
    """The last part of the address."""
    return record.path.rstrip("/").rpartition("/")[2]
