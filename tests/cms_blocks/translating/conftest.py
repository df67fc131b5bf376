"""The house of the publication tests, with people of every group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import translation
from wagtail.models import Locale, Page

from cms_blocks.publication.records import PublicRecord
from governance import policies
from tests.cms_blocks.publication.conftest import clock, editor, home, observer  # noqa: F401  (fixtures)
from website.models import StandardPage


def add(parent: Page, slug: str, **fields: Any) -> StandardPage:
    page = parent.add_child(
        instance=StandardPage(**{"title": slug, "slug": slug, "locale": parent.locale, "live": False} | fields)
    )
    page.save_revision().publish()
    return StandardPage.objects.get(pk=page.pk)


def translated(page: Page, parent: Page, **fields: Any) -> StandardPage:
    slug = f"{page.slug}-{parent.locale.language_code}"
    return add(parent, slug, translation_key=page.translation_key, **fields)


def record_of(page: Page) -> PublicRecord:
    return PublicRecord.objects.get(object_id=page.pk)


def rewrite(page: Page, **fields: Any) -> None:
    """Change a page and publish it."""
    page = page.specific_class.objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def homes_of(home: Page, code: str) -> Page:  # noqa: F811
    page = home.copy_for_translation(Locale.objects.get(language_code=code))
    page.save_revision().publish()
    return Page.objects.get(pk=page.pk)


@pytest.fixture
def english(home: Page) -> Page:  # noqa: F811
    return homes_of(home, "en")


@pytest.fixture
def simple(home: Page) -> Page:  # noqa: F811
    return homes_of(home, "de-simple")


@pytest.fixture
def member(home: Page) -> Callable[[str], Client]:  # noqa: F811
    """``member("translators")``: somebody of that group, logged in."""

    def logged_in(key: str) -> Client:
        from io import StringIO

        from django.core.management import call_command

        call_command("setup_office", stdout=StringIO())  # the rights reach pages that were made since
        policy = next(policy for policy in policies.GROUPS if policy.key == key)
        with translation.override("de"):
            group = Group.objects.get(name=translation.gettext(policy.name))
        user = get_user_model().objects.create_user(f"{key}-{get_user_model().objects.count()}", password="x")
        user.groups.add(group)
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return logged_in
