"""What a card on the home page of the admin is, and the registry that higher rooms put theirs in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise, cached_property

#: How many lines of a card the home page shows.
SHORT = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: where it leads, what there is to know about it, and whether it is late or presses."""

    title: str
    url: str
    note: str = ""
    late: bool = False
    #: The language of the title where it is not German.
    language: str = ""
    #: What somebody wrote about it.
    quote: str = ""


class Card:
    """One question of a person who comes to work. Subclasses say who asks it, what fits and how a line reads.

    A card asks a constant number of queries, however much fits.
    """

    name: str
    heading: str | Promise
    #: One sentence below the heading of the page that shows everything.
    lead: str | Promise = ""
    #: What is said when nothing fits.
    empty: str | Promise
    order = 100
    template_name = "cms_blocks/desk/card.html"

    def __init__(self, user: Any) -> None:
        self.user = user

    def is_shown(self) -> bool:
        """Whether this person has anything to do with it, empty or not."""
        return True

    def rows(self) -> QuerySet[Any] | Sequence[Any]:
        """All that fits, in the order of the list."""
        raise NotImplementedError

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        """The lines for some of the rows."""
        raise NotImplementedError

    @cached_property
    def count(self) -> int:
        rows = self.rows()
        return rows.count() if isinstance(rows, QuerySet) else len(rows)

    @cached_property
    def first(self) -> list[Entry]:
        return self.entries(self.rows()[:SHORT]) if self.count else []

    @property
    def is_empty(self) -> bool:
        return not self.count

    @property
    def has_more(self) -> bool:
        return self.count > SHORT

    @property
    def all_url(self) -> str:
        """The page that shows everything."""
        return reverse("desk:card", args=[self.name])


_cards: dict[str, type[Card]] = {}


def register_card(card: type[Card]) -> type[Card]:
    """Put a card on everybody's desk whom it concerns. A card of the same name takes the place of the older one."""
    _cards[card.name] = card
    return card


def cards_for(user: Any) -> list[Card]:
    """The cards of this person, in their order; those on which nothing lies come last."""
    cards = [card(user) for card in _cards.values()]
    return sorted((card for card in cards if card.is_shown()), key=lambda card: (card.is_empty, card.order))


def card_for(user: Any, name: str) -> Card | None:
    """The card with this name, if it is this person's."""
    card = _cards[name](user) if name in _cards else None
    return card if card is not None and card.is_shown() else None
