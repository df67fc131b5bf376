"""What holds for every address of the content API: it is for reading, and it answers in JSON whatever happens.

It knows neither sessions nor people nor forms. So it answers right here, and what stands further in (sign-in, language
by address, messages, unit of work) is not asked at all.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from cms_blocks.content_api.problems import CONTENT_TYPE, Problem, not_found
from cms_blocks.publication.targets import rendering

PREFIX = "/api/content/"
METHODS = "GET, HEAD, OPTIONS"


class ContentApiMiddleware(GZipMiddleware):
    """HEAD as GET without a body, OPTIONS, gzip, and 405 for all that writes. Nothing public is secret, so compressing
    it betrays nothing."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.prefix = getattr(settings, "CONTENT_API_PREFIX", PREFIX)
        self.answer = convert_exception_to_response(self._answer)

    def __call__(self, request: HttpRequest) -> Any:
        if not request.path_info.startswith(self.prefix):
            return self.get_response(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": METHODS})
        if request.method not in {"GET", "HEAD"}:
            problem = Problem(405, f"Content is only read here: {METHODS}.", headers={"Allow": METHODS})
            return problem.response()
        head = request.method == "HEAD"
        request.method = "GET"
        try:
            response = self.answer(request)
        finally:
            if head:
                request.method = "HEAD"
        if response.status_code >= 400 and response.headers.get("Content-Type") != CONTENT_TYPE:
            response = _as_problem(response.status_code)  # answered by Django itself, for people
        response = self.process_response(request, response)
        return _without_body(response) if head else response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # refuses hosts that are not ours
        found = self._found(request.path_info)
        if found is None:
            if not request.path_info.endswith("/") and self._found(f"{request.path_info}/"):
                return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
            return not_found().response()
        request.resolver_match = found
        with rendering(), translation.override(settings.LANGUAGE_CODE):
            response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        if not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
        return response

    def _found(self, path: str) -> ResolverMatch | None:
        """The view at this address, if it is one of the API's: pages answer to any address."""
        try:
            found = resolve(path)
        except Resolver404:
            return None
        return found if f"/{found.route}".startswith(self.prefix) else None


def _as_problem(status: int) -> HttpResponse:
    if status == 404:
        return not_found().response()
    detail = "Something went wrong on our side." if status >= 500 else "The request cannot be answered."
    return Problem(status, detail).response()


def _without_body(response: Any) -> HttpResponse:
    if response.streaming:
        response.close()
        return HttpResponse(status=response.status_code, headers=dict(response.headers))
    length = len(response.content)
    response.content = b""
    response.headers["Content-Length"] = str(length)
    return response
