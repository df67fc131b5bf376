"""Which files are used: shown by what is public, or needed by a draft, a translation, a contact, another document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import DraftStateMixin, ReferenceIndex, Revision, TaskState

from cms_blocks.publication.records import PublicReference
from cms_blocks.publication.ticker import every

if TYPE_CHECKING:
    from cms_blocks.media.models import Document, Image

    File = type[Image] | type[Document]


def used_ids(model: File) -> set[int]:
    """Ids of the images or documents that something uses. A handful of queries and one reading of each draft.

    Wagtail's index of references knows what stands in the tables: published text, pages that were taken offline,
    contacts. It does not know drafts (:mod:`cms_blocks.indexes`), nor what a translator has chosen and not yet saved.
    Versions from before the newest one do not count.
    """
    kind = ContentType.objects.get_for_model(model)
    indexed = ReferenceIndex.objects.filter(to_content_type=kind).exclude(base_content_type=kind)
    used = {int(pk) for pk in indexed.values_list("to_object_id", flat=True).distinct()}
    shown = PublicReference.objects.filter(target_kind=model.target_kind, source__is_live=True)
    used |= set(shown.values_list("target_id", flat=True).distinct())
    for revision in _pending():
        if (draft := revision.content_type.model_class()) is not None:
            used |= set(_references(draft, revision.content, model))
    used |= _chosen_by_translators()
    return used | _successors(model, used)


def note_unused(model: File) -> None:
    """Write down since when files are unused, for those where that has changed."""
    used = used_ids(model)
    # Not with the model's own manager: what nobody shows makes no public document stale.
    rows: Any = models.QuerySet(model)
    resting = dict(rows.values_list("pk", "unused_since"))
    begun = [pk for pk, since in resting.items() if since is None and pk not in used]
    ended = [pk for pk, since in resting.items() if since is not None and pk in used]
    now = timezone.now()
    for ids, since in ((begun, now), (ended, None)):
        for start in range(0, len(ids), 500):
            rows.filter(pk__in=ids[start : start + 500]).update(unused_since=since)


@every(hours=1)
def note_unused_files() -> None:
    """Since when a file is unused is known to the hour."""
    for model in (get_image_model(), get_document_model()):
        note_unused(model)


def _pending() -> Iterator[Revision]:
    """Versions that are not what the tables hold: drafts, what waits for approval, what is planned."""
    newest: set[int] = set(Revision.objects.exclude(approved_go_live_at=None).values_list("pk", flat=True))
    newest |= set(TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).values_list("revision_id", flat=True))
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin) and "latest_revision" in {
            field.name for field in model._meta.local_fields
        }:
            rows = model._base_manager.exclude(latest_revision=None)
            rows = rows.exclude(live_revision=models.F("latest_revision"), has_unpublished_changes=False)
            newest |= set(rows.values_list("latest_revision_id", flat=True))
    ids = sorted(pk for pk in newest if pk)
    for start in range(0, len(ids), 500):
        yield from Revision.objects.filter(pk__in=ids[start : start + 500]).select_related("content_type")


def _references(model: type[models.Model], content: dict[str, Any], to: File) -> Iterator[int]:
    """Ids of ``to`` in the stored content of a version of ``model``, also in what hangs on it."""
    for field in model._meta.get_fields():
        value = content.get(field.name)
        if not value:
            continue
        if field.is_relation and field.many_to_one and field.related_model is to:
            yield int(value)
        elif hasattr(field, "extract_references"):
            for found, pk, *_path in field.extract_references(field.to_python(value)):
                if found is to:
                    yield int(pk)
    for relation in get_all_child_relations(model):
        for child in content.get(relation.get_accessor_name()) or ():
            yield from _references(relation.related_model, child, to)


def _chosen_by_translators() -> set[int]:
    """Numbers that translators have put in place of what the original shows. Whether a number is an image's or a
    document's stands elsewhere, so it counts for both."""
    if not apps.is_installed("wagtail_localize"):
        return set()
    from wagtail_localize.models import SegmentOverride

    return set(_numbers(map(json.loads, SegmentOverride.objects.values_list("data_json", flat=True))))


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, int | str):
        if str(value).isascii() and str(value).isdigit():
            yield int(value)
    elif isinstance(value, Iterable):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)


def _successors(model: File, used: set[int]) -> set[int]:
    """Documents that a used one leads to as its newer version."""
    if model is not get_document_model():
        return set()
    newer = dict(model._base_manager.exclude(superseded_by=None).values_list("pk", "superseded_by_id"))
    found: set[int] = set()
    wave = used
    while wave := {newer[pk] for pk in wave if pk in newer} - found:
        found |= wave
    return found
