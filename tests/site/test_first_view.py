"""What a first view costs somebody with an empty cache and a slow line, without JavaScript."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.test import Client
from django.utils.module_loading import import_string
from PIL import Image as Pixels
from PIL import ImageFilter
from playwright.sync_api import Page, Request

from cms_blocks.models import Image
from config import settings as production
from tests.site.house import PLACES, House
from toolkit.models import MethodPage

#: Bytes over the wire: bodies as they are sent, with their headers.
MOST = 200_000
#: Of one answer, more than any of ours has.
HEADERS = 1_000
OURS = ("cms_blocks/", "toolkit/", "procedures/")


@pytest.fixture(scope="module")
def stored_size(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], int]:
    """Bytes of a static file as production sends it: collected, hashed and compressed by its own storage."""
    folder = tmp_path_factory.mktemp("static")
    storage = import_string(production.STORAGES["staticfiles"]["BACKEND"])(location=str(folder), base_url="/static/")
    files = {path: (own, path) for finder in get_finders() for path, own in finder.list([]) if path.startswith(OURS)}
    for path, (own, _path) in files.items():
        with own.open(path) as content:
            storage._save(path, content)
    for _name, _stored, error in storage.post_process({path: (storage, path) for path in files}):
        assert not isinstance(error, Exception), error

    def size(path: str) -> int:
        kept = folder / storage.stored_name(path)
        forms = [Path(f"{kept}{suffix}") for suffix in (".br", ".gz", "")]
        return min(form.stat().st_size for form in forms if form.exists())

    return size


@pytest.fixture
def detailed_picture(house: House) -> None:
    """The method's picture is as full of detail as a photo of a crowd, and as large as an editor uploads it."""
    noise = [Pixels.effect_noise((1600, 1000), 70).filter(ImageFilter.GaussianBlur(3)) for _ in "RGB"]
    content = io.BytesIO()
    Pixels.merge("RGB", noise).save(content, "JPEG", quality=90)
    image = Image.objects.create(title="Fest", alt_text="Ein Fest", file=ContentFile(content.getvalue(), "fest.jpg"))
    method = MethodPage.objects.get(pk=house.method)
    method.image = image
    method.save()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("place", ["home", "method", "list of methods", "Arabic method"])
def test_the_first_view_weighs_at_most_200_kilobytes(
    place: str,
    width: int,
    detailed_picture: None,
    client: Client,
    open_page: Callable[..., Page],
    stored_size: Callable[[str], int],
) -> None:
    page = open_page(width=width, javascript=False)
    ours = {*style_sheets(html := client.get(PLACES[place]).content.decode()), *fonts(html)}
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(PLACES[place], wait_until="networkidle")
    weights: dict[str, int] = {}
    for request in finished:
        path = urlsplit(request.url).path
        sizes = request.sizes()
        body = stored_size(path.removeprefix("/static/")) if path.startswith("/static/") else sizes["responseBodySize"]
        weights[path] = body + sizes["responseHeadersSize"]
    assert any(path.endswith(".css") for path in weights)
    assert any(path.endswith(".woff2") for path in weights)
    loaded = {path for path in weights if path.endswith((".css", ".woff2"))}
    assert loaded <= ours, "the reckoning below counts too little"
    heaviest = sorted(weights.items(), key=lambda item: -item[1])
    assert sum(weights.values()) <= MOST, heaviest


@pytest.mark.parametrize("place", PLACES)
def test_no_place_can_weigh_more(place: str, house: House, client: Client, stored_size: Callable[[str], int]) -> None:
    """Reckoned without a browser, and rather too high: every style sheet, every font that has one of the page's
    characters, upright and italic, and every picture in its plainest form, wherever on the page it stands."""
    answer = client.get(PLACES[place], headers={"Accept-Encoding": "br, gzip"})
    html = client.get(PLACES[place]).content.decode()
    files = {path: stored_size(path.removeprefix("/static/")) for path in (*style_sheets(html), *fonts(html))}
    pictures = {path: len(client.get(path).getvalue()) for path in re.findall(r'<img src="(/images/[^"]+)"', html)}
    weights = {"html": len(answer.content), **files, **pictures}
    requests = len(weights)
    assert sum(weights.values()) + requests * HEADERS <= MOST, sorted(weights.items(), key=lambda item: -item[1])


def style_sheets(html: str) -> list[str]:
    found = re.findall(r'<link rel="stylesheet" href="(/static/[^"]+)"', html)
    assert len(found) > 5
    return found


def fonts(html: str) -> list[str]:
    """The files of which the style sheet says that they have a character of this page; its language switch is closed."""
    signs = {
        ord(sign) for sign in unescape(re.sub(r'<details class="languages.*?</details>', "", html, flags=re.DOTALL))
    }
    faces = finders.find("cms_blocks/css/fonts.css")
    found = []
    for face in re.findall(r"@font-face \{(.*?)\}", Path(faces).read_text(), re.DOTALL):
        ranges = "".join(re.findall(r"unicode-range:([^;]+);", face)) or "U+0-10FFFF"
        spans = [span.strip().removeprefix("U+").split("-") for span in ranges.split(",")]
        if any(int(span[0], 16) <= sign <= int(span[-1], 16) for span in spans for sign in signs):
            found += [f"/static/cms_blocks/fonts/{name}" for name in re.findall(r'fonts/([^"]+)"', face)]
    return found


def test_a_first_view_asks_for_few_files(house: House, open_page: Callable[..., Page]) -> None:
    page = open_page(javascript=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(PLACES["home"], wait_until="networkidle")
    assert len(asked) == len(set(asked)) <= 30
