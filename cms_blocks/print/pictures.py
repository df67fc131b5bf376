"""The bytes of public pictures, in a size for paper."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image as Raster
from PIL import UnidentifiedImageError
from wagtail.images import get_image_model

from cms_blocks.media.renditions import SourceMissing, open_image
from cms_blocks.publication.state import private_collections

#: As pages offer it, so that it mostly exists already. 1080 pixels on 17 cm are 160 for each inch.
SPEC = "width-1080"
#: What typst reads.
FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}


def picture_files(ids: Iterable[int]) -> dict[int, tuple[str, bytes]]:
    """Id → file name and bytes, for the images of public documents. One that is missing or no longer public is left
    out. Raises :class:`cms_blocks.media.renditions.TooBusy`."""
    images = get_image_model().objects.prefetch_renditions(SPEC).in_bulk(set(ids))
    private = private_collections() if images else frozenset()
    found = {}
    for pk, image in images.items():
        if image.collection_id in private:
            continue
        try:
            with open_image(image, "original" if image.is_svg() else SPEC) as stored:
                content = stored.read()
        except SourceMissing:
            continue
        if extension := "svg" if image.is_svg() else _extension(content):
            found[pk] = (f"{pk}.{extension}", content)
    return found


def _extension(content: bytes) -> str | None:
    try:
        with Raster.open(BytesIO(content)) as picture:
            return FORMATS.get(picture.format or "")
    except (UnidentifiedImageError, OSError):
        return None
