"""Every cell of the table of rights, asked at the doors people use: the admin's views and the write API.

role × action × state, the refused ones too. The table itself names no half; the cells are tried from both sides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import APIToken, Page

from governance.rights import RIGHTS, Action, Phase, Role, Voice, allows
from governance.standing import Standing
from tests.governance.office import desk, draft, form, fresh, let_time_pass, open_office, person, submit
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
STATES = [state for state in product(Voice, Phase) if state not in IMPOSSIBLE]
BOTH_SIDES = pytest.mark.parametrize("half", list(CAST))
#: Every state once with an editor of the administration as author, and what matters most from the other side too.
CELLS = [("administration", *state) for state in STATES] + [
    ("carrier", Voice.JOINT, phase) for phase in (Phase.DRAFT, Phase.WAITING, Phase.OVERDUE)
]
#: Here everybody tries every door; elsewhere the first of each action, since all lead to the same question.
EVERY_DOOR = {("administration", Voice.JOINT, phase) for phase in (Phase.DRAFT, Phase.WAITING, Phase.CHANGED)}


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


# What people do, as they do it. Each answers whether it had its effect.

Door = Callable[[StandardPage, str], bool]


def by_admin_publish(page: StandardPage, who: str) -> bool:
    before = page.live_revision_id
    half = page.get_latest_revision_as_object().half
    data = form(title="Neu", half=half) | {"action-publish": "1"}
    desk(who).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    return fresh(page).live_revision_id != before


def by_bulk_publish(page: StandardPage, who: str) -> bool:
    entries = page.live_revision_id, _published(page)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    desk(who).post(f"{address}?id={page.pk}")
    return (fresh(page).live_revision_id, _published(page)) != entries


def by_api_publish(page: StandardPage, who: str) -> bool:
    before = _published(page)
    api(who, f"/api/write/v3/pages/{page.pk}/actions/publish/")
    return _published(page) != before


def by_api_edit_and_publish(page: StandardPage, who: str) -> bool:
    before = page.live_revision_id
    data = {"title": "Neu", "meta": {"type": "website.StandardPage", "action": "publish"}}
    api(who, f"/api/write/v3/pages/{page.pk}/", data, method="patch")
    return fresh(page).live_revision_id != before


def by_admin_submit(page: StandardPage, who: str) -> bool:
    before = _review(page)
    half = page.get_latest_revision_as_object().half
    desk(who).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(half=half) | {"action-submit": "1"})
    return _review(page) != before


def by_submit_page(page: StandardPage, who: str) -> bool:
    before = _review(page)
    desk(who).post(reverse("governance:submit", args=[page.pk]))
    return _review(page) != before


def _review_page(name: str) -> Door:
    def door(page: StandardPage, who: str) -> bool:
        review = Standing(page).review
        before = _outcome(page)
        data = {"review": review.pk if review else 0, name: "1", "comment": "Bitte."}
        desk(who).post(reverse("governance:review", args=[page.pk]), data)
        return _came_of(name, before, _outcome(page))

    return door


def _came_of(name: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Approving publishes; whoever changed the text in the review only hands it over by the same button."""
    return before[-1] != after[-1] if name == "approve" else before != after


def _workflow_action(name: str) -> Door:
    def door(page: StandardPage, who: str) -> bool:
        review = Standing(page).review
        if review is None:
            return False
        before = _outcome(page)
        address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, name, review.pk])
        desk(who).post(address, {"comment": "Bitte."})
        return _came_of(name, before, _outcome(page))

    return door


def by_urgent(page: StandardPage, who: str) -> bool:
    before = _published(page)
    desk(who).post(reverse("governance:urgent", args=[page.pk]), {"reason": "Es eilt."})
    return _published(page) != before


def by_admin_unpublish(page: StandardPage, who: str) -> bool:
    desk(who).post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    return not fresh(page).live


def by_bulk_unpublish(page: StandardPage, who: str) -> bool:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"])
    desk(who).post(f"{address}?id={page.pk}")
    return not fresh(page).live


def by_api_unpublish(page: StandardPage, who: str) -> bool:
    api(who, f"/api/write/v3/pages/{page.pk}/actions/unpublish/")
    return not fresh(page).live


def by_admin_move(page: StandardPage, who: str) -> bool:
    target = StandardPage.objects.get(slug="ueber-uns")
    desk(who).post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, target.pk]))
    return fresh(page).get_parent().pk == target.pk


def by_api_move(page: StandardPage, who: str) -> bool:
    target = StandardPage.objects.get(slug="ueber-uns")
    api(who, f"/api/write/v3/pages/{page.pk}/actions/move/", {"destination_id": target.pk, "position": "last-child"})
    return fresh(page).get_parent().pk == target.pk


def by_admin_delete(page: StandardPage, who: str) -> bool:
    desk(who).post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    return not Page.objects.filter(pk=page.pk).exists()


def by_api_delete(page: StandardPage, who: str) -> bool:
    api(who, f"/api/write/v3/pages/{page.pk}/", method="delete")
    return not Page.objects.filter(pk=page.pk).exists()


def by_admin_restrict(page: StandardPage, who: str) -> bool:
    address = reverse("wagtailadmin_pages:set_privacy", args=[page.pk])
    desk(who).post(address, {"restriction_type": "login"})
    return page.view_restrictions.exists()


DOORS: dict[Action, tuple[Door, ...]] = {
    Action.PUBLISH: (by_admin_publish, by_bulk_publish, by_api_publish, by_api_edit_and_publish),
    Action.SUBMIT: (by_admin_submit, by_submit_page),
    Action.APPROVE: (_review_page("approve"), _workflow_action("approve")),
    Action.REQUEST_CHANGES: (_review_page("reject"), _workflow_action("reject")),
    Action.HAND_OVER: (_review_page("hand_over"), _workflow_action("hand_over")),
    Action.URGENT: (by_urgent,),
    Action.UNPUBLISH: (by_admin_unpublish, by_bulk_unpublish, by_api_unpublish),
    Action.MOVE: (by_admin_move, by_api_move),
    Action.DELETE: (by_admin_delete, by_api_delete),
    Action.RESTRICT: (by_admin_restrict,),
}


def api(who: str, address: str, data: Any = None, method: str = "post") -> int:
    token = APIToken.generate_token()
    APIToken.objects.create(
        user=person(who), name="t", key_hash=APIToken.hash_token(token), prefix=token[:12], last_used_at=timezone.now()
    )
    client = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    return getattr(client, method)(address, json.dumps(data or {}), content_type="application/json").status_code


def _published(page: StandardPage) -> int:
    from wagtail.models import PageLogEntry

    return PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish").count()


def _review(page: StandardPage) -> Any:
    return Standing(fresh(page)).review


def _outcome(page: StandardPage) -> tuple[Any, ...]:
    standing = Standing(fresh(page))
    return standing.phase, standing.review and standing.review.pk, fresh(page).live_revision_id


class Undone(Exception):
    pass


def tried(door: Door, page: StandardPage, who: str) -> bool:
    """Whether it works, with everything put back afterwards."""
    try:
        with transaction.atomic():
            worked = door(page, who)
            raise Undone
    except Undone:
        return worked


def cells(half: str, phase: Phase) -> Iterator[tuple[Action, Role, str]]:
    yield from ((action, role, who) for action in Action for role, who in cast(half, phase).items())


@pytest.mark.django_db
@pytest.mark.parametrize(("half", "voice", "phase"), CELLS, ids=lambda part: getattr(part, "name", part).lower())
def test_everybody_may_exactly_what_the_table_says(half: str, voice: Voice, phase: Phase) -> None:
    open_office()
    page = page_in(voice, phase, half)
    standing = Standing(page)
    assert (standing.voice, standing.phase) == (voice, phase)
    for who in cast(half, phase).values():
        desk(who)  # logs in before anything is put back
    wrong = []
    for action, role, who in cells(half, phase):
        assert standing.role_of(person(who)) is role
        expected = allows(role, action, voice, phase) and possible(action, who, phase)
        for door in DOORS[action] if (half, voice, phase) in EVERY_DOOR else DOORS[action][:1]:
            if tried(door, fresh(page), who) != expected:
                wrong.append(f"{action} by {role.name} ({who}) through {door.__qualname__}: expected {expected}")
    assert wrong == []


def possible(action: Action, who: str, phase: Phase) -> bool:
    """What Wagtail's own rights and locks leave of a cell."""
    waiting = phase in {Phase.WAITING, Phase.OVERDUE, Phase.CHANGED}
    return not (action is Action.SUBMIT and waiting)


@pytest.mark.django_db
@pytest.mark.parametrize("who", OUTSIDERS)
def test_whoever_is_of_neither_half_publishes_approves_and_removes_nothing(who: str) -> None:
    open_office()
    for voice, phase in ((Voice.JOINT, Phase.WAITING), (Voice.OTHERS, Phase.DRAFT)):
        page = page_in(voice, phase, "administration")
        assert Standing(page).role_of(person(who)) is Role.NONE
        for action in set(Action) - {Action.SUBMIT}:
            for door in DOORS[action]:
                assert not tried(door, fresh(page), who), (action, door.__qualname__)
        page.delete()


@pytest.mark.django_db
def test_the_board_is_at_home_in_its_own_area_only() -> None:
    open_office()
    page = draft(by="board", live=True, parent=StandardPage.objects.get(slug="beirat"))
    standing = Standing(page)
    assert standing.role_of(person("board")) is Role.BOARD
    for action in Action:
        # It has no other place to move a page to.
        expected = allows(Role.BOARD, action, standing.voice, standing.phase) and action is not Action.MOVE
        assert tried(DOORS[action][0], fresh(page), "board") == expected, action


def test_what_holds_for_one_half_holds_for_the_other_since_the_table_names_none() -> None:
    assert {voice for rows in RIGHTS.values() for voice in rows} <= set(Voice)
    assert {"ADMINISTRATION", "CARRIER"} & {role.name for role in Role} == set()


@pytest.mark.django_db
@BOTH_SIDES
def test_nothing_is_published_by_copying_it(half: str) -> None:
    open_office()
    parent = StandardPage.objects.get(slug="ueber-uns")
    page = draft(half, by=CAST[half][Role.AUTHOR], live=True, parent=parent)
    data = {"new_title": "Kopie", "new_slug": "kopie", "new_parent_page": parent.pk, "publish_copies": "on"}
    for who in (*cast(half, Phase.DRAFT).values(), *OUTSIDERS):
        desk(who).post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data)
        desk(who).post(reverse("wagtailadmin_pages:copy", args=[page.pk]), data | {"new_slug": "a", "alias": "on"})
        api(who, f"/api/write/v3/pages/{page.pk}/actions/copy/", {"slug": "kopie-2", "keep_live": True})
    assert not Page.objects.filter(slug__in=("kopie", "kopie-2", "a"), live=True).exists()


@pytest.mark.django_db
@BOTH_SIDES
def test_whoever_calls_off_a_planned_day_may_do_so_alone(half: str) -> None:
    open_office()
    page = draft(by=CAST[half][Role.AUTHOR])
    page.go_live_at = timezone.now() + timedelta(days=3)
    page.save_revision(user=person(CAST[half][Role.AUTHOR])).publish()
    revision = fresh(page).scheduled_revision
    address = reverse("wagtailadmin_pages:revisions_unschedule", args=[page.pk, revision.pk])
    desk(CAST[half][Role.COUNTERPART]).post(address)
    assert fresh(page).scheduled_revision is None
