"""New versions of many pages at once, and their publication: what Wagtail does for each page, in few queries for all.

What few pages have is left to Wagtail, page by page: comments, aliases, an approval under way, a day to go live that
lies ahead, another address or number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import COMMENTS_RELATION_NAME, Comment, Page, PageLogEntry, Revision, WorkflowState
from wagtail.utils.timestamps import ensure_utc

from cms_blocks.publication.reach import chunks
from procedures.importing.batch import (
    add_versions,
    announce,
    go_live,
    log_entry,
    log_pages,
    read_anew,
    store_newest,
    version_entry,
)

#: Where a page stands. Whoever publishes it leaves it there.
PLACE = ("path", "depth", "numchild", "url_path", "slug")
#: What no two pages may share.
CALLED = ("slug", "reference")
#: What a page keeps whatever a version of it says, as in Wagtail's ``with_content_json``.
KEPT = (
    *PLACE, "pk", "id", "content_type_id", "draft_title", "live", "has_unpublished_changes", "owner_id", "locked",
    "locked_by_id", "locked_at", "latest_revision_id", "latest_revision_created_at", "translation_key", "locale_id",
    "alias_of_id", "_cached_parent_obj", "_is_site_root",
)  # fmt: skip


def newest_versions(pages: Sequence[Any]) -> dict[int, Revision]:
    """The newest version of each page, by key of the page."""
    found: dict[int, Revision] = {}
    for part in chunks(pages):
        found |= Revision.objects.in_bulk([page.latest_revision_id for page in part])
    return {page.pk: found[page.latest_revision_id] for page in pages}


def as_versions(pages: Sequence[Any], versions: Mapping[int, Revision]) -> list[Any]:
    """Wagtail's ``as_object`` of these versions, by key of the page; a page without one as it is.

    Pages come from :func:`~procedures.importing.batch.read_to_change`. Wagtail asks for each thing that a version
    names whether it is still there; here all are asked about together.
    """
    contents = {page.pk: versions[page.pk].content for page in pages if page.pk in versions}
    gone = _gone(thing for page in pages if page.pk in contents for thing in _named(type(page), contents[page.pk]))
    return [_as_version(page, contents[page.pk], gone) if page.pk in contents else page for page in pages]


def _as_version(page: Any, content: Mapping[str, Any], gone: set[tuple[Any, str]]) -> Any:
    model, comments = type(page), getattr(page, COMMENTS_RELATION_NAME)
    if content["slug"] != page.slug or comments.all() or not gone.isdisjoint(_named(model, content)):
        return page.with_content_json(content)
    version = model.from_serializable_data(content, check_fks=False)
    for name in KEPT:
        setattr(version, name, getattr(page, name))
    version.first_published_at = version.first_published_at or page.first_published_at
    setattr(version, COMMENTS_RELATION_NAME, [])
    return version


def _named(model: Any, content: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """What a stored page or row of this model names: model and key."""
    for field in model._meta.fields:
        if field.is_relation and field.attname not in KEPT and content.get(field.name) is not None:
            yield field.related_model, str(content[field.name])
    for relation in get_all_child_relations(model):
        for row in content.get(relation.get_accessor_name(), ()):
            yield from _named(relation.related_model, row)


def _gone(named: Iterable[tuple[Any, str]]) -> set[tuple[Any, str]]:
    """What of this is not there any more."""
    missing = set(named)
    for model in {model for model, _key in missing}:
        for part in chunks([key for other, key in missing if other is model]):
            there = model._default_manager.filter(pk__in=part).values_list("pk", flat=True)
            missing -= {(model, str(key)) for key in there}
    return missing


def check(page: Any) -> None:
    """What Wagtail asks of what gets public, of a page whose place stays and whose relations are known to be there.

    Raises ``ValidationError``.
    """
    page.full_clean(exclude=["path", *(field.name for field in page._meta.fields if field.is_relation)])


def save_versions(pages: Sequence[Any], user: Any, again: Mapping[int, Revision] | None = None) -> None:
    """Wagtail's ``save_revision`` for pages that were there before. ``again``: the versions that come back, by page."""
    add_versions(pages, user)
    action = "wagtail.revert" if again else "wagtail.edit"
    log_pages([version_entry(page, action, user, **_origin(page, again)) for page in pages])


def publish_versions(
    pages: Sequence[Any], user: Any, again: Mapping[int, Revision] | None = None
) -> dict[Any, ValidationError]:
    """Wagtail's ``publish`` for what :func:`save_versions` has saved, was checked, and ``user`` may publish.

    Returns what Wagtail has refused, by page: two may want the same address.
    """
    public = _public(pages)
    apart = _apart(pages, public)
    alike = [page for page in pages if page.pk not in apart]
    _unschedule(alike)
    now, written = timezone.now(), _written(type(pages[0])) if pages else ()
    for page in alike:
        go_live(page, now)
        page.save(clean=False, log_action=None, update_fields=written)
        announce(page)
    log_pages([entry for page in alike for entry in _published(page, user, public[page.pk]["title"], again)])
    refused = {}
    for page in (page for page in pages if page.pk in apart):
        try:
            page.latest_revision.publish(
                user=user, previous_revision=again[page.pk] if again else None, skip_permission_checks=True
            )
        except ValidationError as error:
            refused[page] = error
    return refused


def _public(pages: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """How the pages are called where readers see them, by key."""
    rows = (type(part[0])._base_manager.filter(pk__in=part).values("pk", *CALLED, "title") for part in chunks(pages))
    return {row["pk"]: row for part in rows for row in part}


def _apart(pages: Sequence[Any], public: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """The pages that are left to Wagtail."""
    now = timezone.now()
    found = {page.pk for page in pages if page.go_live_at and page.go_live_at > now}
    found |= {page.pk for page in pages if any(getattr(page, name) != public[page.pk][name] for name in CALLED)}
    for part in chunks(pages):
        found.update(Page.objects.filter(alias_of__in=part).values_list("alias_of", flat=True))
        found.update(Comment.objects.filter(page__in=part).values_list("page", flat=True))
        approvals = WorkflowState.objects.active().filter(_of(part))
        found.update(int(key) for key in approvals.values_list("object_id", flat=True))
    return found


def _unschedule(pages: Sequence[Any]) -> None:
    for part in chunks(pages):
        Revision.objects.filter(_of(part), approved_go_live_at__isnull=False).update(approved_go_live_at=None)


def _of(pages: Sequence[Any]) -> Q:
    """Versions and approvals of these pages."""
    return Q(base_content_type=pages[0].get_base_content_type(), object_id__in=[str(page.pk) for page in pages])


def _written(model: Any) -> list[str]:
    """What publishing writes: all but the place and the comments."""
    fields = [field.name for field in model._meta.fields if not field.primary_key and field.name not in PLACE]
    rows = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
    return [*fields, *(name for name in rows if name != COMMENTS_RELATION_NAME)]


def _published(page: Any, user: Any, old: str, again: Mapping[int, Revision] | None) -> Iterator[PageLogEntry]:
    """``old``: the title until now."""
    data = _origin(page, again)
    if not again and page.title != old:
        data = {"title": {"old": old, "new": page.title}}
        yield log_entry(page, "wagtail.rename", user, revision=page.latest_revision, data=data)
    yield version_entry(page, "wagtail.publish", user, **data)


def _origin(page: Any, again: Mapping[int, Revision] | None) -> dict[str, Any]:
    """What the log says of a version that comes back."""
    version = again[page.pk] if again else None
    return {"revision": {"id": version.pk, "created": ensure_utc(version.created_at)}} if version else {}


def with_aliases(pages: Sequence[Any]) -> list[Any]:
    """These pages as they are stored, and all that Wagtail publishes with them."""
    aliases = [one for part in chunks(pages) for one in type(part[0])._base_manager.filter(alias_of__in=part)]
    return read_anew(pages) + (with_aliases(aliases) if aliases else [])


def drop_versions(pages: Sequence[Any], versions: Mapping[int, Revision], changed: Collection[int]) -> None:
    """The newest version of each page goes as if it had never been. ``versions``: the ones before, by page;
    ``changed``: pages of which that one was not public either."""
    dropped = [page.latest_revision_id for page in pages]
    for page in pages:
        page.latest_revision = version = versions[page.pk]
        page.latest_revision_created_at, page.draft_title = version.created_at, version.content["title"]
        page.has_unpublished_changes = page.pk in changed
    store_newest(pages)
    for part in chunks(dropped):
        Revision.objects.filter(pk__in=part).delete()
