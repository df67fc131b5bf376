"""Pictures are made when they are first asked for: once, and only a few at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from PIL import Image as Pixels

from cms_blocks.media import renditions
from cms_blocks.media.profiles import PROFILES
from cms_blocks.media.renditions import SourceMissing, TooBusy, find_or_make, make_ahead, open_image
from cms_blocks.models import Image
from tests.cms_blocks.media.samples import svg

SPEC = "width-480|format-webp"


def rendition_files() -> set[Path]:
    from cms_blocks.media.storage import private_storage

    return {path for path in (Path(private_storage().location) / "renditions").rglob("*") if path.is_file()}


def in_thread(work, *arguments):
    try:
        return work(*arguments)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_many_first_requests_at_once_make_one_picture(make_image):
    image = make_image()
    before = rendition_files()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: in_thread(find_or_make, Image.objects.get(pk=image.pk), SPEC), range(8)))
    assert len({rendition.pk for rendition in made}) == 1
    assert len(rendition_files() - before) == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_make_the_same_picture_end_with_one(make_image, monkeypatch):
    """Locks do not reach into another process: the second one to finish takes what the first one stored."""
    image = make_image()
    before = rendition_files()
    both_are_ready = threading.Barrier(2)
    find = renditions._find

    def found_nothing_yet(image, spec):
        result = find(image, spec)
        if result is None:
            both_are_ready.wait(10)
        return result

    monkeypatch.setattr(renditions, "_find", found_nothing_yet)
    with ThreadPoolExecutor(2) as pool:
        made = list(
            pool.map(lambda _: in_thread(renditions._make, Image.objects.get(pk=image.pk), SPEC), range(2), timeout=60)
        )
    assert made[0].pk == made[1].pk
    assert len(rendition_files() - before) == 1


@pytest.mark.django_db
@pytest.mark.django_db
def test_a_picture_whose_file_was_lost_is_made_again(make_image):
    image = make_image()
    first = find_or_make(image, SPEC)
    Path(first.file.path).unlink()
    with open_image(image, SPEC) as content:
        assert Pixels.open(content).size == (480, 360)
    assert image.renditions.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("spec", [SPEC, "original"])
def test_without_its_source_a_picture_cannot_be_made(make_image, spec):
    image = make_image()
    Path(image.file.path).unlink()
    with pytest.raises(SourceMissing):
        open_image(image, spec)
    assert not image.renditions.exists()


@pytest.mark.django_db
def test_when_all_encoders_are_at_work_a_request_is_told_to_come_back(make_image, client, show, monkeypatch):
    from cms_blocks.media.addresses import image_address

    monkeypatch.setattr(renditions, "PATIENCE", 0.05)
    monkeypatch.setattr(renditions, "_encoders", threading.BoundedSemaphore(1))
    image = make_image()
    show(image)
    with renditions._encoder():
        with pytest.raises(TooBusy):
            find_or_make(image, SPEC)
        response = client.get(image_address(image, SPEC))
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert response.headers["Cache-Control"] == "private, no-store"
    assert client.get(image_address(image, SPEC)).status_code == 200
    with renditions._one_at_a_time(image.pk, SPEC), pytest.raises(TooBusy), renditions._one_at_a_time(image.pk, SPEC):
        pass


@pytest.mark.django_db
def test_a_worker_makes_what_a_place_will_need(make_image):
    image = make_image()
    assert make_ahead(image, "thumb") == len(PROFILES["thumb"].specs())
    assert make_ahead(image, "thumb") == 0
    assert make_ahead(make_image(svg(), name="logo.svg"), "thumb") == 0


@pytest.mark.django_db
def test_pictures_carry_nothing_from_the_camera(make_image):
    from tests.cms_blocks.media.samples import SECRET, camera_jpeg

    image = make_image(camera_jpeg())
    for spec in PROFILES["text"].specs():
        with open_image(image, spec) as content:
            data = content.read()
        assert SECRET.encode() not in data
        assert b"GPS" not in data
