"""The system checks say when a project would let files past our views, keys or forms."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from django.core.checks import run_checks
from django.urls import clear_url_caches, include, path
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.images import urls as wagtailimages_urls

from cms_blocks.media import checks


def found(check) -> list[str]:
    return [message.id for message in check(None)]


def test_the_project_itself_is_in_order():
    assert found(checks.files_are_served_by_our_views_only) == []
    assert found(checks.uploads_are_checked_where_they_are_entered) == []
    assert found(checks.files_have_a_key_of_their_own) == []


def test_the_checks_are_run_with_all_others(settings):
    settings.MEDIA_SIGNING_KEY = ""
    assert "cms_blocks.W010" in {message.id for message in run_checks()}


@pytest.mark.parametrize("value", ["", "wagtail.images.forms.BaseImageForm"])
def test_other_forms_are_warned_of(settings, value):
    settings.WAGTAILIMAGES_IMAGE_FORM_BASE = value
    assert found(checks.uploads_are_checked_where_they_are_entered) == ["cms_blocks.W011"]


@pytest.fixture
def use_urls(settings):
    def use(*patterns) -> None:
        module = ModuleType("addresses_of_a_test")
        module.urlpatterns = list(patterns)
        sys.modules[module.__name__] = module
        settings.ROOT_URLCONF = module.__name__
        clear_url_caches()

    yield use
    sys.modules.pop("addresses_of_a_test", None)
    clear_url_caches()


def test_addresses_without_ours_are_an_error(use_urls):
    use_urls()
    assert found(checks.files_are_served_by_our_views_only) == ["cms_blocks.E012"]


def test_wagtails_own_addresses_beside_ours_are_an_error(use_urls):
    use_urls(
        path("", include("cms_blocks.media.urls")),
        path("files/", include(wagtaildocs_urls)),
        path("pictures/", include(wagtailimages_urls)),
    )
    assert found(checks.files_are_served_by_our_views_only).count("cms_blocks.E012") >= 2


@pytest.mark.parametrize("method", ["direct", "redirect"])
def test_storage_addresses_for_documents_are_an_error(settings, method):
    settings.WAGTAILDOCS_SERVE_METHOD = method
    assert found(checks.files_are_served_by_our_views_only) == ["cms_blocks.E012"]
