"""In which sizes pictures are offered: a profile for each sort of place, and the closed list of what may be made.

An image operation is asked for by its specification in Wagtail's language (``fill-360x240|format-avif``). Nobody can
have any other size made than those listed here; a site adds its own with ``MEDIA_IMAGE_SPECS`` or :data:`PROFILES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.core.signals import setting_changed
from wagtail.images.models import Filter

MODERN = {"avif": "image/avif", "webp": "image/webp"}


@dataclass(frozen=True)
class Profile:
    """One sort of place. ``operations`` from small to large, without format; ``sizes`` is the HTML attribute."""

    operations: tuple[str, ...]
    sizes: str

    def specs(self) -> set[str]:
        return {spec for operation in self.operations for spec in in_all_formats(operation)}


def _cropped(widths: tuple[int, ...], across: int, down: int) -> tuple[str, ...]:
    return tuple(f"fill-{width}x{width * down // across}" for width in widths)


def _scaled(*widths: int) -> tuple[str, ...]:
    return tuple(f"width-{width}" for width in widths)


PROFILES: dict[str, Profile] = {
    "thumb": Profile(_cropped((96, 192, 288), 1, 1), "6rem"),
    "card": Profile(_cropped((360, 540, 720, 1080), 3, 2), "(min-width: 64rem) 22rem, (min-width: 40rem) 50vw, 100vw"),
    "text": Profile(_scaled(480, 720, 1080, 1440), "(min-width: 48rem) 44rem, 100vw"),
    "wide": Profile(_scaled(640, 960, 1440, 1920), "(min-width: 76rem) 72rem, 100vw"),
    "hero": Profile(_cropped((640, 960, 1280, 1920), 16, 9), "(min-width: 64rem) 50vw, 100vw"),
}

#: What Wagtail's own admin shows to those who may see the image anyway.
STAFF_SPECS = frozenset({"original", "max-165x165", "max-150x150", "max-800x600", "fill-600x338"})


def in_format(operation: str, image_format: str) -> str:
    return f"{operation}|format-{image_format}"


def in_all_formats(operation: str) -> list[str]:
    """The specifications of a picture in its own format and in the modern ones."""
    return [operation, *(in_format(operation, image_format) for image_format in MODERN)]


def may_be_made(spec: str, *, is_svg: bool, for_staff: bool) -> bool:
    """Whether this specification is on the list for readers, or (``for_staff``) for those who work on the site."""
    if is_svg and spec == "original":
        return True  # a drawing is served as it is
    return spec in public_specs() or (for_staff and spec in STAFF_SPECS)


def spec_in_address(spec: str) -> str:
    """``|`` would be escaped in an address: a dot stands for it."""
    return spec.replace("|", ".")


def spec_from_address(text: str) -> str:
    return text.replace(".", "|")


@cache
def operations_of(spec: str) -> Filter:
    """Wagtail's parsed form of a specification, kept: parsing costs more than all else in an address."""
    return Filter(spec)


@cache
def public_specs() -> frozenset[str]:
    from wagtail.images.formats import get_image_formats

    profiles = set().union(*(profile.specs() for profile in PROFILES.values()))
    in_rich_text = {image_format.filter_spec for image_format in get_image_formats()}
    return frozenset(profiles | in_rich_text | set(getattr(settings, "MEDIA_IMAGE_SPECS", ())))


def register_profile(name: str, profile: Profile) -> None:
    """Offer a further sort of place (or replace one). Call it in ``AppConfig.ready``."""
    PROFILES[name] = profile
    public_specs.cache_clear()


def _forget(setting: str, **kwargs: object) -> None:
    if setting == "MEDIA_IMAGE_SPECS":
        public_specs.cache_clear()


setting_changed.connect(_forget)
