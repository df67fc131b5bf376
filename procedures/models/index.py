"""The list of all procedures, with filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms_blocks.pages import BasePage
from cms_blocks.print.sheets import printed_address
from procedures.page_types import PROCEDURES


class ProcedureIndexPage(BasePage):
    """All public procedures below it, to be narrowed down and sorted."""

    template = "procedures/procedure_index.html"
    reads_query = True
    subpage_types = ["procedures.ProcedurePage"]
    show_in_menus_default = True

    page_description = _("The list of what the city plans, with filters. Once for each language.")
    page_sign = "neighbourhood"
    page_group = PROCEDURES

    class Meta:
        verbose_name = _("list of procedures")
        verbose_name_plural = _("lists of procedures")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.edition.views import editions_of
        from procedures.listing import listing_for
        from procedures.streets.views import street_path

        context = super().get_context(request, *args, **kwargs)
        context["listing"] = listing_for(self, request.GET)
        context["street_path"] = street_path()
        context["editions"] = editions_of(self)
        context["printed"] = printed_address(request, leave_out=("page", "view", "month"))
        return context
