"""Uploads through Wagtail's write API pass the same checks as those of the admin."""

from __future__ import annotations

from pathlib import Path

import pytest
from wagtail.models import APIToken, Collection

from cms_blocks.models import Document, Image
from tests.cms_blocks.media.samples import SECRET, camera_jpeg, pdf, svg, upload

pytestmark = pytest.mark.django_db
IMAGES, DOCUMENTS = "/api/write/v3/images/", "/api/write/v3/documents/"


@pytest.fixture
def token(editor) -> dict[str, str]:
    key = APIToken.generate_token()
    APIToken.objects.create(user=editor, name="import", key_hash=APIToken.hash_token(key))
    return {"Authorization": f"Bearer {key}"}


def image_data(**more) -> dict:
    return {"title": "Market", "collection_id": Collection.get_first_root_node().pk, "alt_text": "Stalls"} | more


def test_a_photo_is_cleaned(client, token):
    response = client.post(IMAGES, image_data(file=upload("foto.jpg", camera_jpeg())), headers=token)
    assert response.status_code == 201, response.content
    image = Image.objects.get()
    assert SECRET.encode() not in Path(image.file.path).read_bytes()
    assert (response.json()["width"], image.alt_text) == (120, "Stalls")
    assert response.json()["meta"]["download_url"].startswith(f"/images/{image.pk}/")


def test_a_trap_is_refused_with_its_reason(client, token):
    response = client.post(IMAGES, image_data(file=upload("falle.svg", svg("<g/>"))), headers=token)
    assert 400 <= response.status_code < 500
    assert "falle.svg" in response.content.decode()
    response = client.post(
        DOCUMENTS,
        {"title": "x", "summary": "y", "accessible": "no", "file": upload("brief.docx", pdf())},
        headers=token,
    )
    assert 400 <= response.status_code < 500
    assert "brief.docx" in response.content.decode()
    assert not Image.objects.exists()
    assert not Document.objects.exists()


def test_a_picture_without_words_is_refused(client, token):
    response = client.post(IMAGES, image_data(alt_text="", file=upload("foto.jpg", camera_jpeg())), headers=token)
    assert 400 <= response.status_code < 500
    assert not Image.objects.exists()


def test_single_words_can_be_changed(client, token, make_image, make_document):
    image, document, newer = make_image(), make_document(), make_document()
    response = client.patch(f"{IMAGES}{image.pk}/", {"alt_text": "New"}, "application/json", headers=token)
    assert response.status_code == 200, response.content
    response = client.patch(
        f"{DOCUMENTS}{document.pk}/", {"superseded_by_id": newer.pk}, "application/json", headers=token
    )
    assert response.status_code == 200, response.content
    image.refresh_from_db()
    document.refresh_from_db()
    assert (image.alt_text, document.superseded_by) == ("New", newer)
