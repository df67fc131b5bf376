"""The pages behind the cards: everything that fits, and the deliveries with their buttons."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_blocks.desk.cards import Card, card_for
from cms_blocks.desk.deliveries import RetryDeliveries, SettleDelivery, in_words, may_mend, troubled

PAGE = 50


class CardView(WagtailAdminTemplateMixin, TemplateView):
    """All lines of one card."""

    template_name = "cms_blocks/desk/all.html"
    header_icon = "list-ul"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        card = card_for(request.user, kwargs["name"])
        if card is None or not hasattr(card, "empty"):
            raise PermissionDenied
        self.card: Card = card
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(self.card.heading)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.card.rows(), PAGE).get_page(self.request.GET.get("p"))
        context = {"card": self.card, "page_obj": page, "entries": self.card.entries(page.object_list)}
        return super().get_context_data(**kwargs) | context


class DeliveriesView(WagtailAdminTemplateMixin, TemplateView):
    """What has not arrived, why, and the buttons to try again."""

    template_name = "cms_blocks/desk/deliveries.html"
    page_title = gettext_lazy("Deliveries")
    header_icon = "mail"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_mend(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(troubled(), PAGE).get_page(self.request.GET.get("p"))
        lines = [in_words(delivery) for delivery in page.object_list]
        return super().get_context_data(**kwargs) | {"page_obj": page, "lines": lines}


@require_POST
def retry(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Try one delivery again, or all."""
    number = RetryDeliveries(request.user, pk).execute()
    if number:
        text = ngettext(
            "{number} delivery is tried again now. Look again in a minute.",
            "{number} deliveries are tried again now. Look again in a minute.",
            number,
        )
        messages.success(request, text.format(number=number))
    else:
        messages.info(request, _("Nothing to do: it has arrived meanwhile."))
    return redirect("desk:deliveries")


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that what may have arrived has."""
    if SettleDelivery(request.user, pk).execute():
        messages.success(request, _("Noted: it has arrived and is not sent again."))
    else:
        messages.info(request, _("Nothing to do: somebody else has decided meanwhile."))
    return redirect("desk:deliveries")
