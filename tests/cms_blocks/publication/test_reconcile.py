"""``manage.py publication``: drift of each kind is planted, seen, mended, and gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from wagtail.models import Page

from cms_blocks.publication import declaration, reconcile
from cms_blocks.publication.flush import Outcome, bury
from cms_blocks.publication.records import (
    FOREVER,
    NEVER,
    PublicationClock,
    PublicDocument,
    PublicRecord,
    PublicReference,
)
from cms_blocks.search.engine import Health, IndexEntry, engine
from tests.cms_blocks.publication.editor import stored
from tests.cms_blocks.publication.observer import Observer
from tests.toolkit.factories import method as make_method
from toolkit.models import MethodFacts, MethodIndexPage
from website.models import StandardPage

pytestmark = pytest.mark.gate


@pytest.fixture
def pages(home: Page) -> dict[str, Any]:
    target = home.add_child(instance=StandardPage(title="Target", slug="target"))
    body = json.dumps(stored([("related_pages", [target.pk])]))
    page = home.add_child(instance=StandardPage(title="Page", slug="page", body=body))
    gone = home.add_child(instance=StandardPage(title="Gone", slug="gone"))
    gone.unpublish()
    method = make_method(home.add_child(instance=MethodIndexPage(title="Methods", slug="methods")))
    assert not reconcile.check(), reconcile.check()
    return {"target": target, "page": page, "gone": gone, "method": method}


def record(page: Page) -> PublicRecord:
    return PublicRecord.objects.get(object_id=page.pk)


def records(page: Page) -> Any:
    return PublicRecord.objects.filter(object_id=page.pk)


def documents(page: Page) -> Any:
    return PublicDocument.objects.filter(record__object_id=page.pk)


def entry(page: Page) -> IndexEntry:
    return IndexEntry(record(page).pk, "de", "page", "Left", "over", "words")


UNDER_A_PAGE = (("website_standardpage", "page_ptr_id"), ("wagtailcore_page", "id"))
#: What goes wrong → what is planted, and how the check names it.
WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "a record is missing": lambda pages: (engine().delete([record(pages["page"]).pk]), records(pages["page"]).delete()),
    "a record is a tombstone": lambda pages: bury([record(pages["page"])], Outcome()),
    "a title is old": lambda pages: records(pages["page"]).update(title="Old"),
    "an address is old": lambda pages: records(pages["page"]).update(path="/old/"),
    "a window is old": lambda pages: records(pages["page"]).update(visible_until=NEVER),
    "a place in the tree is old": lambda pages: records(pages["page"]).update(tree_path="0001000100010001"),
    "a document is missing": lambda pages: documents(pages["page"]).delete(),
    "a document says something else": lambda pages: documents(pages["page"]).update(body='{"title": "Forged"}'),
    "a document is valid too long": lambda pages: documents(pages["page"]).update(
        valid_until=FOREVER.replace(year=9000)
    ),
    "a reference is missing": lambda pages: PublicReference.objects.all().delete(),
    "a reference is too many": lambda pages: PublicReference.objects.create(
        source=record(pages["page"]), target_kind="image", target_id=77
    ),
    "the hash is another": lambda pages: records(pages["page"]).update(content_hash="x"),
    "facts are missing": lambda pages: MethodFacts.objects.all().delete(),
    "facts are wrong": lambda pages: MethodFacts.objects.update(cost_level=3),
    "the text changed unseen": lambda pages: StandardPage.objects.filter(pk=pages["page"].pk).update(lead="Unseen"),
}
LEAKED: dict[str, Callable[[dict[str, Any]], object]] = {
    "an unpublished page is public": lambda pages: Page.objects.filter(pk=pages["page"].pk).update(live=False),
    "a deleted page is public": lambda pages: _delete_unseen(pages["page"]),
    "a record is of a kind that nobody declares": lambda pages: PublicRecord.objects.create(
        kind="forgotten", object_id=1, locale="de", is_live=True, title="From a plugin", path="/plugin/"
    ),
    "a tombstone has a document": lambda pages: PublicDocument.objects.create(record=record(pages["gone"]), body="{}"),
    "a tombstone has references": lambda pages: PublicReference.objects.create(
        source=record(pages["gone"]), target_kind="page", target_id=1
    ),
}
SEARCH: dict[str, Callable[[dict[str, Any]], object]] = {
    "search has lost a record": lambda pages: engine().delete([record(pages["page"]).pk]),
    "search has kept a record": lambda pages: engine().index([entry(pages["gone"])]),
}


def _delete_unseen(page: Page) -> None:
    with connection.cursor() as cursor:
        for table, key in UNDER_A_PAGE:
            cursor.execute(f"DELETE FROM {table} WHERE {key} = %s", [page.pk])


@pytest.mark.parametrize("drift", [*WRONG, *LEAKED, *SEARCH])
def test_planted_drift_is_seen_and_left_alone_then_mended(
    drift: str, pages: dict[str, Any], observer: Observer
) -> None:
    before = PublicationClock.objects.get().sequence
    {**WRONG, **LEAKED, **SEARCH}[drift](pages)
    for _ in range(2):
        found = reconcile.check()
        assert bool(found.wrong) == (drift in WRONG), found
        assert bool(found.leaked) == (drift in LEAKED), found
        assert bool(found.search) or drift not in SEARCH, found
    assert PublicationClock.objects.get().sequence == before
    mended = reconcile.repair()
    assert (mended.wrong, mended.leaked) == (found.wrong, found.leaked)
    assert not reconcile.check(), reconcile.check()
    assert not observer.look().violations
    assert PublicationClock.objects.get().sequence > before


def test_what_is_stale_is_no_drift(pages: dict[str, Any]) -> None:
    pages["target"].title = "Other"
    pages["target"].save()
    assert record(pages["page"]).stale
    assert not reconcile.check()
    reconcile.repair()
    assert not record(pages["page"]).stale
    assert "Other" in documents(pages["page"]).get().body


def test_rebuild_writes_everything_anew(pages: dict[str, Any], observer: Observer) -> None:
    PublicDocument.objects.update(body='{"title": "Forged"}')
    engine().index([entry(pages["gone"])])
    before = set(PublicRecord.objects.live().values_list("pk", "version"))
    seen: list[tuple[int, int]] = []
    drift = reconcile.rebuild(lambda done, total: seen.append((done, total)))
    assert len(drift.wrong) == len(before) == 5
    assert seen == [(7, 7)]
    assert {(pk, version + 1) for pk, version in before} == set(
        PublicRecord.objects.live().values_list("pk", "version")
    )
    assert not observer.look().violations
    assert not reconcile.check()


@pytest.fixture
def broken_page(pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> StandardPage:
    """A page whose rendering fails, as a bug in a block would make it."""
    publication = declaration.declaration_of("page")
    plain = publication.document

    def document(page: Page, targets: Any) -> Any:
        if page.pk == pages["target"].pk:
            raise ZeroDivisionError("a bug in a block")
        return plain(page, targets)

    monkeypatch.setattr(publication, "document", document)
    return pages["target"]


def test_a_page_that_cannot_be_rendered_holds_up_no_other(broken_page: Page, pages: dict[str, Any]) -> None:
    Page.objects.filter(pk=pages["page"].pk).update(live=False)
    drift = reconcile.repair()
    assert drift.failed == [f"page {broken_page.pk}: ZeroDivisionError: a bug in a block"]
    assert not record(pages["page"]).is_live
    assert record(broken_page).is_live


def test_a_database_that_is_away_ends_the_run(pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(declaration.declaration_of("page"), "document", away)
    with pytest.raises(OperationalError):
        reconcile.repair()


def test_a_search_that_does_not_answer_is_named(pages: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(engine()), "health", lambda self: Health(False, detail="it sleeps"))
    assert reconcile.check().search == "the search does not answer: it sleeps"


def run(action: str) -> str:
    output = StringIO()
    call_command("publication", action, stdout=output, stderr=StringIO())
    return output.getvalue()


def test_the_command_says_what_it_found_and_fails_only_when_something_is_left(pages: dict[str, Any]) -> None:
    assert run("check") == "7 pages compared, no drift.\n"
    records(pages["page"]).update(title="Old")
    Page.objects.filter(pk=pages["target"].pk).update(live=False)
    output = StringIO()
    with pytest.raises(CommandError, match="1 records of what is not public, 1 out of date or missing. Mend it with"):
        call_command("publication", "check", stdout=output, stderr=StringIO())
    assert f"not public any more: page {pages['target'].pk}\n" in output.getvalue()
    assert f"out of date or missing: page {pages['page'].pk} /page/\n" in output.getvalue()
    assert "7 pages compared, mended: 1 records of what is not public" in run("repair")
    assert run("rebuild") == "7 pages compared, 4 records written.\n"
    assert run("check") == "7 pages compared, no drift.\n"


def test_a_person_who_waits_sees_how_far_it_is(pages: dict[str, Any]) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    call_command("publication", "check", stdout=StringIO(), stderr=terminal)
    assert "7/7" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_the_command_names_what_search_lacks_and_what_could_not_be_rendered(
    pages: dict[str, Any], broken_page: Page
) -> None:
    engine().delete([record(pages["page"]).pk])
    output = StringIO()
    with pytest.raises(CommandError, match="and 1 could not be rendered"):
        call_command("publication", "rebuild", stdout=output, stderr=StringIO())
    assert f"page {broken_page.pk}: ZeroDivisionError: a bug in a block\n" in output.getvalue()
