"""``/k/2026-0041``: an address short enough for paper, which leads to a procedure for as long as it is public."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from cms_blocks.languages import original_language
from cms_blocks.publication.reader import moment, site_id_for
from cms_blocks.publication.records import PublicRecord

#: The longest that a shared cache may lead on by itself, in seconds.
SHARED_SECONDS = 60


@require_safe
def lead_on(request: HttpRequest, reference: str) -> HttpResponse:
    """To the procedure with this number in the language of the address, else in the original one, else in any.

    404 where there is none that is public: nobody learns whether the number was ever given.
    """
    present = moment()
    wanted = translation.get_language()
    rows = PublicRecord.objects.listed(present.now).of_kind("procedure").filter(procedure_facts__reference=reference)
    paths = dict(
        rows.filter(site_id=site_id_for(request, present)).order_by("-locale", "-pk").values_list("locale", "path")
    )
    if not paths:
        raise Http404
    path = paths.get(wanted) or paths.get(original_language()) or list(paths.values())[-1]
    response = HttpResponseRedirect(path)
    shared = min(present.seconds, SHARED_SECONDS)
    patch_cache_control(response, public=True, max_age=0, s_maxage=shared, must_revalidate=True)
    return response


def short_address(reference: str) -> str:
    """The path in the active language; empty where the project does not include these addresses."""
    try:
        return reverse("short_address", args=[reference])
    except NoReverseMatch:
        return ""
