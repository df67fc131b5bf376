"""The hints on the latest draft of a page, as a part of the editor's side panel."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from wagtail.models import Page

from cms_blocks.content_checks.findings import check
from cms_blocks.pages import BasePage


@require_GET
@never_cache
def hints(request: HttpRequest, page_id: int) -> HttpResponse:
    """For those who may edit the page: all hints on what was saved last, with their number in ``data-number``."""
    page = get_object_or_404(Page, pk=page_id).get_latest_revision_as_object()
    if not isinstance(page, BasePage) or not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    groups = check(page)
    number = sum(len(group.findings) for group in groups)
    return render(request, "cms_blocks/content_checks/hints.html", {"groups": groups, "number": number, "shown": 5})
