"""Making a picture in one size and format when it is first asked for: once, and only a few at a time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from wagtail.images.models import SourceImageIOError

from cms_blocks.media.profiles import PROFILES, operations_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cms_blocks.media.models import Image, Rendition

#: Seconds a request waits for its turn before it is told to come back.
PATIENCE = 20.0

_encoders = threading.BoundedSemaphore(getattr(settings, "MEDIA_ENCODERS", 2))
_guard = threading.Lock()
_in_work: WeakValueDictionary[tuple[int, str], threading.Lock] = WeakValueDictionary()


class SourceMissing(Exception):
    """The stored file of the image is gone."""


class TooBusy(Exception):
    """All encoders of this process are at work; try again in some seconds."""


def open_image(image: Image, spec: str) -> File:
    """The content of ``image`` in this form, opened for reading. Raises :class:`SourceMissing`, :class:`TooBusy`."""
    try:
        if spec == "original":
            return image.file.storage.open(image.file.name)
        rendition = find_or_make(image, spec)
        try:
            return rendition.file.storage.open(rendition.file.name)
        except FileNotFoundError:
            rendition.delete()  # the row outlived its file: make it again
            rendition = find_or_make(image, spec)
            return rendition.file.storage.open(rendition.file.name)
    except (FileNotFoundError, SourceImageIOError) as error:
        raise SourceMissing(image.file.name) from error


def find_or_make(image: Image, spec: str) -> Rendition:
    """The rendition of ``image``, made if it does not exist. Several callers at once get the same one."""
    found = _find(image, spec)
    if found is None:
        with _one_at_a_time(image.pk, spec), _encoder():
            found = _find(image, spec) or _make(image, spec)
    return found


def make_ahead(image: Image, profile: str) -> int:
    """Make what a profile offers and does not exist yet; for workers. Returns how many were made."""
    if image.is_svg():
        return 0
    missing = [spec for spec in PROFILES[profile].specs() if _find(image, spec) is None]
    for spec in missing:
        find_or_make(image, spec)
    return len(missing)


def _find(image: Image, spec: str) -> Rendition | None:
    key = operations_of(spec).get_cache_key(image)
    # Where many images are shown, one query has brought what is there (``prefetch_renditions``).
    for known in getattr(image, "prefetched_renditions", ()):
        if known.pk and (known.filter_spec, known.focal_point_key) == (spec, key):
            return known
    return image.renditions.filter(filter_spec=spec, focal_point_key=key).first()


def _make(image: Image, spec: str) -> Rendition:
    operations = operations_of(spec)
    with image.open_file() as source:  # the slow part comes before the transaction
        made = image.generate_rendition_file(operations, source=source)
    rendition = image.renditions.model(
        image=image, filter_spec=spec, focal_point_key=operations.get_cache_key(image), file=made
    )
    try:
        with transaction.atomic():
            rendition.save()
    except IntegrityError:  # another process was faster, or the image is being deleted
        rendition.file.storage.delete(rendition.file.name)
        found = _find(image, spec)
        if found is None:
            raise SourceMissing(image.file.name) from None
        return found
    return rendition


@contextmanager
def _encoder() -> Iterator[None]:
    if not _encoders.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        _encoders.release()


@contextmanager
def _one_at_a_time(pk: int, spec: str) -> Iterator[None]:
    with _guard:
        lock = _in_work.setdefault((pk, spec), threading.Lock())
    if not lock.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        lock.release()
