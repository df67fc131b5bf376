"""Two editors who save in the same moment, on PostgreSQL: one text is the newest, the other one is kept.

Each saves in a thread with a connection of its own. Both have been let in by Wagtail, which sees no newer version, and
are held until the other one is as far.
"""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from tests.cms_blocks.drafts.windows import Window, page_of, texts
from tests.governance.office import desk, fresh, open_office
from tests.infrastructure.database import Kept

pytestmark = pytest.mark.postgres
PATIENCE = 60
OFFICE = Kept()


@pytest.fixture
def page(transactional_db: None) -> Any:
    return fresh(OFFICE.get(build))


def build() -> Any:
    open_office()
    return page_of()


def at_once(*acts: Any) -> list[Any]:
    """What the acts answer when all of them wait at the row of the page together."""
    barrier, answers = Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        met = False

        def wait(execute: Any, sql: Any, *rest: Any) -> Any:
            nonlocal met
            if "FOR NO KEY UPDATE" in str(sql) and not met:
                met = True
                barrier.wait(PATIENCE)
            return execute(sql, *rest)

        try:
            with connection.execute_wrapper(wait):
                answers[number] = acts[number]()
        except BaseException as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def outcome(answer: Any) -> str:
    """ "saved", or "kept" when both texts are shown instead."""
    if isinstance(answer, dict):
        assert answer["success"] or answer["error_code"] == "invalid_revision", answer
        return "saved" if answer["success"] else "kept"
    assert getattr(answer, "status_code", None) == 302, answer
    return "kept" if "/drafts/" in answer.url else "saved"


ACTS = {
    "both press save": (lambda one: one.save("Anna"), lambda two: two.save("Albert")),
    "both forms save themselves": (lambda one: one.autosave("Anna"), lambda two: two.autosave("Albert")),
    "one publishes, one saves": (
        lambda one: one.save("Anna", **{"action-publish": "1"}),
        lambda two: two.autosave("Albert"),
    ),
}


@pytest.mark.parametrize("acts", ACTS.values(), ids=ACTS)
def test_of_two_who_save_at_once_both_texts_are_there_afterwards(page: Any, acts: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)

    answers = at_once(lambda: acts[0](hers), lambda: acts[1](his))

    assert sorted(map(outcome, answers)) == ["kept", "saved"]
    winner = ("Anna", "Albert")[[outcome(answer) for answer in answers].index("saved")]
    present = fresh(page)
    assert present.latest_revision.content["title"] == winner and present.latest_revision.is_latest_revision()
    assert {text.split(":")[0] for text in texts(present)} == {"Seite", "Anna", "Albert"}


def test_a_form_that_goes_on_saving_itself_does_not_write_over_who_came_meanwhile(page: Any) -> None:
    hers = Window(desk("anna"), page)
    hers.autosave("Anna")
    his = Window(desk("albert"), page)

    answers = at_once(lambda: hers.autosave("Anna weiter"), lambda: his.autosave("Albert"))

    assert sorted(map(outcome, answers)) == ["kept", "saved"]
    assert {"Anna weiter", "Albert"} <= {text.split(":")[0] for text in texts(fresh(page))}


def test_five_windows_at_once_lose_nothing(page: Any) -> None:
    names = ["anna", "albert", "operator"]
    windows = [Window(desk(name), page) for name in names]
    second = Client()
    second.force_login(fresh(page).owner)
    windows += [Window(second, page), Window(desk("both"), page)]

    answers = at_once(*[lambda window=window, n=n: window.save(f"Text {n}") for n, window in enumerate(windows)])

    assert sorted(map(outcome, answers)) == ["kept"] * 4 + ["saved"]
    assert {f"Text {n}" for n in range(5)} <= {text.split(":")[0] for text in texts(fresh(page))}
