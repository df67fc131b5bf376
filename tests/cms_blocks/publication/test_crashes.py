"""The process dies at every single SQL statement of a change: nothing private is public, and nothing is lost.

The change is a request to the admin in a process that is killed before its Nth statement, for N = 1, 2, 3 … to the
last. BEGIN is a statement too, and so is COMMIT. After each death the whole database, table by table, must be as it was
before, or as it is after the whole change; the oracle looks at both of these states.

How a process dies (``deaths.py``) differs, because to run the request anew for each N is dear. On SQLite the process
forks before each statement, and of the two the one dies that has got so far; the other goes on once everybody has
looked. On PostgreSQL the server would not notice such a death: there the request is made anew for every 15th statement,
and in one that lives what others see is looked at before each.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from wagtail.models import Page

from tests.cms_blocks.publication import ledger
from tests.cms_blocks.publication.deaths import DEATHS, DONE
from tests.cms_blocks.publication.editor import Editor, link
from tests.cms_blocks.publication.observer import Observer
from tests.infrastructure.database import Kept

pytestmark = [pytest.mark.gate, pytest.mark.unmeasured, pytest.mark.filterwarnings("ignore:This process")]

#: Every so many deaths SQLite examines its whole file.
EXAMINED = 20

SCENE = Kept()


@pytest.fixture
def scene(editor: Editor, home: Page, clock: Any) -> dict[str, int]:
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


@pytest.fixture
def resting() -> Iterator[None]:
    """Nothing is collected meanwhile, so that the processes share the memory that none of them changes."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@pytest.mark.parametrize("change", CHANGES)
def test_a_process_that_dies_at_any_statement_leaves_all_or_nothing(
    change: str, scene: dict[str, int], editor: Editor, observer: Observer, resting: None, capsys: Any
) -> None:
    end = ends_of(lambda: CHANGES[change](editor, scene), observer)
    assert not end.halves, f"{change} was half done before these statements: {end.halves}"
    with capsys.disabled():
        print(f"\n{change}: looked at {end.looks} statements, killed at {end.deaths}")


def test_a_change_in_two_transactions_would_be_noticed(
    scene: dict[str, int], editor: Editor, observer: Observer, resting: None
) -> None:
    def change() -> bool:
        Page.objects.filter(pk=scene["leaf"]).update(show_in_menus=False)
        return bool(Page.objects.filter(pk=scene["section"]).update(show_in_menus=False))

    assert ["wagtailcore_page"] in ends_of(change, observer).halves.values()


@dataclass
class Ends:
    """How it stood after all deaths. ``halves``: the tables in which only a part of the change was, by statement."""

    looks: int = 0
    deaths: int = 0
    halves: dict[str, list[str]] = field(default_factory=dict)


def ends_of(change: Callable[[], bool], observer: Observer) -> Ends:
    start, end = Kept(), Ends()
    start.get(lambda: None)
    examine(observer)
    before = after = ledger.read(observer)
    seen: dict[str, ledger.Ledger] = {}
    for statement, dead in DEATHS[connection.vendor](change, start.put_back):
        now = ledger.read(observer)
        if now != before:
            examine(observer)
            seen[f"{end.looks}: {statement}"] = after = now
        elif end.looks % EXAMINED == 0:
            sound(observer)
        end.looks, end.deaths = end.looks + 1, end.deaths + dead
    # What was seen last is what the whole change leaves.
    assert statement == DONE, "the change was refused"
    assert ledger.differences(before, after), "the change did nothing"
    end.halves = {words: sorted(rows) for words, now in seen.items() if (rows := ledger.differences(now, after))}
    return end


def examine(observer: Observer) -> None:
    """The oracle finds nothing wrong with what is committed, the trees are trees, and the file is sound."""
    assert not (violations := observer.look().violations), violations
    cursor = observer.cursor()
    for table in ("wagtailcore_page", "wagtailcore_collection"):
        cursor.execute(
            f"SELECT count(*) FROM {table} node WHERE length(path) <> depth * 4 OR numchild <> (SELECT count(*) "
            f"FROM {table} child WHERE child.depth = node.depth + 1 AND substr(child.path, 1, length(node.path)) = node.path)"
        )
        assert cursor.fetchone() == (0,), f"{table} is no tree any more"
    cursor.execute("SELECT page_ptr_id FROM website_standardpage EXCEPT SELECT id FROM wagtailcore_page")
    assert cursor.fetchone() is None, "half a page is left"
    sound(observer)


def sound(observer: Observer) -> None:
    if connection.vendor == "sqlite":
        assert observer.cursor().execute("PRAGMA integrity_check").fetchone() == ("ok",)
