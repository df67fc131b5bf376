"""Wagtail's own indexes of pages, the editors' search and "where is this used", without the work that changes nothing.

Both describe what is live. Wagtail brings them up to date at each save, also of a draft, which changes no live text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from asgiref.local import Local
from django.db.models.signals import post_delete, post_save
from modelsearch import index
from modelsearch.backends import get_search_backends_with_name

from cms_blocks.publication.handlers import saves_a_draft

_state = Local()


def connect() -> None:
    """Called once when the apps are ready. Our pages have ``search_auto_update = False``, so this is all they get."""
    post_save.connect(_saved, dispatch_uid="search-index-saved")
    post_delete.connect(_deleted, dispatch_uid="search-index-deleted")


def saving(update_fields: Iterable[str] | None) -> AbstractContextManager[None]:
    """What a page's ``save()`` runs in: nobody looks for references in text that has not changed."""
    from wagtail.signal_handlers import disable_reference_index_auto_update, reference_index_auto_update_disabled

    # Wagtail's manager cannot be nested: the inner one would end the outer one.
    disabled = getattr(reference_index_auto_update_disabled, "value", False)
    return disable_reference_index_auto_update() if saves_a_draft(update_fields) and not disabled else nullcontext()


@contextmanager
def together() -> Iterator[None]:
    """The editors' search learns of all pages saved meanwhile at the end, in a few queries instead of some for each."""
    waiting: dict[Any, set[int]] = {}
    _state.pages = waiting
    try:
        yield
    finally:
        del _state.pages
    for model, ids in waiting.items():
        for _name, backend in get_search_backends_with_name(with_auto_update=True):
            backend.add_bulk(model, model.get_indexed_objects().filter(pk__in=ids))


def _saved(instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    from cms_blocks.pages import BasePage

    if isinstance(instance, BasePage) and not raw and not saves_a_draft(update_fields):
        if (waiting := getattr(_state, "pages", None)) is not None:
            waiting.setdefault(type(instance), set()).add(instance.pk)
        else:
            index.insert_or_update_object(instance)


def _deleted(instance: Any, **kwargs: Any) -> None:
    from cms_blocks.pages import BasePage

    if isinstance(instance, BasePage):
        index.remove_object(instance)
