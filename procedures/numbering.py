"""The numbers of procedures: year and four digits, each given once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cms_blocks.publication.lock import take_flush_lock


def next_reference(page: Any) -> str:
    """The number of the same procedure in another language, else the next free one of its year.

    Nobody else gets it meanwhile: the lock is held to the end of the transaction.
    """
    take_flush_lock()
    siblings = type(page)._default_manager.filter(translation_key=page.translation_key).exclude(reference="")
    if known := siblings.values_list("reference", flat=True).first():
        return known
    year = (page.listed_on or timezone.localdate()).year
    taken = type(page)._default_manager.filter(reference__startswith=f"{year}-")
    last = taken.order_by("-reference").values_list("reference", flat=True).first()
    return f"{year}-{int(last[5:]) + 1 if last else 1:04d}"


def is_taken(page: Any) -> bool:
    """Whether another procedure, not this one in another language, has the number of ``page``."""
    others = type(page)._default_manager.filter(reference=page.reference)
    return bool(others.exclude(translation_key=page.translation_key).exists())
