"""What may come in: every image and document is judged by its content, and images are rewritten without what they hide.

Called by the file fields (:mod:`cms_blocks.media.files`) for every way in, and by the forms so that the reason for a
refusal stands beside the field. Both functions may be applied to their own result without changing it.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

IMAGE_BYTES = 20 * 1024 * 1024
DOCUMENT_BYTES = 50 * 1024 * 1024

# Decoding a picture of the largest permitted size takes up to a gigabyte for a moment: one at a time in a process.
decoding = threading.Lock()


class UploadRefused(ValidationError):
    """A file that is not accepted. Its message names the file, the reason and the remedy."""

    def __init__(self, name: str, reason: str | Promise, remedy: str | Promise, code: str = "refused") -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(
            _("“%(name)s” was not accepted. %(reason)s %(remedy)s"),
            code=code,
            params={"name": plain_name(name), "reason": reason, "remedy": remedy},
        )


@dataclass(frozen=True)
class CleanedImage:
    """An image as it will be stored: file name, content, width and height in pixels, SHA-1 as 40 hex digits."""

    name: str
    content: File
    size: tuple[int, int]
    sha1: str


@dataclass(frozen=True)
class CheckedDocument:
    """A document that was accepted: file name, size in bytes, SHA-1 as 40 hex digits."""

    name: str
    size: int
    sha1: str


def clean_image(name: str, content: Any) -> CleanedImage:
    """Rewrite an image: JPEG or PNG without any metadata, upright, in sRGB; SVG with harmless elements only.

    ``content`` is any binary file. WebP, AVIF, HEIC and GIF become JPEG, or PNG where they are transparent or lossless.
    Raises :class:`UploadRefused`.
    """
    from cms_blocks.media import raster, svg

    limit = getattr(settings, "WAGTAILIMAGES_MAX_UPLOAD_SIZE", IMAGE_BYTES)
    data = _read(name, content, limit)
    known = getattr(content, "_cleaned_as", None)
    sha1 = _sha1(data)
    if known and known[0] == sha1:
        return CleanedImage(plain_name(name), ContentFile(data), known[1], sha1)
    if svg.looks_like_svg(data):
        data, size, extension = *svg.clean_svg(name, data), "svg"
    else:
        with decoding:
            data, size, extension = raster.clean_raster(name, data)
    if limit and len(data) > 3 * limit:  # lossless formats grow when they were packed better than we can
        raise too_large(name, len(data), limit)
    cleaned = ContentFile(data)
    return CleanedImage(f"{PurePosixPath(plain_name(name)).stem or 'image'}.{extension}", cleaned, size, _sha1(data))


def clean_image_upload(upload: Any) -> CleanedImage:
    """Like :func:`clean_image` for an ``UploadedFile``, whose own content and name are replaced.

    Wagtail's multiple upload stores the request's file itself while an editor fills in the form.
    """
    cleaned = clean_image(upload.name, upload)
    upload.seek(0)
    upload.truncate()
    cleaned.content.seek(0)
    upload.write(cleaned.content.read())
    upload.seek(0)
    upload.size = cleaned.content.size
    upload.name = cleaned.name
    upload._cleaned_as = (cleaned.sha1, cleaned.size)
    cleaned.content.seek(0)
    return cleaned


def check_document(name: str, content: Any) -> CheckedDocument:
    """Accept a document whose content is what its name says. The content is left as it is, rewound to its start.

    Raises :class:`UploadRefused`.
    """
    from cms_blocks.media.documents import examine

    stream: IO[bytes] = content
    limit = getattr(settings, "WAGTAILDOCS_MAX_UPLOAD_SIZE", DOCUMENT_BYTES)
    stream.seek(0)
    digest, size = hashlib.sha1(usedforsecurity=False), 0
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
        if limit and size > limit:
            raise too_large(name, getattr(content, "size", size), limit)
    if not size:
        raise empty(name)
    examine(plain_name(name), stream, size)
    stream.seek(0)
    return CheckedDocument(plain_name(name), size, digest.hexdigest())


def plain_name(name: str) -> str:
    """The last part of a path, whichever system it comes from."""
    return PurePosixPath((name or "").replace("\\", "/").replace("\0", "")).name or "file"


def extension_of(name: str) -> str:
    """The extension in lower case without its dot, or an empty string."""
    return PurePosixPath(plain_name(name)).suffix.lower().lstrip(".")


def empty(name: str) -> UploadRefused:
    return UploadRefused(name, _("The file is empty."), _("Please save it again and upload it once more."), "empty")


def too_large(name: str, size: int, limit: int) -> UploadRefused:
    return UploadRefused(
        name,
        _("It has %(size)s, at most %(limit)s are possible.")
        % {"size": filesizeformat(size), "limit": filesizeformat(limit)},
        _("Please save a smaller version."),
        "too_large",
    )


def _read(name: str, content: Any, limit: int | None) -> bytes:
    size = getattr(content, "size", None)
    if limit and isinstance(size, int) and size > limit:
        raise too_large(name, size, limit)
    content.seek(0)
    data = content.read((limit or (1 << 31)) + 1)
    if limit and len(data) > limit:
        raise too_large(name, len(data), limit)
    if not data:
        raise empty(name)
    return data


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
