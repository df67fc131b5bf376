"""A district of the city: who works there, and what happens there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms_blocks.pages import BasePage
from procedures.page_types import PROCEDURES


class DistrictIndexPage(BasePage):
    """All districts below it."""

    template = "procedures/district_index.html"
    subpage_types = ["procedures.DistrictPage"]
    show_in_menus_default = True
    page_description = _("The list of all districts. Once for each language.")
    page_sign = "neighbourhood"
    page_group = PROCEDURES

    class Meta:
        verbose_name = _("list of districts")
        verbose_name_plural = _("lists of districts")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.records import districts_below

        context = super().get_context(request, *args, **kwargs)
        context["districts"] = districts_below(self)
        return context


class DistrictPage(BasePage):
    """One district. Its slug is the word that records, filters and addresses know it by, in every language."""

    template = "procedures/district.html"
    parent_page_types = ["procedures.DistrictIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A district with its contact. What happens there is listed by itself.")
    page_sign = "neighbourhood"
    page_group = PROCEDURES

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.news import news_about_district
        from procedures.records import happening_in

        context = super().get_context(request, *args, **kwargs)
        context["happening"] = happening_in(self)
        context["news"] = news_about_district(self)
        return context
