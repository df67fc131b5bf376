"""What a department is asked about, in sections: those of the form, of what the page says, and of what has changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from procedures.models import ProcedurePage
from procedures.round.asked import FORMAL, offered
from procedures.round.parts import New, StagesReached
from procedures.round.values import Answerable

#: Word, heading, and the keys of a section or their beginnings, in their order.
SECTIONS: tuple[tuple[str, Promise, tuple[str, ...]], ...] = (
    ("short", _("In short"), ("title", "lead", "brief_what", "brief_where", "brief_how", "affected")),
    ("who", _("In charge"), ("initiator", "business_area")),
    ("where", _("Where?"), ("place", "city_wide", "districts")),
    (
        "participation",
        _("Participation"),
        ("level", "no_participation_reason", "open_points", "fixed_points", "phases", "contributions", "adopted"),
    ),
    ("formal", _("Formal procedure"), FORMAL),
    ("suspended", _("Suspended"), ("suspended_from", "suspended_until", "suspended_reason")),
    ("decisions", _("Decisions"), ("first_reading", "decisions")),
    ("cost", _("Cost"), ("cost_kind", "cost_from", "cost_to", "cost_on", "cost_basis")),
    ("stage", _("Stage of the project"), ("stages", "next_steps")),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one block, below its name; or those that are parts of none, without a ``title``."""

    title: str
    values: list[Answerable]


@dataclass(frozen=True, slots=True)
class Section:
    word: str
    heading: str
    groups: list[Group]


def sections_of(values: Iterable[Answerable]) -> list[Section]:
    """Blocks stand in the order of their names. A section without a value is left out."""
    by_head: dict[str, list[Answerable]] = {}
    for value in values:
        by_head.setdefault(value.key.partition("/")[0], []).append(value)
    found = []
    for word, heading, heads in SECTIONS:
        here = [value for head in heads for value in sorted(by_head.get(head, ()), key=attrgetter("place"))]
        if here:
            groups = groupby(here, key=lambda value: (value.block_key, value.block_title))
            found.append(Section(word, str(heading), [Group(title, list(parts)) for (_key, title), parts in groups]))
    return found


def in_order(values: Iterable[Answerable]) -> list[Answerable]:
    """As the sections show them."""
    return [value for section in sections_of(values) for group in section.groups for value in group.values]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the public page says in a section or a block: label and words of each value, and names of what is empty."""

    title: str
    said: list[tuple[str, str]]
    unsaid: str
    blocks: list[Facts]


def facts_of(page: ProcedurePage) -> list[Facts]:
    """What the public page says, section by section; what belongs to a block stands below its name."""
    values, names = offered(page)
    shown = [value for value in values if not isinstance(value, New)]
    found = []
    for section in sections_of([*shown, StagesReached("stages", names)]):
        plain = [value for group in section.groups if not group.title for value in group.values]
        blocks = [_facts(group.title, group.values, page) for group in section.groups if group.title]
        found.append(_facts(section.heading, plain, page, blocks))
    return found


def _facts(title: str, values: Iterable[Answerable], page: ProcedurePage, blocks: Iterable[Facts] = ()) -> Facts:
    words = [(value.caption, value.words(value.of(page))) for value in values]
    unsaid = "; ".join(caption for caption, said in words if not said)  # some captions hold commas
    return Facts(title, [(caption, said) for caption, said in words if said], unsaid, list(blocks))
