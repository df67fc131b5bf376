"""Reading the gate: addresses, fresh documents, files, and the moment that caches depend on."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, Subquery
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Site

from cms_blocks.publication.prepared import always
from cms_blocks.publication.records import (
    FOREVER,
    NEVER,
    PublicationClock,
    PublicDocument,
    PublicRecord,
    PublicReference,
    StatusSpan,
)
from cms_blocks.publication.state import private_collections

#: The longest that a shared cache may keep an answer, in seconds; a publication purges sooner (outbox).
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Moment:
    """What every cached answer depends on: the state of the gate, and until when nothing changes by itself."""

    now: datetime
    sequence: int
    last_boundary: datetime
    next_boundary: datetime

    @property
    def token(self) -> str:
        """Differs as soon as anything public differs: a flush, a window that opened or closed, a status, a new day."""
        day = timezone.localdate(self.now)
        return f"{self.sequence}-{self.last_boundary.timestamp():.6f}-{day}-{release()}"

    @property
    def seconds(self) -> int:
        """How long an answer may be kept: never past a visibility boundary or midnight."""
        midnight = (timezone.localtime(self.now) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return int(max(0.0, min(LONGEST, (min(self.next_boundary, midnight) - self.now).total_seconds())))


def moment(now: datetime | None = None) -> Moment:
    """The present moment, in one small query. Read it *before* the data that an answer is made of.

    The boundaries follow from the state of the gate alone, so they are kept under its sequence.
    """
    now = now or timezone.now()
    sequence = sequence_now()
    known = cache.get(f"boundaries-{sequence}")
    if known is None or known[0] > now:
        known = _boundaries(now)
        cache.set(f"boundaries-{sequence}", known, timeout=3600)
    position = bisect_right(known, now)
    return Moment(now, sequence, known[position - 1], known[position] if position < len(known) else FOREVER)


def sequence_now() -> int:
    """The number of the last flush; 0 before the first."""
    clock = always("clock", lambda: PublicationClock.objects.filter(pk=1).values("sequence"))
    return clock[0]["sequence"] if clock else 0


def site_id_for(request: HttpRequest, present: Moment) -> int | None:
    """The site that a request asks for. A change of sites is a change of the gate, so this too is kept under its
    sequence."""
    key = f"site-{present.sequence}-{request.get_host()}"
    found = cache.get(key)
    if found is None:
        site = Site.find_for_request(request)
        found = site.pk if site else 0
        cache.set(key, found, timeout=3600)
    return found or None


def etag(*parts: object) -> str:
    """A strong validator from the moment's token and whatever else the answer depends on."""
    return '"' + hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32] + '"'


def record_at(path: str, site_id: int | None, now: datetime | None = None) -> PublicRecord | None:
    """The visible record with this address.

    A page whose key is a language code (``/en/``) shares the address of that language's home page, which comes first.
    """
    here = PublicRecord.objects.visible(now).filter(path=path).filter(Q(site_id=site_id) | Q(site_id=None))
    return here.order_by("depth", "pk").first()


def document_text(record: PublicRecord, now: datetime | None = None) -> str:
    """The JSON text of a visible record. A stale copy is never served: it is rendered anew, in memory.

    Raises :class:`PublicRecord.DoesNotExist` if the record has left the public since it was read.
    """
    from cms_blocks.publication.declaration import declaration_of
    from cms_blocks.publication.flush import render_document

    now = now or timezone.now()
    present = PublicRecord.objects.visible(now).select_related("document").get(pk=record.pk)
    stored: PublicDocument | None = getattr(present, "document", None)
    if stored is not None and not present.stale and stored.valid_until > now:
        return stored.body
    declaration = declaration_of(present.kind)
    obj = declaration.objects().filter(pk=present.object_id).first()
    text = render_document(obj, declaration, present.locale)[0] if obj is not None else ""
    if PublicRecord.objects.filter(pk=present.pk, version=present.version).exists():
        return text
    return document_text(record, now)  # changed while it was rendered: perhaps it is not public any more


def document_texts(records: Iterable[PublicRecord], now: datetime | None = None) -> dict[int, str]:
    """The JSON texts of many visible records by their id, in one query as long as none is stale. What has left the
    public since it was read is left out."""
    now = now or timezone.now()
    texts = {}
    for present in (
        PublicRecord.objects.visible(now).select_related("document").in_bulk([r.pk for r in records]).values()
    ):
        stored: PublicDocument | None = getattr(present, "document", None)
        if stored is not None and not present.stale and stored.valid_until > now:
            texts[present.pk] = stored.body
        else:
            with suppress(PublicRecord.DoesNotExist):
                texts[present.pk] = document_text(present, now)
    return texts


def is_file_public(kind: str, pk: int) -> bool:
    """Whether anybody may have this image or document: a visible record shows it and its collection is not private."""
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model

    model = get_image_model() if kind == "image" else get_document_model()
    collection = model.objects.filter(pk=pk).values_list("collection_id", flat=True).first()
    if collection is None or collection in private_collections():
        return False
    return PublicReference.objects.filter(
        target_kind=kind, target_id=pk, source__in=PublicRecord.objects.visible()
    ).exists()


def _boundaries(now: datetime) -> list[datetime]:
    """The last moment up to ``now`` at which a window or a status changed, and all to come, in order."""
    live = PublicRecord.objects.live().order_by()
    edges = []
    # Statuses of what is not public any more are asked too: a moment too many changes nothing.
    for rows, name in ((live, "visible_from"), (live, "visible_until"), (StatusSpan.objects.order_by(), "since")):
        # From the newest backwards along the index: one row, where a maximum would read all.
        newest = rows.filter(**{f"{name}__lte": now}).order_by(f"-{name}").values(name)[:1]
        past = PublicationClock.objects.filter(pk=1).values_list(Subquery(newest))
        edges += [past, rows.filter(**{f"{name}__gt": now, f"{name}__lt": FOREVER}).values_list(name)]
    moments = sorted({moment for (moment,) in edges[0].union(*edges[1:]) if moment})
    position = bisect_right(moments, now)
    return [moments[position - 1] if position else NEVER, *moments[position:]]


def release() -> str:
    """Changes with every deployment, so that no page of an old template outlives it."""
    return str(getattr(settings, "RELEASE", ""))
