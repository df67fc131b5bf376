"""What holds for every address of the content API: it is for reading, and it answers in JSON whatever happens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware

from cms_blocks.content_api.problems import CONTENT_TYPE, Problem, not_found

PREFIX = "/api/content/"
METHODS = "GET, HEAD, OPTIONS"


class ContentApiMiddleware(GZipMiddleware):
    """HEAD as GET without a body, OPTIONS, gzip, and 405 for all that writes. Nothing public is secret, so compressing
    it betrays nothing."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.prefix = getattr(settings, "CONTENT_API_PREFIX", PREFIX)

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
            response = self.get_response(request)
        finally:
            if head:
                request.method = "HEAD"
        if response.status_code >= 400 and response.headers.get("Content-Type") != CONTENT_TYPE:
            response = _as_problem(response.status_code)  # answered by Django itself, for people
        response = self.process_response(request, response)
        return _without_body(response) if head else response


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
