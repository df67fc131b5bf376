"""Many pages of one list at once: what Wagtail does for each of them, in few queries for all of them.

Every page is saved through its own ``save()``, with all signals. What Wagtail asks and writes anew for each of them
(the place in the tree, versions, log, being published, being deleted) is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signals import page_published, published

from cms_blocks.publication.reach import chunks
from governance.acts import notice

#: Rows that are written at a time.
BATCH = 500


def places_below(parent: Page, pages: Sequence[Any]) -> None:
    """Give unsaved pages the last places below ``parent``, which the caller has locked."""
    before = parent.get_last_child()
    for page in pages:
        page.depth = parent.depth + 1
        page.path = before._inc_path() if before is not None else parent._get_path(parent.path, page.depth, 1)
        page._cached_parent_obj = parent
        page._is_site_root = False  # as ``annotate_site_root_state`` says it of pages that were read
        before = page


def add_drafts(parent: Page, pages: Sequence[Any], user: Any, done: Callable[[int], None]) -> list[Any]:
    """Save checked pages in their places as drafts, each with its first version. Returns them as they are stored."""
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
    for number, page in enumerate(pages, start=1):
        page.live, page.owner = False, user
        page.save(clean=False, log_action=None)
        done(number)
    stored = read_anew(pages)
    now = timezone.now()
    versions = [
        Revision(
            content_object=page,
            base_content_type=page.get_base_content_type(),
            user=user,
            created_at=now,
            object_str=str(page),
            content=page.serializable_data(),
        )
        for page in stored
    ]
    for page, version in zip(stored, Revision.objects.bulk_create(versions, batch_size=BATCH), strict=True):
        page.latest_revision, page.latest_revision_created_at, page.has_unpublished_changes = version, now, True
    for part in chunks(page.pk for page in stored):
        Page.objects.filter(pk__in=part).update(
            latest_revision=_only_version(), latest_revision_created_at=now, has_unpublished_changes=True
        )
    _log(stored, "wagtail.create", user)
    return stored


def read_anew(pages: Sequence[Any]) -> list[Any]:
    """These pages of one type as they are stored, with all that belongs to them."""
    found: dict[int, Any] = {}
    for part in chunks(pages):
        model = type(part[0])
        rows = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
        found |= model._default_manager.prefetch_related(*rows).in_bulk([page.pk for page in part])
    return [found[page.pk] for page in pages]


def publish_drafts(pages: Sequence[Any], user: Any) -> None:
    """Publish what :func:`add_drafts` has added and ``user`` may publish."""
    now = timezone.now()
    for part in chunks(page.pk for page in pages):
        Page.objects.filter(pk__in=part).update(
            live=True, has_unpublished_changes=False, first_published_at=now, last_published_at=now,
            live_revision=F("latest_revision"),
        )  # fmt: skip
    for page in pages:
        page.live, page.has_unpublished_changes, page.live_revision = True, False, page.latest_revision
        page.first_published_at = page.last_published_at = now
        for signal in (page_published, published):
            signal.send(sender=type(page), instance=page, revision=page.latest_revision)
    _log(pages, "wagtail.publish", user, with_version=True)


def _only_version() -> Subquery:
    own = Revision.objects.filter(object_id=Cast(OuterRef("pk"), Revision._meta.get_field("object_id")))
    return Subquery(own.filter(base_content_type=ContentType.objects.get_for_model(Page)).values("pk")[:1])


def delete(pages: Sequence[Any], user: Any) -> None:
    """Delete pages that ``user`` may delete, with what is below them."""
    _log(pages, "wagtail.delete", user, deleted=True, content_changed=False)
    for part in chunks(page.pk for page in pages):
        Page.objects.filter(pk__in=part).delete()


def _log(pages: Iterable[Any], action: str, user: Any, *, with_version: bool = False, **more: Any) -> None:
    entries = [
        PageLogEntry(
            page=page,
            content_type=ContentType.objects.get_for_model(page),
            action=action,
            user=user,
            label=PageLogEntry.objects.get_instance_title(page),
            timestamp=timezone.now(),
            data={},
            revision=page.latest_revision if with_version else None,
            **{"content_changed": True, **more},
        )
        for page in pages
    ]
    notice(PageLogEntry.objects.bulk_create(entries, batch_size=BATCH))
