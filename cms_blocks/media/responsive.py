"""What a template needs to show a picture well on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from cms_blocks.media.addresses import image_address
from cms_blocks.media.profiles import MODERN, PROFILES, in_format, operations_of

if TYPE_CHECKING:
    from cms_blocks.media.models import Image

#: The fallback for browsers without ``srcset`` is the largest picture up to this width.
FALLBACK_WIDTH = 1080


class Source(TypedDict):
    type: str
    srcset: str


class PictureData(TypedDict):
    """``src``, ``width`` and ``height`` (pixels) of the fallback, ``srcset`` and ``sizes`` as in HTML (may be empty),
    and ``sources`` for ``<source>``, best first. All addresses are relative to the site."""

    sources: list[Source]
    src: str
    srcset: str
    sizes: str
    width: int
    height: int


def picture_data(image: Image, profile: str) -> PictureData:
    """The picture in the sizes of a profile (a key of :data:`~cms_blocks.media.profiles.PROFILES`).

    Makes no picture and asks the database nothing: renditions are made when they are first requested. Sizes are exact
    because the stored image is upright. A drawing (SVG) is one file for all sizes. Raises ``KeyError`` for a profile
    that does not exist.
    """
    wanted = PROFILES[profile]
    if image.is_svg():
        return {
            "sources": [],
            "src": image_address(image, "original"),
            "srcset": "",
            "sizes": "",
            "width": image.width,
            "height": image.height,
        }
    offered: dict[int, tuple[str, int]] = {}  # width → (operation, height); an image is never enlarged
    for operation in wanted.operations:
        width, height = _size(image, operation)
        offered.setdefault(width, (operation, height))
    widths = sorted(offered)
    fallback = max((width for width in widths if width <= FALLBACK_WIDTH), default=widths[0])
    operation, height = offered[fallback]

    def srcset(image_format: str | None) -> str:
        return ", ".join(
            f"{image_address(image, in_format(offered[w][0], image_format) if image_format else offered[w][0])} {w}w"
            for w in widths
        )

    return {
        "sources": [{"type": mime, "srcset": srcset(image_format)} for image_format, mime in MODERN.items()],
        "src": image_address(image, operation),
        "srcset": srcset(None),
        "sizes": wanted.sizes,
        "width": fallback,
        "height": height,
    }


def _size(image: Image, operation: str) -> tuple[int, int]:
    width, height = operations_of(operation).get_transform(image).size
    return max(1, round(width)), max(1, round(height))
