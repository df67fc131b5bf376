"""The website's own pages: home and standard pages."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms_blocks.pages import BasePage
from website.legal import AccessibilityStatementPage, ImprintPage

__all__ = ["AccessibilityStatementPage", "HomePage", "ImprintPage", "StandardPage"]


class HomePage(BasePage):
    """The front door: headline, search, three doors, what is new."""

    headline = models.CharField(
        _("headline"),
        max_length=120,
        blank=True,
        help_text=_("The big words at the top. Without them the title is shown."),
    )

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "website.StandardPage",
        "toolkit.MethodIndexPage",
        "website.ImprintPage",
        "website.AccessibilityStatementPage",
    ]
    content_panels = [
        BasePage.title_panel,
        FieldPanel("headline"),
        *BasePage.content_panels[1:],
    ]

    page_description = _("The front door of the website, once for each language.")
    page_sign = "office"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from website.front import front_for

        context = super().get_context(request, *args, **kwargs)
        context["front"] = front_for(self)
        return context


class StandardPage(BasePage):
    """Text, built from blocks, with a contact beside it and the pages below it as cards."""

    parent_page_types = ["website.HomePage", "website.StandardPage"]
    subpage_types = ["website.StandardPage"]

    page_description = _("A page of text and pictures, for everything that has no page type of its own.")
    page_sign = "inform"

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from website.front import children_of

        context = super().get_context(request, *args, **kwargs)
        context["children"] = children_of(self)
        return context
