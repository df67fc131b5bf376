"""What editors see and do: every way of uploading, the forms, the listing and its previews."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.images.forms import get_image_form
from wagtail.models import Collection, UploadedFile

from cms_blocks.models import Document, Image
from tests.cms_blocks.media.samples import SECRET, camera_jpeg, docx, jpeg, moving_gif, pdf, png_claiming, svg, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, editor):
    """The editor's browser."""
    client.force_login(editor)
    return client


def root() -> int:
    return Collection.get_first_root_node().pk


def image_data(**more) -> dict:
    words = {"title": "Market", "alt_text": "Stalls", "credit": "City", "licence": "own", "tags": ""}
    return words | {"collection": root()} | {f"focal_point_{part}": "" for part in ("x", "y", "width", "height")} | more


def document_data(**more) -> dict:
    return {"title": "Plan", "collection": root(), "tags": "", "summary": "A plan.", "accessible": "unchecked"} | more


def stored(item) -> bytes:
    return Path(item.file.path).read_bytes()


def test_a_photo_is_cleaned_when_it_is_added(desk):
    response = desk.post(reverse("wagtailimages:add"), image_data(file=upload("foto.jpg", camera_jpeg())))
    assert response.status_code == 302
    image = Image.objects.get()
    assert (image.width, image.height) == (120, 80)
    assert SECRET.encode() not in stored(image)
    assert image.file_size == len(stored(image))
    assert (image.alt_text, image.credit, image.uploaded_by_user.username) == ("Stalls", "City", "editor")


def test_a_photo_is_cleaned_when_it_is_uploaded_in_a_chooser(desk):
    data = {
        f"image-chooser-upload-{name}": value for name, value in image_data(file=upload("a.jpg", camera_jpeg())).items()
    }
    response = desk.post(reverse("wagtailimages_chooser:create"), data)
    answer = response.json()
    assert answer["step"] == "chosen"
    assert desk.get(answer["result"]["preview"]["url"]).status_code == 200
    assert SECRET.encode() not in stored(Image.objects.get())


def test_a_photo_among_many_is_cleaned_before_it_waits_for_its_words(desk):
    """Wagtail keeps the uploaded file itself until the form is filled in: that file must be clean already."""
    response = desk.post(
        reverse("wagtailimages:add_multiple"),
        {"files[]": upload("foto.jpg", camera_jpeg()), "collection": root()},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    answer = response.json()
    assert answer["success"]
    waiting = UploadedFile.objects.get(pk=answer["uploaded_file_id"])
    with default_storage.open(waiting.file.name) as content:
        assert SECRET.encode() not in content.read()
    prefix = f"uploaded-image-{waiting.pk}"
    assert f"{prefix}-alt_text" in answer["form"]
    address = reverse("wagtailimages:create_multiple_from_uploaded_image", args=[waiting.pk])
    without = desk.post(address, {f"{prefix}-title": "Market", f"{prefix}-collection": root()})
    assert not without.json()["success"]
    assert not Image.objects.exists()
    data = {f"{prefix}-{name}": value for name, value in image_data().items()}
    assert desk.post(address, data).json()["success"]
    image = Image.objects.get()
    assert (image.width, image.height, image.alt_text) == (120, 80, "Stalls")
    assert SECRET.encode() not in stored(image)
    assert image.file_hash


def test_a_large_photo_among_many_is_cleaned_as_well(desk, settings):
    """Large uploads lie in a temporary file, which Wagtail's storage moves instead of copying."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    response = desk.post(
        reverse("wagtailimages:add_multiple"), {"files[]": upload("foto.jpg", camera_jpeg()), "collection": root()}
    )
    waiting = UploadedFile.objects.get(pk=response.json()["uploaded_file_id"])
    with default_storage.open(waiting.file.name) as content:
        data = content.read()
    assert data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")
    assert SECRET.encode() not in data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("falle.svg", svg("<g/>")),
        ("falle.png", b"<html><script>"),
        ("bewegt.gif", moving_gif()),
        ("bombe.png", png_claiming(30_000, 30_000)),
    ],
)
def test_a_refused_picture_is_refused_everywhere_with_name_reason_and_remedy(desk, name, data):
    with translation.override("en"):
        page = desk.post(
            reverse("wagtailimages:add"), image_data(file=upload(name, data)), headers={"Accept-Language": "en"}
        )
        many = desk.post(reverse("wagtailimages:add_multiple"), {"files[]": upload(name, data), "collection": root()})
        prefixed = {f"image-chooser-upload-{key}": value for key, value in image_data(file=upload(name, data)).items()}
        chooser = desk.post(reverse("wagtailimages_chooser:create"), prefixed)
    assert page.status_code == 200
    messages = page.context["form"].errors["file"]
    assert len(messages) == 1
    assert name in messages[0]
    assert many.json()["success"] is False
    assert name in many.json()["error_message"]
    assert name in chooser.json()["htmlFragment"]
    assert not Image.objects.exists()
    assert not UploadedFile.objects.exists()


def test_a_picture_with_the_wrong_extension_is_taken_for_what_it_is(desk):
    desk.post(reverse("wagtailimages:add"), image_data(file=upload("foto.png", jpeg())))
    assert Image.objects.get().filename == "foto.jpg"


def test_a_heic_photo_from_a_phone_becomes_a_jpeg(desk):
    from tests.cms_blocks.media.samples import heic

    desk.post(reverse("wagtailimages:add"), image_data(file=upload("IMG_1.HEIC", heic())))
    assert Image.objects.get().filename == "img_1.jpg"


def test_alternative_text_is_required_unless_the_picture_is_decorative(desk):
    response = desk.post(reverse("wagtailimages:add"), image_data(alt_text="", file=upload("a.jpg", jpeg())))
    assert "alt_text" in response.context["form"].errors
    response = desk.post(reverse("wagtailimages:add"), image_data(alt_text="  ", file=upload("a.jpg", jpeg())))
    assert "alt_text" in response.context["form"].errors
    response = desk.post(
        reverse("wagtailimages:add"), image_data(alt_text="", is_decorative="on", file=upload("a.jpg", jpeg()))
    )
    assert response.status_code == 302


def test_a_form_for_some_fields_only_asks_for_words_when_it_is_about_them(make_image, editor):
    wordless = make_image(alt_text="")
    only_title = get_image_form(Image, fields=["title"])
    assert only_title({"title": "New", "collection": root()}, instance=wordless, user=editor).is_valid()
    only_decorative = get_image_form(Image, fields=["is_decorative"])
    assert not only_decorative({"collection": root()}, instance=wordless, user=editor).is_valid()
    assert only_decorative({"collection": root(), "is_decorative": "on"}, instance=wordless, user=editor).is_valid()


def test_a_picture_can_be_replaced(desk, make_image, django_capture_on_commit_callbacks):
    image = make_image(collection=Collection.get_first_root_node())
    old = image.file.path
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("wagtailimages:edit", args=[image.pk]), image_data(file=upload("neu.jpg", camera_jpeg())))
    image.refresh_from_db()
    assert (image.filename, image.width) == ("neu.jpg", 120)
    assert SECRET.encode() not in stored(image)
    assert not Path(old).exists()


def test_every_page_of_the_admin_shows_its_previews(desk, make_image):
    photo, drawing = make_image(), make_image(svg(), name="logo.svg")
    pages = [
        reverse("wagtailimages:index"),
        reverse("wagtailimages:index") + "?layout=list",
        reverse("wagtailimages_chooser:choose"),
        *(reverse("wagtailimages:edit", args=[image.pk]) for image in (photo, drawing)),
        reverse("wagtailimages:delete", args=[photo.pk]),
        reverse("wagtailimages_chooser:select_format", args=[photo.pk]),
        reverse("wagtailimages_chooser:chosen", args=[photo.pk]),
    ]
    for page in pages:
        response = desk.get(page)
        assert response.status_code == 200, page
        text = response.content.decode()
        if response.headers["Content-Type"].startswith("application/json"):
            text = json.dumps(response.json()).replace("\\/", "/")
        named = set(re.findall(r"/images/\d+/[\w-]{22}/[\w.-]+/[\w.-]+", text))
        assert named, page
        for one in named:
            assert desk.get(one).status_code == 200, (page, one)
        assert "_never-served" not in text
        assert Path(photo.file.name).parent.name not in text


def test_the_listing_shows_which_pictures_lack_words(desk, make_image):
    complete = make_image(credit="City", licence="own", title="Complete")
    wordless = make_image(alt_text="", credit="City", licence="own", title="Wordless")
    for layout in ("grid", "list"):
        text = desk.get(reverse("wagtailimages:index") + f"?layout={layout}").content.decode()
        assert text.count("cms-lacks-alt-text") == 1, layout
    Image.objects.filter(pk=wordless.pk).update(alt_text="Stalls", credit="")
    text = desk.get(reverse("wagtailimages:index")).content.decode()
    assert (text.count("cms-lacks-alt-text"), text.count("cms-lacks-rights")) == (0, 1)
    assert complete.title in text


@pytest.mark.parametrize(("name", "data"), [("plan.pdf", pdf()), ("Brief.docx", docx())])
def test_a_document_is_added(desk, name, data):
    response = desk.post(reverse("wagtaildocs:add"), document_data(file=upload(name, data)))
    assert response.status_code == 302
    document = Document.objects.get()
    assert stored(document) == data
    assert (document.filename, document.file_size, document.summary) == (name.lower(), len(data), "A plan.")
    assert desk.get(document.url).status_code == 200


def test_documents_can_be_uploaded_in_a_chooser_and_many_at_once(desk):
    data = {
        f"document-chooser-upload-{name}": value for name, value in document_data(file=upload("a.pdf", pdf())).items()
    }
    answer = desk.post(reverse("wagtaildocs_chooser:create"), data).json()
    assert answer["step"] == "chosen"
    many = desk.post(
        reverse("wagtaildocs:add_multiple"), {"files[]": upload("b.pdf", pdf("B")), "collection": root()}
    ).json()
    assert many["success"]
    assert "superseded_by" not in many["form"]
    prefix = f"uploaded-document-{many['uploaded_file_id']}"
    address = reverse("wagtaildocs:create_multiple_from_uploaded_document", args=[many["uploaded_file_id"]])
    wordless = desk.post(address, {f"{prefix}-{name}": value for name, value in document_data(summary="").items()})
    assert not wordless.json()["success"]
    complete = desk.post(address, {f"{prefix}-{name}": value for name, value in document_data().items()})
    assert complete.json()["success"]
    assert {stored(document) for document in Document.objects.all()} == {pdf(), pdf("B")}


def test_a_refused_document_is_refused_everywhere_with_one_message(desk):
    def trap():
        return upload("brief.docx", pdf())

    page = desk.post(reverse("wagtaildocs:add"), document_data(file=trap()))
    assert len(page.context["form"].errors["file"]) == 1
    assert "brief.docx" in page.context["form"].errors["file"][0]
    many = desk.post(reverse("wagtaildocs:add_multiple"), {"files[]": trap(), "collection": root()}).json()
    assert "brief.docx" in many["error_message"]
    assert not Document.objects.exists()
    assert not UploadedFile.objects.exists()


def test_a_document_says_by_which_one_it_is_replaced(desk, make_document):
    newer, older = make_document(title="Second"), make_document(title="First")
    page = desk.get(reverse("wagtaildocs:edit", args=[older.pk]))
    assert 'name="superseded_by"' in page.content.decode()
    response = desk.post(
        reverse("wagtaildocs:edit", args=[older.pk]), document_data(title="First", superseded_by=newer.pk)
    )
    assert response.status_code == 302
    older.refresh_from_db()
    assert older.superseded_by == newer
    response = desk.post(
        reverse("wagtaildocs:edit", args=[newer.pk]), document_data(title="Second", superseded_by=older.pk)
    )
    assert "superseded_by" in response.context["form"].errors


def test_a_replaced_document_loses_its_old_file(desk, make_document, django_capture_on_commit_callbacks):
    document = make_document(collection=Collection.get_first_root_node())
    old = document.file.path
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(
            reverse("wagtaildocs:edit", args=[document.pk]),
            document_data(file=upload("neu.pdf", pdf("neu")), accessible_anew="no"),
        )
    document.refresh_from_db()
    assert stored(document) == pdf("neu")
    assert not Path(old).exists()


def test_the_documents_pages_of_the_admin_lead_to_the_files(desk, make_document):
    document = make_document()
    for page in (
        reverse("wagtaildocs:index"),
        reverse("wagtaildocs_chooser:choose"),
        reverse("wagtaildocs:edit", args=[document.pk]),
    ):
        response = desk.get(page)
        assert response.status_code == 200
        assert Path(document.file.name).parent.name not in response.content.decode()
    assert document.url in desk.get(reverse("wagtaildocs:index")).content.decode()


def test_every_field_has_words_for_editors(desk):
    for name in ("wagtailimages:add", "wagtaildocs:add"):
        form = desk.get(reverse(name)).context["form"]
        for field in (
            "alt_text",
            "is_decorative",
            "credit",
            "licence",
            "source_url",
            "summary",
            "accessible",
            "superseded_by",
        ):
            if field in form.fields:
                assert form.fields[field].label
                assert form.fields[field].help_text


def test_the_listing_asks_no_more_for_ten_pictures_than_for_one(desk, make_image):
    def queries() -> int:
        desk.get(reverse("wagtailimages:index"))  # previews are made once
        with CaptureQueriesContext(connection) as captured:
            desk.get(reverse("wagtailimages:index"))
        return len(captured)

    make_image(jpeg())
    for_one = queries()
    for _number in range(9):
        make_image(jpeg())
    assert queries() == for_one
