"""At the door of the editor: what would be saved over somebody else's newer version is kept and both are shown."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Page, Revision

from cms_blocks.drafts.kept import KeepText
from cms_blocks.drafts.submitted import Basis, differences, written
from cms_blocks.pages import BasePage
from cms_blocks.publication.unit import unit


def keep_what_cannot_be_saved(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Hook ``before_edit_page``, after those that bring an editor of their own.

    Wagtail itself asks only whether an *autosave* would overwrite something, and only before it waits for anybody
    else. Here every way to save is asked, holding the row of the page: of two that come at once the second sees what
    the first has done.
    """
    if request.method != "POST" or not isinstance(page, BasePage) or page.alias_of_id:
        return None
    with unit():
        list(Page.objects.select_for_update(no_key=True).filter(pk=page.pk).values_list("pk"))
        present = Page.objects.select_related("latest_revision").filter(pk=page.pk).first()
        if present is None:
            return _gone(request)
        basis, newest = Basis.of(request), present.latest_revision
        if basis is not None and not basis.is_newest(newest):
            return _outdated(request, present, basis, newest)
        lock = present.get_lock()
        if lock is not None and lock.for_user(request.user) and "action-cancel-workflow" not in request.POST:
            return _locked(request, present)
    return None


def _gone(request: HttpRequest) -> HttpResponse:
    """Deleted meanwhile: nothing can be kept, but the window, or its “back”, still has the text."""
    said = _("The page was deleted meanwhile, so your text cannot be saved. Copy it before you close the window.")
    if not request.accepts("text/html"):
        return JsonResponse({"success": False, "error_code": "gone", "error_message": said}, status=404)
    raise Http404(said)


def _outdated(request: HttpRequest, page: Page, basis: Basis, newest: Revision) -> HttpResponse | None:
    text = written(request, page)
    if not differences(newest.as_object(), text, request):
        return None  # both wrote the same
    name = get_user_display_name(newest.user) if newest.user else _("Somebody else")
    before = basis.revision(page)
    if before is not None and not differences(before.as_object(), text, request):
        return _nothing_to_keep(request, page, name)
    said = _("{name} saved a newer version meanwhile. Your text is kept, but no longer saves itself.").format(name=name)
    return _kept(request, page, text, "invalid_revision", said)


def _locked(request: HttpRequest, page: Page) -> HttpResponse | None:
    text = written(request, page)
    if not differences(page.get_latest_revision_as_object(), text, request):
        return None
    return _kept(request, page, text, "locked", _("The page is locked. Your text is kept."))


def _kept(request: HttpRequest, page: Page, text: Any, code: str, said: str) -> HttpResponse:
    kept = KeepText(page, text, user=request.user, again=request.POST.get("kept_revision_id", "")).execute()
    address = reverse("drafts:both", args=[page.pk, kept.pk])
    if not request.accepts("text/html"):
        answer = {"error_code": code, "error_message": said, "kept_revision_id": kept.pk, "both_texts_url": address}
        return JsonResponse({"success": False, **answer}, status=400)
    return redirect(address)


def _nothing_to_keep(request: HttpRequest, page: Page, name: str) -> HttpResponse | None:
    """Somebody pressed a button below a text that they did not change and that is no longer the newest."""
    if not request.accepts("text/html"):
        return None  # Wagtail refuses
    text = _("{name} saved a newer version meanwhile; you see it now. Nothing of yours was changed or published.")
    messages.warning(request, text.format(name=name))
    return redirect("wagtailadmin_pages:edit", page.pk)
