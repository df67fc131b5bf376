"""What images and documents know about themselves, and what happens to their files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image as Pixels

from cms_blocks.media.models import Accessible, Licence
from cms_blocks.media.storage import PrivateStorage, private_storage, unguessable_path
from cms_blocks.models import Document, Image, Rendition
from tests.cms_blocks.media.samples import SECRET, camera_jpeg, docx, jpeg, pdf, svg

pytestmark = pytest.mark.django_db


def stored(item) -> bytes:
    with item.file.storage.open(item.file.name) as content:
        return content.read()


def test_an_image_saved_by_code_is_cleaned_and_knows_its_true_size(make_image):
    image = make_image(camera_jpeg(orientation=6))
    assert (image.width, image.height) == (120, 80)
    assert SECRET.encode() not in stored(image)
    image.refresh_from_db()
    assert (image.width, image.height) == (120, 80)
    assert image.file_size == len(stored(image))
    assert len(image.file_hash) == 40


def test_the_file_field_itself_cleans(make_image):
    image = make_image()
    image.file.save("neu.jpg", ContentFile(camera_jpeg()))
    image.refresh_from_db()
    assert (image.width, image.height) == (120, 80)
    assert SECRET.encode() not in stored(image)


def test_images_created_in_bulk_are_cleaned(shelf):
    images = [
        Image(title="x", collection=shelf, file=ContentFile(camera_jpeg(orientation=6), name="a.jpg")) for _ in range(2)
    ]
    Image.objects.bulk_create(images)
    for image in Image.objects.all():
        assert (image.width, image.height) == (120, 80)
        assert image.file_hash
        assert SECRET.encode() not in stored(image)


def test_a_refused_file_leaves_no_row_and_no_file(shelf, make_image):
    before = set(Path(private_storage().location).rglob("*"))
    with pytest.raises(ValidationError, match=r"falle\.jpg"):
        make_image(b"<html>", name="falle.jpg")
    assert not Image.objects.exists()
    assert set(Path(private_storage().location).rglob("*")) == before


def test_validation_says_what_is_wrong_with_a_file_before_it_is_saved(shelf):
    image = Image(title="x", collection=shelf)
    image.file = ContentFile(svg("<g/>"), name="leer.svg")
    with pytest.raises(ValidationError) as caught:
        image.full_clean()
    assert "leer.svg" in caught.value.message_dict["file"][0]
    document = Document(title="x", collection=shelf, file=ContentFile(pdf(), name="brief.docx"))
    with pytest.raises(ValidationError) as caught:
        document.full_clean()
    assert len(caught.value.message_dict["file"]) == 1
    assert "brief.docx" in caught.value.message_dict["file"][0]


def test_files_lie_in_a_private_folder_under_names_nobody_can_guess(make_image, make_document, settings):
    first, second = make_image(), make_image()
    assert first.file.name.startswith("images/")
    assert Path(first.file.name).name == Path(second.file.name).name == "marktplatz.jpg"
    assert len(Path(first.file.name).parent.name) == 32
    assert Path(first.file.name).parent != Path(second.file.name).parent
    assert make_document().filename == "plan-fuer-den-markt.pdf"
    assert not Path(first.file.path).is_relative_to(settings.MEDIA_ROOT)
    assert Path(first.file.path).is_relative_to(settings.PRIVATE_MEDIA_ROOT)


def test_a_rendition_lies_there_as_well(make_image):
    rendition = make_image().get_rendition("max-165x165")
    assert isinstance(rendition, Rendition)
    assert rendition.file.name.startswith("renditions/")
    assert len(Path(rendition.file.name).parent.name) == 32


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("Straße Ü.PDF", "/strasse-ue.pdf"),
        ("../../etc/passwd", "/passwd"),
        ("..\\x\\a b.pdf", "/a-b.pdf"),
        ("مخطط.pdf", "/document.pdf"),
        (".pdf", "/pdf"),
        ("a" * 300 + ".pdf", "/" + "a" * 80 + ".pdf"),
        ("a.tar.gz", "/atar.gz"),
        ("x.<script>", "/x.script"),
    ],
)
def test_names_become_plain(name, end):
    assert unguessable_path("documents", name).endswith(end)
    assert len(unguessable_path("documents", name)) <= 200


def test_without_a_setting_the_private_folder_is_a_neighbour_of_the_public_one(settings, tmp_path):
    del settings.PRIVATE_MEDIA_ROOT
    settings.MEDIA_ROOT = tmp_path / "media"
    assert PrivateStorage().location == str(tmp_path / "media-private")
    settings.MEDIA_ROOT = ""
    assert PrivateStorage().location == str(Path("media-private").absolute())
    assert PrivateStorage(location="/srv/files").location == "/srv/files"


def test_a_site_may_name_a_storage_of_its_own(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    assert private_storage().location == str(tmp_path)


def test_there_is_no_storage_address(make_image, make_document):
    image, document = make_image(), make_document()
    with pytest.raises(NotImplementedError):
        private_storage().url(image.file.name)
    for item in (image, document):
        secret_part = Path(item.file.name).parent.name
        assert secret_part not in item.file.url
    assert image.file.url.startswith(f"/images/{image.pk}/")
    assert image.get_rendition("max-165x165").url.startswith(f"/images/{image.pk}/")
    assert image.get_rendition("max-165x165").file.url == image.get_rendition("max-165x165").url
    assert document.file.url == document.url == f"/documents/{document.pk}/plan-fuer-den-markt.pdf"


def test_a_replaced_image_loses_its_old_file_and_renditions(make_image, django_capture_on_commit_callbacks):
    image = make_image()
    rendition = image.get_rendition("max-165x165")
    old = [image.file.path, rendition.file.path]
    image.file = ContentFile(jpeg(60, 40), name="neu.jpg")
    with django_capture_on_commit_callbacks(execute=True):
        image.save()
    assert not any(Path(path).exists() for path in old)
    assert not image.renditions.exists()
    assert Path(image.file.path).exists()


def test_a_replacement_that_is_rolled_back_keeps_the_old_file(make_document):
    document = make_document()
    old = document.file.path
    with pytest.raises(RuntimeError), transaction.atomic():
        document.file = ContentFile(pdf("neu"), name="neu.pdf")
        document.save()
        raise RuntimeError
    assert Path(old).exists()
    assert Document.objects.get(pk=document.pk).filename == "plan-fuer-den-markt.pdf"


def test_a_deleted_image_takes_its_files_with_it(make_image, django_capture_on_commit_callbacks):
    image = make_image()
    paths = [image.file.path, image.get_rendition("max-165x165").file.path]
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert not any(Path(path).exists() for path in paths)


def test_other_changes_do_not_touch_the_file(make_image):
    image = make_image()
    name, changed = image.file.name, Path(image.file.path).stat().st_mtime_ns
    image = Image.objects.get(pk=image.pk)
    image.title = "Another title"
    image.save()
    image.save(update_fields=["title"])
    image.refresh_from_db()
    assert image.file.name == name
    assert Path(image.file.path).stat().st_mtime_ns == changed


def test_the_words_for_a_picture(make_image):
    assert make_image(alt_text="Stalls").default_alt_text == "Stalls"
    assert make_image(alt_text="", title="Market").default_alt_text == "Market"
    assert make_image(alt_text="Stalls", is_decorative=True).default_alt_text == ""


def test_the_rights_of_a_picture(make_image):
    image = make_image(credit="City of Potsdam", licence=Licence.CC_BY)
    assert image.rights.startswith("City of Potsdam, Creative Commons")
    assert image.licence_address == "https://creativecommons.org/licenses/by/4.0/"
    own = make_image(credit="City of Potsdam", licence=Licence.OWN)
    assert (own.rights, own.licence_address) == ("City of Potsdam", "")
    assert make_image().rights == ""


def test_what_still_lacks_words_can_be_listed(make_image, make_document):
    complete = make_image(credit="City", licence=Licence.OWN)
    without_alt = make_image(alt_text="", credit="City", licence=Licence.OWN)
    without_rights = make_image()
    decorative = make_image(alt_text="", is_decorative=True, credit="City", licence=Licence.OWN)
    assert set(Image.objects.lacking_words()) == {without_alt, without_rights}
    assert [image.lacks_alt_text for image in (complete, without_alt, decorative)] == [False, True, False]
    assert [image.lacks_rights for image in (complete, without_rights)] == [False, True]
    checked = make_document(accessible=Accessible.YES)
    unchecked, silent = make_document(), make_document(summary="", accessible=Accessible.NO)
    assert set(Document.objects.lacking_words()) == {unchecked, silent}
    assert (checked.lacks_summary, silent.lacks_summary) == (False, True)


def test_nobody_has_checked_a_new_document(make_document):
    assert make_document().accessible == "unchecked"


def test_documents_cannot_replace_each_other_in_a_circle(make_document):
    first, second, third = (make_document(title=title) for title in ("First", "Second", "Third"))
    first.superseded_by = second
    first.full_clean()
    first.save()
    second.superseded_by = third
    second.full_clean()
    second.save()
    third.superseded_by = first
    with pytest.raises(ValidationError) as caught:
        third.full_clean()
    assert "First" in caught.value.message_dict["superseded_by"][0]
    third.superseded_by = third
    with pytest.raises(ValidationError):
        third.full_clean()


def test_a_document_survives_the_one_that_replaced_it(make_document):
    newer = make_document()
    older = make_document(superseded_by=newer)
    newer.delete()
    older.refresh_from_db()
    assert older.superseded_by is None


@pytest.mark.parametrize("kind", ["image", "document"])
def test_a_bulk_change_tells_the_gate_which_rows_it_changed(kind, make_image, make_document, shelf):
    from cms_blocks.publication.unit import unit

    make = make_image if kind == "image" else make_document
    one, two, other = make(title="one"), make(title="two"), make(title="other")
    elsewhere = shelf.add_child(name="Elsewhere")
    with unit() as marks:
        assert type(one).objects.filter(pk__in=[one.pk, two.pk], collection=shelf).update(collection=elsewhere) == 2
        assert marks.targets == {(kind, one.pk), (kind, two.pk)}
        assert (kind, other.pk) not in marks.targets
        type(one).objects.filter(title="nothing").update(title="nobody")
        assert len(marks.targets) == 2


def test_a_sliced_update_fails_as_it_does_in_django(make_image):
    make_image()
    with pytest.raises(TypeError):
        Image.objects.all()[:1].update(title="x")


def test_an_office_document_is_stored_as_it_came(make_document):
    data = docx()
    document = make_document(data, name="Brief.DOCX")
    assert stored(document) == data
    assert document.filename == "brief.docx"
    assert document.file_size == len(data)


def test_a_drawing_is_stored_with_its_size(make_image):
    image = make_image(svg(attributes='viewBox="0 0 40 20" onload="alert(1)"'), name="logo.svg")
    assert (image.width, image.height) == (40, 20)
    assert image.is_svg()
    assert b"onload" not in stored(image)
    assert image.get_rendition("max-165x165").file.name.endswith(".svg")


def test_pixels_of_the_stored_photo_are_upright(make_image):
    with Pixels.open(make_image(camera_jpeg(8)).file.path) as picture:
        red, _green, _blue = picture.convert("RGB").getpixel((10, 10))
    assert red > 150
