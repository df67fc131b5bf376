"""Images, their renditions and documents: what they say about themselves, and that they are private until shown."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.images.models import AbstractImage, AbstractRendition, ImageQuerySet
from wagtail.search import index

from cms_blocks.media.files import DocumentFileField, ImageFileField, RenditionFileField, image_path
from cms_blocks.media.uploads import extension_of


class MarkingQuerySet(models.QuerySet):
    """Tells the publication gate which rows an ``update()`` or ``bulk_create()`` changed.

    Django sends no signal for either, and Wagtail's bulk action “add to collection” is an ``update()``.
    The model's ``target_kind`` is the gate's word for it.
    """

    def update(self, **values: Any) -> int:
        from cms_blocks.publication.unit import mark_target, unit

        with unit():
            # Read first: afterwards the rows may no longer match the filter.
            changed = list(self.order_by().values_list("pk", flat=True)) if not self.query.is_sliced else []
            count = super().update(**values)
            if changed:
                mark_target(self.model.target_kind, changed)  # type: ignore[attr-defined]
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Any, *args: Any, **options: Any) -> list:
        from cms_blocks.publication.unit import mark_target, unit

        objs = list(objs)
        for obj in objs:
            obj.store_new_file()
        with unit():
            created = super().bulk_create(objs, *args, **options)
            mark_target(self.model.target_kind, [obj.pk for obj in created if obj.pk])  # type: ignore[attr-defined]
        return created

    bulk_create.alters_data = True  # type: ignore[attr-defined]


class MarkingImageQuerySet(MarkingQuerySet, ImageQuerySet):
    def lacking_words(self) -> MarkingImageQuerySet:
        """Images an editor still has to describe, or whose rights are unknown."""
        return self.filter(
            models.Q(alt_text="", is_decorative=False) | models.Q(credit="") | models.Q(licence=Licence.UNKNOWN)
        )


class MarkingDocumentQuerySet(MarkingQuerySet, DocumentQuerySet):
    def lacking_words(self) -> MarkingDocumentQuerySet:
        """Documents without a summary, or whose accessibility nobody has checked."""
        return self.filter(models.Q(summary="") | models.Q(accessible=Accessible.UNCHECKED))


def _uploader(related_name: str) -> models.ForeignKey:
    """``uploaded_by_user`` of Wagtail's bases, under a reverse name that its own tables do not use already."""
    field = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name=related_name,
    )
    field.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]
    return field


class FileReplacement(models.Model):
    """Saves a new file before the row, and removes the old one once the transaction has committed.

    (Wagtail's forms delete the old file at once: a rollback would then leave a row without its file.)
    """

    file: Any  # a field of the subclasses
    target_kind: str
    #: Kept by :func:`cms_blocks.media.uses.note_unused`; ``None`` while something shows the file.
    unused_since = models.DateTimeField(_("unused since"), null=True, editable=False)

    class Meta:
        abstract = True

    def store_new_file(self) -> bool:
        """Check, clean and write an assigned file; sets size, hash and dimensions. ``False`` if there is none.

        Raises ``ValidationError`` naming the file, the reason and the remedy.
        """
        file = self.file
        if not file or file._committed:
            return False
        file.save(file.name, file.file, save=False)
        return True

    def clean(self) -> None:
        """An assigned file that would be refused is a validation error of the field ``file``."""
        if self.file and not self.file._committed:
            try:
                self.file.examine()
            except ValidationError as error:
                raise ValidationError({"file": error}) from error

    def save(self, *args: Any, **options: Any) -> None:
        from cms_blocks.publication.unit import unit

        self.store_new_file()
        with unit():
            self._save(*args, **options)

    def _save(self, *args: Any, **options: Any) -> None:
        update_fields = options.get("update_fields")
        replaced = None
        if self.pk and (update_fields is None or "file" in update_fields):
            known = type(self)._base_manager.filter(pk=self.pk).values_list("file", flat=True).first()  # type: ignore[misc]
            replaced = known if known and known != self.file.name else None
        super().save(*args, **options)
        if replaced:
            storage = self.file.storage
            transaction.on_commit(lambda: storage.delete(replaced))
            self.file_was_replaced()

    def file_was_replaced(self) -> None:
        """Called inside the save that replaced the file."""

    def _set_file_metadata(self) -> None:
        """Nothing left to do for Wagtail's forms: size and hash are set where the file is stored."""

    _set_image_file_metadata = _set_document_file_metadata = _set_file_metadata


class Licence(models.TextChoices):
    """Under what terms a picture may be shown. Values are the names DCAT-AP.de and Creative Commons use."""

    UNKNOWN = "", _("Not yet clarified")
    OWN = "own", _("Own picture, all rights reserved")
    PERMISSION = "permission", _("Used with the author's permission")
    DL_BY = "dl-by-de/2.0", _("Data licence Germany – attribution – 2.0")
    DL_ZERO = "dl-zero-de/2.0", _("Data licence Germany – zero – 2.0")
    CC_BY = "cc-by/4.0", _("Creative Commons BY 4.0")
    CC_BY_SA = "cc-by-sa/4.0", _("Creative Commons BY-SA 4.0")
    CC_ZERO = "cc-zero", _("Creative Commons Zero 1.0")
    PUBLIC_DOMAIN = "public-domain", _("Public domain")


LICENCE_ADDRESSES: dict[str, str] = {
    Licence.DL_BY: "https://www.govdata.de/dl-de/by-2-0",
    Licence.DL_ZERO: "https://www.govdata.de/dl-de/zero-2-0",
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.CC_ZERO: "https://creativecommons.org/publicdomain/zero/1.0/",
}


class Image(FileReplacement, AbstractImage):  # type: ignore[django-manager-missing]  # Wagtail has no types
    """A picture with its description and its rights.

    ``is_decorative`` is not called ``decorative``: ``AbstractImage.__init__`` sets that name for its own purpose.
    """

    file = ImageFileField(
        verbose_name=_("file"), upload_to=image_path, width_field="width", height_field="height", max_length=200
    )
    alt_text = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_(
            "What the picture shows, for people who cannot see it: one or two short sentences, without “picture of”."
        ),
    )
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_(
            "The picture only adorns and says nothing that the text does not say. It then needs no alternative text."
        ),
    )
    credit = models.CharField(
        _("author"),
        max_length=200,
        blank=True,
        help_text=_("Who made the picture, as it is named below it, for example “Press office of the city”."),
    )
    licence = models.CharField(
        _("terms of use"),
        max_length=20,
        blank=True,
        choices=Licence,
        default=Licence.UNKNOWN,
        help_text=_("Under what terms we may show the picture."),
    )
    source_url = models.URLField(
        _("source"), blank=True, help_text=_("Where the picture comes from, if it is published elsewhere.")
    )

    target_kind = "image"
    uploaded_by_user = _uploader("uploaded_images")
    tags = TaggableManager(_("tags"), blank=True, help_text=None, related_name="tagged_images")

    objects = MarkingImageQuerySet.as_manager()

    admin_form_fields = (
        "title",
        "file",
        "alt_text",
        "is_decorative",
        "credit",
        "licence",
        "source_url",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [
        *AbstractImage.search_fields,
        index.SearchField("alt_text"),
        index.SearchField("credit"),
        index.FilterField("licence"),
        index.FilterField("is_decorative"),
    ]

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self) -> str:
        return self.title

    @property
    def default_alt_text(self) -> str:
        """Alternative text when a place has none of its own: empty for a decorative picture, never the title of a file
        unless nothing better is known."""
        if self.is_decorative:
            return ""
        return self.alt_text or self.title

    @property
    def rights(self) -> str:
        """The line below the picture: author and, where the terms ask for it, the licence. May be empty."""
        named = self.get_licence_display() if self.licence in LICENCE_ADDRESSES else ""
        return ", ".join(part for part in (self.credit, str(named)) if part)

    @property
    def licence_address(self) -> str:
        """Where the licence can be read, or an empty string."""
        return LICENCE_ADDRESSES.get(self.licence, "")

    @property
    def lacks_alt_text(self) -> bool:
        return not self.alt_text and not self.is_decorative

    @property
    def lacks_rights(self) -> bool:
        return not self.credit or not self.licence

    def get_upload_to(self, filename: str) -> str:
        return image_path(self, filename)

    def store_new_file(self) -> bool:
        """The focal point of an earlier picture says nothing about the new one, unless it was set anew with it."""
        box = [f"focal_point_{part}" for part in ("x", "y", "width", "height")]
        rows = type(self)._base_manager.filter(pk=self.pk)
        known = rows.values_list("file_hash", *box).first() if self.pk else None
        if not super().store_new_file():
            return False
        if known and known[0] != self.file_hash and list(known[1:]) == [getattr(self, name) for name in box]:
            self.set_focal_point(None)
        return True

    def file_was_replaced(self) -> None:
        Rendition.objects.filter(image=self).delete()


class Rendition(AbstractRendition):
    """A picture in one size and format, made when it is first asked for."""

    image = models.ForeignKey(Image, related_name="renditions", on_delete=models.CASCADE)
    file = RenditionFileField(width_field="width", height_field="height", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_rendition")
        ]

    @property
    def url(self) -> str:
        """The signed address of the serving view."""
        from cms_blocks.media.addresses import image_address

        return image_address(self.image, self.filter_spec)


class Accessible(models.TextChoices):
    """Whether a document can be read with assistive technology (BITV 2.0, PDF/UA)."""

    YES = "yes", _("Yes, checked")
    NO = "no", _("No")
    UNCHECKED = "unchecked", _("Not checked")


class Document(FileReplacement, AbstractDocument):
    """A file to download, with what a reader wants to know before downloading it."""

    file = DocumentFileField(verbose_name=_("file"), max_length=200)
    summary = models.CharField(
        _("what is in it"),
        max_length=250,
        blank=True,
        help_text=_("One sentence: what will readers find in this document?"),
    )
    accessible = models.CharField(
        _("accessible"),
        max_length=10,
        choices=Accessible,
        default=Accessible.UNCHECKED,
        help_text=_("Can people who use a screen reader read it? Only say “yes” after a check."),
    )
    superseded_by = models.ForeignKey(
        "self",
        verbose_name=_("replaced by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="supersedes",
        help_text=_("The newer document that takes the place of this one."),
    )

    file_changed_at = models.DateTimeField(_("file of"), default=timezone.now, editable=False)

    target_kind = "document"
    #: What the editor says of a new file's accessibility; of one that comes without an answer nobody knows.
    accessible_anew: str = Accessible.UNCHECKED
    uploaded_by_user = _uploader("uploaded_documents")
    tags = TaggableManager(_("tags"), blank=True, help_text=None, related_name="tagged_documents")

    objects = MarkingDocumentQuerySet.as_manager()

    admin_form_fields = ("title", "file", "summary", "accessible", "superseded_by", "collection", "tags")
    search_fields = [*AbstractDocument.search_fields, index.SearchField("summary"), index.FilterField("accessible")]

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title

    @property
    def lacks_summary(self) -> bool:
        return not self.summary

    def store_new_file(self) -> bool:
        """A file that takes the place of another keeps its name, and so the address, unless it is of another sort.

        What was known of the accessibility of the earlier file does not count for the new one.
        """
        known = (
            type(self)._base_manager.filter(pk=self.pk).values_list("file", "file_hash").first() if self.pk else None
        )
        if known and known[0] and self.file and not self.file._committed:
            name = PurePosixPath(known[0]).name
            if extension_of(name) == extension_of(self.file.name):
                self.file.name = name
        if not super().store_new_file():
            return False
        if known is None or known[1] != self.file_hash:
            self.file_changed_at = timezone.now()
            if known:
                self.accessible = self.accessible_anew
        return True

    def clean(self) -> None:
        super().clean()
        seen = {self.pk}
        newer = self.superseded_by
        while newer is not None:
            if newer.pk in seen:
                raise ValidationError(
                    {
                        "superseded_by": _(
                            "“%(title)s” is itself replaced by this document. Choose one that comes after it."
                        )
                        % {"title": str(self.superseded_by)}
                    }
                )
            seen.add(newer.pk)
            newer = newer.superseded_by
