"""The doors to each action keep to the table of rights: each is knocked at by every role where it opens and where not.

That all cells are right is shown by test_rights.py, which asks what the doors ask. Here each verdict is tried once for
real: the first state in which the table lets a role in with an editor of the administration as author, the first in
which it does not with one of the carrier.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from governance.rights import Action, Phase, Role, Voice
from governance.standing import Standing
from tests.governance.cast import BOTH_SIDES, CAST, OUTSIDERS, STATES, cast, page_in
from tests.governance.doors import DOORS, DOORS_BESIDE, api, taken_back, tried
from tests.governance.office import desk, draft, fresh, person
from tests.governance.table import BESIDE, LETTERS, TABLE, lines
from website.models import StandardPage

State = tuple[str, Voice, Phase]
#: States in the order in which they are chosen: what both halves say first, and of that what is under way.
ORDER = sorted(STATES, key=lambda state: (state[0] is not Voice.JOINT, state[0].value, state[1].value))


def knocks() -> dict[State, list[tuple[str, Role, bool]]]:
    """What is tried in which state: action, role, and whether it shall work."""
    cells = {**lines(TABLE), **lines(BESIDE)}
    chosen: dict[State, list[tuple[str, Role, bool]]] = defaultdict(list)
    roles = [role for role in Role if role is not Role.BOARD]
    for action in dict.fromkeys(row for row, _voice in cells):
        for role in roles:
            for half, verdict in (("administration", True), ("carrier", False)):
                for voice, phase in ORDER:
                    if (LETTERS[role] in cells[action, voice][phase]) is verdict:
                        chosen[half, voice, phase].append((action, role, verdict))
                        break
    return dict(chosen)


KNOCKS = knocks()


def test_each_verdict_of_the_table_is_tried() -> None:
    tried_ones = {knock for some in KNOCKS.values() for knock in some}
    cells = {**lines(TABLE), **lines(BESIDE)}
    for (action, voice), row in cells.items():
        for phase, cell in row.items():
            for role in set(Role) - {Role.BOARD} if (voice, phase) in STATES else ():
                assert (action, role, LETTERS[role] in cell) in tried_ones


@pytest.mark.parametrize(
    "state", KNOCKS, ids=lambda state: "-".join(getattr(part, "name", part) for part in state).lower()
)
def test_every_door_opens_to_those_whom_the_table_names(state: State, office: None) -> None:
    half, voice, phase = state
    page = page_in(voice, phase, half)
    standing = Standing(page)
    assert (standing.voice, standing.phase) == (voice, phase)
    people, wrong = cast(half, phase), []
    for action, role, verdict in KNOCKS[state]:
        for door in {**DOORS, **DOORS_BESIDE}[action]:
            if tried(door, fresh(page), people[role]) != verdict:
                wrong.append(f"{action} by {role.name} through {door.__qualname__}: expected {verdict}")
    assert wrong == []


@pytest.mark.parametrize("who", OUTSIDERS)
def test_whoever_is_of_neither_half_finds_every_door_closed(who: str, office: None) -> None:
    for voice, phase, doors in (
        (Voice.JOINT, Phase.WAITING, {Action.APPROVE, Action.REQUEST_CHANGES, Action.HAND_OVER, "cancel"}),
        (Voice.OTHERS, Phase.DRAFT, {*Action, *DOORS_BESIDE} - {"cancel", "unschedule"}),
    ):
        with taken_back():
            page = page_in(voice, phase, "administration")
            assert Standing(page).role_of(person(who)) is Role.NONE
            for action, some in {**DOORS, **DOORS_BESIDE}.items():
                for door in some if action in doors else ():
                    assert not tried(door, fresh(page), who), (action, door.__qualname__)


def test_the_board_goes_in_and_out_in_its_own_area(office: None) -> None:
    page = draft(by="board", live=True, parent=StandardPage.objects.get(slug="beirat"))
    standing = Standing(page)
    for action in Action:
        # It has no other place to move a page to.
        agreed = "B" in lines(TABLE)[str(action), standing.voice][standing.phase] and action is not Action.MOVE
        assert tried(DOORS[action][0], fresh(page), "board") == agreed, action


@BOTH_SIDES
def test_nothing_is_published_by_copying_it(half: str, office: None) -> None:
    parent = StandardPage.objects.get(slug="ueber-uns")
    page = draft(half, by=CAST[half][Role.AUTHOR], live=True, parent=parent)
    data = {"new_title": "Kopie", "new_slug": "kopie", "new_parent_page": parent.pk, "publish_copies": "on"}
    for who in (*cast(half, Phase.DRAFT).values(), *OUTSIDERS):
        desk(who).post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)
        desk(who).post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data | {"new_slug": "a", "alias": "on"})
        api(who, f"/api/write/v3/pages/{page.pk}/actions/copy/", {"slug": "kopie-2", "keep_live": True})
    assert not Page.objects.filter(slug__in=("kopie", "kopie-2", "a"), live=True).exists()


@BOTH_SIDES
def test_whoever_calls_off_a_planned_day_may_do_so_alone(half: str, office: None) -> None:
    page = draft(by=CAST[half][Role.AUTHOR])
    page.go_live_at = timezone.now() + timedelta(days=3)
    page.save_revision(user=person(CAST[half][Role.AUTHOR])).publish()
    assert tried(DOORS_BESIDE["unschedule"][0], fresh(page), CAST[half][Role.COUNTERPART])
    for who in OUTSIDERS:
        assert not tried(DOORS_BESIDE["unschedule"][0], fresh(page), who)
