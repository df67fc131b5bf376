"""The list of all methods, with filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms_blocks.pages import BasePage
from cms_blocks.print.sheets import printed_address
from toolkit.page_types import TOOLKIT
from toolkit.picks import PARAMETER


class MethodIndexPage(BasePage):
    """All public methods below it, to be narrowed down, sorted and compared."""

    template = "toolkit/method_index.html"
    reads_query = True
    subpage_types = ["toolkit.MethodPage", "toolkit.MethodFinderPage", "toolkit.MethodComparisonPage"]
    show_in_menus_default = True

    page_description = _("The toolkit: all methods below it, with filters. Once for each language.")
    page_sign = "join_in"
    page_group = TOOLKIT

    class Meta:
        verbose_name = _("toolkit of methods")
        verbose_name_plural = _("toolkits of methods")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from toolkit.listing import listing_for

        context = super().get_context(request, *args, **kwargs)
        context["printed"] = printed_address(request, leave_out=("page", PARAMETER))
        context["listing"] = listing_for(self, request.GET)
        return context
