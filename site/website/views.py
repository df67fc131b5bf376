"""Whether the site is alive and ready, for whoever runs it; and the page for addresses that lead nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from cms_blocks import health
from cms_blocks.chrome import chrome_for
from cms_blocks.search.query import words_of_address


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a broken database does not restart healthy processes."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, search and outbox; 503 when one of them is not fit to serve."""
    report = health.report()
    status = 200 if health.is_ready(report) else 503
    return JsonResponse(report, status=status, headers={"Cache-Control": "no-store"})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: says the same whether something is missing or not public, and offers a search with the address's words."""
    context = {"chrome": chrome_for(request), "search_words": words_of_address(request.path)}
    response = render(request, "404.html", context, status=404)
    response.headers["Cache-Control"] = "no-cache"
    return response
