"""The pages of administrators: all endpoints, one endpoint with its log, and the buttons there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from cms_blocks.desk.deliveries import error_in_words
from cms_blocks.languages import local_name
from cms_blocks.publication.declaration import kind_label
from cms_blocks.publication.outbox import Delivery
from cms_blocks.publication.records import PublicRecord
from cms_blocks.webhooks.actions import NewSecret, RetryCall, SendTest, SwitchOff, SwitchOn, may_manage
from cms_blocks.webhooks.models import NOTES, WebhookCall, WebhookEndpoint
from cms_blocks.webhooks.sending import CONSUMER

#: How many calls the page of an endpoint shows.
SHOWN = 200

TOPICS = {
    "record.changed": gettext_lazy("new or changed"),
    "record.gone": gettext_lazy("gone"),
    "webhook.test": gettext_lazy("test"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One call in words. ``title`` is empty for what is not public, and for a test."""

    pk: int
    what: str
    title: str
    outcome: str
    fine: bool
    milliseconds: int
    attempt: int
    at: datetime
    event_id: str


def lines(calls: list[WebhookCall]) -> list[Line]:
    """In one query, however many."""
    ids = {int(call.key) for call in calls if call.key}
    titles = dict(PublicRecord.objects.visible().filter(pk__in=ids).values_list("pk", "title"))
    return [
        Line(
            call.pk,
            str(TOPICS.get(call.topic, call.topic)),
            titles.get(int(call.key), "") if call.key else "",
            outcome_in_words(call),
            not call.error,
            call.milliseconds,
            call.attempt,
            call.at,
            call.event_id,
        )
        for call in calls
    ]


def outcome_in_words(call: WebhookCall) -> str:
    words = error_in_words(call.error) if call.error else _("arrived")
    return _("{words} ({status})").format(words=words, status=call.status) if call.status else words


def hears_of(endpoint: WebhookEndpoint) -> str:
    """In words: which pages an endpoint wants to know of."""
    kinds = ", ".join(kind_label(kind, plural=True) for kind in endpoint.kinds) or _("all kinds")
    languages = ", ".join(local_name(code) for code in endpoint.languages) or _("all languages")
    return f"{kinds}; {languages}"


class EndpointsView(generic.IndexView):
    """All endpoints, and which of them do not answer."""

    template_name = "cms_blocks/webhooks/endpoints.html"
    any_permission_required = ["change"]
    paginate_by = None

    def get_base_queryset(self) -> Any:
        return WebhookEndpoint.objects.with_last_failure().order_by("name", "pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        return context | {"endpoints": [(each, hears_of(each)) for each in context["object_list"]]}


class AddView(generic.CreateView):
    """The new endpoint's secret is shown on its page, once."""

    success_message = None

    def save_instance(self) -> Any:
        endpoint = super().save_instance()
        keep_for_once(self.request, endpoint, endpoint.secret)
        return endpoint

    def get_success_url(self) -> str:
        return reverse("webhooks:endpoint", args=[self.object.pk])


class EditView(generic.EditView):
    def get_success_url(self) -> str:
        return reverse("webhooks:endpoint", args=[self.object.pk])


class EndpointView(WagtailAdminTemplateMixin, TemplateView):
    """One endpoint: whether calls arrive, the buttons, and the log."""

    template_name = "cms_blocks/webhooks/endpoint.html"
    header_icon = "link-external"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_manage(request.user):
            raise PermissionDenied
        self.endpoint = get_object_or_404(WebhookEndpoint, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.endpoint.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("webhooks:index"), "label": _("Webhooks")}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.endpoint.name}]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Edit"), reverse("webhooks:edit", args=[self.endpoint.pk]), icon_name="edit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        endpoint = self.endpoint
        calls = list(endpoint.calls.order_by("-at", "-pk")[:SHOWN])
        waiting = Delivery.objects.filter(consumer=CONSUMER, done_at=None, key__startswith=f"{endpoint.pk}:")
        context = {
            "endpoint": endpoint,
            "secret": take_once(self.request, endpoint),
            "hears_of": hears_of(endpoint),
            "note": NOTES.get(endpoint.note, ""),
            "failing": bool(calls and calls[0].error),
            "waiting": waiting.count(),
            "lines": lines(calls),
            "shown": SHOWN,
        }
        return super().get_context_data(**kwargs) | context


def keep_for_once(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> None:
    request.session[f"webhook-secret-{endpoint.pk}"] = secret


def take_once(request: HttpRequest, endpoint: WebhookEndpoint) -> str:
    """The secret that was just made, the first time that somebody looks; empty afterwards."""
    return request.session.pop(f"webhook-secret-{endpoint.pk}", "")


def _button(action: Any, said: Any) -> Callable[[HttpRequest, int], HttpResponse]:
    """The view of a button on the page of an endpoint."""

    @require_POST
    def press(request: HttpRequest, pk: int) -> HttpResponse:
        if not may_manage(request.user):  # before anybody learns which exist
            raise PermissionDenied
        action(request.user, get_object_or_404(WebhookEndpoint, pk=pk)).execute()
        messages.success(request, str(said))
        return redirect("webhooks:endpoint", pk)

    return press


send_test = _button(
    SendTest, gettext_lazy("The test is on its way. Load this page anew in a few seconds: the list says how it went.")
)
switch_on = _button(SwitchOn, gettext_lazy("Switched on. From now on it hears of what becomes public."))
switch_off = _button(SwitchOff, gettext_lazy("Switched off. It hears of nothing any more."))


@require_POST
def make_secret(request: HttpRequest, pk: int) -> HttpResponse:
    if not may_manage(request.user):
        raise PermissionDenied
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    keep_for_once(request, endpoint, NewSecret(request.user, endpoint).execute())
    return redirect("webhooks:endpoint", pk)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell once more what one call was about."""
    if not may_manage(request.user):
        raise PermissionDenied
    call = get_object_or_404(WebhookCall.objects.select_related("endpoint"), pk=pk)
    RetryCall(request.user, call).execute()
    messages.success(request, _("It is told once more, as it is now. In a few seconds the list says how it went."))
    return redirect("webhooks:endpoint", call.endpoint_id)
