"""One transaction for a change and its flush: in requests, commands and scripts."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.test.client import FakePayload
from django.urls import path
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, PageViewRestriction

from cms_blocks.models import Contact, Office
from cms_blocks.publication.middleware import DEFAULT_EXEMPT, UnitOfWorkMiddleware
from cms_blocks.publication.records import PublicationClock, PublicRecord
from cms_blocks.publication.targets import current_targets
from cms_blocks.publication.unit import (
    mark_chrome,
    mark_collection,
    mark_everything,
    mark_page,
    mark_subtree,
    mark_target,
    unit,
)
from tests.cms_blocks.publication.editor import Editor
from tests.cms_blocks.publication.observer import Observer, watching
from website.models import StandardPage

pytestmark = pytest.mark.gate


def change(request: HttpRequest) -> HttpResponse:
    """Rename the page and answer as the address says; ``/raise/`` raises."""
    page = StandardPage.objects.get(slug="page")
    page.title = "Changed"
    page.save()
    answer = request.GET["answer"]
    if answer == "raise":
        raise ZeroDivisionError
    if answer == "swallow":
        with suppress(IntegrityError), transaction.atomic(savepoint=False):
            Locale.objects.create(language_code="de")
        return HttpResponse("Saved!")
    if answer == "stream":
        return StreamingHttpResponse([str(connection.in_atomic_block)])
    return HttpResponse(str(connection.in_atomic_block), status=int(answer))


def looking(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str((connection.in_atomic_block, current_targets() is current_targets())))


def receiving(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.POST.get('a')} {len(request.body) if not request.POST else ''}")


urlpatterns = [
    path("change/", change, name="change"),
    path("upload/", change, name="upload"),
    path("api/write/change/", change),
    path("look/", looking),
    path("receive/", receiving),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=404)


@pytest.fixture
def page(home: Page) -> StandardPage:
    return home.add_child(instance=StandardPage(title="Page", slug="page"))


@pytest.fixture
def site() -> Any:
    """The middleware around a few views of this module."""
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["cms_blocks.publication.middleware.UnitOfWorkMiddleware"],
        PUBLICATION_UNIT_EXEMPT={"upload"},
    ):
        yield Client(raise_request_exception=False)


def titles() -> tuple[str, str]:
    return StandardPage.objects.get(slug="page").title, PublicRecord.objects.get(path="/page/").title


@pytest.mark.django_db(transaction=True)
def test_a_plain_page_renamed_by_a_script_takes_the_addresses_below_it_along(page: StandardPage) -> None:
    page.add_child(instance=StandardPage(title="Below", slug="below"))
    plain = Page.objects.get(pk=page.pk)
    plain.slug = "renamed"
    plain.save()
    assert PublicRecord.objects.filter(path="/renamed/below/").exists()
    assert not Observer().look().violations


CHANGED, AS_BEFORE = ("Changed", "Changed"), ("Page", "Page")


@pytest.mark.parametrize(
    ("address", "answer", "after"),
    [
        ("/change/", "200", CHANGED),
        ("/change/", "302", CHANGED),
        ("/change/", "400", CHANGED),
        ("/change/", "422", CHANGED),
        ("/change/", "500", AS_BEFORE),
        ("/change/", "503", AS_BEFORE),
        ("/change/", "raise", AS_BEFORE),
        ("/change/", "swallow", AS_BEFORE),
        ("/change/", "stream", CHANGED),
        ("/api/write/change/", "201", CHANGED),
        ("/api/write/change/", "400", AS_BEFORE),
        ("/api/write/change/", "403", AS_BEFORE),
        ("/api/write/change/", "422", AS_BEFORE),
        ("/api/write/change/", "raise", AS_BEFORE),
    ],
)
def test_an_answer_that_says_it_failed_changes_nothing(
    page: Page, site: Client, address: str, answer: str, after: tuple[str, str]
) -> None:
    for method in ("post", "put", "patch", "delete"):
        page.save()
        response = getattr(site, method)(f"{address}?answer={answer}")
        assert titles() == after
        assert answer in ("raise", "stream", "swallow") or response.content == b"True"
        assert answer != "swallow" or response.status_code == 500


def test_the_write_api_is_known_below_a_script_name_too(page: Page, site: Client) -> None:
    assert site.post("/api/write/change/?answer=400", SCRIPT_NAME="/house").status_code == 400
    assert titles() == AS_BEFORE


def test_reading_and_uploading_views_run_without_a_transaction_around_them(page: Page, site: Client) -> None:
    assert site.get("/look/").content == b"(False, True)"  # and all look-ups of a request are one
    assert site.head("/look/").status_code == site.options("/look/").status_code == 200
    assert site.post("/upload/?answer=200").content == b"False"
    assert titles() == CHANGED
    assert site.post("/look/").content == b"(True, False)"
    assert site.post("/nowhere/").status_code == 404


def test_the_views_that_are_exempt_exist() -> None:
    from django.urls import get_resolver

    def names(resolver: Any, prefix: str = "") -> set[str]:
        found = set()
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                found |= names(pattern, inner)
            elif pattern.name:
                found.add(prefix + pattern.name)
        return found

    assert names(get_resolver()) >= DEFAULT_EXEMPT


class SlowBody(BytesIO):
    """Remembers whether a transaction was open while it was read."""

    read_inside: bool | None = None

    def read(self, *args: Any) -> bytes:
        self.read_inside = connection.in_atomic_block
        return super().read(*args)

    readline = read  # type: ignore[assignment]


@pytest.mark.parametrize(
    "sort", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json", ""]
)
def test_a_body_is_read_before_the_transaction_begins(transactional_db: None, sort: str) -> None:
    content = (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n' if "multipart" in sort else b"a=1"
    )
    body = SlowBody(content)
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/admin/",
            "CONTENT_TYPE": sort,
            "CONTENT_LENGTH": len(content),
            "wsgi.input": body,
        }
    )
    open_inside: list[bool] = []

    def view(request: HttpRequest) -> HttpResponse:
        open_inside.append(connection.in_atomic_block)
        return receiving(request)

    answer = UnitOfWorkMiddleware(view)(request)
    assert (body.read_inside, open_inside) == (False, [True])
    assert answer.content.decode().split()[0] == ("None" if sort in ("application/json", "") else "1")


def test_a_body_that_was_read_already_is_left_alone(transactional_db: None) -> None:
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/admin/",
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": "1",
            "wsgi.input": FakePayload(b"x"),
        }
    )
    request.read(1)
    assert UnitOfWorkMiddleware(lambda request: HttpResponse("ok"))(request).content == b"ok"


def test_a_unit_inside_another_joins_it_and_one_flush_ends_both(page: Page, observer: Observer) -> None:
    before = PublicationClock.objects.get().sequence
    with watching(observer) as found:
        with unit() as outer:
            with unit() as inner:
                assert inner is outer
                page.title = "One"
                page.save()
            PageViewRestriction.objects.create(page=page, restriction_type="login")
            assert PublicRecord.objects.get(object_id=page.pk).title == "Page"  # not flushed yet
        assert not found
    assert PublicationClock.objects.get().sequence == before + 1
    assert not PublicRecord.objects.get(object_id=page.pk).is_live


def test_what_is_raised_in_a_unit_undoes_all_of_it_and_the_next_one_starts_clean(page: Page) -> None:
    with pytest.raises(ZeroDivisionError), unit():
        page.title = "Lost"
        page.save()
        raise ZeroDivisionError
    assert titles() == AS_BEFORE
    with unit() as marks:
        assert not marks
        mark_page(page.pk)
        assert marks


def test_a_failure_that_is_caught_inside_a_savepoint_does_not_stop_the_flush(page: Page) -> None:
    with unit():
        page.title = "Changed"
        page.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            Locale.objects.create(language_code="de")
    assert titles() == CHANGED


def test_a_unit_inside_a_transaction_of_a_script_flushes_at_its_own_end(page: Page, observer: Observer) -> None:
    with transaction.atomic():
        page.title = "Changed"
        page.save()
        assert titles() == CHANGED
        transaction.set_rollback(True)
    assert titles() == AS_BEFORE
    assert not observer.look().violations


def test_every_mark_outside_a_unit_is_flushed_at_once(home: Page, page: Page) -> None:
    shelf = Collection.get_first_root_node().add_child(name="Shelf")
    clock = PublicationClock.objects.get().sequence
    for mark, expected in [
        (lambda: mark_page(page.pk), 0),
        (lambda: mark_page(page.pk, subtree=False), 0),
        (lambda: mark_subtree(home.pk), 0),
        (lambda: mark_subtree(12345), 0),
        (lambda: mark_target("image", [1]), 1),
        (lambda: mark_collection(shelf.pk), 0),
        (lambda: mark_collection(12345), 0),
        (lambda: mark_everything(), 1),
        (lambda: mark_chrome(), 1),
    ]:
        mark()
        clock += expected
        assert PublicationClock.objects.get().sequence == clock


def test_marks_that_the_flush_itself_makes_are_flushed_too(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    from cms_blocks.publication import flush as module

    flushed: list[set[int]] = []
    plain = module.flush

    def flush(marks: Any) -> Any:
        flushed.append(set(marks.pages))
        if len(flushed) == 1:
            mark_page(page.pk)
        return plain(marks)

    monkeypatch.setattr(module, "flush", flush)
    mark_page(12345)
    assert flushed == [{12345}, {page.pk}]


def test_names_of_the_office_and_of_contacts_change_every_page_that_shows_them(page: Page) -> None:
    locale = Locale.get_default()
    before = PublicationClock.objects.get().sequence
    fields = dict.fromkeys(["short_name", "city", "administration_name", "carrier_name", "board_name"], "x")
    Office.objects.create(name="Office", locale=locale, **fields)
    assert PublicationClock.objects.get().sequence == before + 1
    contact = Contact.objects.create(name="Desk", locale=locale)
    page.contact = contact
    page.save()
    contact.name = "Front desk"
    contact.save()
    assert PublicRecord.objects.get(object_id=page.pk).stale


def test_loading_a_dump_marks_nothing(page: Page) -> None:
    from django.core import serializers

    dumped = serializers.serialize("json", [page]).replace('"Page"', '"From a dump"')
    for loaded in serializers.deserialize("json", dumped):
        loaded.save()
    before = PublicRecord.objects.get(object_id=page.pk).title
    assert before == "Page"  # until ``publication rebuild``


def test_a_private_collection_takes_its_files_out_of_documents(page: Page, editor: Editor) -> None:
    from tests.cms_blocks.publication.editor import make_image

    shelf = Collection.get_first_root_node().add_child(name="Shelf")
    picture = make_image("picture", shelf)
    assert editor.edit(page.pk, "Page", "page", [("image", picture.pk)])
    record = PublicRecord.objects.get(object_id=page.pk)
    assert '"image"' in record.document.body
    CollectionViewRestriction.objects.create(collection=shelf, restriction_type="login")
    record.refresh_from_db()
    assert record.stale
