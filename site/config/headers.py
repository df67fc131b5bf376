"""What a browser may do with our answers: a strict policy for the public, another one for the editor's desk."""

from __future__ import annotations

from functools import cache
from typing import Any

from csp.constants import HEADER, NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from cms_blocks.blocks.providers import frame_sources
from procedures.tiles import tile_sources


def public_policy() -> dict[str, Any]:
    """Only files of our own, nothing inline; after consent films of the services that editors may embed, and the
    pictures of the map with streets.

    No nonces: an answer of 304 would bring a new one to an old body.
    """
    return {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *tile_sources()],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF, *frame_sources()],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        **_transport(),
    }


def desk_policy() -> dict[str, Any]:
    """The editor's desk: Wagtail writes small scripts and styles into its pages, so these must be allowed.

    Everything else comes from this site alone: no eval, no other host, no plugin.
    """
    return {
        **public_policy(),
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "blob:"],
    }


def _transport() -> dict[str, Any]:
    return {"upgrade-insecure-requests": True} if settings.BASE_URL.startswith("https://") else {}


class PolicyMiddleware(CSPMiddleware):
    """One of the two policies on every answer that has none of its own (files have: ``cms_blocks.media.serving``)."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        if report_only:
            return PolicyParts()
        # An answer may name frames of its own: the preview on another website (cms_blocks.writing.previewing).
        update = getattr(response, "_csp_update", None)
        return PolicyParts(config=desk_policy() if _is_desk(request) else public_policy(), update=update)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """As the middleware does it, which writes the same words anew for every answer, only once."""
        if settings.DEBUG or hasattr(response, "_csp_update"):
            return super().process_response(request, response)
        response.headers.setdefault(
            HEADER, _written(_is_desk(request), settings.BASE_URL, (*frame_sources(), *tile_sources()))
        )
        return response


def _is_desk(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}")


@cache
def _written(desk: bool, _base_url: str, _others: tuple[str, ...]) -> str:
    """The header; what the policies are made from stands in the key."""
    return build_policy(desk_policy() if desk else public_policy())
