"""Tags for the pages of the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def page_link(act: Any) -> str:
    """The title as it was, linked as long as the page is there."""
    if act.page_id is None:
        return format_html("„{}“", act.title)
    address = reverse("wagtailadmin_pages:edit", args=[act.page_id])
    return format_html("<a class='w-underline' href='{}'>{}</a>", address, act.title)
