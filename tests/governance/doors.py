"""The doors through which people do what the table of rights is about: the admin's views and the write API.

Each answers whether it had its effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import APIToken, Page

from governance.rights import Action
from governance.standing import Standing
from tests.governance.office import desk, form, fresh, person
from website.models import StandardPage

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


def by_admin_schedule(page: StandardPage, who: str) -> bool:
    half = page.get_latest_revision_as_object().half
    day = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    data = form(title="Neu", half=half, go_live_at=day) | {"action-publish": "1"}
    desk(who).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    return fresh(page).scheduled_revision is not None


def by_unschedule(page: StandardPage, who: str) -> bool:
    """A planned day, which a version of nobody has if there is none, is called off."""
    if page.scheduled_revision is None:
        page.latest_revision.approved_go_live_at = timezone.now() + timedelta(days=3)
        page.latest_revision.save()
    planned = fresh(page).scheduled_revision
    desk(who).post(reverse("wagtailadmin_pages:revisions_unschedule", args=[page.pk, planned.pk]))
    return fresh(page).scheduled_revision is None


def by_admin_edit(page: StandardPage, who: str) -> bool:
    before = page.latest_revision_id
    half = page.get_latest_revision_as_object().half
    desk(who).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(title="Anders", half=half))
    return fresh(page).latest_revision_id != before


def by_api_edit(page: StandardPage, who: str) -> bool:
    before = page.latest_revision_id
    api(who, f"/api/write/v3/pages/{page.pk}/", {"title": "Anders", "meta": {"type": "website.StandardPage"}}, "patch")
    return fresh(page).latest_revision_id != before


def by_lock(page: StandardPage, who: str) -> bool:
    desk(who).post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    return fresh(page).locked


def by_unlock(page: StandardPage, who: str) -> bool:
    """A lock that is nobody's: whoever holds one may always take it away."""
    Page.objects.filter(pk=page.pk).update(locked=True, locked_at=timezone.now())
    desk(who).post(reverse("wagtailadmin_pages:unlock", args=[page.pk]))
    return not fresh(page).locked


def by_cancel(page: StandardPage, who: str) -> bool:
    if page.current_workflow_state is None:
        return False
    half = page.get_latest_revision_as_object().half
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    desk(who).post(address, form(half=half) | {"action-cancel-workflow": "1"})
    return not fresh(page).workflow_in_progress


DOORS: dict[str, tuple[Door, ...]] = {
    Action.PUBLISH: (
        by_admin_publish,
        by_bulk_publish,
        by_api_publish,
        by_api_edit_and_publish,
        by_admin_schedule,
    ),
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
#: What Wagtail decides beside the table.
DOORS_BESIDE: dict[str, tuple[Door, ...]] = {
    "edit": (by_admin_edit, by_api_edit),
    "lock": (by_lock,),
    "unlock": (by_unlock,),
    "cancel": (by_cancel,),
    "unschedule": (by_unschedule,),
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


class _Undone(Exception):
    pass


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards."""
    with suppress(_Undone), transaction.atomic():
        yield
        raise _Undone


def tried(door: Door, page: StandardPage, who: str) -> bool:
    """Whether it works, with everything put back afterwards."""
    with taken_back():
        return door(page, who)
