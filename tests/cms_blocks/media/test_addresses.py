"""Addresses of pictures and what a template gets: signed, exact, and without asking the database."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.urls import set_script_prefix
from PIL import Image as Pixels

from cms_blocks.media import profiles
from cms_blocks.media.addresses import image_address, is_genuine, signature
from cms_blocks.media.profiles import (
    PROFILES,
    STAFF_SPECS,
    Profile,
    may_be_made,
    public_specs,
    register_profile,
    spec_from_address,
    spec_in_address,
)
from cms_blocks.media.renditions import open_image
from cms_blocks.media.responsive import picture_data
from tests.cms_blocks.media.samples import camera_jpeg, jpeg, png, svg

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"/images/(\d+)/([\w-]{22})/([a-z0-9.-]+)/([a-z0-9-]+)\.(jpg|png|webp|avif|svg)\Z")


def candidates(srcset: str) -> dict[int, str]:
    return {int(part.split()[1][:-1]): part.split()[0] for part in srcset.split(", ")}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_picture_is_offered_in_two_modern_formats_and_a_fallback(make_image, profile, django_assert_num_queries):
    image = make_image()
    with django_assert_num_queries(0):
        data = picture_data(image, profile)
    assert not image.renditions.exists()
    assert [source["type"] for source in data["sources"]] == ["image/avif", "image/webp"]
    widths = list(candidates(data["srcset"]))
    assert widths == sorted(widths)
    for source, extension in zip(data["sources"], ("avif", "webp"), strict=True):
        offered = candidates(source["srcset"])
        assert list(offered) == widths
        assert all(ADDRESS.match(address)[5] == extension for address in offered.values())
    assert candidates(data["srcset"])[data["width"]] == data["src"]
    assert data["width"] <= 1080
    assert data["sizes"]


@pytest.mark.parametrize("size", [(2000, 1500), (1201, 803), (333, 777), (97, 95), (40, 1500), (1, 1)])
@pytest.mark.parametrize("profile", PROFILES)
def test_the_promised_sizes_are_the_sizes_of_the_pictures(make_image, size, profile):
    image = make_image(png(*size), name="a.png")
    data = picture_data(image, profile)
    for width, address in candidates(data["srcset"]).items():
        with open_image(image, spec_from_address(ADDRESS.match(address)[3])) as content:
            made = Pixels.open(BytesIO(content.read()))
        assert made.width == width
        assert made.size == (data["width"], data["height"]) or width != data["width"]
        assert made.width <= size[0]


def test_sizes_are_exact_for_a_photo_that_lay_on_its_side(make_image):
    image = make_image(camera_jpeg(6))
    data = picture_data(image, "text")
    assert (data["width"], data["height"]) == (120, 80)


def test_the_focal_point_chooses_the_part_and_the_address(make_image):
    image = make_image(png(2000, 1000), name="a.png")
    before = picture_data(image, "thumb")["src"]
    image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 1900, 900, 100, 100
    after = picture_data(image, "thumb")
    assert after["src"] != before
    assert picture_data(image, "text") == picture_data(image, "text")
    with open_image(image, "fill-96x96") as content:
        red, green, blue = Pixels.open(BytesIO(content.read())).convert("RGB").getpixel((90, 90))
    assert min(red, green, blue) > 200  # the light corner


def test_a_transparent_picture_falls_back_to_png_and_a_photo_to_jpeg(make_image):
    assert picture_data(make_image(), "card")["src"].endswith(".jpg")
    assert picture_data(make_image(png(mode="LA"), name="a.png"), "card")["src"].endswith(".png")


def test_a_drawing_is_one_file_for_all_sizes(make_image):
    image = make_image(svg(), name="logo.svg")
    assert picture_data(image, "card") == {
        "sources": [],
        "src": image.file.url,
        "srcset": "",
        "sizes": "",
        "width": 40,
        "height": 20,
    }
    assert image.file.url.endswith("/original/logo.svg")


def test_an_unknown_profile_is_an_error(make_image):
    with pytest.raises(KeyError):
        picture_data(make_image(), "nonsense")


def test_a_signature_holds_for_one_image_one_form_one_content_and_one_key(make_image, settings):
    image, other = make_image(), make_image()
    given = signature(image, "width-480")
    assert is_genuine(image, "width-480", given)
    assert not is_genuine(other, "width-480", given)
    assert not is_genuine(image, "width-720", given)
    assert not is_genuine(image, "width-480", given[:-1] + "ä")
    assert not is_genuine(image, "width-480", "")
    image.file = ContentFile(jpeg(10, 10), name="neu.jpg")
    image.save()
    assert not is_genuine(image, "width-480", given)


def test_a_new_secret_key_leaves_the_addresses_alone_and_a_new_media_key_does_not(make_image, settings):
    image = make_image()
    before = image_address(image, "width-480")
    settings.SECRET_KEY = "another secret key"
    assert image_address(image, "width-480") == before
    old_key = settings.MEDIA_SIGNING_KEY
    settings.MEDIA_SIGNING_KEY = "another media key"
    assert image_address(image, "width-480") != before
    old_signature = ADDRESS.match(before)[2]
    assert not is_genuine(image, "width-480", old_signature)
    settings.MEDIA_SIGNING_KEY_FALLBACKS = [old_key]
    assert is_genuine(image, "width-480", old_signature)
    settings.MEDIA_SIGNING_KEY = ""
    assert image_address(image, "width-480") not in ("", before)


def test_addresses_follow_the_place_where_the_site_is_mounted(make_image):
    image = make_image()
    set_script_prefix("/stadt/{x}/")
    try:
        assert image_address(image, "width-480").startswith("/stadt/%7Bx%7D/images/")
    finally:
        set_script_prefix("/")


def test_only_what_is_listed_may_be_made(settings):
    everything = {spec for profile in PROFILES.values() for spec in profile.specs()}
    assert everything <= public_specs()
    for spec in everything:
        assert may_be_made(spec, is_svg=False, for_staff=False)
        assert spec_from_address(spec_in_address(spec)) == spec
    for spec in STAFF_SPECS:
        assert may_be_made(spec, is_svg=False, for_staff=True)
        assert not may_be_made(spec, is_svg=False, for_staff=False)
    assert may_be_made("original", is_svg=True, for_staff=False)
    for spec in ("width-481", "original|format-webp", "fill-360x240-c100", "", "scale-1", "width-480|jpegquality-1"):
        assert not may_be_made(spec, is_svg=False, for_staff=True)
    settings.MEDIA_IMAGE_SPECS = ["width-481"]
    assert may_be_made("width-481", is_svg=False, for_staff=False)


def test_pictures_in_rich_text_may_be_made():
    from wagtail.images.formats import get_image_formats

    assert all(may_be_made(f.filter_spec, is_svg=False, for_staff=False) for f in get_image_formats())


def test_a_plugin_offers_a_place_of_its_own(make_image, monkeypatch):
    monkeypatch.setattr(profiles, "PROFILES", dict(PROFILES))
    register_profile("stamp", Profile(("fill-32x32",), "2rem"))
    try:
        assert may_be_made("fill-32x32|format-webp", is_svg=False, for_staff=False)
        assert profiles.PROFILES["stamp"].sizes == "2rem"
    finally:
        public_specs.cache_clear()
