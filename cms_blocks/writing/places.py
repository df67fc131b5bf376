"""The page of the admin that answers “Where does this appear?”, and the ways to it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.usage import UsageView
from wagtail.models import Page
from wagtail.permissions import page_permission_policy, policy_registry
from wagtail.snippets.views.snippets import UsageView as SnippetUsageView

from cms_blocks.publication.state import public_state
from cms_blocks.writing.appearances import Appearances, models

#: Why a page is not public, by the words of :class:`~cms_blocks.publication.state.PublicState`.
REASONS = {
    "draft": gettext_lazy("It is not published."),
    "ancestor-draft": gettext_lazy("A page above it is not published."),
    "ancestor-missing": gettext_lazy("A page above it is missing."),
    "restricted": gettext_lazy("Only certain people may see it."),
    "window-empty": gettext_lazy("Its time is over before it begins."),
    "language-not-offered": gettext_lazy("The website does not offer its language."),
    "no-site": gettext_lazy("It does not stand below a home page."),
}


class AppearancesView(WagtailAdminTemplateMixin, TemplateView):
    """All places of one page, picture, document, contact or topic, for whoever works with it."""

    template_name = "cms_blocks/writing/appearances.html"
    page_title = gettext_lazy("Where does this appear?")
    header_icon = "view"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        model = models().get(kwargs["kind"])
        if model is None:
            raise Http404
        self.object = get_object_or_404(model, pk=kwargs["pk"])
        if not may_ask(request.user, self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.object.get_admin_display_title() if isinstance(self.object, Page) else self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = AdminURLFinder(self.request.user).get_edit_url(self.object)
        items = [{"url": edit, "label": self.get_page_subtitle()}] if edit else []
        return [*self.breadcrumbs_items, *items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.kwargs["kind"]
        appearances = Appearances(kind, self.object, self.request.user)
        context = {"name": self.get_page_subtitle(), "kind": kind, "found": appearances}
        if kind == "page" and appearances.record is None:
            state = public_state(self.object)
            context["why_not"] = REASONS.get(state.reason, _("Its time has not come yet, or is over."))
        return super().get_context_data(**kwargs) | context


def may_ask(user: Any, obj: Any) -> bool:
    """Whoever finds a page in the explorer, or may work with a file or a snippet."""
    if isinstance(obj, Page):
        return bool(page_permission_policy.explorable_instances(user).filter(pk=obj.pk).exists())
    policy = policy_registry.get_by_type(type(obj))
    return bool(policy.user_has_any_permission_for_instance(user, ["add", "change", "delete", "choose", "view"], obj))


def address(kind: str, pk: int) -> str:
    return reverse("appearances", args=[kind, pk])


class PlacesOfPageView(UsageView):
    """Wagtail's list of references, which the public never sees like that, only where it explains a deletion."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (
            super().get(request, *args, **kwargs)
            if self.describe_on_delete
            else redirect(address("page", self.object.pk))
        )


class PlacesOfSnippetView(SnippetUsageView):
    """The same for topics and contacts."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.describe_on_delete:
            return super().get(request, *args, **kwargs)
        return redirect(address(self.object._meta.model_name, self.object.pk))
