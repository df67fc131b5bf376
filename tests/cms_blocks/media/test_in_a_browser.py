"""Pictures and documents as a real browser meets them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cms_blocks.media.samples import svg

ALL_LOADED = """async () => {
  const images = [...document.images];
  for (const image of images) { image.loading = "eager"; await image.decode().catch(() => {}); }
  return images.map((image) => [image.currentSrc, image.naturalWidth > 0]);
}"""


@pytest.fixture
def shown(transactional_db, make_image, show):
    photo, drawing = make_image(), make_image(svg(), name="logo.svg")
    return show(photo, drawing)


def test_a_visitor_s_browser_takes_the_modern_format_and_gets_no_cookie(open_page, shown):
    page = open_page(shown.get_url())
    loaded = [one for one in page.evaluate(ALL_LOADED) if "/images/" in one[0]]
    assert len(loaded) == 2
    assert all(has_pixels for _address, has_pixels in loaded)
    assert loaded[0][0].endswith(".avif")
    assert loaded[1][0].endswith("/original/logo.svg")
    assert page.context.cookies() == []


def test_an_editor_sees_previews_of_what_is_not_public(open_page, watch, editor, make_image):
    photo, drawing = make_image(), make_image(svg(), name="logo.svg")
    page = open_page(reverse("wagtailadmin_login"))
    page.fill("input[name=username]", "editor")
    page.fill("input[name=password]", "a long password")
    page.click("button[type=submit]")
    for address in (
        reverse("wagtailimages:index"),
        reverse("wagtailimages:edit", args=[photo.pk]),
        reverse("wagtailimages:edit", args=[drawing.pk]),
    ):
        page.goto(address)
        loaded = [one for one in page.evaluate(ALL_LOADED) if "/images/" in one[0]]
        assert loaded
        assert all(has_pixels for _address, has_pixels in loaded), loaded
