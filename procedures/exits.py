"""Where a selection of public records leads on as a file: the exports of the content API, where the site has it."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode


def export_address(resource: str, file: str, asked: Mapping[str, str]) -> str:
    """The address of ``resource`` as a ``file`` of this format, narrowed down; empty where the site has no content
    API."""
    try:
        address = reverse(f"content_api:{resource}-export", kwargs={"format": file})
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(asked)}"
