"""Wagtail's own indexes of pages, the editors' search and "where is this used", without the work that changes nothing.

Both describe what is live. Wagtail brings them up to date at each save, also of a draft, which changes no live text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from asgiref.local import Local
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_delete, post_save
from modelsearch import index
from modelsearch.backends import get_search_backends_with_name

from cms_blocks.publication.handlers import saves_a_draft
from cms_blocks.publication.reach import chunks

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


def refer(pages: Iterable[Any]) -> None:
    """What each of these pages refers to now: Wagtail's ``create_or_update_for_object`` for all, in a few queries."""
    from wagtail.models import Page, ReferenceIndex

    base = ContentType.objects.get_for_model(Page)
    for part in chunks(pages):
        ReferenceIndex.objects.filter(base_content_type=base, object_id__in=[str(page.pk) for page in part]).delete()
        ReferenceIndex.objects.bulk_create(
            ReferenceIndex(
                content_type=ContentType.objects.get_for_model(page),
                base_content_type=base,
                object_id=page.pk,
                to_content_type_id=kind,
                to_object_id=target,
                model_path=model_path,
                content_path=content_path,
                content_path_hash=ReferenceIndex._get_content_path_hash(content_path),
            )
            for page in part
            for kind, target, model_path, content_path in set(ReferenceIndex._extract_references_from_object(page))
        )


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
