"""Addresses that a page directly below a home page cannot have: the site's own ones would hide it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Page


def reserved_slugs(language: str) -> set[str]:
    """The first part of every address that the project's URL configuration takes below a language's home page.

    Below the default language's there are also the other languages and the files.
    """
    patterns = get_resolver().url_patterns
    with translation.override(language):
        if language != settings.LANGUAGE_CODE:
            translated = [one for one in patterns if isinstance(one.pattern, LocalePrefixPattern)]
            return set(_first_parts(translated))
        taken = set(_first_parts(patterns))
    taken |= {code for code, _label in settings.LANGUAGES}
    taken |= {address.strip("/").split("/")[0] for address in (settings.STATIC_URL, settings.MEDIA_URL)}
    return taken - {""}


def check_slug(slug: str, parent: Page | None) -> None:
    """Raises :class:`ValidationError` for the field ``slug`` if the site itself needs that address."""
    if parent is not None and parent.is_site_root() and slug in reserved_slugs(parent.locale.language_code):
        words = {"slug": slug, "other": f"{slug}-info"}
        message = _(
            "The address “%(slug)s” is needed by the site itself. Please choose another one, such as “%(other)s”."
        )
        raise ValidationError({"slug": message % words})


class PageForm(WagtailAdminPageForm):
    """Wagtail's form of a page. A new page does not know its parent yet, the form does."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.instance.pk is None and "slug" in cleaned:
            try:
                check_slug(cleaned["slug"], self.parent_page)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned


def _first_parts(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for entry in patterns:
        route = "" if isinstance(entry.pattern, LocalePrefixPattern) else str(entry.pattern)
        first = route.split("/")[0]
        if not route and isinstance(entry, URLResolver):
            yield from _first_parts(entry.url_patterns)
        elif first.replace("-", "").replace("_", "").replace(".", "").isalnum():
            yield first
