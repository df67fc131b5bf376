"""Ways to die in the middle of a change: each yields the statements of the change, before which a process has ended."""

from __future__ import annotations

import ctypes
import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, connections

Change = Callable[[], bool]
#: The statement and whether a process has died before it; the last is :data:`DONE`, when the whole change was made.
Deaths = Iterator[tuple[str, bool]]
DONE = "the change is done"

#: So many statements apart a process dies on PostgreSQL; COMMIT is always among them.
STRIDE = 15
CHILDREN_COME_TO_ME = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


def by_turns(change: Change, start_again: Callable[[], None]) -> Deaths:
    """SQLite: before each statement the process forks and dies, its child goes on when the caller does.

    The file with its journal is then what the dead process has left; the child, which has the same transaction in its
    memory, has not touched it.
    """
    connections.close_all()
    told, telling = os.pipe()
    waiting, allowing = os.pipe()
    undertaker = os.fork()
    if not undertaker:
        # It is there for the dead, who are many, and waits for them.
        os.close(told)
        os.close(allowing)
        ctypes.CDLL(None).prctl(CHILDREN_COME_TO_ME, 1, 0, 0, 0)
        if not os.fork():
            _live(change, lambda sql: _die_and_go_on(sql, telling, waiting), telling)
        os.close(telling)
        while _somebody_died():
            pass
        _end()
    os.close(telling)
    os.close(waiting)
    try:
        with os.fdopen(told) as words:
            for line in words:
                statement = json.loads(line)
                yield statement, statement != DONE
                if statement != DONE:
                    os.write(allowing, b".")
    finally:
        os.close(allowing)
        os.waitpid(undertaker, 0)


def _die_and_go_on(sql: str, telling: int, waiting: int) -> None:
    alive, life = os.pipe()
    if os.fork():
        _end()
    os.close(life)
    os.read(alive, 1)  # ends when nobody holds the other side any more
    os.close(alive)
    _tell(telling, sql)
    if not os.read(waiting, 1):
        _end()


def anew(change: Change, start_again: Callable[[], None]) -> Deaths:
    """PostgreSQL: each death in a request of its own. First one that lives, to look at every statement of it."""
    numbers = _Numbers()
    statements = []
    for sql, number in _request(change, 0, numbers):
        if number:
            statements.append(sql)
        yield sql, False
    start_again()
    total = len(statements)
    for deadly in [*range(STRIDE, total, STRIDE), total]:
        for _sql, _number in _request(change, deadly, numbers):
            pass
        yield statements[deadly - 1], True
        if "COMMIT" in statements[: deadly - 1]:
            start_again()
    for sql, number in _request(change, 0, numbers):
        if not number:
            yield sql, False


def _request(change: Change, deadly: int, numbers: _Numbers) -> Iterator[tuple[str, int]]:
    """Its statements with their numbers, from 1, and at last ``(DONE, 0)`` unless it died before ``deadly``."""
    numbers.rewind()
    connections.close_all()
    told, telling = os.pipe()
    waiting, allowing = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        os.close(allowing)
        count = iter(range(1, 100_000))

        def before(sql: str) -> None:
            number = next(count)
            if number == deadly:
                _end()
            if not deadly:
                _tell(telling, sql)
                os.read(waiting, 1)

        _live(change, before, telling)
    os.close(telling)
    os.close(waiting)
    number = 0
    with os.fdopen(told) as words:
        for line in words:
            sql = json.loads(line)
            number = 0 if sql == DONE else number + 1
            yield sql, number
            if sql != DONE:
                os.write(allowing, b".")
    os.close(allowing)
    os.waitpid(child, 0)


def _live(change: Change, before: Callable[[str], None], telling: int) -> None:
    """Make the change, asking ``before`` about each statement, and end."""
    try:
        with _statements(before):
            done = change()
        connections.close_all()
        if done:
            _tell(telling, DONE)
    finally:
        _end()


class _statements:  # noqa: N801 (reads as a word)
    """Inside, ``before`` hears of each statement that comes."""

    def __init__(self, before: Callable[[str], None]) -> None:
        self.before = before
        self.wrapper = connection.execute_wrapper(self.execute)

    def __enter__(self) -> None:
        self.wrapper.__enter__()
        self.commit = connection.commit
        connection.commit = self.before_commit  # type: ignore[method-assign]

    def __exit__(self, *error: object) -> None:
        del connection.commit
        self.wrapper.__exit__(None, None, None)

    def execute(self, execute: Any, sql: Any, *rest: Any) -> Any:
        self.before(str(sql)[:80])
        return execute(sql, *rest)

    def before_commit(self) -> None:
        self.before("COMMIT")
        self.commit()


def _tell(telling: int, words: str) -> None:
    os.write(telling, json.dumps(words).encode() + b"\n")


def _end() -> None:
    """Die at once. ``os._exit`` would save what coverage has measured, a thousand times."""
    os.kill(os.getpid(), signal.SIGKILL)


def _somebody_died() -> bool:
    try:
        os.wait()
    except ChildProcessError:
        return False
    return True


class _Numbers:
    """The sequences of PostgreSQL, which no rollback takes back: each request shall draw the same ids."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT format('%I', sequencename), last_value FROM pg_sequences")
            self.sql = "SELECT " + ", ".join(
                f"setval('{name}', {value or 1}, {'true' if value else 'false'})" for name, value in cursor.fetchall()
            )

    def rewind(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.sql)


DEATHS: dict[str, Callable[[Change, Callable[[], None]], Deaths]] = {"sqlite": by_turns, "postgresql": anew}
