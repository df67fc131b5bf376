"""System checks: nothing may serve a file past the permission check, nothing may enter past the upload check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import NoReverseMatch, URLPattern, get_resolver, resolve, reverse
from django.utils.module_loading import import_string


@register(Tags.security)
def files_have_a_key_of_their_own(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """``cms_blocks.W010``: without it a new ``SECRET_KEY`` breaks every stored address of a picture."""
    if getattr(settings, "MEDIA_SIGNING_KEY", ""):
        return []
    return [
        Warning(
            "MEDIA_SIGNING_KEY is not set: addresses of pictures are signed with SECRET_KEY.",
            hint="Set MEDIA_SIGNING_KEY to a long random text that stays the same when SECRET_KEY changes.",
            id="cms_blocks.W010",
        )
    ]


@register(Tags.security)
def uploads_are_checked_where_they_are_entered(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """``cms_blocks.W011``: without our forms a refused file is an error page, and nobody asks for words."""
    from cms_blocks.media import forms

    found: list[CheckMessage] = []
    for name, wanted in (
        ("WAGTAILIMAGES_IMAGE_FORM_BASE", forms.ImageForm),
        ("WAGTAILDOCS_DOCUMENT_FORM_BASE", forms.DocumentForm),
    ):
        dotted = getattr(settings, name, "")
        if not dotted or not issubclass(import_string(dotted), wanted):
            found.append(
                Warning(
                    f"{name} is {dotted!r}.",
                    hint=f'Set {name} = "cms_blocks.media.forms.{wanted.__name__}" (or a subclass).',
                    id="cms_blocks.W011",
                )
            )
    return found


@register(Tags.urls)
def files_are_served_by_our_views_only(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """``cms_blocks.E012``: Wagtail's own serving views do not ask whether a page shows the file."""
    from wagtail.documents.views import serve as wagtail_documents
    from wagtail.images.views.serve import ServeView

    from cms_blocks.media import views

    found: list[CheckMessage] = []
    try:
        address = reverse("wagtaildocs_serve", args=[1, "name.pdf"])
        reaches = resolve(address).func
    except NoReverseMatch:
        reaches = None
    if reaches is not views.serve_document:
        found.append(
            Error(
                "Documents are not served by cms_blocks.media.views.serve_document.",
                hint='Put path("", include("cms_blocks.media.urls")) into the URL configuration before the pages, '
                "and leave out wagtail.documents.urls.",
                id="cms_blocks.E012",
            )
        )
    for pattern in _patterns(get_resolver().url_patterns):
        view = pattern.callback
        if view is wagtail_documents.serve or issubclass(getattr(view, "view_class", object), ServeView):
            found.append(
                Error(
                    f"The address {pattern.pattern} serves files past the permission check.",
                    hint="Leave out wagtail.documents.urls and wagtail.images.urls.",
                    id="cms_blocks.E012",
                )
            )
    if getattr(settings, "WAGTAILDOCS_SERVE_METHOD", "serve_view") != "serve_view":
        found.append(
            Error(
                f"WAGTAILDOCS_SERVE_METHOD is {settings.WAGTAILDOCS_SERVE_METHOD!r}.",
                hint='Set it to "serve_view": a storage address would be open to everybody who knows it.',
                id="cms_blocks.E012",
            )
        )
    return found


def _patterns(entries: list[Any]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from _patterns(entry.url_patterns)
