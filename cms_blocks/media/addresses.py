"""Addresses of pictures: signed with a key of their own, known before the picture has been made.

``/images/<id>/<signature>/<specification>/<name>.<extension>``. The signature covers the content of the image and its
focal point as well, so a new picture has new addresses and caches never mix them up. Stored documents hold these
addresses: the key is ``MEDIA_SIGNING_KEY``, not ``SECRET_KEY``; earlier keys stay valid in
``MEDIA_SIGNING_KEY_FALLBACKS``.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.encoding import force_bytes

from cms_blocks.media.profiles import operations_of, spec_in_address

if TYPE_CHECKING:
    from cms_blocks.media.models import Image

SIGNATURE_BYTES = 16


def image_address(image: Image, spec: str) -> str:
    """The site-relative address of ``image`` in this form. Needs no query and makes no picture."""
    template = _template(get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)
    return template.format(
        id=image.pk, signature=signature(image, spec), spec=spec_in_address(spec), filename=public_name(image, spec)
    )


def public_name(image: Image, spec: str) -> str:
    """The last part of the address: the name of the file with the extension of the form that is asked for."""
    path = PurePosixPath(image.file.name)
    _operation, _separator, image_format = spec.partition("format-")
    return f"{path.stem}.{image_format.partition('|')[0]}" if image_format else path.name


def signature(image: Image, spec: str, key: str | bytes | None = None) -> str:
    """22 URL-safe characters: HMAC-SHA-256, cut to 128 bits, over id, specification, content hash and focal point."""
    focal_point = operations_of(spec).get_cache_key(image)
    message = f"{image.pk}\0{spec}\0{image.file_hash}\0{focal_point}"
    digest = hmac.digest(force_bytes(key or _keys()[0]), message.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:SIGNATURE_BYTES]).rstrip(b"=").decode()


def is_genuine(image: Image, spec: str, given: str) -> bool:
    return any(hmac.compare_digest(signature(image, spec, key).encode(), given.encode()) for key in _keys())


def _keys() -> list[str | bytes]:
    own = getattr(settings, "MEDIA_SIGNING_KEY", "") or f"cms_blocks.media:{settings.SECRET_KEY}"
    return [own, *getattr(settings, "MEDIA_SIGNING_KEY_FALLBACKS", [])]


@cache
def _template(script_prefix: str, urlconf: str) -> str:
    address = reverse(
        "media_image", kwargs={"image_id": 0, "signature": "signature", "spec": "spec", "filename": "filename"}
    )
    head, _separator, _tail = address.rpartition("0/signature/spec/filename")
    return head.replace("{", "{{").replace("}", "}}") + "{id}/{signature}/{spec}/{filename}"
