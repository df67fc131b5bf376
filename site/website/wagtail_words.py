"""Texts of Wagtail that its own catalogue leaves in English. Ours, which comes first, has the German for them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

WORDS = (
    gettext_noop("Update"),
    gettext_noop("Please provide an image description to comply with best practices for accessibility."),
)
