"""The numbers of procedures: year and four digits, each given once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from cms_blocks.publication.lock import take_lock

#: Any constant number other than that of the flush.
NUMBER_LOCK = 0x6E756D626572


def take_number_lock() -> None:
    """Wait until nobody else gives numbers, and keep it so to the end of the transaction.

    Not the lock of the flush, which comes last: whoever adds a page has locked rows of the tree before.
    """
    take_lock(NUMBER_LOCK)


def next_reference(page: Any) -> str:
    """The number of the same procedure in another language, else the next free one of its year.

    Nobody else gets it meanwhile: the lock is held to the end of the transaction.
    """
    take_number_lock()
    siblings = type(page)._default_manager.filter(translation_key=page.translation_key).exclude(reference="")
    if known := siblings.values_list("reference", flat=True).first():
        return known
    year = (page.listed_on or timezone.localdate()).year
    taken = type(page)._default_manager.filter(reference__startswith=f"{year}-")
    last = taken.order_by("-reference").values_list("reference", flat=True).first()
    return f"{year}-{int(last[5:]) + 1 if last else 1:04d}"


def next_references(model: Any, years: Iterable[int], given: Iterable[str]) -> list[str]:
    """One new number for each of ``years``, in their order, as :func:`next_reference` would give them one by one.

    ``given``: numbers that are about to be given by hand.
    """
    take_number_lock()
    wanted, last = list(years), {}
    for year in set(wanted):
        taken = model._default_manager.filter(reference__startswith=f"{year}-").order_by("-reference")
        known = [taken.values_list("reference", flat=True).first(), *(one for one in given if one[:5] == f"{year}-")]
        last[year] = max((int(one[5:]) for one in known if one), default=0)
    found = []
    for year in wanted:
        last[year] += 1
        found.append(f"{year}-{last[year]:04d}")
    return found


def is_taken(page: Any) -> bool:
    """Whether another procedure, not this one in another language, has the number of ``page``."""
    others = type(page)._default_manager.filter(reference=page.reference)
    return bool(others.exclude(translation_key=page.translation_key).exists())
