"""The way from a document that not everybody can read to the form that asks for another version."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from cms_blocks.media.models import Accessible

#: The name of the form's address. A project without such a form shows no link.
FORM = "ask_accessible"


def ask_path(document: Any) -> str:
    """Where to ask for an accessible version of a document, in the active language; empty for one that is accessible,
    and where the project has no such form."""
    if document.accessible == Accessible.YES:
        return ""
    try:
        return f"{reverse(FORM)}?document={document.pk}"
    except NoReverseMatch:
        return ""
