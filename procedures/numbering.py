"""The numbers of procedures: year and four digits, each given once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone


def next_reference(page: Any) -> str:
    """The number of the same procedure in another language, else the next free one of its year."""
    siblings = type(page)._default_manager.filter(translation_key=page.translation_key).exclude(reference="")
    if known := siblings.values_list("reference", flat=True).first():
        return known
    year = (page.listed_on or timezone.localdate()).year
    taken = type(page)._default_manager.filter(reference__startswith=f"{year}-")
    last = taken.order_by("-reference").values_list("reference", flat=True).first()
    return f"{year}-{int(last[5:]) + 1 if last else 1:04d}"
