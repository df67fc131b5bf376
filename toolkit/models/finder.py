"""The finder: four questions, and methods that fit the answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms_blocks.pages import BasePage
from toolkit.page_types import TOOLKIT


class MethodFinderPage(BasePage):
    """Asks what is to be achieved, with how many, how long and for how much; says which methods fit and why."""

    template = "toolkit/method_finder.html"
    reads_query = True
    parent_page_types = ["toolkit.MethodIndexPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1

    page_description = _("Four questions that lead to a method. One below each toolkit.")
    page_sign = "path"
    page_group = TOOLKIT

    class Meta:
        verbose_name = _("method finder")
        verbose_name_plural = _("method finders")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from toolkit.advice import advice_for

        context = super().get_context(request, *args, **kwargs)
        context["advice"] = advice_for(self, request.GET)
        return context
