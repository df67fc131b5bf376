"""Everybody at every door of the desk and of the write API: only what the policy gives.

The doors are read from the URL configuration, what is expected stands in tests/site/permissions/policy.py. What may be
done with a page in which state is tried in tests/governance/test_rights.py; here each page is in one state.
What is drawn on the way is read: no English on any page of the desk, whoever looks.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import date
from zlib import crc32

import pytest
from wagtail.models import Page

from tests.infrastructure.database import Kept
from tests.site.english_words import english_in
from tests.site.permissions.bodies import body
from tests.site.permissions.doors import Door, Visitor, doors
from tests.site.permissions.policy import LISTED, NOBODY, NOTHING, Rule, may_see, names_in
from tests.site.permissions.scene import AREAS, PEOPLE, Scene, Thing, build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unmeasured]

#: Before their login nothing is looked up, so one thing of each sort is enough.
STRANGERS = {"outsider", "anonymous"}
#: Doors behind which a page was drawn as it is shown: lists for everybody from whom names are kept, the others once.
DRAWN: set[tuple[str, str]] = set()
#: Doors where nobody answers to a method, which does not depend on who knocks.
NO_DOOR: set[tuple[str, str]] = set()
#: May know every name, or the same ones as the other half.
KNOW_AS_MUCH = {"operator", "administrator", "carrier"}

#: Doors that programs use.
MACHINES = (
    "wagtailapi_v3:",
    "wagtailadmin_api:",
    "wagtailadmin_javascript_catalog",
    "wagtail_localize:javascript_catalog",
)
#: People who work with pages → their own area, and the one that they are least to be mixed up with.
NEAREST = {
    "administration": ("administration", "carrier"),
    "carrier": ("carrier", "administration"),
    "board": ("board", "joint"),
    "translator": ("translated", "joint"),
    "easy": ("easy_language", "joint"),
    "administrator": (),
}
#: The others are tried by turns, each on one of so many days; all of them with ``PERMISSION_MATRIX=all``.
EVERY = 7
TODAY = date.today().toordinal()
ALL_CELLS = os.environ.get("PERMISSION_MATRIX") == "all"

OFFICE = Kept()


@pytest.fixture
def scene(transactional_db: None) -> Iterator[Scene]:
    """Refusals are what is asked for, so nobody logs them."""
    logging.disable(logging.CRITICAL)
    yield OFFICE.get(build)
    logging.disable(logging.NOTSET)


def test_every_door_is_listed() -> None:
    found = {door.name for door in doors()}
    unknown, gone = sorted(found - set(LISTED)), sorted(set(LISTED) - found)
    assert not gone, f"tests/site/permissions/policy.py lists addresses that no longer exist: {gone}"
    assert not unknown, (
        f"Behind the login are new addresses: {unknown}. Say in tests/site/permissions/policy.py which sort of thing "
        "each is about and who may call it; if no sort fits, put one thing of a new sort into scene.py for each area."
    )


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_gets_more_or_less_than_the_policy_gives(who: str, scene: Scene) -> None:
    visitor, wrong = Visitor(scene, who), []
    content = sorted(Page.objects.values_list("draft_title", flat=True), key=len, reverse=True)
    for door in doors():
        rule = LISTED[door.name]
        for method, whose, thing in tries(door, rule, who, scene):
            address = door.address(thing) + rule.query.format(**thing)
            is_list = rule.names_others and who not in KNOW_AS_MUCH
            drawn = rule.allows(who, whose, method) and (is_list or (door.name, method) not in DRAWN)
            answer = visitor.knock(method, address, body(door.name, thing, method), drawn=drawn)
            if not answer.is_refused:
                DRAWN.add((door.name, method))
            what = f"{who}: {method} {door.name} for {whose} ({answer.status})"
            if answer.is_no_door:
                NO_DOOR.add((door.name, method))
                continue
            if answer.status >= 500:
                wrong.append(f"{what}: it broke; give it what it wants in bodies.py, or mend the view")
            elif answer.is_allowed(by_deed=rule.by_deed and method == "POST") != rule.allows(who, whose, method):
                wrong.append(f"{what}: {'forbidden' if rule.allows(who, whose, method) else 'let in'}")
            elif answer.is_refused and answer.wrote and not rule.by_deed and rule.done is not NOBODY:
                wrong.append(f"{what}: refused, and yet something was written")
            if drawn and not door.name.startswith(MACHINES) and not answer.body.startswith("%PDF"):
                wrong += [f"{who} reads English at {line}" for line in english_in(answer.body, door.name, content)]
            told = {name for name in names_in(answer.body) if not may_see(who, name)}
            if told:
                wrong.append(f"{what}: names {sorted(told)}")
    assert not wrong, "\n".join(wrong)


def tries(door: Door, rule: Rule, who: str, scene: Scene) -> Iterator[tuple[str, str, Thing]]:
    """Methods and things to knock with; ``KeyError`` if a sort lacks an argument of the door."""
    things: dict[str, Thing] = scene.things[rule.sort] if rule.sort else {NOTHING: {}}
    for method in door.methods:
        chosen = some(list(things), rule, who, method, door.name)
        for whose in chosen + further(list(things), chosen, rule, who, method, door):
            if (door.name, method) not in NO_DOOR:
                yield method, whose, {**things[whose], **rule.given}


def some(everybodys: list[str], rule: Rule, who: str, method: str, door: str) -> list[str]:
    """One that this person may have and one that they may not, each door and person another one, always the same."""
    if who in STRANGERS:
        return everybodys[:1]
    start = crc32(f"{door} {method} {who}".encode()) % len(everybodys)
    in_turn = everybodys[start:] + everybodys[:start]
    may = [whose for whose in in_turn if rule.allows(who, whose, method)]
    may_not = [whose for whose in in_turn if whose not in may]
    return may[:1] + may_not[:1]


def further(everybodys: list[str], chosen: list[str], rule: Rule, who: str, method: str, door: Door) -> list[str]:
    """Whose things are tried besides: the nearest always, the others when it is their turn.

    Where looking is for the same people as doing, looking is enough for these: both ask in the same place.
    """
    rest = [whose for whose in everybodys if whose not in chosen]
    if ALL_CELLS:
        return rest
    looking_is_enough = "GET" in door.methods and rule.shown is rule.done and not rule.by_deed
    if who not in NEAREST or (method != "GET" and looking_is_enough):
        return []
    turn = (crc32(f"{door.name} {who}".encode()) + TODAY) % EVERY == 0
    return [whose for whose in rest if whose in NEAREST[who] or (turn and whose in AREAS)]
