"""How the desk hangs in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.forms import Media
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import Component

from cms_blocks.desk import deliveries, easy_language, notices, pages, running, sight  # noqa: F401  (register themselves)
from cms_blocks.desk.cards import cards_for
from cms_blocks.desk.views import CardView, DeliveriesView, retry, settle

urls = (
    [
        path("deliveries/", DeliveriesView.as_view(), name="deliveries"),
        path("deliveries/retry/", retry, name="retry_all"),
        path("deliveries/<int:pk>/retry/", retry, name="retry"),
        path("deliveries/<int:pk>/settle/", settle, name="settle"),
        path("<slug:name>/", CardView.as_view(), name="card"),
    ],
    "desk",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("desk/", include(urls, namespace="desk"))]


class Desk(Component):
    """All cards of the person who has come, above Wagtail's own panels."""

    order = 10
    template_name = "cms_blocks/desk/desk.html"

    def __init__(self, user: Any) -> None:
        self.cards = cards_for(user)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"cards": self.cards}

    @property
    def media(self) -> Media:
        return Media(css={"all": [versioned_static("cms_blocks/admin/desk.css")]})


@hooks.register("construct_homepage_panels")
def add_desk(request: Any, panels: list[Any]) -> None:
    desk = Desk(request.user)
    if desk.cards:
        panels.append(desk)


class DeliveriesMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return deliveries.may_mend(request.user)


@hooks.register("register_reports_menu_item")
def register_deliveries() -> MenuItem:
    return DeliveriesMenuItem(
        _("Deliveries"), reverse("desk:deliveries"), name="deliveries", icon_name="mail", order=1300
    )


@hooks.register("register_permissions")
def permission() -> Any:
    return Permission.objects.filter(content_type__app_label="cms_blocks", codename="change_delivery")


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("cms_blocks.delivery.retry", _("Try a delivery again"), _("Had deliveries tried again"))
    actions.register_action(
        "cms_blocks.delivery.settle", _("Note that a delivery has arrived"), _("Noted that a delivery had arrived")
    )
