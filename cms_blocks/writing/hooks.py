"""How the writing room hangs in Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import path
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from cms_blocks.writing.choosing import ChooseTypeView
from cms_blocks.writing.places import AppearancesView, PlacesOfPageView, address


class EditorPageViewSet(PageViewSet):
    """Wagtail's views of all pages, with ours where an editor needs more."""

    model = Page
    add_subpage_view_class = ChooseTypeView
    usage_view_class = PlacesOfPageView


# After Wagtail's own, whose place it takes. A site may still register one for a type of its own.
@hooks.register("register_admin_viewset")
def register_pages() -> EditorPageViewSet:
    return EditorPageViewSet()


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("appearances/<slug:kind>/<int:pk>/", AppearancesView.as_view(), name="appearances")]


@hooks.register("register_page_header_buttons")
def header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if not page.is_root():
        yield Button(_("Where does this appear?"), address("page", page.pk), icon_name="view", priority=56)
