"""The process dies at every single SQL statement of a change: nothing private is public, and nothing is lost.

The change is a request to the admin in a forked process that is killed before its Nth statement, for N = 1, 2, 3 …
until it gets through. BEGIN is a statement too, and so is COMMIT. After each death the oracle looks at the database,
which must be as it was before, or as it is after the whole change.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from wagtail.models import Page

from tests.cms_blocks.publication.editor import Editor, link
from tests.cms_blocks.publication.observer import Observer, Sight
from tests.infrastructure.database import Kept

pytestmark = [pytest.mark.gate, pytest.mark.unmeasured, pytest.mark.filterwarnings("ignore:This process")]

#: On PostgreSQL each death takes a connection with it; every 15th statement is enough to see that it rolls back.
STRIDE = {"sqlite": 1, "postgresql": 15}

SCENE = Kept()


@pytest.fixture
def scene(editor: Editor, home: Page) -> dict[str, int]:
    ids = SCENE.get(lambda: build(editor, home))
    editor.login()
    return ids


def build(editor: Editor, home: Page) -> dict[str, int]:
    """A public section with pages that quote each other from inside and outside, a draft, and a private section."""
    ids: dict[str, int] = {"home": home.pk}

    def add(name: str, parent: str, *quoted: str, publish: bool = True) -> None:
        words = f"<p>{name} {''.join(link('page', ids[other]) for other in quoted)}</p>"
        cards = [("related_pages", [ids[other] for other in quoted])] if quoted else []
        assert editor.create(ids[parent], name.title(), name, [("paragraph", words), *cards], publish=publish)
        ids[name] = Page.objects.get(slug=name).pk

    add("section", "home")
    add("leaf", "section", "section")
    add("draft", "section", "leaf", publish=False)
    add("private", "home")
    add("outside", "home", "section", "leaf", "draft")
    assert editor.restrict(ids["private"], "groups")
    # Once before, so that templates and forms are loaded: each process is forked from here.
    assert editor.edit(ids["outside"], "Outside", "outside", [("related_pages", [ids["section"], ids["draft"]])])
    return ids


CHANGES: dict[str, Callable[[Editor, dict[str, int]], bool]] = {
    "publish": lambda editor, ids: editor.edit(ids["draft"], "Published", "published", [("paragraph", "<p>Now</p>")]),
    "unpublish": lambda editor, ids: editor.unpublish(ids["section"], descendants=True),
    "move": lambda editor, ids: editor.move(ids["section"], ids["private"]),
    "restrict": lambda editor, ids: editor.restrict(ids["section"], "groups"),
    "delete": lambda editor, ids: editor.delete(ids["section"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_process_that_dies_at_any_statement_leaves_all_or_nothing(
    change: str, scene: dict[str, int], editor: Editor, capsys: Any
) -> None:
    before = look()
    assert not before.violations
    stride = STRIDE[connection.vendor]
    others: list[tuple[int, str]] = []
    died = 0
    finished = False
    while not finished:
        died += stride
        finished = survives(lambda: CHANGES[change](editor, scene), died)
        sight = look()
        assert not sight.violations, f"{change}, dead at statement {died}: {sight.violations}"
        if sight.fingerprint() != before.fingerprint():
            others.append((died, sight.fingerprint()))
            if not finished:
                SCENE.put_back()
                editor.login()
    assert len({words for _, words in others}) == 1, (
        f"{change}: half a change at one of {[number for number, _ in others]}"
    )
    with capsys.disabled():
        print(f"\n{change}: killed at {died // stride - 1} statements, committed from number {others[0][0]} on")


def survives(change: Callable[[], bool], statement: int) -> bool:
    """Run ``change`` in a process that is killed before its given statement. Whether it got to its end."""
    connections.close_all()
    child = os.fork()
    if not child:
        outcome = 1
        try:
            with deadly(statement):
                outcome = 0 if change() else 2
        finally:
            os.kill(os.getpid(), signal.SIGKILL) if outcome == 1 else leave(outcome)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0, "the change was refused"
    return True


def leave(code: int) -> None:
    """End this process at once; ``os._exit`` would save what coverage has measured, a thousand times."""
    connections.close_all()
    os.execv("/bin/sh", ["sh", "-c", f"exit {code}"])


class deadly:  # noqa: N801 (reads as a word)
    """Inside, this process dies before its Nth statement."""

    def __init__(self, statement: int) -> None:
        self.left = statement
        self.wrapper = connection.execute_wrapper(self.execute)

    def __enter__(self) -> None:
        self.wrapper.__enter__()
        self.commit = connection.commit
        connection.commit = self.commit_or_die  # type: ignore[method-assign]

    def __exit__(self, *error: object) -> None:
        del connection.commit
        self.wrapper.__exit__(None, None, None)

    def count(self) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(self, execute: Any, *statement: Any) -> Any:
        self.count()
        return execute(*statement)

    def commit_or_die(self) -> None:
        self.count()
        self.commit()


def look() -> Sight:
    """What is committed, with the oracle's findings; the file itself and the trees are checked as well."""
    observer = Observer()
    sight = observer.look()
    cursor = observer.cursor()
    if connection.vendor == "sqlite":
        assert cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for table in ("wagtailcore_page", "wagtailcore_collection"):
        cursor.execute(
            f"SELECT count(*) FROM {table} node WHERE length(path) <> depth * 4 OR numchild <> (SELECT count(*) "
            f"FROM {table} child WHERE child.depth = node.depth + 1 AND substr(child.path, 1, length(node.path)) = node.path)"
        )
        assert cursor.fetchone() == (0,), f"{table} is no tree any more"
    cursor.execute("SELECT page_ptr_id FROM website_standardpage EXCEPT SELECT id FROM wagtailcore_page")
    assert cursor.fetchone() is None, "half a page is left"
    observer.close()
    return sight
