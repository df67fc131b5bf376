"""Printed forms of public pages: ``/methoden/world-cafe.pdf`` is the page at ``/methoden/world-cafe/`` on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from cms_blocks.media import renditions
from cms_blocks.media.serving import PDF_POLICY
from cms_blocks.office import office_for
from cms_blocks.print.pictures import picture_files
from cms_blocks.print.sheets import Paper, Sheet, form_of
from cms_blocks.print.typesetting import TooBusy, at_the_press, typeset
from cms_blocks.publication.reader import Moment, moment, record_at, site_id_for
from cms_blocks.publication.targets import Targets, rendering

#: How often a PDF is made anew because something was published meanwhile.
TRIES = 3
#: Seconds that a PDF is kept. Its tag is made of its content, so it never grows old, only unwanted.
KEPT = 6 * 3600
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def printed(request: HttpRequest, place: str) -> HttpResponse:
    """The PDF of a public page; 404 where the page has none or is not public."""
    return pressed(request, lambda present: _gather(request, present))


def pressed(request: HttpRequest, gather: Callable[[Moment], tuple[str, Sheet]]) -> HttpResponse:
    """The PDF of what ``gather`` finds: the address of the page that it belongs to, and its sheet. 503 while too many
    others are made."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    for _attempt in range(TRIES):
        present = moment()  # before the data, as with pages
        with rendering(Targets(present.now)):
            path, sheet = gather(present)
            if sheet.tag in request.headers.get("If-None-Match", ""):
                return _with_headers(HttpResponseNotModified(), sheet, path, present)
            try:
                pdf = _pdf(sheet)
            except (TooBusy, renditions.TooBusy):
                return _busy()
        if moment().sequence == present.sequence:
            return _with_headers(HttpResponse(pdf, content_type="application/pdf"), sheet, path, present)
    return _busy()


def _gather(request: HttpRequest, present: Moment) -> tuple[str, Sheet]:
    """Address of the page, and what its PDF is made of."""
    path = request.path.removesuffix(".pdf") + "/"
    record = record_at(path, site_id_for(request, present), present.now)
    form = form_of(record.kind) if record is not None else None
    if record is None or form is None:
        raise Http404
    paper = paper_for(request, record.locale)
    with translation.override(record.locale):
        sheet = form(record, request.GET, paper)
    if sheet is None:
        raise Http404
    return f"{paper.origin}{path}", sheet


def paper_for(request: HttpRequest, language: str) -> Paper:
    return Paper(f"{request.scheme}://{request.get_host()}", language, office_for(language))


def _pdf(sheet: Sheet) -> bytes:
    pdf = cache.get(sheet.tag)
    if pdf is None:
        with at_the_press():
            pdf = cache.get(sheet.tag)  # another request may have made it while this one waited
            if pdf is None:
                pdf = typeset(sheet.template, sheet.data, picture_files(sheet.pictures))
                if sheet.kept:
                    cache.set(sheet.tag, pdf, timeout=KEPT)
    return pdf


def _with_headers(response: HttpResponse, sheet: Sheet, path: str, present: Moment) -> HttpResponse:
    response.headers["ETag"] = sheet.tag
    if response.status_code == 200:
        name = " ".join(_NOT_IN_FILE_NAMES.sub(" ", sheet.title).split()).strip(".")[:120] or "print"
        response.headers["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or "inline"
        response.headers["Content-Security-Policy"] = PDF_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Link"] = f'<{path}>; rel="canonical"'
    patch_cache_control(response, public=True, max_age=0, s_maxage=min(present.seconds, 60), must_revalidate=True)
    return response


def _busy() -> HttpResponse:
    words = _("Many people want a PDF just now. Please try again in a moment.")
    response = HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = "5"
    patch_cache_control(response, no_store=True)
    return response
