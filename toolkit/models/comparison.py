"""Up to four methods side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms_blocks.pages import BasePage
from toolkit.page_types import TOOLKIT


class MethodComparisonPage(BasePage):
    """Shows the methods named in the address side by side; without any it offers them to choose."""

    template = "toolkit/method_comparison.html"
    reads_query = True
    parent_page_types = ["toolkit.MethodIndexPage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1

    page_description = _("Up to four methods side by side. One below each toolkit.")
    page_sign = "decide"
    page_group = TOOLKIT

    class Meta:
        verbose_name = _("comparison of methods")
        verbose_name_plural = _("comparisons of methods")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from toolkit.comparison import comparison_for

        context = super().get_context(request, *args, **kwargs)
        context["comparison"] = comparison_for(self, request.GET)
        return context
