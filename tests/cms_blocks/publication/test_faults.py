"""Whatever goes wrong inside a change or its flush: the answer is 500, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.transaction import TransactionManagementError
from wagtail.models import Collection, Page

from cms_blocks.publication import outbox
from cms_blocks.publication.declaration import declaration_of
from cms_blocks.search.engine import engine
from tests.cms_blocks.publication.editor import Editor, link, make_image
from tests.cms_blocks.publication.observer import Observer
from tests.infrastructure.database import Kept
from website.models import StandardPage

pytestmark = pytest.mark.gate


class Fault(RuntimeError):
    pass


Ids = dict[str, int]
Change = Callable[[Editor, Ids], bool]
#: On PostgreSQL every 9th statement is enough to see that it rolls back.
STRIDE = {"sqlite": 1, "postgresql": 9}
#: Every statement with an error of Python's; with one of the database's, which somebody may catch, every 4th.
EVERY = {Fault: 1, OperationalError: 4}

SCENE = Kept()


@pytest.fixture
def scene(editor: Editor, home: Page) -> Ids:
    ids = SCENE.get(lambda: build(editor, home))
    editor.login()
    return ids


def build(editor: Editor, home: Page) -> Ids:
    """A public section with a page that shows a picture, a draft, and a page that quotes them."""
    shelf = Collection.get_first_root_node().add_child(name="Shelf")
    picture = make_image("picture", shelf)
    ids = {"home": home.pk, "shelf": shelf.pk}
    for name, parent in (("section", "home"), ("page", "section"), ("draft", "section")):
        blocks = [("image", picture.pk)] if name == "page" else []
        assert editor.create(ids[parent], name.title(), name, blocks, publish=name != "draft")
        ids[name] = Page.objects.get(slug=name).pk
    assert editor.create(home.pk, "Outside", "outside", [("paragraph", f"<p>{link('page', ids['page'])}</p>")])
    return ids


CHANGES: dict[str, Change] = {
    "publish": lambda editor, ids: editor.edit(ids["draft"], "Now", "now", [("related_pages", [ids["page"]])]),
    "unpublish": lambda editor, ids: editor.unpublish(ids["section"]),
    "restrict": lambda editor, ids: editor.restrict(ids["section"], "login"),
    "restrict a collection": lambda editor, ids: editor.restrict_collection(ids["shelf"], "login"),
    "publish by the write API": lambda editor, ids: editor.api("post", f"{ids['draft']}/actions/publish/"),
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("fault", [Fault, OperationalError])
@pytest.mark.parametrize("change", CHANGES)
def test_a_fault_at_any_statement_undoes_the_whole_change(
    change: str, fault: type[Exception], scene: Ids, editor: Editor, observer: Observer, capsys: Any
) -> None:
    before = observer.look().fingerprint()
    stride = STRIDE[connection.vendor] * EVERY[fault]
    failed = at = 0
    while True:
        at += stride
        left = [at]

        def execute_or_fail(execute: Any, *statement: Any, left: list[int] = left) -> Any:
            left[0] -= 1
            if not left[0]:
                raise fault("planted")
            return execute(*statement)

        with connection.execute_wrapper(execute_or_fail):
            status = attempt(CHANGES[change], editor, scene)
        sight = observer.look()
        assert not sight.violations
        if left[0] > 0:
            assert status < 400
            break
        failed += 1
        if status >= 400:
            assert sight.fingerprint() == before, f"statement {at}"
        else:  # somebody has caught the fault and gone on: then all of it happened
            assert sight.fingerprint() != before, f"statement {at}: a success that changed nothing"
            SCENE.put_back()
            editor.login()
    assert sight.fingerprint() != before
    with capsys.disabled():
        print(f"\n{change}: {failed} faults of {at // stride - 1} statements")


def attempt(change: Change, editor: Editor, ids: Ids) -> int:
    """The status of the answer; planted faults are no reason to fail the test."""
    try:
        change(editor, ids)
    except TransactionManagementError:  # somebody has caught the fault and asked on
        pass
    except (Fault, OperationalError) as error:
        assert "planted" in str(error)
    return editor.last.status_code


def raising(*args: Any, **kwargs: Any) -> Any:
    raise Fault("planted")


PLACES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the document": lambda patch: patch.setattr(declaration_of("page"), "document", raising),
    "the columns": lambda patch: patch.setattr(declaration_of("page"), "columns", raising),
    "the search text": lambda patch: patch.setattr(declaration_of("page"), "body_text", raising),
    "the facts": lambda patch: patch.setattr(declaration_of("page"), "facts_for", raising),
    "the search index": lambda patch: patch.setattr(type(engine()), "index", raising),
    "the outbox": lambda patch: patch.setattr(outbox, "emit", raising),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_fault_in_any_part_of_the_flush_undoes_the_whole_change(
    place: str, scene: Ids, editor: Editor, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = observer.look().fingerprint()
    with monkeypatch.context() as patch:
        PLACES[place](patch)
        for change in ("publish", "publish by the write API"):
            assert attempt(CHANGES[change], editor, scene) == 500
            assert observer.look().fingerprint() == before
        draft = StandardPage.objects.get(pk=scene["draft"])
        with pytest.raises(Fault):
            draft.get_latest_revision().publish()
        assert not observer.look().violations
    assert CHANGES["publish"](editor, scene)
    assert not observer.look().violations


def test_hiding_needs_no_rendering_so_no_broken_page_can_stop_it(
    scene: Ids, editor: Editor, observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declaration_of("page"), "document", raising)
    assert editor.restrict(scene["section"], "login")
    sight = observer.look()
    assert not {scene["section"], scene["page"]} & sight.public.keys()
    assert not sight.violations
