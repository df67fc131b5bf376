"""The demo's pictures and documents, added to the library when a page first asks for them."""

from __future__ import annotations

from typing import Any

from django.core.files import File
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms_blocks.publication.unit import unit
from demo.source import Media, documents, images


def image_id(key: str) -> int:
    """The id of the picture; one with its title that is already in the library is used as it is."""
    media = images()[key]
    words = {"alt_text": media.alt, "credit": media.credit, "licence": media.licence}
    return _find_or_add(get_image_model(), media, words)


def document_id(key: str) -> int:
    """The id of the document; one with its title that is already in the library is used as it is."""
    media = documents()[key]
    return _find_or_add(get_document_model(), media, {"summary": media.summary})


def _find_or_add(model: Any, media: Media, words: dict[str, str]) -> int:
    known = model.objects.filter(title=media.title).order_by("pk").values_list("pk", flat=True).first()
    if known:
        return known
    with media.path.open("rb") as handle, unit():
        item = model(title=media.title, file=File(handle, name=media.path.name), **words)
        item.full_clean()
        item.save()
    return item.pk
