"""How webhooks hang in Wagtail's admin: in the menu of settings, for administrators."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from cms_blocks.desk.deliveries import describe_consumer, describe_error
from cms_blocks.webhooks import views
from cms_blocks.webhooks.models import WebhookEndpoint


class WebhookViewSet(ModelViewSet):
    model = WebhookEndpoint
    name = "webhooks"
    icon = "link-external"
    menu_label = _("Webhooks")
    menu_order = 900
    add_to_settings_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = views.EndpointsView
    add_view_class = views.AddView
    edit_view_class = views.EditView

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {"usage_url_name": None, "index_results_url_name": None}

    def get_urlpatterns(self) -> list[Any]:
        """Nothing refers to an endpoint, and their list is short."""
        own = [pattern for pattern in super().get_urlpatterns() if pattern.name not in {"usage", "index_results"}]
        return [
            *own,
            path("<int:pk>/", views.EndpointView.as_view(), name="endpoint"),
            path("<int:pk>/test/", views.send_test, name="test"),
            path("<int:pk>/secret/", views.make_secret, name="secret"),
            path("<int:pk>/on/", views.switch_on, name="on"),
            path("<int:pk>/off/", views.switch_off, name="off"),
            path("calls/<int:pk>/retry/", views.retry, name="retry"),
        ]


@hooks.register("register_admin_viewset")
def register_webhooks() -> WebhookViewSet:
    return WebhookViewSet()


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for word, label, sentence in (
        ("secret", _("Webhook: new secret"), _("Made a new secret")),
        ("test", _("Webhook: test"), _("Sent a test")),
        ("on", _("Webhook: switched on"), _("Switched on")),
        ("off", _("Webhook: switched off"), _("Switched off")),
        ("gone", _("Webhook: gone"), _("Switched off because the other side is not there any more")),
        ("retry", _("Webhook: told again"), _("Had a call made again")),
    ):
        actions.register_action(f"cms_blocks.webhook.{word}", label, sentence)


describe_consumer("webhooks", _("news of a page for other programs"), _("all webhooks"))
describe_consumer("webhook", _("news of a page for another program"), _("a webhook"))
describe_error("PrivateAddress", _("The address leads into a private network, where webhooks may not go."))
describe_error("UnsafeAddress", _("The address is not encrypted, or is no whole address."))
describe_error("NoHttp", _("The other side answered something that nobody understands."))
describe_error("AnsweredRedirect", _("The other side sends us elsewhere. Enter the new address."))
describe_error("AnsweredNo", _("The other side does not take it. Does it know the secret?"))
describe_error("AnsweredFault", _("The other side is out of order."))
describe_error("Gone", _("The other side is not there any more."))
describe_error("RemoteDisconnected", _("The other side hung up without an answer."))
describe_error("SSLEOFError", _("No safe connection came about."))
