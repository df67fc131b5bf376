"""How the writing room hangs in Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.templatetags.static import static
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
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


@hooks.register("insert_global_admin_js")
def mend_fields() -> SafeString:
    """A date that cannot be read stays in its field, and tabs count the errors of blocks too."""
    return format_html('<script src="{}"></script>', static("cms_blocks/admin/fields.js"))


@hooks.register("register_page_header_buttons")
def header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if not page.is_root():
        yield Button(_("Where does this appear?"), address("page", page.pk), icon_name="view", priority=56)
