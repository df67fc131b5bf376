"""Both texts side by side, and whether an open editor could still save."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from cms_blocks.drafts.kept import kept_by
from cms_blocks.drafts.submitted import differences
from cms_blocks.pages import BasePage


class BothTextsView(WagtailAdminTemplateMixin, TemplateView):
    """A text that was kept beside the newest one, field by field, with what differs marked."""

    template_name = "cms_blocks/drafts/both.html"
    page_title = _("Two versions")
    header_icon = "copy"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, page_id: int, revision_id: int, **kwargs: Any) -> Any:
        self.page = get_object_or_404(Page.objects.select_related("latest_revision__user"), pk=page_id)
        specific = self.page.specific
        if not isinstance(specific, BasePage) or not specific.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        entries = kept_by(self.page).select_related("revision", "user")
        self.entry = get_object_or_404(entries, revision_id=revision_id)
        lock = specific.get_lock()
        self.is_locked = lock is not None and lock.for_user(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.page.specific_deferred.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        history = {"url": reverse("wagtailadmin_pages:history", args=[self.page.pk]), "label": _("History")}
        here = {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, history, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        newest = self.page.latest_revision
        if newest is None:
            raise Http404
        kept = self.entry.revision
        return {
            **super().get_context_data(**kwargs),
            "page": self.page,
            "kept": kept,
            "entry": self.entry,
            "is_mine": self.entry.user_id == self.request.user.pk,
            "newest": newest,
            "is_locked": self.is_locked,
            "comparisons": differences(newest.as_object(), kept.as_object(), self.request),
        }


@require_GET
def standing(request: HttpRequest, page_id: int | None = None) -> JsonResponse:
    """Whether what is open in an editor could be saved now, asked by its script before it sends anything.

    ``state``: "fine", "gone" (no such page) or "refused" (no right to edit it). ``token`` is the one that forms have to
    carry after a new sign-in. Whoever is not signed in gets 403 from the admin.
    """
    state = "fine"
    if page_id is not None:
        page = Page.objects.filter(pk=page_id).first()
        if page is None:
            state = "gone"
        elif not page.specific.permissions_for_user(request.user).can_edit():
            state = "refused"
    return JsonResponse({"state": state, "user": request.user.pk, "token": get_token(request)})
