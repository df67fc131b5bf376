"""Photos and graphics as they come in: upright, in true colours, and without what the camera added."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageCms

from cms_blocks.media.raster import is_bare_jpeg
from cms_blocks.media.uploads import UploadRefused, clean_image
from tests.cms_blocks.media.samples import (
    SECRET,
    XMP,
    camera_jpeg,
    exif,
    heic,
    jpeg,
    laid_down,
    moving_gif,
    packed,
    png,
    png_claiming,
    same_pixels,
    scene,
)


def cleaned(name: str, data: bytes) -> tuple[str, bytes, tuple[int, int]]:
    result = clean_image(name, ContentFile(data))
    return result.name, result.content.read(), result.size


def refusal(name: str, data: bytes) -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        clean_image(name, ContentFile(data))
    assert name in caught.value.messages[0]
    assert str(caught.value.reason) in caught.value.messages[0]
    assert str(caught.value.remedy) in caught.value.messages[0]
    return caught.value


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_in_any_position_is_stored_upright(image_format, orientation):
    data = packed(laid_down(orientation), image_format, exif=exif(orientation), quality=95)
    _name, result, size = cleaned(f"foto.{image_format.lower()}", data)
    assert size == (120, 80)
    assert same_pixels(result, scene())
    assert Image.open(BytesIO(result)).getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_avif_picture_is_stored_upright(orientation):
    data = packed(laid_down(orientation), "AVIF", exif=exif(orientation), quality=95)
    _name, result, size = cleaned("foto.avif", data)
    assert size == (120, 80)
    assert same_pixels(result, scene())


def test_nothing_but_the_picture_remains_of_a_photo():
    data = camera_jpeg()
    assert data.count(SECRET.encode()) >= 5
    name, result, _size = cleaned("foto.jpg", data)
    assert name == "foto.jpg"
    assert SECRET.encode() not in result
    picture = Image.open(BytesIO(result))
    assert not picture.getexif()
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert is_bare_jpeg(result)


@pytest.mark.parametrize(
    ("name", "image_format", "options"),
    [
        ("a.png", "PNG", {"exif": exif(1)}),
        ("a.webp", "WEBP", {"exif": exif(1), "xmp": XMP}),
        ("a.webp", "WEBP", {"exif": exif(1), "xmp": XMP, "lossless": True}),
        ("a.avif", "AVIF", {"exif": exif(1), "xmp": XMP}),
        ("a.gif", "GIF", {"comment": SECRET}),
    ],
)
def test_no_format_keeps_what_was_written_beside_the_picture(name, image_format, options):
    data = packed(scene(), image_format, **options)
    assert SECRET.encode() in data
    assert SECRET.encode() not in cleaned(name, data)[1]


def test_text_chunks_of_a_png_do_not_remain():
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", SECRET)
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    notes.add_text("Comment", SECRET, zip=True)
    data = packed(scene(), "PNG", pnginfo=notes)
    _name, result, _size = cleaned("a.png", data)
    assert {result[i : i + 4] for i in range(len(result) - 4) if result[i : i + 4].isalpha()} & {
        b"tEXt",
        b"iTXt",
        b"zTXt",
    } == set()
    assert zlib.compress(SECRET.encode()) not in result


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.jpg", jpeg(), "a.jpg"),
        ("a.png", png(), "a.png"),
        ("a.webp", packed(scene(), "WEBP", quality=90), "a.jpg"),
        ("a.webp", packed(scene(), "WEBP", lossless=True), "a.png"),
        ("a.webp", packed(scene(mode="RGBA"), "WEBP", quality=90), "a.jpg"),
        ("a.avif", packed(scene(), "AVIF", quality=90), "a.jpg"),
        ("a.gif", packed(scene(), "GIF"), "a.png"),
        ("IMG 0001.HEIC", heic(), "IMG 0001.jpg"),
        ("a.jpg", png(), "a.png"),  # the content counts, the name is corrected
        ("a.png", jpeg(), "a.jpg"),
        ("C:\\Bilder\\a.jpg", jpeg(), "a.jpg"),
        ("../../etc/a.jpg", jpeg(), "a.jpg"),
        ("ohne-endung", jpeg(), "ohne-endung.jpg"),
    ],
)
def test_what_is_stored_is_jpeg_or_png_and_named_so(name, data, expected):
    stored_name, result, _size = cleaned(name, data)
    assert stored_name == expected
    assert Image.open(BytesIO(result)).format == {"jpg": "JPEG", "png": "PNG"}[expected[-3:]]
    assert same_pixels(result, scene(), tolerance=12)


def test_a_transparent_picture_stays_transparent():
    picture = scene(mode="RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    for image_format in ("PNG", "WEBP", "AVIF"):
        name, result, _size = cleaned(f"a.{image_format.lower()}", packed(picture, image_format))
        assert name == "a.png"
        assert Image.open(BytesIO(result)).getchannel("A").getextrema()[0] < 20


def test_a_palette_with_a_transparent_colour_stays_so():
    picture = scene().quantize(8)
    name, result, _size = cleaned("a.gif", packed(picture, "GIF", transparency=0))
    assert name == "a.png"
    assert Image.open(BytesIO(result)).has_transparency_data


def test_an_alpha_channel_that_hides_nothing_is_dropped():
    _name, result, _size = cleaned("a.png", png(mode="RGBA"))
    assert Image.open(BytesIO(result)).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_pixels_are_kept_exactly(mode):
    picture = scene().convert("L").convert("I;16") if mode == "I;16" else scene(mode=mode)
    if mode == "I;16":
        picture = picture.point(lambda value: value * 256)
    _name, result, _size = cleaned("a.png", packed(picture, "PNG"))
    expected = scene().convert("L") if mode == "I;16" else picture
    assert same_pixels(result, expected.convert("RGB"), tolerance=0.01)


def test_colours_of_another_profile_become_srgb():
    picture = Image.new("RGB", (64, 64), (250, 10, 10))
    wide = _swapped_profile()
    _name, result, _size = cleaned("a.jpg", packed(picture, "JPEG", quality=95, icc_profile=wide))
    red, green, _blue = Image.open(BytesIO(result)).convert("RGB").getpixel((32, 32))
    assert green > 200 > red  # the profile says that the first channel is green


def _swapped_profile() -> bytes:
    """sRGB whose red and green primaries have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    for tag in (b"desc",):  # no longer called sRGB
        at = entries[tag]
        offset, size = (int.from_bytes(profile[at + n : at + n + 4], "big") for n in (4, 8))
        text = bytes(profile[offset : offset + size])
        profile[offset : offset + size] = text.replace(b"s\0R\0G\0B", b"t\0e\0s\0t").replace(b"sRGB", b"test")
    return bytes(profile)


def test_a_broken_profile_is_left_out():
    _name, result, _size = cleaned("a.jpg", jpeg(icc_profile=b"nonsense" * 20))
    assert same_pixels(result, scene())
    assert "icc_profile" not in Image.open(BytesIO(result)).info


def test_a_picture_for_print_becomes_one_for_the_screen():
    _name, result, _size = cleaned("a.jpg", packed(scene(mode="CMYK"), "JPEG", quality=95))
    assert Image.open(BytesIO(result)).mode == "RGB"
    assert same_pixels(result, scene(), tolerance=8)


@pytest.mark.parametrize("data", [camera_jpeg(), png(mode="RGBA"), packed(scene(), "GIF"), heic()])
def test_cleaning_twice_changes_nothing(data):
    once = clean_image("a", ContentFile(data))
    twice = clean_image(once.name, ContentFile(once.content.read()))
    assert (twice.name, twice.size, twice.sha1) == (once.name, once.size, once.sha1)


def test_a_heic_photo_is_not_turned_twice():
    _name, result, size = cleaned("a.heic", heic(orientation=6))
    # The container, not EXIF, says how a HEIC picture lies (ISO/IEC 23008-12); the encoder writes it there.
    turned = scene().rotate(-90, expand=True)
    assert size == turned.size
    assert same_pixels(result, turned, tolerance=12)
    assert SECRET.encode() not in result


def test_the_second_picture_of_a_phone_s_jpeg_is_left_out():
    first, second = scene(), Image.new("RGB", (120, 80), "black")
    data = packed(first, "MPO", save_all=True, append_images=[second], quality=95)
    _name, result, _size = cleaned("a.jpg", data)
    assert same_pixels(result, scene())
    assert is_bare_jpeg(result)


def test_a_jpeg_that_hides_a_web_page_behind_its_end_is_written_anew():
    data = cleaned("a.jpg", jpeg())[1]
    for tail in (b"<script>alert(1)</script>", b"PK\x03\x04", b"\xff\xd9"):
        assert not is_bare_jpeg(data + tail)
        assert cleaned("a.jpg", data + tail)[1].endswith(b"\xff\xd9")
        assert tail[:8] not in cleaned("a.jpg", data + b"####" + tail)[1] or tail == b"\xff\xd9"


def test_a_web_page_that_calls_itself_a_picture_is_refused():
    assert refusal("a.png", b"<!DOCTYPE html><script>alert(1)</script>").code == "invalid_image"
    assert refusal("a.jpg", b"%PDF-1.4\n%%EOF").code == "invalid_image"
    assert refusal("a.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)").code in ("damaged", "invalid_image")


@pytest.mark.parametrize("image_format", ["TIFF", "BMP", "ICO", "PPM", "TGA", "EPS"])
def test_other_formats_are_refused_whatever_they_are_called(image_format):
    assert refusal("a.jpg", packed(scene(), image_format)).code == "invalid_image"


def test_a_header_that_promises_too_many_pixels_is_refused_before_decoding():
    assert refusal("bombe.png", png_claiming(9_000, 9_000)).code == "too_many_pixels"
    assert refusal("bombe.png", png_claiming(60_000, 60_000)).code == "too_many_pixels"
    assert refusal("band.png", png_claiming(20_000, 10)).code == "too_many_pixels"


def test_the_limit_of_pixels_is_a_setting(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 9_000
    assert refusal("a.jpg", jpeg()).code == "too_many_pixels"
    assert refusal("a.heic", heic()).code == "too_many_pixels"


def test_a_file_that_is_too_large_is_refused(settings):
    settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE = 500
    assert refusal("a.jpg", jpeg()).code == "too_large"


def test_an_empty_file_is_refused():
    assert refusal("a.jpg", b"").code == "empty"


@pytest.mark.parametrize(
    "data",
    [moving_gif(), packed(scene(), "WEBP", save_all=True, append_images=[scene().rotate(180)]),
     packed(scene(), "PNG", save_all=True, append_images=[scene().rotate(180)]),
     packed(scene(), "AVIF", save_all=True, append_images=[scene().rotate(180)])],
    ids=["gif", "webp", "apng", "avif"],
)  # fmt: skip
def test_a_moving_picture_is_refused(data):
    assert refusal("a.gif", data).code == "animated"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_a_damaged_picture_is_refused(image_format, share):
    picture = Image.effect_noise((400, 300), 60).convert("RGB")
    data = heic() if image_format == "HEIF" else packed(picture, image_format)
    damaged = data[: int(len(data) * share)]
    assert refusal("a.jpg", damaged).code in ("damaged", "invalid_image")


@pytest.mark.filterwarnings("ignore")  # Pillow warns of what it finds in metadata
def test_random_bytes_never_raise_anything_but_a_refusal():
    import random

    dice = random.Random(7)
    seeds = [camera_jpeg(), png(), packed(scene(), "WEBP"), packed(scene(), "AVIF"), packed(scene(), "GIF"), heic()]
    for _round in range(300):
        data = bytearray(dice.choice(seeds))
        for _change in range(dice.randint(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            clean_image("a.jpg", ContentFile(bytes(data)))
        except UploadRefused:
            pass
