"""The tables of the gate. Whatever the public can reach reads :class:`PublicRecord` and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms_blocks.office import Half
from cms_blocks.publication.fields import SetField

#: The end of a window that does not end, and the start of one that never begins (tombstones).
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
#: The end of a window that is over for good (tombstones).
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: What facets are counted by, and what is public and listed besides the times.
FACETS = (
    "is_live", "listed", "site_id", "kind", "locale", "topics", "districts", "levels", "fixed_status", "half",
)  # fmt: skip


class PublicRecordQuerySet(models.QuerySet):
    def live(self):
        """Rows of public objects, also those whose time has not come or is over."""
        return self.filter(is_live=True)

    def tombstones(self):
        """What was public and is not any more: id, kind and time, no content."""
        return self.filter(is_live=False)

    def visible(self, now: datetime | None = None):
        """What the public may see at ``now`` (default: this moment)."""
        now = now or timezone.now()
        return self.filter(is_live=True, visible_from__lte=now, visible_until__gt=now).at(now)

    def listed(self, now: datetime | None = None):
        """What lists, search, feeds and menus show: visible and no alias of another page."""
        return self.visible(now).filter(listed=True)

    def of_kind(self, *kinds: str):
        return self.filter(kind__in=kinds)

    def in_locale(self, language_code: str):
        return self.filter(locale=language_code)

    def under(self, tree_path: str):
        """Records below the page with this tree path, not the page itself."""
        return self.filter(tree_path__startswith=tree_path).exclude(tree_path=tree_path)

    def among(self, ids: Iterable[int]):
        """Those with these ids, of which there may be thousands: they are one value for the database, not one each."""
        listed = ",".join(map(str, ids))
        if connection.vendor == "postgresql":
            chosen = RawSQL("SELECT unnest(string_to_array(%s, ',')::bigint[])", [listed])
        else:
            chosen = RawSQL("SELECT value FROM json_each(%s)", [f"[{listed}]"])
        return self.filter(pk__in=chosen)

    def at(self, now: datetime | None = None):
        """With ``status``, as it is at ``now`` (default: this moment): fixed, or following the clock."""
        from cms_blocks.publication.declaration import timed_kinds

        now = now or timezone.now()
        spans = StatusSpan.objects.filter(record=models.OuterRef("pk"), since__lte=now, until__gt=now)
        timed = models.When(kind__in=timed_kinds(), then=models.Subquery(spans.values("status")[:1]))
        return self.annotate(status=models.Case(timed, default=models.F("fixed_status")))

    def with_span(self, now: datetime | None = None):
        """With ``status_since`` and ``status_until``: how long a status that follows the clock lasts at ``now``."""
        now = now or timezone.now()
        spans = StatusSpan.objects.filter(record=models.OuterRef("pk"), since__lte=now, until__gt=now)
        return self.annotate(
            status_since=models.Subquery(spans.values("since")[:1]),
            status_until=models.Subquery(spans.values("until")[:1]),
        )

    def stale(self):
        """Live rows whose document copies text of another record that has changed since."""
        return self.filter(is_live=True, stale=True)


class PublicRecord(models.Model):
    """One public object in one language: what lists, filters and addresses need, and never more than is public.

    The row is live exactly while :func:`cms_blocks.publication.state.public_state` says the object is public; it
    becomes a tombstone when the object leaves the public. Times are no writes: readers filter the visibility window.
    """

    kind = models.CharField(max_length=40)
    object_id = models.PositiveBigIntegerField()
    locale = models.CharField(max_length=20)
    translation_key = models.UUIDField(null=True)
    site_id = models.PositiveBigIntegerField(null=True)
    tree_path = models.CharField(max_length=255, blank=True)
    depth = models.PositiveSmallIntegerField(default=0)
    in_menu = models.BooleanField(default=False)
    listed = models.BooleanField(default=True)
    path = models.CharField(max_length=2000, blank=True)
    title = models.CharField(max_length=255, blank=True)
    lead = models.TextField(blank=True)
    illustration = models.CharField(max_length=40, blank=True)

    topics = SetField()
    districts = SetField()
    levels = SetField()
    #: Of kinds whose status does not follow the clock. Readers take ``status``, see :meth:`PublicRecordQuerySet.at`.
    fixed_status = models.CharField(max_length=40, blank=True)
    half = models.CharField(max_length=20, blank=True, choices=Half)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    #: Digest of the public words (:mod:`cms_blocks.wording`), and since when they stand there.
    wording = models.CharField(max_length=64, blank=True)
    wording_since = models.DateTimeField(null=True)
    #: Of a translation: the wording of the original that it was made from (:mod:`cms_blocks.freshness`).
    made_from = models.CharField(max_length=64, blank=True)
    #: Of a text in easy language: when a reviewer approved exactly these words.
    reviewed_on = models.DateField(null=True)

    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    visible_from = models.DateTimeField(default=FOREVER)
    visible_until = models.DateTimeField(default=NEVER)
    is_live = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True)
    stale = models.BooleanField(default=False)
    sequence = models.PositiveBigIntegerField(default=0)

    objects = PublicRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("public record")
        verbose_name_plural = _("public records")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="one_record_per_object"),
            models.CheckConstraint(
                condition=models.Q(is_live=True)
                | models.Q(title="", lead="", path="", tree_path="", content_hash="", visible_from=FOREVER),
                name="tombstones_hold_no_content",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="record_path"),
            models.Index(fields=["tree_path"], name="record_tree_path"),
            models.Index(fields=["kind", "locale", "is_live"], name="record_kind"),
            models.Index(fields=["visible_from"], name="record_from"),
            # Holds all that facets count, so that they need not read the rows.
            models.Index(fields=["visible_until", "visible_from", *FACETS, "id"], name="record_until"),
            models.Index(fields=["translation_key"], name="record_translation"),
            models.Index(fields=["sequence"], name="record_sequence"),
            models.Index(fields=["stale"], condition=models.Q(stale=True), name="record_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.title or '–'}"


class PublicDocument(models.Model):
    """The rendered JSON of a live record, kept apart so that lists, facets and counts never touch it."""

    record = models.OneToOneField(PublicRecord, on_delete=models.CASCADE, primary_key=True, related_name="document")
    body = models.TextField()
    #: When a record that this document quotes enters or leaves its own window: from then on the copy is stale.
    valid_until = models.DateTimeField(default=FOREVER)

    class Meta:
        verbose_name = _("public document")
        verbose_name_plural = _("public documents")

    def __str__(self) -> str:
        return f"document of record {self.record_id}"


class PublicReference(models.Model):
    """``source`` quotes ``target`` (a link's title, an image's words): when the target changes, the source is stale.

    A target that is not public is kept too: the day it becomes public, its sources gain a link.
    """

    source = models.ForeignKey(PublicRecord, on_delete=models.CASCADE, related_name="references")
    target_kind = models.CharField(max_length=40)
    target_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("public reference")
        verbose_name_plural = _("public references")
        constraints = [
            models.UniqueConstraint(fields=["source", "target_kind", "target_id"], name="one_reference_per_target")
        ]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="reference_target")]

    def __str__(self) -> str:
        return f"record {self.source_id} quotes {self.target_kind} {self.target_id}"


class StatusSpan(models.Model):
    """Which status a record has from ``since`` up to and without ``until``, for kinds whose status follows the clock.

    The spans of a record cover all time, without gap or overlap: readers pick the one that holds their moment.
    """

    record = models.ForeignKey(PublicRecord, on_delete=models.CASCADE, related_name="spans")
    status = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("span of a status")
        verbose_name_plural = _("spans of a status")
        constraints = [models.UniqueConstraint(fields=["record", "since"], name="one_status_at_a_time")]
        indexes = [
            # Holds all that is asked for, so that the rows need not be read.
            models.Index(fields=["record", "since", "until", "status"], name="status_span"),
            models.Index(fields=["since"], name="status_span_since"),
        ]

    def __str__(self) -> str:
        return f"record {self.record_id} is {self.status} from {self.since} to {self.until}"


class PublicationClock(models.Model):
    """A single row: the sequence number of the last flush that changed something, and thus of all that is public."""

    sequence = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("publication clock")
        verbose_name_plural = _("publication clocks")

    def __str__(self) -> str:
        return str(self.sequence)


class RecordFacts(models.Model):
    """Base of a plugin's own filter columns (one row a live record). Give ``record`` a ``related_name``::

    class MethodFacts(RecordFacts):
        record = RecordFacts.link("method_facts")
        cost_level = models.PositiveSmallIntegerField()
    """

    class Meta:
        abstract = True

    @staticmethod
    def link(related_name: str) -> models.OneToOneField:
        return models.OneToOneField(PublicRecord, on_delete=models.CASCADE, primary_key=True, related_name=related_name)
