"""Many pages of one list at once: what Wagtail does for each of them, in few queries for all of them.

Every page is saved through its own ``save()``, with all signals. What Wagtail asks and writes anew for each of them
(the place in the tree, versions, log, being published, being deleted) is done once. For pages that were there before
see :mod:`procedures.importing.versions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signals import page_published, published

from cms_blocks.publication.reach import chunks
from governance.acts import notice

#: Rows that are written at a time.
BATCH = 500
#: What of a page says which version is its newest.
NEWEST = ("latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes")


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
    add_versions(stored, user)
    log_pages([log_entry(page, "wagtail.create", user, content_changed=True) for page in stored])
    return stored


def add_versions(pages: Sequence[Any], user: Any) -> None:
    """Each page as it is here becomes its newest version, still to be published."""
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
        for page in pages
    ]
    for page, version in zip(pages, Revision.objects.bulk_create(versions, batch_size=BATCH), strict=True):
        page.latest_revision, page.latest_revision_created_at = version, now
        page.draft_title, page.has_unpublished_changes = page.title, True
    store_newest(pages)


def store_newest(pages: Sequence[Any]) -> None:
    """Write which version of each page is its newest."""
    for part in chunks(pages):
        Page.objects.bulk_update(part, NEWEST)


def read_anew(pages: Sequence[Any]) -> list[Any]:
    """These pages of one type as they are stored, with all that belongs to them."""
    found: dict[int, Any] = {}
    for part in chunks(pages):
        model = type(part[0])
        rows = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
        stored = model._default_manager.annotate_site_root_state().prefetch_related(*rows)
        found |= stored.in_bulk([page.pk for page in part])
    return [found[page.pk] for page in pages]


def lock_pages(ids: Iterable[int]) -> None:
    """Nobody else changes these pages until the transaction ends. All who lock several do so in the same order."""
    for part in chunks(sorted(ids)):
        list(Page.objects.select_for_update(no_key=True).filter(pk__in=part).order_by("pk").values_list("pk"))


def read_to_change(pages: Sequence[Any]) -> list[Any]:
    """Like :func:`read_anew`, locked, and with the pages above them."""
    lock_pages(page.pk for page in pages)
    stored = read_anew(pages)
    above = {page._get_basepath(page.path, page.depth - 1) for page in stored}
    parents = Page.objects.annotate_site_root_state().in_bulk(above, field_name="path")
    for page in stored:
        page._cached_parent_obj = parents[page._get_basepath(page.path, page.depth - 1)]
    return stored


def publish_drafts(pages: Sequence[Any], user: Any) -> None:
    """Publish what :func:`add_drafts` has added and ``user`` may publish."""
    now = timezone.now()
    for part in chunks(page.pk for page in pages):
        Page.objects.filter(pk__in=part).update(
            live=True, has_unpublished_changes=False, first_published_at=now, last_published_at=now,
            live_revision=F("latest_revision"),
        )  # fmt: skip
    for page in pages:
        go_live(page, now)
        announce(page)
    log_pages([version_entry(page, "wagtail.publish", user) for page in pages])


def go_live(page: Any, now: datetime) -> None:
    """Its newest version is the public one; not written yet."""
    page.live, page.has_unpublished_changes, page.expired = True, False, False
    page.live_revision, page.last_published_at = page.latest_revision, now
    page.first_published_at = page.first_published_at or now


def announce(page: Any) -> None:
    """Tell all who listen that its newest version is public."""
    for signal in (page_published, published):
        signal.send(sender=type(page), instance=page, revision=page.latest_revision)


def delete(pages: Sequence[Any], user: Any) -> None:
    """Delete pages that ``user`` may delete, with what is below them."""
    log_pages([log_entry(page, "wagtail.delete", user, deleted=True) for page in pages])
    for part in chunks(page.pk for page in pages):
        Page.objects.filter(pk__in=part).delete()


def log_entry(page: Any, action: str, user: Any, **more: Any) -> PageLogEntry:
    """What Wagtail's ``log`` writes; see :func:`log_pages`."""
    context = get_active_log_context()
    return PageLogEntry(
        page=page,
        content_type=ContentType.objects.get_for_model(page),
        action=action,
        user=user or context.user,
        uuid=context.uuid,
        label=PageLogEntry.objects.get_instance_title(page),
        timestamp=timezone.now(),
        **more,
    )


def version_entry(page: Any, action: str, user: Any, **data: Any) -> PageLogEntry:
    """The same about its newest version."""
    return log_entry(page, action, user, revision=page.latest_revision, content_changed=True, data=data)


def log_pages(entries: Sequence[PageLogEntry]) -> None:
    """Write entries, all by the same user, with all that follows from them."""
    notice(PageLogEntry.objects.bulk_create(entries, batch_size=BATCH))
