"""Who stands for which role of the table of rights, and pages in every state that it knows."""

from __future__ import annotations

from itertools import product

import pytest

from governance.rights import Phase, Role, Voice
from tests.governance.office import draft, fresh, let_time_pass, person, submit
from website.models import StandardPage

#: Who stands for which role when an editor of this half wrote the newest version.
CAST = {
    "administration": {Role.AUTHOR: "anna", Role.COLLEAGUE: "albert", Role.COUNTERPART: "carla"},
    "carrier": {Role.AUTHOR: "carla", Role.COLLEAGUE: "carlo", Role.COUNTERPART: "anna"},
}
OTHERS = {Role.ADMINISTRATOR: "admin", Role.NONE: "both"}
#: Everybody of no standing: refused wherever ``Role.NONE`` is.
OUTSIDERS = ("translator", "easy", "board", "nobody")

#: States that cannot be: whoever owns the page answers for it, so nothing changes hands.
IMPOSSIBLE = {(Voice.OWN, Phase.CHANGED), (Voice.OTHERS, Phase.CHANGED)}
BOTH_SIDES = pytest.mark.parametrize("half", list(CAST))
STATES = [state for state in product(Voice, Phase) if state not in IMPOSSIBLE]


def page_in(voice: Voice, phase: Phase, half: str) -> StandardPage:
    """A page that is or was live, whose newest version an editor of ``half`` wrote."""
    author, other = CAST[half][Role.AUTHOR], {"administration": "carrier", "carrier": "administration"}[half]
    speaks = {Voice.OWN: half, Voice.OTHERS: other, Voice.JOINT: "joint"}[voice]
    page = draft(speaks, by=author, live=True)
    if phase is Phase.PUBLIC:
        page.get_latest_revision().publish()
    if phase in {Phase.WAITING, Phase.OVERDUE, Phase.CHANGED, Phase.RETURNED}:
        review = submit(page, by=author)
        if phase is Phase.OVERDUE:
            let_time_pass(review)
        if phase is Phase.RETURNED:
            review.reject(user=person(CAST[half][Role.COUNTERPART]))
        if phase is Phase.CHANGED:
            reviewer = CAST[half][Role.COUNTERPART]
            fresh(page).get_latest_revision_as_object().save_revision(user=person(reviewer))
    return fresh(page)


def cast(half: str, phase: Phase) -> dict[Role, str]:
    """Role → person. Once the reviewing half has changed the text, the roles have changed sides."""
    if phase is Phase.CHANGED:
        half = {"administration": "carrier", "carrier": "administration"}[half]
    return {**CAST[half], **OTHERS}
