"""What follows when a method comes into being in a further language."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from cms_blocks.publication.unit import mark_target


def connect() -> None:
    """Called once when the apps are ready."""
    from toolkit.models import MethodPage

    post_save.connect(_new_translation, sender=MethodPage, dispatch_uid="toolkit-new-translation")


def _new_translation(instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Whoever goes well with the method in another language may link to the new page: those documents are stale.

    Rendered anew they ask for the new page, so the gate itself knows what to do when it becomes public.
    """
    if created and not raw:
        siblings = list(instance.get_translations().values_list("pk", flat=True))
        if siblings:
            mark_target("page", siblings)
