"""An office for tests: both halves with editors, the other groups, and pages in every state."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from governance.halves import group_name
from governance.policies import (
    ADMINISTRATION_EDITORS,
    ADMINISTRATORS,
    BOARD,
    CARRIER_EDITORS,
    EASY_LANGUAGE_REVIEWERS,
    TRANSLATORS,
    GroupPolicy,
)
from governance.review import HalfReview
from tests.toolkit.factories import home
from website.models import StandardPage

#: Who works in the test office: name → groups.
STAFF: dict[str, tuple[GroupPolicy, ...]] = {
    "anna": (ADMINISTRATION_EDITORS,),
    "albert": (ADMINISTRATION_EDITORS,),
    "carla": (CARRIER_EDITORS,),
    "carlo": (CARRIER_EDITORS,),
    "both": (ADMINISTRATION_EDITORS, CARRIER_EDITORS),
    "board": (BOARD,),
    "translator": (TRANSLATORS,),
    "easy": (EASY_LANGUAGE_REVIEWERS,),
    "admin": (ADMINISTRATORS,),
    "nobody": (),
}


def open_office() -> None:
    """Groups, workflow and staff; the board's area and an English home page exist."""
    parent = home()
    home("en")
    about = parent.add_child(instance=StandardPage(title="Über uns", slug="ueber-uns"))
    about.add_child(instance=StandardPage(title="Beirat", slug="beirat"))
    call_command("setup_office", stdout=StringIO())
    for name, policies in STAFF.items():
        user = get_user_model().objects.create_user(name, f"{name}@office.example", "x")
        user.groups.set(Group.objects.filter(name__in=[group_name(policy) for policy in policies]))
    get_user_model().objects.create_superuser("operator", "operator@office.example", "x")


def person(name: str) -> Any:
    """Somebody of the staff, with nothing remembered from before."""
    return get_user_model().objects.get(username=name)


_browsers: dict[str, Client] = {}


def desk(name: str) -> Client:
    """A browser in which this person is logged in; the same one as long as the session is there."""
    client = _browsers.setdefault(name, Client())
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    if cookie is None or not SessionStore().exists(cookie.value):
        client.cookies.clear()
        client.force_login(person(name))
    return client


def form(title: str = "Seite", slug: str = "seite", half: str = "joint", **more: Any) -> dict[str, Any]:
    """What the editor's form of a standard page sends."""
    from wagtail.test.utils.form_data import nested_form_data, streamfield

    data = {
        "title": title, "slug": slug, "half": half, "lead": "", "topic": "", "illustration": "", "contact": "",
        "review_date": "", "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "",
        "body": streamfield([]), "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
    }  # fmt: skip
    return nested_form_data({**data, **more})


def fresh(page: Any) -> Any:
    return Page.objects.get(pk=page.pk).specific


def draft(half: str = "joint", *, by: str = "anna", live: bool = False, parent: Any = None, slug: str = "seite") -> Any:
    """A page whose newest version was written by ``by``; ``live``: an older version is public."""
    page = StandardPage(title="Seite", slug=slug, half=half, live=False, owner=person(by))
    (parent or home()).add_child(instance=page)
    if live:
        page.save_revision().publish()
        page = fresh(page)
        page.title = "Seite, neu"
    page.save_revision(user=person(by))
    return fresh(page)


def submit(page: Any, by: str = "anna") -> HalfReview:
    """Send the newest version for approval."""
    page = fresh(page)
    page.get_workflow().start(page, person(by))
    return review_of(page)


def review_of(page: Any) -> HalfReview:
    return HalfReview.objects.get(workflow_state__object_id=str(page.pk), status="in_progress")


def let_time_pass(review: HalfReview, days: int = 14) -> None:
    HalfReview.objects.filter(pk=review.pk).update(started_at=timezone.now() - timedelta(days=days))
