"""What must be seen of a picture is seen in every part of it that is cut out."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext
from PIL import Image as Raster

from cms_blocks.media.addresses import image_address
from cms_blocks.media.profiles import PROFILES
from cms_blocks.media.renditions import open_image
from cms_blocks.media.responsive import picture_data
from cms_blocks.models import Image
from tests.cms_blocks.media.samples import packed, upload

pytestmark = pytest.mark.django_db
CROPPED = [name for name, profile in PROFILES.items() if profile.operations[0].startswith("fill-")]
HINT = (
    "Cards and portraits show only a part of the image. The box says what must always be seen, for example a face. "
    "Without it the middle is shown."
)
RED = (220, 20, 20)


@pytest.fixture
def face(make_image: Callable[..., Image]) -> Image:
    """A wide grey picture with a red face far on the left."""
    picture = Raster.new("RGB", (2400, 600), (120, 120, 120))
    picture.paste(RED, (60, 200, 260, 400))
    return make_image(packed(picture, "JPEG", quality=95))


def redness(image: Image, profile: str) -> float:
    """The part of a cropped picture that is red."""
    with open_image(image, PROFILES[profile].operations[0]) as stored, Raster.open(BytesIO(stored.read())) as made:
        small = made.convert("RGB").resize((60, 60))
        pixels = [small.getpixel((x, y)) for x in range(60) for y in range(60)]
    return sum(red > 180 and green < 80 for red, green, _blue in pixels) / len(pixels)


def mark(desk: Any, image: Image, **box: Any) -> Any:
    form = {"title": image.title, "alt_text": "Face", "credit": "", "licence": "", "source_url": "", "tags": ""}
    form |= {f"focal_point_{name}": value for name, value in box.items()} | {"collection": image.collection_id}
    return desk.post(reverse("wagtailimages:edit", args=[image.pk]), form)


@pytest.fixture
def desk(client: Any, editor: Any) -> Any:
    client.force_login(editor)
    return client


def test_an_editor_marks_what_matters_and_every_part_shows_it(desk: Any, face: Image) -> None:
    assert CROPPED
    assert [redness(face, profile) for profile in CROPPED] == [0] * len(CROPPED), "in the middle there is none"
    before = {profile: picture_data(face, profile)["src"] for profile in CROPPED}
    assert mark(desk, face, x=160, y=300, width=200, height=200).status_code == 302
    face.refresh_from_db()
    for profile in CROPPED:
        assert redness(face, profile) > 0.02, profile
        assert picture_data(face, profile)["src"] != before[profile], "caches show the new part at once"
    assert image_address(face, "width-480") in picture_data(face, "text")["srcset"]


def test_the_editor_offers_the_box_and_says_what_for(desk: Any, face: Image) -> None:
    page = desk.get(reverse("wagtailimages:edit", args=[face.pk])).content.decode()
    assert "focal-point-chooser" in page
    assert "focal_point_x" in page
    with translation.override("de"):
        assert escape(gettext(HINT)) in page


def test_a_new_picture_has_no_box_of_the_old_one(desk: Any, face: Image) -> None:
    mark(desk, face, x=160, y=300, width=200, height=200)
    face.refresh_from_db()
    assert face.has_focal_point()
    other = packed(Raster.new("RGB", (300, 300), (0, 90, 0)), "PNG")
    form = {"title": "x", "alt_text": "x", "collection": face.collection_id, "file": upload("neu.png", other)}
    form |= {f"focal_point_{name}": value for name, value in {"x": 160, "y": 300, "width": 200, "height": 200}.items()}
    desk.post(reverse("wagtailimages:edit", args=[face.pk]), form)
    face.refresh_from_db()
    assert face.width == 300
    assert not face.has_focal_point()
