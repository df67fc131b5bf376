"""Between a reader's look at the record and its look at the text anything may be committed: no old right, no new text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from cms_blocks.publication import reader
from cms_blocks.publication.records import PublicRecord
from website.models import StandardPage

pytestmark = pytest.mark.gate

SECRET = "zq1t"


@pytest.fixture
def page(home: Page) -> StandardPage:
    return home.add_child(instance=StandardPage(title="Open words", slug="page"))


@contextmanager
def just_before(table: str, change: Callable[[], object]) -> Iterator[None]:
    """Run ``change`` on another connection, once, before this connection's next SELECT of ``table``."""
    waiting = [change]

    def elsewhere() -> None:
        waiting.pop()()
        connections.close_all()

    def intervene(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if waiting and sql.startswith("SELECT") and f'FROM "{table}"' in sql:
            thread = Thread(target=elsewhere)
            thread.start()
            thread.join()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(intervene):
        yield
    assert not waiting, "the moment never came"


def hide_and_write_a_secret(page: Page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    page = StandardPage.objects.get(pk=page.pk)
    page.title = f"Secret {SECRET}"
    page.save_revision().publish()


@pytest.mark.parametrize("table", ["website_standardpage", "cms_blocks_publicrecord"])
def test_a_page_that_is_restricted_while_it_is_rendered_is_not_shown(page: Page, table: str) -> None:
    with just_before(table, lambda: hide_and_write_a_secret(page)):
        response = Client().get("/page/")
    assert response.status_code == 404
    assert SECRET not in response.content.decode()


def test_a_page_that_is_deleted_while_it_is_rendered_is_not_found(page: Page) -> None:
    with just_before("website_standardpage", lambda: Page.objects.get(pk=page.pk).delete()):
        assert Client().get("/page/").status_code == 404


def test_a_page_that_changes_while_it_is_rendered_is_shown_as_it_is_now(page: Page) -> None:
    def rename() -> None:
        changed = StandardPage.objects.get(pk=page.pk)
        changed.title = "New words"
        changed.save()

    with just_before("website_standardpage", rename):
        response = Client().get("/page/")
    assert response.status_code == 200
    assert "New words" in response.content.decode()
    assert Client().get("/page/").content == response.content


@pytest.mark.parametrize("table", ["website_standardpage", "cms_blocks_publicrecord"])
@pytest.mark.parametrize("stale", [False, True])
def test_a_document_is_not_read_once_its_page_is_restricted(page: Page, table: str, stale: bool) -> None:
    PublicRecord.objects.update(stale=True)
    record = PublicRecord.objects.get(object_id=page.pk)
    PublicRecord.objects.update(stale=stale)
    if table == "website_standardpage" and not stale:
        assert "Open words" in reader.document_text(record)  # the page is not even looked at
        return
    with just_before(table, lambda: hide_and_write_a_secret(page)), pytest.raises(PublicRecord.DoesNotExist):
        reader.document_text(record)


def test_a_document_of_a_deleted_page_does_not_exist(page: Page) -> None:
    PublicRecord.objects.update(stale=True)
    record = PublicRecord.objects.get(object_id=page.pk)
    remove = lambda: Page.objects.get(pk=page.pk).delete()  # noqa: E731
    with just_before("website_standardpage", remove), pytest.raises(PublicRecord.DoesNotExist):
        reader.document_text(record)
