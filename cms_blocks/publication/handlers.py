"""Signals that mark what changed. They decide nothing: the flush reads the final state."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms_blocks.freshness import note_creation
from cms_blocks.publication import unit
from cms_blocks.publication.declaration import ThingPublication, declaration_for

#: Saving only these fields is saving a draft: nothing public follows from it.
DRAFT_FIELDS = frozenset(
    {"latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes", "locked", "locked_at",
     "locked_by", "wagtail_admin_comments"}
)  # fmt: skip


def saves_a_draft(update_fields: Iterable[str] | None) -> bool:
    """Whether saving these fields of a page changes nothing that is live."""
    return update_fields is not None and DRAFT_FIELDS.issuperset(update_fields)


def connect() -> None:
    """Called once when the apps are ready."""
    for signal in (post_save, post_delete):
        signal.connect(_changed, dispatch_uid=f"publication-{id(signal)}")
    post_save.connect(_created, dispatch_uid="publication-created")
    for signal in (page_published, page_unpublished):
        signal.connect(_page_shown_or_hidden, dispatch_uid=f"publication-{id(signal)}")
    post_page_move.connect(_moved, dispatch_uid="publication-move")


def _changed(sender: Any, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    if raw:  # loading a dump: run ``publication rebuild`` afterwards
        return
    if isinstance(instance, Page):
        if not saves_a_draft(update_fields):
            if not unit.active():
                # A plain ``Page`` was saved: Wagtail writes the addresses below it after this signal.
                transaction.on_commit(partial(unit.mark_subtree, instance.pk))
            unit.mark_page(instance.pk)
    elif isinstance(instance, PageViewRestriction):
        unit.mark_subtree(instance.page_id)
    elif isinstance(instance, CollectionViewRestriction):
        unit.mark_collection(instance.collection_id)
    elif isinstance(instance, Collection):
        unit.mark_collection(instance.pk)
    elif isinstance(instance, (Site, Locale)):
        unit.mark_everything()
    elif (kind := _target_kinds().get(sender)) is not None:
        unit.mark_target(kind, [instance.pk])
    elif isinstance(declaration := declaration_for(sender), ThingPublication):
        unit.mark_thing(declaration.kind, instance.pk)
    elif sender._meta.label in ("cms_blocks.TranslationBasis", "cms_blocks.EasyLanguageReview"):
        unit.mark_page(instance.page_id, subtree=False)
    elif sender._meta.label == "cms_blocks.Office":
        unit.mark_chrome()


def _created(instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A translation begins with the German text as it stands."""
    if created and not raw and isinstance(instance, Page):
        note_creation(instance)


def _page_shown_or_hidden(instance: Page, **kwargs: Any) -> None:
    unit.mark_page(instance.pk)


def _moved(instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """A move renumbers siblings: their places in the tree change with it."""
    with unit.unit():
        unit.mark_page(instance.pk)
        unit.mark_subtree(parent_page_before.pk)
        unit.mark_subtree(parent_page_after.pk)


def _target_kinds() -> dict[type, str]:
    from cms_blocks.office import Contact, Topic

    return {Contact: "contact", Topic: "topic", get_image_model(): "image", get_document_model(): "document"}
