"""The file fields of images and documents. Every way a file enters ends in ``FieldFile.save``: there it is checked."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile
from wagtail.images.models import WagtailImageField, WagtailImageFieldFile

from cms_blocks.media.storage import private_storage, unguessable_path


def image_path(instance: models.Model, filename: str) -> str:
    return unguessable_path("images", filename)


def rendition_path(instance: models.Model, filename: str) -> str:
    return unguessable_path("renditions", filename)


def document_path(instance: models.Model, filename: str) -> str:
    return unguessable_path("documents", filename)


class ImageFieldFile(WagtailImageFieldFile):
    """The file of an image: cleaned before it is written, reached by the address of the serving view."""

    @property
    def url(self) -> str:
        from cms_blocks.media.addresses import image_address

        self._require_file()
        return image_address(self.instance, "original")

    def get_image_dimensions(self) -> tuple[int, int]:
        """Django asks on assignment, before anything was checked: nonsense has no size, and is refused on saving."""
        if self._committed:
            return super().get_image_dimensions()
        try:
            return super().get_image_dimensions()
        except Exception:
            return 0, 0

    def examine(self) -> None:
        """Raise ``ValidationError`` if the assigned file would be refused."""
        from cms_blocks.media.uploads import clean_image

        clean_image(self.name, self.file)

    def save(self, name: str, content: Any, save: bool = True) -> None:
        from cms_blocks.media.uploads import clean_image

        cleaned = clean_image(name, content)
        super().save(cleaned.name, cleaned.content, save=False)
        image = self.instance
        image.width, image.height = cleaned.size
        image.file_size, image.file_hash = cleaned.content.size, cleaned.sha1
        if save:
            image.save()

    save.alters_data = True  # type: ignore[attr-defined]


class RenditionFieldFile(WagtailImageFieldFile):
    """The file of a rendition, made by us from a cleaned image."""

    @property
    def url(self) -> str:
        self._require_file()
        return self.instance.url

    def save(self, name: str, content: Any, save: bool = True) -> None:
        super().save(name, content, save=save)
        content.close()  # Wagtail leaves its temporary file open

    save.alters_data = True  # type: ignore[attr-defined]


class DocumentFieldFile(FieldFile):
    """The file of a document: its content is checked before it is written."""

    instance: Any

    @property
    def url(self) -> str:
        self._require_file()  # type: ignore[attr-defined]
        return self.instance.url

    def examine(self) -> None:
        """Raise ``ValidationError`` if the assigned file would be refused."""
        from cms_blocks.media.uploads import check_document

        check_document(self.name or "", self.file)

    def save(self, name: str, content: Any, save: bool = True) -> None:
        from cms_blocks.media.uploads import check_document

        checked = check_document(name, content)
        super().save(checked.name, content, save=False)
        document = self.instance
        document.file_size, document.file_hash = checked.size, checked.sha1
        if save:
            document.save()

    save.alters_data = True  # type: ignore[attr-defined]


class _PrivateField:
    """Private storage and unguessable names, whatever a subclass of the model leaves out."""

    path = staticmethod(document_path)

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("storage", private_storage)
        options.setdefault("upload_to", self.path)
        super().__init__(*args, **options)


class ImageFileField(_PrivateField, WagtailImageField):
    attr_class = ImageFieldFile
    path = staticmethod(image_path)


class RenditionFileField(_PrivateField, WagtailImageField):
    attr_class = RenditionFieldFile
    path = staticmethod(rendition_path)


class DocumentFileField(_PrivateField, models.FileField):
    attr_class = DocumentFieldFile
