"""Two editors at the same moment on PostgreSQL: whoever is first, no commit shows what is not public.

Each change is a request to the admin in a thread with a connection of its own. Both are held where it hurts: after the
write and before the lock of the flush, or after the flush and before COMMIT. The oracle looks after every commit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone
from wagtail.models import Page, Revision

from cms_blocks.publication import periodic
from tests.cms_blocks.publication.editor import Editor, link
from tests.cms_blocks.publication.observer import Observer
from tests.infrastructure.database import Kept

pytestmark = pytest.mark.postgres

Ids = dict[str, int]
Change = Callable[[Editor, Ids], bool]
#: Seconds after which a race that hangs is given up.
PATIENCE = 60

SCENE = Kept()


@pytest.fixture
def scene(editor: Editor, home: Page) -> Ids:
    return SCENE.get(lambda: build(editor, home))


def build(editor: Editor, home: Page) -> Ids:
    """A public section with a draft below it, a page that quotes the draft, and a private section."""
    ids = {"home": home.pk}
    for name, parent, publish in (("section", "home", True), ("draft", "section", False), ("private", "home", True)):
        assert editor.create(ids[parent], name.title(), name, publish=publish)
        ids[name] = Page.objects.get(slug=name).pk
    assert editor.create(home.pk, "Outside", "outside", [("paragraph", f"<p>{link('page', ids['draft'])}</p>")])
    assert editor.restrict(ids["private"], "groups")
    return ids


def publish(editor: Editor, ids: Ids) -> bool:
    return editor.edit(ids["draft"], "Published zq1t", "draft")


def publish_by_the_clock(editor: Editor, ids: Ids) -> bool:
    """The worker publishes what was scheduled."""
    periodic.publish_scheduled()
    return True


PAIRS: dict[str, tuple[Change, Change]] = {
    "restrict a section ∥ publish a leaf": (lambda editor, ids: editor.restrict(ids["section"], "groups"), publish),
    "unpublish a parent ∥ publish a child": (lambda editor, ids: editor.unpublish(ids["section"]), publish),
    "move into a private section ∥ publish": (lambda editor, ids: editor.move(ids["section"], ids["private"]), publish),
    "move into a private section ∥ publish by the clock": (
        lambda editor, ids: editor.move(ids["section"], ids["private"]),
        publish_by_the_clock,
    ),
    "delete a section ∥ publish a leaf": (lambda editor, ids: editor.delete(ids["section"]), publish),
    "delete a section ∥ publish by the clock": (
        lambda editor, ids: editor.delete(ids["section"]),
        publish_by_the_clock,
    ),
    "rename a section ∥ publish a leaf": (
        lambda editor, ids: editor.edit(ids["section"], "Section", "renamed"),
        publish,
    ),
    "add a page below ∥ publish": (lambda editor, ids: editor.create(ids["draft"], "Below", "below"), publish),
}


class Actor:
    """One editor's request in a thread. It stops ``before`` a point until it is let go."""

    def __init__(self, change: Callable[[], object], hold: str, look: Callable[[], None]) -> None:
        self.change, self.hold, self.look = change, hold, look
        self.reached, self.go, self.committed, self.ended = Event(), Event(), Event(), Event()
        self.error: BaseException | None = None
        self.thread = Thread(target=self.run)

    def run(self) -> None:
        try:
            commit = connection.commit

            def commit_and_look() -> None:
                self.pause("commit")
                commit()
                self.committed.set()
                self.look()

            connection.commit = commit_and_look  # type: ignore[method-assign]
            with connection.execute_wrapper(self.execute):
                self.change()
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()
            self.committed.set()
            self.reached.set()
            connections.close_all()

    def execute(self, execute: Any, sql: Any, *rest: Any) -> Any:
        if "pg_advisory_xact_lock" in str(sql) or "cms_blocks_publicrecord" in str(sql):
            self.pause("lock")
        return execute(sql, *rest)

    def pause(self, point: str) -> None:
        if self.hold == point and not self.reached.is_set():
            self.reached.set()
            assert self.go.wait(PATIENCE)


#: Order → where the first and the second are held, and who is let go when.
ORDERS = ["first waits for second", "second waits for first", "both at the lock, first goes on", "both at the lock, second goes on", "first before its commit", "second before its commit"]  # fmt: skip


def race(order: str, first: Callable[[], object], second: Callable[[], object], observer: Observer) -> list[str]:
    """Run both in this order. What the oracle found at any commit."""
    found: list[str] = []
    one_at_a_time = Lock()

    def look() -> None:
        with one_at_a_time:
            found.extend(observer.look().violations)

    hold = "commit" if "commit" in order else "lock"
    one, other = Actor(first, hold, look), Actor(second, hold, look)
    held, free = (other, one) if order.startswith("second") or order.endswith("first goes on") else (one, other)
    held.thread.start()
    assert held.reached.wait(PATIENCE)
    if not order.startswith("both"):
        free.hold = ""
    free.thread.start()
    if order.startswith("both"):
        until(free.reached, observer)
        free.go.set()
    until(free.committed, observer)
    held.go.set()
    for actor in (held, free):
        actor.go.set()
        actor.thread.join(PATIENCE)
        if actor.error is not None and "meanwhile" not in str(actor.error):
            raise actor.error
    look()
    return found


def until(event: Event, observer: Observer) -> None:
    """Wait for the event, or until somebody waits for a lock in the database: then this order cannot be."""
    while not event.wait(0.05):
        with observer.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return


@pytest.fixture
def editors(scene: Ids) -> tuple[Editor, Editor]:
    """The same person in two browsers."""
    return Editor(), Editor()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("pair", PAIRS)
def test_no_order_of_two_changes_leaks(
    pair: str, order: str, scene: Ids, editors: tuple[Editor, Editor], observer: Observer
) -> None:
    one, other = PAIRS[pair]
    if other is publish_by_the_clock:
        Revision.objects.filter(object_id=scene["draft"]).update(
            approved_go_live_at=timezone.now() - timedelta(hours=1)
        )
    found = race(order, lambda: one(editors[0], scene), lambda: other(editors[1], scene), observer)
    assert not found
    assert Page.find_problems() == ([], [], [], [], [])


def test_without_the_lock_the_same_race_leaks(
    scene: Ids, editors: tuple[Editor, Editor], observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the race is one, and that the oracle sees it."""
    from cms_blocks.publication import flush

    monkeypatch.setattr(flush, "take_flush_lock", lambda: None)
    restrict, publish_leaf = PAIRS["restrict a section ∥ publish a leaf"]
    found = race(
        "first before its commit",
        lambda: restrict(editors[0], scene),
        lambda: publish_leaf(editors[1], scene),
        observer,
    )
    assert any(words.startswith("LEAK") for words in found)
