"""Whether a translation still says what the German text says.

One truth: a translation was made from a certain wording of its original (:class:`TranslationBasis`), the original has
a wording now; they are the same or not. Nobody computes it in another way: the page, the content API, the editor's
panel and the report call :func:`freshness`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms_blocks.languages import EASY, original_language
from cms_blocks.wording import digest

if TYPE_CHECKING:
    from cms_blocks.publication.records import PublicRecord
    from cms_blocks.publication.targets import Targets


class Freshness(models.TextChoices):
    CURRENT = "current", _("Up to date")
    BEHIND = "behind", _("Behind")
    MISSING = "missing", _("Not there")


class TranslationBasis(models.Model):
    """A statement: from this revision on the page renders the original with this wording.

    It holds until the next one. A revision without a statement of its own (a corrected letter) was made from the same
    original as the one before. The public text has the last statement up to its live revision.
    """

    class Source(models.TextChoices):
        CREATED = "created", _("made from the German text as it stood")
        LOCALIZE = "localize", _("translated piece by piece")
        EDITOR = "editor", _("brought up to date by hand")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    #: Id of the first revision it holds for; 0: from the beginning.
    from_revision = models.PositiveBigIntegerField(default=0)
    #: Digest of the original's wording; empty: of none (parts of the original are not translated yet).
    wording = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=20, choices=Source)
    stated_at = models.DateTimeField(default=timezone.now)
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("state of a translation")
        verbose_name_plural = _("states of translations")
        indexes = [models.Index(fields=["page", "from_revision"], name="basis_of_page")]

    def __str__(self) -> str:
        return f"page {self.page_id} from revision {self.from_revision}: {self.wording[:8] or '–'}"


def freshness(translation: PublicRecord | None, original: PublicRecord | None) -> Freshness:
    """The state of a public translation (``None``: there is none) against its public original."""
    if translation is None:
        return Freshness.MISSING
    if original is None or translation.made_from == original.wording:
        return Freshness.CURRENT
    return Freshness.BEHIND


def behind(records: models.QuerySet[PublicRecord]) -> models.QuerySet[PublicRecord]:
    """:func:`freshness` asked of the database: those of the records that are behind their public German original.

    Each carries ``original_since``, the moment since which the original's words stand.
    """
    from cms_blocks.publication.records import PublicRecord

    originals = PublicRecord.objects.live().filter(
        locale=original_language(), listed=True, translation_key=models.OuterRef("translation_key")
    )
    return (
        records.exclude(locale=original_language())
        .filter(translation_key__isnull=False)
        .annotate(
            original_wording=models.Subquery(originals.values("wording")[:1]),
            original_since=models.Subquery(originals.values("wording_since")[:1]),
        )
        .filter(original_wording__isnull=False)
        .exclude(made_from=models.F("original_wording"))
    )


def made_from(pages: Iterable[Page]) -> dict[int, str]:
    """Digest of the original's wording that the live text of each page was made from. One query, none without pages."""
    live = {page.pk: page.live_revision_id or 0 for page in pages}
    found: dict[int, str] = {}
    if live:
        rows = TranslationBasis.objects.filter(page_id__in=live).order_by("from_revision", "pk")
        for page_id, revision, wording in rows.values_list("page_id", "from_revision", "wording"):
            if revision <= live[page_id]:
                found[page_id] = wording
    return found


def original_of(page: Page) -> Page | None:
    """The page that ``page`` is a translation of; ``None`` if it is an original itself."""
    code = original_language()
    if page.locale.language_code == code:
        return None
    same = Page.objects.filter(translation_key=page.translation_key, locale__language_code=code)
    found = same.exclude(pk=page.pk).first()
    return found.specific if found is not None else None


def state_basis(page: Page, wording: str, source: str, *, revision: Any = None, user: Any = None) -> TranslationBasis:
    """From ``revision`` on (default: from the beginning) ``page`` renders the original with this wording."""
    return TranslationBasis.objects.create(
        page_id=page.pk,
        from_revision=revision.pk if revision is not None else 0,
        wording=wording,
        source=source,
        stated_by=user,
    )


def note_creation(page: Page) -> None:
    """A new page in another language is made from the German text as it stands: the public one, else the draft."""
    original = original_of(page)
    if original is not None:
        text = original if original.live else original.get_latest_revision_as_object()
        state_basis(page, digest(text), TranslationBasis.Source.CREATED)


def language_marks(page: Any, targets: Targets) -> dict[str, Any]:
    """What a document says about its own text: whether it is behind the original, whether easy language was reviewed.

    The original's part is a copy: the flush makes it stale when the original changes or leaves.
    """
    from cms_blocks.publication.records import PublicRecord

    code = original_language()
    if page.locale.language_code == code:
        return {}
    rows = PublicRecord.objects.live().filter(translation_key=page.translation_key)
    records = {row.object_id: row for row in rows.filter(models.Q(object_id=page.pk) | models.Q(locale=code))}
    own = records.pop(page.pk, None)
    original = next((row for row in records.values() if targets.in_time(row)), None)
    marks: dict[str, Any] = {}
    if own is not None and original is not None:
        marks["state"] = freshness(own, original).value
        marks["original"] = {"url": original.path, "locale": original.locale, "wording_since": original.wording_since}
    if own is not None and page.locale.language_code == EASY:
        marks["reviewed_on"] = own.reviewed_on
    return marks
