"""Which files are unused: nothing that anybody still needs, and all the others with their date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Collection, Locale, Page, Site

from cms_blocks.media.tidying import LARGE_DOCUMENT, LARGE_IMAGE
from cms_blocks.media.uses import note_unused_files, used_ids
from cms_blocks.models import Contact, Document, Image
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from tests.cms_blocks.media.samples import jpeg
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)


def root() -> Page:
    return Site.objects.get(is_default_site=True).root_page.specific


def body(image: Image | None = None, document: Document | None = None, linked: Document | None = None) -> list[Any]:
    blocks: list[Any] = []
    if image:
        blocks.append({"type": "gallery", "value": {"title": "", "images": [{"image": image.pk, "decorative": True}]}})
    if document:
        blocks.append({"type": "documents", "value": {"title": "", "documents": [document.pk]}})
    if linked:
        blocks.append({"type": "paragraph", "value": f'<p><a linktype="document" id="{linked.pk}">Plan</a></p>'})
    return blocks


@pytest.fixture
def files(make_image: Callable[..., Image], make_document: Callable[..., Document]) -> tuple[Image, Document, Document]:
    """A picture, a document in a list, a document that running text links to."""
    return make_image(), make_document(), make_document(title="Linked")


def used() -> set[tuple[str, int]]:
    return {(model.target_kind, pk) for model in (Image, Document) for pk in used_ids(model)}


def names(files: tuple[Any, ...]) -> set[tuple[str, int]]:
    return {(file.target_kind, file.pk) for file in files}


def published(page: StandardPage) -> StandardPage:
    page.save_revision().publish()
    return StandardPage.objects.get(pk=page.pk)


def new_page(**fields: Any) -> StandardPage:
    return root().add_child(instance=StandardPage(**{"title": "Seite", "slug": "seite", **fields}))


def test_what_nobody_shows_is_unused(files: Any) -> None:
    assert used() == set()


def test_what_a_public_page_shows_is_used(files: Any) -> None:
    published(new_page(body=body(*files)))
    assert used() == names(files)


def test_what_only_a_draft_shows_is_used(files: Any) -> None:
    page = published(new_page())
    page.body = body(*files)
    page.save_revision()
    assert used() == names(files)
    assert used_ids(Image) == {files[0].pk}


def test_what_only_a_page_shows_that_was_never_published_is_used(files: Any) -> None:
    page = new_page(live=False)
    page.body = body(*files)
    page.save_revision()
    assert used() == names(files)


def test_what_a_planned_version_shows_is_used_though_a_newer_draft_does_not(files: Any) -> None:
    page = published(new_page())
    page.body, page.go_live_at = body(*files), timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    page = StandardPage.objects.get(pk=page.pk)
    page.body, page.go_live_at = [], None
    page.save_revision()
    assert used() == names(files)


def test_what_a_page_shows_that_was_taken_offline_is_used(files: Any) -> None:
    published(new_page(body=body(*files))).unpublish()
    assert used() == names(files)


def test_what_a_draft_takes_away_stays_used_until_that_is_public(files: Any) -> None:
    page = published(new_page(body=body(*files)))
    page.body = []
    revision = page.save_revision()
    assert used() == names(files)
    revision.publish()
    assert used() == set(), "earlier versions do not count"


def test_what_only_a_translation_shows_is_used_and_so_is_what_a_translator_has_chosen(files: Any) -> None:
    from wagtail_localize.models import SegmentOverride, TranslationContext, TranslationSource

    image, listed, chosen = files
    english, _ = Locale.objects.get_or_create(language_code="en")
    root().copy_for_translation(english)
    page = published(new_page())
    translation = page.copy_for_translation(english)
    translation.body = body(image, listed)
    translation.save_revision()
    source, _ = TranslationSource.get_or_create_from_instance(page)
    context = TranslationContext.objects.create(object_id=source.object_id, path="body.x.documents")
    SegmentOverride.objects.create(locale=english, context=context, data_json=str(chosen.pk))
    assert names(files) <= used()


def test_a_portrait_is_used(make_image: Callable[..., Image]) -> None:
    portrait = make_image()
    contact = Contact.objects.create(name="Anlaufstelle", locale=Locale.get_default(), photo=portrait)
    assert used_ids(Image) == {portrait.pk}
    contact.delete()
    assert used_ids(Image) == set()


def test_the_newer_version_of_a_used_document_is_used(make_document: Callable[..., Document]) -> None:
    newest = make_document()
    newer = make_document(superseded_by=newest)
    old = make_document(superseded_by=newer)
    assert used_ids(Document) == set(), "a chain that nobody enters"
    published(new_page(body=body(document=old)))
    assert used_ids(Document) == {old.pk, newer.pk, newest.pk}


def test_since_when_a_file_is_unused_is_written_down_and_makes_nothing_stale(files: Any) -> None:
    image, *_rest = files
    with time_machine.travel("2026-10-01T08:00:00Z"):
        note_unused_files()
    with time_machine.travel("2026-10-02T08:00:00Z"):
        note_unused_files()
    image.refresh_from_db()
    assert image.unused_since.day == 1
    published(new_page(body=body(image)))
    with CaptureQueriesContext(connection) as queries:
        note_unused_files()
    image.refresh_from_db()
    assert image.unused_since is None
    assert Document.objects.exclude(unused_since=None).count() == 2
    assert not PublicRecord.objects.stale().exists()
    assert not any('"cms_blocks_publicrecord" SET' in query["sql"] for query in queries)


def test_the_number_of_questions_does_not_grow_with_the_drafts(files: Any) -> None:
    counts = []
    for number in (1, 10):
        with unit():
            for index in range(number):
                page = new_page(slug=f"entwurf-{number}-{index}", live=False)
                page.body = body(*files)
                page.save_revision()
        used_ids(Image)
        with CaptureQueriesContext(connection) as queries:
            used_ids(Image)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# The report


@pytest.fixture
def tidier(client: Any, editor: Any) -> Any:
    client.force_login(editor)
    return client


def rows(client: Any, name: str, **query: str) -> dict[str, str]:
    answer = client.get(reverse(f"files:{name}"), query)
    assert answer.status_code == 200
    return {item.title: item.findings for item in answer.context["object_list"]}


def test_the_report_lists_what_is_unused_or_too_large_and_filters_it(
    tidier: Any, make_image: Callable[..., Image]
) -> None:
    shown, rests = make_image(title="Shown"), make_image(title="Rests")
    heavy = make_image(jpeg(4200, 10), title="Wide")
    heavier = make_image(title="Heavy")
    Image.objects.filter(pk=heavier.pk).update(file_size=LARGE_IMAGE + 1)
    for number, image in enumerate((shown, heavy, heavier)):
        published(new_page(slug=f"seite-{number}", body=body(image)))
    found = rows(tidier, "images")
    assert set(found) == {"Rests", "Wide", "Heavy"}
    assert next(iter(found)) == "Heavy", "the heaviest first"
    assert set(rows(tidier, "images", state="unused")) == {"Rests"}
    assert set(rows(tidier, "images", state="large")) == {"Wide", "Heavy"}
    assert rows(tidier, "images", rests="30") == {}
    Image.objects.filter(pk=rests.pk).update(unused_since=timezone.now() - timedelta(days=40))
    assert set(rows(tidier, "images", rests="30")) == {"Rests"}


def test_unused_files_are_deleted_after_a_look_at_them(
    tidier: Any, make_document: Callable[..., Document], make_user: Callable[..., Any]
) -> None:
    rests, large = make_document(title="Rests"), make_document(title="Large")
    Document.objects.filter(pk=large.pk).update(file_size=LARGE_DOCUMENT + 1)
    published(new_page(body=body(document=large)))
    answer = tidier.get(reverse("files:documents"))
    address = answer.context["delete_url"]
    assert f"id={rests.pk}" in address
    assert f"id={large.pk}" not in address
    assert "Rests" in tidier.get(address).content.decode()
    assert tidier.post(address).url == reverse("files:documents")
    assert list(Document.objects.all()) == [large]
    assert "delete_url" not in tidier.get(reverse("files:documents")).context


def test_the_report_is_exported_for_a_spreadsheet(tidier: Any, make_image: Callable[..., Image]) -> None:
    make_image(title="Rests")
    note_unused_files()
    lines = tidier.get(reverse("files:images"), {"export": "csv"}).getvalue().decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Rests,marktplatz.jpg,Open,")
    assert "1200,900" in lines[1]
    book = load_workbook(BytesIO(tidier.get(reverse("files:images"), {"export": "xlsx"}).getvalue()))
    assert next(cell.value for cell in book.active[2]) == "Rests"


def test_only_those_who_may_change_files_see_the_report_and_only_their_files(
    client: Any, make_user: Callable[..., Any], make_image: Callable[..., Image], shelf: Collection
) -> None:
    other = Collection.get_first_root_node().add_child(name="Other")
    make_image(title="Mine"), make_image(title="Not mine", collection=other)
    client.force_login(make_user("reader", "choose_image"))
    assert client.get(reverse("files:images")).status_code == 302
    client.force_login(make_user("keeper", "change_image", collection=shelf))
    assert set(rows(client, "images")) == {"Mine"}
    assert client.get(reverse("files:documents")).status_code == 302
    assert len(client.get(reverse("files:images")).context["sorts"]) == 1


def test_files_that_are_all_used_leave_nothing_to_do(tidier: Any) -> None:
    assert rows(tidier, "documents") == {}
