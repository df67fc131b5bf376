"""Pages for the public: from an address to a record in one query, then Wagtail's page and templates."""

from __future__ import annotations

import gzip

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch
from django.utils.cache import patch_cache_control, patch_vary_headers
from wagtail import views as wagtail_views

from cms_blocks.publication.declaration import declaration_of
from cms_blocks.publication.reader import Moment, etag, moment, record_at, site_id_for
from cms_blocks.publication.targets import Targets, rendering

#: How often a page is rendered anew because something was published while it was.
TRIES = 3
#: A list of methods shrinks from 107 to 11 kB; higher levels take longer and gain hardly anything.
COMPRESSION = 6


def serve(request: HttpRequest, path: str, tries: int = TRIES) -> HttpResponse:
    """Serve the page at ``path``.

    The anonymous get what has a visible record, and 404 for everything else, whether it exists or not. Whoever
    carries a session gets Wagtail's own way: restricted pages for those who may see them, and the user bar.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        try:
            response = _rendered(wagtail_views.serve(request, path))
        except NoReverseMatch as error:  # Wagtail would ask for another login; there is none but the admin's
            raise Http404 from error
        patch_cache_control(response, private=True, no_store=True)
        return response
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    present = moment()  # before the data, so that no old body is ever stored under a new tag
    query = request.META.get("QUERY_STRING", "")
    tag = _tag(request, present, query)
    if tag in request.headers.get("If-None-Match", ""):
        return _with_headers(HttpResponseNotModified(), tag, present)
    kept = cache.get(tag)
    if kept is None:
        record = record_at(request.path, site_id_for(request, present), present.now)
        if record is None:
            raise Http404
        try:
            declaration = declaration_of(record.kind)
        except KeyError as error:  # its plugin is gone; the next reconcile buries the record
            raise Http404 from error
        # A page type that does not say so may read the query: then it is part of the answer's name.
        if query and not getattr(declaration.model, "reads_query", True):
            tag = _tag(request, present, "")
            kept = cache.get(tag)
        if kept is None:
            page = declaration.objects().filter(pk=record.object_id).first()
            response = _rendered(page.serve(request)) if page is not None else HttpResponse(status=404)
            if moment().sequence != present.sequence:
                # Something was published or restricted meanwhile: this may show what is not public any more.
                if tries <= 1:
                    return HttpResponse(status=503, headers={"Retry-After": "1"})
                with rendering(Targets()):
                    return serve(request, path, tries - 1)
            if response.status_code != 200:
                return response
            kept = (gzip.compress(response.content, COMPRESSION, mtime=0), response.headers["Content-Type"])
            if present.seconds:
                cache.set(tag, kept, timeout=present.seconds)
    compressed, content_type = kept
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        answer = HttpResponse(compressed, content_type=content_type, headers={"Content-Encoding": "gzip"})
    else:
        answer = HttpResponse(gzip.decompress(compressed), content_type=content_type)
    return _with_headers(answer, tag, present)


def _tag(request: HttpRequest, present: Moment, query: str) -> str:
    """A page is a function of its address and of the moment: that makes its validator and its place in the cache."""
    return etag(request.scheme, request.get_host(), request.path, query, present.token)


def _rendered(response: HttpResponse) -> HttpResponse:
    if isinstance(response, TemplateResponse) and not response.is_rendered:
        response.render()
    return response


def _with_headers(response: HttpResponse, tag: str, present: Moment) -> HttpResponse:
    """A browser asks each time (and mostly hears 304); a shared cache may answer up to the next boundary."""
    # Weak: the same page comes in two encodings. Nothing secret is in a public page, so compressing it betrays nothing.
    response.headers["ETag"] = f"W/{tag}"
    patch_vary_headers(response, ["Accept-Encoding"])
    patch_cache_control(response, public=True, max_age=0, s_maxage=min(present.seconds, 60), must_revalidate=True)
    return response
