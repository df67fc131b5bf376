"""A document gets a new file: address, marks, checks, what readers and pages see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation
from wagtail.models import Collection

from cms_blocks.models import Document
from cms_blocks.publication.reader import document_text
from cms_blocks.publication.records import PublicRecord
from tests.cms_blocks.media.samples import docx, pdf, upload

pytestmark = pytest.mark.django_db(transaction=True)
NEW = pdf("Ein neuer und besserer Plan")


@pytest.fixture
def desk(client: Any, editor: Any) -> Any:
    client.force_login(editor)
    return client


def replace(desk: Any, document: Document, name: str = "Plan 2027 (final).pdf", data: bytes = NEW, **more: str) -> Any:
    form = {"title": document.title, "summary": document.summary, "accessible": document.accessible}
    form |= {"collection": document.collection_id, "tags": "", "superseded_by": "", "file": upload(name, data)}
    return desk.post(reverse("wagtaildocs:edit", args=[document.pk]), form | more)


def test_readers_get_the_new_file_at_once_under_the_old_address(
    client: Any, desk: Any, make_document: Any, show: Any, django_user_model: Any
) -> None:
    document = make_document(accessible="yes")
    show(document)
    address = document.url
    client.logout()
    before = client.get(address)
    assert before.headers["Cache-Control"] == "public, no-cache", "whoever keeps a copy asks whether it is still right"
    assert client.get(address, headers={"If-None-Match": before["ETag"]}).status_code == 304
    old = Path(document.file.path)
    client.force_login(django_user_model.objects.get(username="editor"))
    assert replace(desk, document, accessible_anew="no").status_code == 302
    client.logout()
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after.content) == (200, NEW)
    assert Document.objects.get().url == address
    assert not old.exists(), "what was replaced is gone: perhaps it held what nobody should have read"


def test_what_was_known_of_the_old_files_accessibility_says_nothing_of_the_new_one(
    desk: Any, make_document: Any
) -> None:
    document = make_document(accessible="yes")
    refused = replace(desk, document)
    assert "accessible_anew" in refused.context["form"].errors
    assert Document.objects.get().file_hash == document.file_hash
    replace(desk, document, accessible_anew="yes")
    assert Document.objects.get().accessible == "yes"
    replace(desk, document, data=pdf("Noch einer"), accessible_anew="unchecked")
    assert Document.objects.get().accessible == "unchecked"


def test_without_the_editors_form_nobody_has_checked_the_new_file(make_document: Any) -> None:
    document = make_document(accessible="yes")
    document.file = ContentFile(NEW, name="anders.pdf")
    document.save()
    assert Document.objects.get().accessible == "unchecked"
    document.accessible = "yes"
    document.file = ContentFile(NEW, name="anders.pdf")
    document.save()
    assert Document.objects.get().accessible == "yes", "the same file once more"


def test_words_are_changed_without_any_question_about_the_file(desk: Any, make_document: Any) -> None:
    document = make_document(accessible="yes")
    form = {"title": "Anders", "summary": "x", "accessible": "yes", "collection": document.collection_id, "tags": ""}
    assert desk.post(reverse("wagtaildocs:edit", args=[document.pk]), form).status_code == 302
    document.refresh_from_db()
    assert (document.title, document.accessible) == ("Anders", "yes")
    assert "accessible_anew" not in desk.get(reverse("wagtaildocs:add")).context["form"].fields


def test_the_new_file_is_checked_like_any_other(desk: Any, make_document: Any) -> None:
    document = make_document()
    answer = replace(desk, document, name="plan.pdf", data=docx(), accessible_anew="no")
    assert "file" in answer.context["form"].errors
    document.file = ContentFile(b"MZ nonsense", name="plan.pdf")
    with pytest.raises(ValidationError):
        document.save()
    assert Document.objects.get().file_size == len(pdf())
    assert Path(Document.objects.get().file.path).exists()


def test_a_file_of_another_sort_gets_an_address_of_its_own_and_the_old_one_leads_there(
    client: Any, desk: Any, make_document: Any, show: Any
) -> None:
    document = make_document()
    show(document)
    address = document.url
    replace(desk, document, name="Plan.docx", data=docx(), accessible_anew="no")
    now = Document.objects.get().url
    assert now.endswith("/plan.docx")
    client.logout()
    assert client.get(address).headers["Location"] == now


def test_pages_show_size_and_day_of_the_new_file(client: Any, make_document: Any, show: Any) -> None:
    with time_machine.travel("2026-03-05T10:00:00Z", tick=False):
        document = make_document()
        page = show(document)
    assert "5. März 2026" in client.get(page.url).content.decode()
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        document.file = ContentFile(NEW + b"%" + b" " * 5000, name="neu.pdf")
        document.save()
        html = client.get(page.url).content.decode()
        record = PublicRecord.objects.get(object_id=page.pk)
        assert "23. November 2026" in html
        assert "5. März 2026" not in html
        assert '"changed":"2026-11-23"' in document_text(record).replace(" ", "")


def test_the_form_says_in_german_what_will_happen(desk: Any, make_document: Any) -> None:
    document = make_document(collection=Collection.get_first_root_node())
    with translation.override("de"):
        page = desk.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
    assert "data-new-file-question" in page
    assert "cms_blocks/admin/new_file.js" in page
