"""The unit of work around every request that may write, and one set of look-ups for every request that reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException

from cms_blocks.publication.targets import rendering
from cms_blocks.publication.unit import unit

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class UnitOfWorkMiddleware:
    """One transaction for the change and its flush; a response that says it failed rolls both back.

    Stands inside the session middleware. The body and its files are read before the transaction begins, so that a
    slow upload never holds SQLite's write lock. Views that take uploads and work on them
    (setting ``PUBLICATION_UNIT_EXEMPT``, view names) run without; what they mark is flushed at once. Views that
    answer a POST and write nothing are marked with :func:`only_reads`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.write_api = getattr(settings, "WRITE_API_PREFIX", "/api/write/")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self._view(request)
        if request.method in SAFE or getattr(view and view.func, "only_reads", False):
            with rendering():
                return self.get_response(request)
        if view is None or view.view_name in getattr(settings, "PUBLICATION_UNIT_EXEMPT", DEFAULT_EXEMPT):
            return self.get_response(request)
        self._read_body(request)
        # The write API turns exceptions into answers of 400 and above: each of them means that nothing happened.
        failure = 400 if request.path_info.startswith(self.write_api) else 500
        with unit():
            response = self.get_response(request)
            if response.status_code < failure and transaction.get_rollback():
                raise transaction.TransactionManagementError(
                    f"{request.path} answered {response.status_code}, but a failure inside it has undone its changes."
                )
            if response.status_code >= failure:
                transaction.set_rollback(True)
        return response

    @staticmethod
    def _read_body(request: HttpRequest) -> None:
        if (request.content_type or "").startswith(("multipart/", "application/x-www-form-urlencoded")):
            request.POST  # noqa: B018 (parses form and files)
        else:
            try:
                request.body  # noqa: B018
            except RawPostDataException:  # an outer middleware has read the stream
                pass

    @staticmethod
    def _view(request: HttpRequest) -> Any:
        """What the address leads to; ``None`` for one that leads nowhere."""
        from django.urls import Resolver404, resolve

        if request.method in SAFE:
            return None
        try:
            return resolve(request.path_info)
        except Resolver404:
            return None


def only_reads(view: Any) -> Any:
    """Mark a view that takes a form and writes nothing: it must not hold SQLite's write lock."""
    view.only_reads = True
    return view


#: Uploads: checking, turning and stripping a picture takes a second that nobody else should wait for. Sign-ins:
#: hashing a password is slow on purpose, and whoever floods them must not hold SQLite's write lock.
DEFAULT_EXEMPT = frozenset(
    {
        "wagtailadmin_login",
        "wagtailimages:add",
        "wagtailimages:edit",
        "wagtailimages:add_multiple",
        "wagtailimages:create_multiple_from_uploaded_image",
        "wagtailimages_chooser:create",
        "wagtaildocs:add",
        "wagtaildocs:edit",
        "wagtaildocs:add_multiple",
        "wagtaildocs:create_multiple_from_uploaded_document",
        "wagtaildocs_chooser:create",
    }
)
