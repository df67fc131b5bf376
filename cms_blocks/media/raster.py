"""Photos and graphics made of pixels: decoded once and written anew, so that nothing but the picture remains."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pillow_heif
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageCms, JpegImagePlugin, UnidentifiedImageError

from cms_blocks.media.uploads import UploadRefused, extension_of

MAX_PIXELS = 50_000_000
MAX_SIDE = 16_000  # WebP ends at 16,383
JPEG_QUALITY = 92
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")  # Pillow's reader of JPEG finds MPO by itself
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"}

#: What brings a picture upright, for each EXIF orientation (CIPA DC-008, table 6) that is not upright already.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def clean_raster(name: str, data: bytes) -> tuple[bytes, tuple[int, int], str]:
    """The picture alone: ``(content, (width, height), "jpg" or "png")``.

    JPEG stays JPEG; PNG and GIF become PNG; the others become JPEG unless they are transparent or lossless.
    The orientation is applied, colours are sRGB, and no EXIF, XMP, IPTC, comment, profile or thumbnail remains.
    A JPEG that is already like that is returned unchanged. Raises :class:`UploadRefused`.
    """
    with _reading(name), _open(name, data) as picture:
        _check_size(name, picture)
        _check_stillness(name, picture)
        kind = picture.format
        if kind == "JPEG" and is_bare_jpeg(data):
            size = picture.size
            picture.draft(None, (size[0] // 8, size[1] // 8))  # an eighth of the size shows every damage as well
            picture.load()
            return data, size, "jpg"
        sampling = JpegImagePlugin.get_sampling(picture) if kind in ("JPEG", "MPO") else 0
        picture.load()
        upright = _to_srgb(_upright(picture))
    upright = _eight_bits(upright)
    transparent = upright.has_transparency_data and not _opaque(upright)
    as_png = transparent or kind in ("PNG", "GIF") or (kind == "WEBP" and b"VP8L" in data[:8192])
    output = BytesIO()
    if as_png:
        picture = _without_alpha(upright) if upright.has_transparency_data and not transparent else upright
        picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
        picture.save(output, "PNG", compress_level=3)
        return output.getvalue(), picture.size, "png"
    picture = upright if upright.mode in ("L", "RGB") else upright.convert("RGB")
    picture.info = {}
    picture.save(output, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True, subsampling=max(sampling, 0))
    return output.getvalue(), picture.size, "jpg"


def is_bare_jpeg(data: bytes) -> bool:
    """Whether a JPEG holds nothing but what is needed to draw it in grey or in colour, and ends where it ends.

    Format: ITU-T T.81, annex B. A JFIF header without thumbnail is the only application segment that may stand.
    """
    if data[:2] != b"\xff\xd8" or len(data) < 4:
        return False
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return False
        marker = data[position + 1]
        if marker == 0xD9:
            return position + 2 == len(data)
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        segment = data[position + 4 : position + 2 + length]
        if marker == 0xE0:
            if segment[:5] != b"JFIF\0" or length != 16:
                return False
        elif marker in (0xC0, 0xC1, 0xC2):
            if len(segment) < 6 or segment[5] not in (1, 3):
                return False
        elif marker not in (0xDB, 0xC4, 0xDA, 0xDD):
            return False
        position += 2 + length
        if marker == 0xDA:
            position = _end_of_scan(data, position)
    return position + 2 == len(data) and data[position : position + 2] == b"\xff\xd9"


def _end_of_scan(data: bytes, position: int) -> int:
    """The place of the next marker after entropy-coded data."""
    while (position := data.find(b"\xff", position)) >= 0 and position + 1 < len(data):
        if data[position + 1] != 0 and not 0xD0 <= data[position + 1] <= 0xD7:
            return position
        position += 2
    return len(data)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Whatever a decoder raises when it meets nonsense (there are many sorts) means: this file is damaged."""
    try:
        yield
    except UploadRefused:
        raise
    except UnidentifiedImageError as error:
        raise UploadRefused(
            name,
            _("Its content is not a picture we can show."),
            _("Please save it as JPEG, PNG, WebP or SVG."),
            "invalid_image",
        ) from error
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name, None) from error
    except Exception as error:
        raise _damaged(name) from error


def _open(name: str, data: bytes) -> Image.Image:
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return _open_heif(name, data)
    return Image.open(BytesIO(data), formats=FORMATS)


def _open_heif(name: str, data: bytes) -> Image.Image:
    heif = pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True)
    _check_pixels(name, heif.size)
    picture = heif.to_pillow()
    # The decoder has already turned the picture (HEIF keeps that outside EXIF).
    picture.info = {key: value for key, value in picture.info.items() if key == "icc_profile"}
    picture.format = "HEIF"
    return picture


def _check_size(name: str, picture: Image.Image) -> None:
    _check_pixels(name, picture.size)
    if max(picture.size) > MAX_SIDE:
        raise UploadRefused(
            name,
            _("It is %(width)s × %(height)s pixels large; neither side may have more than %(side)s.")
            % {"width": picture.width, "height": picture.height, "side": number_format(MAX_SIDE, force_grouping=True)},
            _("Please save a smaller version."),
            "too_many_pixels",
        )


def _check_pixels(name: str, size: tuple[int, int]) -> None:
    limit = getattr(settings, "WAGTAILIMAGES_MAX_IMAGE_PIXELS", MAX_PIXELS) or MAX_PIXELS
    if size[0] * size[1] > limit:
        raise _too_many_pixels(name, size, limit)


def _too_many_pixels(name: str, size: tuple[int, int] | None, limit: int = MAX_PIXELS) -> UploadRefused:
    millions = {"limit": number_format(limit // 1_000_000)}
    if size is None:
        reason = _("It has far more than the possible %(limit)s million pixels.") % millions
    else:
        reason = _("It has %(pixels)s million pixels, at most %(limit)s million are possible.") % {
            "pixels": number_format(-(-size[0] * size[1] // 1_000_000)),
            **millions,
        }
    return UploadRefused(name, reason, _("Please save a smaller version."), "too_many_pixels")


def _check_stillness(name: str, picture: Image.Image) -> None:
    """Moving pictures need a way to stop them (WCAG 2.2.2), which an image element does not offer.

    The second picture of a JPEG from a phone (MPO) is a depth map or a preview and is left out.
    """
    if picture.format not in ("JPEG", "MPO") and getattr(picture, "is_animated", False):
        raise UploadRefused(
            name,
            _("It moves, and readers could not stop it."),
            _("Please upload one still picture, or use a video."),
            "animated",
        )


def _upright(picture: Image.Image) -> Image.Image:
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        turn = None  # metadata too broken to say which way is up
    return picture if turn is None else picture.transpose(turn)


def _to_srgb(picture: Image.Image) -> Image.Image:
    """Colours as a browser expects them without a profile."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "P" and profile:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if picture.mode in ("CMYK", "YCbCr", "LAB", "HSV") or (profile and picture.mode in ("RGB", "RGBA")):
        target = "RGBA" if picture.mode == "RGBA" else "RGB"
        if profile:
            try:
                source = ImageCms.ImageCmsProfile(BytesIO(profile))
                if "sRGB" in (source.profile.profile_description or ""):
                    return picture
                srgb = ImageCms.createProfile("sRGB")
                return ImageCms.profileToProfile(picture, source, srgb, outputMode=target) or picture
            except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
                pass  # a broken profile says nothing
        return picture.convert(target) if picture.mode != target else picture
    return picture


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16") or picture.mode == "I":
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _opaque(picture: Image.Image) -> bool:
    if picture.mode in ("RGBA", "LA"):
        return picture.getchannel("A").getextrema()[0] == 255
    return False


def _without_alpha(picture: Image.Image) -> Image.Image:
    return picture.convert("L" if picture.mode == "LA" else "RGB")


def _damaged(name: str) -> UploadRefused:
    kind = extension_of(name).upper()
    reason = (
        _("It cannot be read as a picture of the kind %(kind)s, it may be damaged.") % {"kind": kind}
        if kind
        else _("It cannot be read as a picture, it may be damaged.")
    )
    remedy = _("Please open it on your computer, save it again and upload it once more.")
    return UploadRefused(name, reason, remedy, "damaged")
