"""Where uploaded files lie: a private place without any public address, under names nobody can guess."""

from __future__ import annotations

import secrets
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, InvalidStorageError, Storage, storages
from django.utils.deconstruct import deconstructible
from django.utils.text import slugify

from cms_blocks.slugs import slug_of

NAME_LENGTH = 80


@deconstructible(path="cms_blocks.media.storage.PrivateStorage")
class PrivateStorage(FileSystemStorage):
    """Local files outside ``MEDIA_ROOT``, which a web server may hand out without asking.

    The folder is ``PRIVATE_MEDIA_ROOT``; without it a sibling of ``MEDIA_ROOT`` (``media`` becomes ``media-private``).
    """

    @property
    def base_location(self) -> str:
        own = self.__dict__["_location"]
        if own is not None:
            return str(own)
        configured = getattr(settings, "PRIVATE_MEDIA_ROOT", None)
        if configured:
            return str(configured)
        media = Path(settings.MEDIA_ROOT or "media").absolute()
        return str(media.with_name(f"{media.name}-private"))

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def url(self, name: str | None) -> str:
        """Always ``NotImplementedError``: files are reached through the serving views only."""
        raise NotImplementedError("Private files have no storage address; use the address of the image or document.")


_local = PrivateStorage()


def private_storage() -> Storage:
    """The storage of images, renditions and documents: the alias ``private`` of ``STORAGES``, else local files."""
    try:
        return storages["private"]
    except InvalidStorageError:
        return _local


def unguessable_path(folder: str, filename: str) -> str:
    """``folder/<128 random bits>/<plain ASCII name>``; the last part is what a reader sees when downloading."""
    path = PurePosixPath(filename.replace("\\", "/"))
    extension = slugify(path.suffix)
    stem = slug_of(path.stem)[:NAME_LENGTH].strip("-") or folder.rstrip("s")
    return f"{folder}/{secrets.token_hex(16)}/{stem}" + (f".{extension}" if extension else "")
