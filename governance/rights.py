"""Parity and four eyes: who may do what with a page in which state. The table :data:`RIGHTS` alone says so.

It only ever takes away: what Wagtail's page rights (:mod:`governance.policies`) refuse stays refused.
Why the rules are as they are: docs/adr/0008-parity-and-four-eyes.md.
"""

from __future__ import annotations

from enum import Enum, Flag, StrEnum, auto


class Action(StrEnum):
    """What somebody wants to do with a page."""

    SUBMIT = "submit"
    PUBLISH = "publish"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    HAND_OVER = "hand_over"
    URGENT = "urgent"
    UNPUBLISH = "unpublish"
    MOVE = "move"
    DELETE = "delete"
    RESTRICT = "restrict"


class Role(Flag):
    """How somebody stands to the newest version of a page. Everybody has exactly one role for each page.

    The halves are not named here: what holds for one holds for the other.
    """

    #: An editor, and the newest version is theirs.
    AUTHOR = auto()
    #: Another editor of the half that wrote the newest version.
    COLLEAGUE = auto()
    #: An editor of the other half; if nobody of a half wrote it: of a half the page speaks for.
    COUNTERPART = auto()
    #: A member of the board, in the board's own area.
    BOARD = auto()
    ADMINISTRATOR = auto()
    #: Everybody else who can reach the admin: translators, reviewers, members of both halves at once.
    NONE = auto()


class Voice(Enum):
    """In whose name the page speaks, seen from the half that wrote its newest version."""

    #: In the name of that half alone.
    OWN = auto()
    #: In the name of both.
    JOINT = auto()
    #: In the name of the other half alone, or nobody of a half wrote it.
    OTHERS = auto()


class Phase(Enum):
    """How far the newest version is."""

    DRAFT = auto()
    PUBLIC = auto()
    WAITING = auto()
    #: Waiting for longer than ``GOVERNANCE_DEPUTY_AFTER_DAYS`` working days: a deputy may step in.
    OVERDUE = auto()
    #: The half that reviews has changed the text, so that now the other one has to look.
    CHANGED = auto()
    #: Sent back with a request for changes.
    RETURNED = auto()


A, C, O, B, M, N = Role  # noqa: E741 (the columns of the table)
Cells = dict[Phase, Role]


def _always(roles: Role) -> Cells:
    return dict.fromkeys(Phase, roles)


_SUBMIT: Cells = dict.fromkeys((Phase.DRAFT, Phase.PUBLIC, Phase.RETURNED), A | C | O | B | M | N)
_TAKE_AWAY = dict.fromkeys(Voice, _always(A | C | O | B | M))
_REVIEW: dict[Voice, Cells] = {
    Voice.OWN: {Phase.WAITING: C, Phase.OVERDUE: C},
    Voice.OTHERS: {Phase.WAITING: O, Phase.OVERDUE: O | C},
    Voice.JOINT: {Phase.WAITING: O, Phase.OVERDUE: O | C},
}
_PUBLISH: dict[Voice, Cells] = {
    Voice.OWN: _always(A | C | B),
    Voice.OTHERS: _always(O | B),
    Voice.JOINT: _always(B),
}

#: Who may; a cell that is missing is refused to all.
RIGHTS: dict[Action, dict[Voice, Cells]] = {
    Action.SUBMIT: dict.fromkeys(Voice, _SUBMIT),
    Action.PUBLISH: _PUBLISH,
    Action.APPROVE: _REVIEW,
    Action.REQUEST_CHANGES: {**_REVIEW, Voice.JOINT: {**_REVIEW[Voice.JOINT], Phase.CHANGED: A | C}},
    Action.HAND_OVER: {Voice.JOINT: {Phase.CHANGED: A | C}},
    # Whoever may not publish; the other half is told and asked.
    Action.URGENT: {
        Voice.OWN: _always(O | M),
        Voice.OTHERS: _always(A | C | M),
        Voice.JOINT: {**_always(A | C | O | M), Phase.WAITING: A | C | M, Phase.OVERDUE: A | M},
    },
    # Either half takes away at once, since the law may ask for it; the other half is told and asked.
    Action.UNPUBLISH: _TAKE_AWAY,
    Action.MOVE: _TAKE_AWAY,
    Action.DELETE: _TAKE_AWAY,
    # Opening a protected page to the public is publishing; for a page that is not live see governance.permissions.
    Action.RESTRICT: _PUBLISH,
}


def allows(role: Role, action: Action, voice: Voice, phase: Phase) -> bool:
    """Whether the table has this cell."""
    return role in RIGHTS[action].get(voice, {}).get(phase, Role(0))


def always(roles: Role, action: Action) -> bool:
    """Whether each of these roles may do this with every page, so that nobody has to look at the page."""
    return all(roles in RIGHTS[action].get(voice, {}).get(phase, Role(0)) for voice in Voice for phase in Phase)
