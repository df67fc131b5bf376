"""What the marks of a unit of work reach: the pages and files that have to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Q
from wagtail.models import Collection, Page

from cms_blocks.publication.declaration import page_kinds
from cms_blocks.publication.records import PublicRecord, PublicReference
from cms_blocks.publication.unit import Marks

T = TypeVar("T")
CHUNK = 200


def affected_pages(marks: Marks) -> list[int]:
    """Ids of all pages, existing or gone, that the marks may concern."""
    if marks.everything:
        known = PublicRecord.objects.live().filter(kind__in=page_kinds()).values_list("object_id", flat=True)
        return sorted({*Page.objects.values_list("pk", flat=True), *known, *marks.pages})
    ids = set(marks.pages)
    tops: list[str] = []
    for part in chunks(sorted(marks.subtrees)):
        tops += Page.objects.filter(pk__in=part).values_list("path", flat=True)
    for paths in chunks(_topmost(tops)):
        below = reduce(or_, (Q(path__startswith=path) for path in paths))
        ids.update(Page.objects.filter(below).values_list("pk", flat=True))
    return sorted(ids)


def _topmost(paths: list[str]) -> list[str]:
    """Those that lie below none of the others."""
    tops: list[str] = []
    for path in sorted(paths):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    return tops


def pages_filed_under(targets: set[tuple[str, int]]) -> set[int]:
    """Public pages under one of these topics: the key of a topic stands in their columns."""
    topics = [pk for kind, pk in targets if kind == "topic"]
    filed = PublicReference.objects.filter(target_kind="topic", target_id__in=topics, source__kind__in=page_kinds())
    return set(filed.values_list("source__object_id", flat=True)) if topics else set()


def files_in(collections: set[int]) -> set[tuple[str, int]]:
    """Images and documents in these collections and below."""
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model

    if not collections:
        return set()
    paths = list(Collection.objects.filter(pk__in=collections).values_list("path", flat=True))
    if not paths:
        return set()
    below = reduce(or_, (Q(collection__path__startswith=path) for path in paths))
    found = set()
    for kind, model in (("image", get_image_model()), ("document", get_document_model())):
        found |= {(kind, pk) for pk in model.objects.filter(below).values_list("pk", flat=True)}
    return found


def chunks(items: Iterable[T]) -> Iterable[list[T]]:
    """Lists of at most ``CHUNK`` items, few enough for one query."""
    ids = list(items)
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
