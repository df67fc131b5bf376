"""Where a half of the office is reached, for districts and procedures that name nobody of their own."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from cms_blocks.office import Contact, Half
from cms_blocks.publication.targets import Targets, loads_targets
from cms_blocks.publication.unit import mark_target

#: Halves by the numbers that documents refer to them with. Both together have no contact: the office itself has one.
NUMBERS: dict[str, int] = {Half.ADMINISTRATION: 1, Half.CARRIER: 2}


def contact_of(half: str, targets: Targets) -> Any:
    """The contact of a half that was made first and can be called or written to, in the language of what is rendered;
    ``None`` without one."""
    return targets.contact(targets.get("half_contact", NUMBERS.get(half)))


@loads_targets("half_contact")
def _ids(numbers: set[int], targets: Targets) -> dict[int, int]:
    halves = [half for half, number in NUMBERS.items() if number in numbers]
    reachable = Contact.objects.filter(half__in=halves).exclude(phone="", email="").order_by("-pk")
    return {NUMBERS[half]: pk for half, pk in reachable.values_list("half", "pk")}


def connect() -> None:
    """Called once when the apps are ready."""
    for signal in (post_save, post_delete):
        signal.connect(_changed, sender=Contact, dispatch_uid=f"half-contact-{id(signal)}")


def _changed(raw: bool = False, **kwargs: Any) -> None:
    """Another contact may be the first of a half now."""
    if not raw:
        mark_target("half_contact", NUMBERS.values())
