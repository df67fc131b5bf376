"""Pictures are made by the worker before the first reader asks: exactly those that a document shows."""

from __future__ import annotations

import re

from wagtail.images import get_image_model

from cms_blocks.media.addresses import is_genuine
from cms_blocks.media.profiles import spec_from_address
from cms_blocks.media.renditions import SourceMissing, find_or_make
from cms_blocks.publication.outbox import Event, consumes
from cms_blocks.publication.records import PublicDocument

ADDRESS = re.compile(r"/images/(?P<pk>\d+)/(?P<signature>[\w-]+)/(?P<spec>[^/\"\s]+)/")


@consumes("pictures", "record.changed")
def make_pictures(event: Event) -> None:
    """Make every form of a picture whose address stands in the record's document. What exists stays as it is."""
    document = PublicDocument.objects.filter(record_id=int(event.key)).first()
    if document is None:  # it left the public in the meantime
        return
    wanted = {(int(m["pk"]), spec_from_address(m["spec"]), m["signature"]) for m in ADDRESS.finditer(document.body)}
    images = get_image_model().objects.in_bulk({pk for pk, _, _ in wanted})
    for pk, spec, signature in sorted(wanted):
        image = images.get(pk)
        if image is None or image.is_svg() or spec == "original" or not is_genuine(image, spec, signature):
            continue
        try:
            find_or_make(image, spec)
        except SourceMissing:
            continue
