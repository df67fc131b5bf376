"""Tags that every template has (a builtin library)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cms_blocks.illustrations import svg
from cms_blocks.office import office_for
from cms_blocks.publication.targets import content_language

register = template.Library()


@register.simple_tag
def illustration(name: str) -> SafeString:
    """The drawn sign of this name as inline SVG; nothing for an unknown one."""
    return svg(name) if name else SafeString("")


@register.simple_tag
def picture(
    image: Any, profile: str = "text", alt: str | None = None, css_class: str = "", eager: bool = False
) -> SafeString:
    """A ``<picture>`` with AVIF, WebP and a fallback, sized so that nothing jumps. Encodes nothing.

    ``alt`` is the words for this place; without it the image's own are used, and none for a decorative image.
    """
    from cms_blocks.media.responsive import picture_data

    if not image:
        return SafeString("")
    data = picture_data(image, profile)
    words = "" if getattr(image, "is_decorative", False) else getattr(image, "alt_text", "")
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((s["type"], s["srcset"], data["sizes"]) for s in data["sources"]),
    )
    return format_html(
        '<picture>{}<img src="{}"{} width="{}" height="{}" alt="{}"{}{} decoding="async"></picture>',
        sources,
        data["src"],
        format_html(' srcset="{}" sizes="{}"', data["srcset"], data["sizes"]) if data.get("srcset") else "",
        data["width"],
        data["height"],
        words if alt is None else alt,
        format_html(' class="{}"', css_class) if css_class else "",
        "" if eager else SafeString(' loading="lazy"'),
    )


@register.simple_tag
def rights(image: Any) -> SafeString:
    """Author and licence of an image, as they stand with it wherever it is shown."""
    picture = {"credit": image.rights, "licence_url": image.licence_address}
    return render_to_string("cms_blocks/blocks/rights.html", {"picture": picture})


@register.simple_tag
def half_name(half: str) -> str:
    """The office's own words for the half that is responsible."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return office_for(language).half_name(half)


@register.simple_tag
def office_name() -> str:
    """What the office is called in the active language."""
    return office_for(translation.get_language() or settings.LANGUAGE_CODE).name


@register.simple_tag
def record_url(record: Any) -> str:
    """The address of a public record or of a target."""
    return record.path


@register.simple_tag
def foreign_language(code: str) -> str:
    """The code of a language that is not the page's own; empty if it is."""
    return "" if code == content_language() else code


@register.simple_tag
def date(value: datetime.date | None) -> SafeString:
    """A day in words with its machine form; a moment as the day it falls on in the office's time zone."""
    if not value:
        return SafeString("")
    day = timezone.localtime(value).date() if isinstance(value, datetime.datetime) else value
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, "DATE_FORMAT"))


@register.simple_tag(takes_context=True)
def query_string(context: dict, **changes: Any) -> str:
    """The present query string with some parameters set, or taken away by ``None``. The page number is dropped."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def page_numbers(page: Any) -> Iterable[int | None]:
    """Numbers of the first, the last and the pages around this one of a paginator; ``None`` where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]
