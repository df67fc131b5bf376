"""The languages of one page: their states, the two ways to a translation, and the approval of Leichte Sprache."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.models import Locale, Page

from cms_blocks.easy_language import EasyLanguageReview, GiveReview, may_review
from cms_blocks.languages import EASY, original_language
from cms_blocks.publication.declaration import declaration_for
from cms_blocks.translating import matrix
from cms_blocks.translating.report import may_see
from cms_blocks.translating.writing import WriteByHand
from cms_blocks.translation import may_translate
from cms_blocks.wording import digest


def page_languages(request: HttpRequest, page_id: int) -> HttpResponse:
    """All languages of a page. POST ``locale``: write it by hand in that language."""
    page = get_object_or_404(Page.objects.filter(depth__gt=1), pk=page_id)
    code = original_language()
    original = Page.objects.filter(translation_key=page.translation_key, locale__language_code=code).first() or page
    if not may_see(request.user):
        raise PermissionDenied
    mine = page.permissions_for_user(request.user).can_edit() or may_review(request.user, page)
    if not (mine or may_translate(request.user, original)):
        raise PermissionDenied
    if request.method == "POST":
        locale = get_object_or_404(Locale, language_code=request.POST.get("locale", ""))
        try:
            draft = WriteByHand(original, locale, user=request.user).execute()
        except ValueError as error:
            messages.error(request, str(error))
            return redirect("languages:page", page_id)
        messages.success(
            request, _("The draft is made. It holds the German text: write over it and have it published.")
        )
        return redirect("wagtailadmin_pages:edit", draft.pk)
    records = matrix.originals().filter(object_id=original.pk)
    rows = matrix.rows_of(records, request.user)
    return TemplateResponse(
        request,
        "cms_blocks/translating/page_languages.html",
        {
            "page": page,
            "original": original,
            "row": rows[0] if rows else None,
            "may_translate": may_translate(request.user, original),
            "submit_url": _submit_url(original),
            "review": _review_of(request, page),
        },
    )


def _review_of(request: Any, page: Page) -> dict[str, Any] | None:
    """The latest words of a page in easy language, as lines to read, and whether they are approved."""
    if page.locale.language_code != EASY or page.alias_of_id:
        return None
    text = page.get_latest_revision_as_object()
    declaration = declaration_for(type(text))
    if declaration is None:
        return None
    wording = digest(text)
    return {
        "lines": [line for words in declaration.wording(text) for line in words.splitlines() if line.strip()],
        "wording": wording,
        "known": EasyLanguageReview.objects.filter(page=page, wording=wording).first(),
        "may": may_review(request.user, page),
    }


def _submit_url(page: Page) -> str:
    """Where wagtail-localize starts a translation; empty where it is not installed."""
    try:
        return reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    except NoReverseMatch:
        return ""


@require_POST
def review(request: HttpRequest, page_id: int) -> HttpResponse:
    """Approve (``approve=1``) or take back the approval of the text whose digest is ``wording``."""
    page = get_object_or_404(Page, pk=page_id).specific
    approve = request.POST.get("approve") == "1"
    try:
        GiveReview(page, request.POST.get("wording", ""), user=request.user, approve=approve).execute()
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        said = _("Approved. From its publication on the page may call itself “Leichte Sprache”.")
        messages.success(request, said if approve else _("The approval is taken back."))
    return redirect("languages:page", page.pk)
