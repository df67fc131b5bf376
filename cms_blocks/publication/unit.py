"""The unit of work: changes mark what they touch, one flush at the end follows up, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from asgiref.local import Local
from django.db import transaction

_state = Local()


@dataclass
class Marks:
    """What a unit touched. Page ids and ids of targets; evaluated only at the flush, on the final state."""

    pages: set[int] = field(default_factory=set)
    subtrees: set[int] = field(default_factory=set)
    collections: set[int] = field(default_factory=set)
    targets: set[tuple[str, int]] = field(default_factory=set)
    things: set[tuple[str, int]] = field(default_factory=set)
    everything: bool = False
    chrome: bool = False

    def __bool__(self) -> bool:
        several = self.pages or self.subtrees or self.collections or self.targets or self.things
        return bool(several or self.everything or self.chrome)


@contextmanager
def unit() -> Iterator[Marks]:
    """Run a change and the flush it calls for in one transaction; inside another unit, join that one.

    Whatever is raised inside rolls all of it back. Requests, commands and tasks use it, one object at a time, so
    that no reader ever sees a change without its consequence for the public.
    """
    current = getattr(_state, "marks", None)
    if current is not None:
        yield current
        return
    marks = Marks()
    with transaction.atomic():
        _state.marks, _state.waiting = marks, {}
        try:
            yield marks
            _hand_over(_state.waiting)
            _flush(marks)
        finally:
            del _state.marks, _state.waiting


def active() -> bool:
    """Whether this thread is inside a unit."""
    return hasattr(_state, "marks")


def at_the_end(function: Callable[[list[Any]], None], items: Iterable[Any]) -> None:
    """Call ``function`` once for all that this unit hands it, before the unit ends, in its transaction.

    For letters: whatever is done to many pages at once makes one. Outside a unit it is called at once. What an inner
    savepoint has taken back since is among the items all the same: pass ids, and read them again.
    """
    with unit():
        _state.waiting.setdefault(function, []).extend(items)


def _hand_over(waiting: dict[Callable[[list[Any]], None], list[Any]]) -> None:
    while waiting and not transaction.get_connection().needs_rollback:
        function, items = waiting.popitem()
        function(items)


def _flush(marks: Marks) -> None:
    from cms_blocks.publication.flush import flush

    while marks:
        pending = Marks(**{name: getattr(marks, name) for name in marks.__dataclass_fields__})
        marks.__init__()  # marks made by the flush itself are flushed in a further round
        if not transaction.get_connection().needs_rollback:
            flush(pending)


def mark_page(page_id: int, *, subtree: bool = True) -> None:
    """The page itself changed; with ``subtree`` also what follows from it for everything below."""
    with unit() as marks:
        marks.pages.add(page_id)
        if subtree:
            marks.subtrees.add(page_id)


def mark_subtree(page_id: int) -> None:
    """Visibility or address below this page may have changed, its text has not."""
    with unit() as marks:
        marks.subtrees.add(page_id)


def mark_target(kind: str, ids: Iterable[int]) -> None:
    """Objects that documents quote (``"image"``, ``"document"``, ``"contact"``, ``"topic"``) changed or went."""
    with unit() as marks:
        marks.targets.update((kind, int(pk)) for pk in ids)


def mark_thing(kind: str, pk: int) -> None:
    """A public object that is no page changed or went. ``kind`` as its declaration says."""
    with unit() as marks:
        marks.things.add((kind, pk))


def mark_collection(collection_id: int) -> None:
    """A collection was moved, or its privacy changed: every file in it and below."""
    with unit() as marks:
        marks.collections.add(collection_id)


def mark_everything() -> None:
    """Sites or locales changed: any address may be another one now."""
    with unit() as marks:
        marks.everything = True


def mark_chrome() -> None:
    """Something that stands on every page changed (names of the office): no stored document, but every page."""
    with unit() as marks:
        marks.chrome = True
