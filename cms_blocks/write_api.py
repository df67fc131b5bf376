"""Wagtail's API v3 is for writing, and for token holders only."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from wagtail.api.v3.auth import BearerTokenAuth

PREFIX = "/api/write/"


class WriteApiTokenMiddleware:
    """401 for every request below the prefix without a valid bearer token of somebody who may enter the desk.

    Wagtail itself answers 200 to no token and to a wrong one, shows titles of unpublished parents to both, and its
    404, 405 and OpenAPI answers pass by its own checks. So the token is asked for here, before any view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = getattr(settings, "WRITE_API_PREFIX", PREFIX)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(self.prefix):
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            known = scheme.lower() == "bearer" and BearerTokenAuth().authenticate(request, token.strip()) is not None
            if not known or not request.user.has_perm("wagtailadmin.access_admin"):
                return JsonResponse(
                    {"message": "A valid token is needed: Authorization: Bearer <token>."},
                    status=401,
                    headers={"WWW-Authenticate": 'Bearer realm="write"', "Cache-Control": "no-store"},
                )
            response = self.get_response(request)
            response.headers["Cache-Control"] = "no-store"
            return response
        return self.get_response(request)
