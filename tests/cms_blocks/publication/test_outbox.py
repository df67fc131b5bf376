"""Deliveries: leases, back-off, giving up, and never one lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone

from cms_blocks.publication import outbox
from cms_blocks.publication.outbox import LEASE, MAX_ATTEMPTS, Delivery, Event, claim, consumes, deliver, emit

pytestmark = [pytest.mark.gate, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Event]]:
    """What the consumer “ear” heard of the topic “said”."""
    monkeypatch.setattr(outbox, "_consumers", {})
    events: list[Event] = []
    consumes("ear", "said", "shouted")(events.append)
    consumes("eye", "shown")(lambda event: None)
    yield events


def say(*keys: str) -> None:
    emit(Event("said", key, version=3, payload={"word": key}) for key in keys)


def test_an_event_is_written_for_each_consumer_of_its_topic_and_for_no_other(heard: list[Event]) -> None:
    consumes("other ear", "said")(lambda event: None)
    emit([Event("said", "a"), Event("shown", "b"), Event("nobody listens", "c")])
    assert sorted(map(str, Delivery.objects.all())) == ["ear: said a", "eye: shown b", "other ear: said a"]


def test_what_is_rolled_back_was_never_said(heard: list[Event]) -> None:
    with transaction.atomic():
        say("a")
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_a_delivery_hands_over_the_event_as_it_was_and_is_done_once(heard: list[Event]) -> None:
    say("a")
    (delivery,) = claim()
    assert claim() == []
    assert deliver(delivery)
    assert heard == [Event("said", "a", 3, {"word": "a"})]
    delivery.refresh_from_db()
    assert delivery.done_at is not None
    assert not deliver(delivery)
    assert len(heard) == 1


def test_the_oldest_come_first_and_no_more_than_asked_for(heard: list[Event], clock: Any) -> None:
    for key in "abc":
        say(key)
        clock.shift(1)
    assert [delivery.key for delivery in claim(2)] == ["a", "b"]
    assert [delivery.key for delivery in claim()] == ["c"]


def test_the_lease_of_a_killed_worker_runs_out_and_another_delivers_exactly_once_more(
    heard: list[Event], clock: Any
) -> None:
    say("a")
    (lost,) = claim()  # and the worker is killed
    clock.shift(LEASE - timedelta(seconds=1))
    assert claim() == []
    clock.shift(1)
    (again,) = claim()
    assert again.attempts == 2
    assert deliver(again)
    assert not deliver(lost)  # it was not killed but slow: what another has done is left alone
    assert len(heard) == 1
    assert claim() == []


def test_a_worker_that_is_slow_does_not_deliver_what_another_has_taken_over(heard: list[Event], clock: Any) -> None:
    say("a", "b")
    first, second = claim()
    deliver(first)
    clock.shift(LEASE)
    (taken,) = claim()
    assert not deliver(second)
    assert deliver(taken)
    assert [event.key for event in heard] == ["a", "b"]


def test_the_lease_begins_anew_with_each_delivery_of_a_batch(heard: list[Event], clock: Any) -> None:
    taken_over: list[list[Delivery]] = []

    def slow(event: Event) -> None:
        clock.shift(LEASE * 0.9)
        taken_over.append(claim())
        heard.append(event)

    consumes("ear", "said")(slow)
    say("a", "b")
    first, second = claim()
    clock.shift(LEASE * 0.8)
    assert deliver(first)  # in the middle of it the lease of the whole batch has ended
    assert [len(batch) for batch in taken_over] == [1]
    assert not deliver(second)
    assert deliver(taken_over[0][0])
    assert [event.key for event in heard] == ["a", "b"]


def test_after_a_failure_it_waits_longer_each_time_and_is_given_up_at_last(heard: list[Event], clock: Any) -> None:
    def refuse(event: Event) -> None:
        raise ConnectionError("nobody there")

    consumes("ear", "said")(refuse)
    say("a")
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (delivery,) = claim()
        assert delivery.attempts == attempt
        assert not deliver(delivery)
        delivery.refresh_from_db()
        assert delivery.error == "ConnectionError: nobody there"
        if attempt < MAX_ATTEMPTS:
            waits.append((delivery.not_before - timezone.now()).total_seconds())
            assert not Delivery.objects.due().exists()
            clock.move_to(delivery.not_before)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert delivery.failed_at == timezone.now()
    clock.shift(timedelta(days=30))
    assert claim() == []
    assert list(Delivery.objects.failed()) == [delivery]

    consumes("ear", "said")(heard.append)
    assert Delivery.objects.retry() == 1
    (delivery,) = claim()
    assert (delivery.attempts, deliver(delivery), len(heard)) == (1, True, 1)
    assert Delivery.objects.get().error == ""


def test_a_delivery_that_kills_its_worker_each_time_is_given_up_too(heard: list[Event], clock: Any) -> None:
    say("poison")
    for _ in range(MAX_ATTEMPTS):
        (delivery,) = claim()
        clock.shift(LEASE)
    (delivery,) = claim()
    assert not deliver(delivery)
    assert heard == []
    assert "ended without a word" in Delivery.objects.failed().get().error


def test_what_was_claimed_and_not_tried_can_be_given_back(heard: list[Event]) -> None:
    say("a", "b")
    first, second = claim()
    deliver(first)
    outbox.release([first, second])
    (again,) = claim()
    assert (again.key, again.attempts) == ("b", 1)
    outbox.release([])


def test_a_consumer_that_is_gone_is_a_failure_and_not_a_crash(heard: list[Event]) -> None:
    say("a")
    outbox._consumers.clear()
    (delivery,) = claim()
    assert not deliver(delivery)
    assert Delivery.objects.get().error == "LookupError: No consumer 'ear' is registered any more."


def test_done_deliveries_are_forgotten_after_two_weeks_and_others_never(heard: list[Event], clock: Any) -> None:
    say("done", "waiting")
    done = claim(1)[0]
    deliver(done)
    clock.shift(timedelta(days=14))
    assert outbox.prune() == 0
    clock.shift(1)
    assert outbox.prune() == 1
    assert [delivery.key for delivery in Delivery.objects.all()] == ["waiting"]


def test_the_age_of_what_is_due_is_known(heard: list[Event], clock: Any) -> None:
    assert outbox.oldest_due_age() == 0
    say("a")
    clock.shift(90)
    assert outbox.oldest_due_age() == 90
    claim()
    assert outbox.oldest_due_age() == 0


@pytest.mark.postgres
def test_two_workers_at_once_never_take_the_same(heard: list[Event]) -> None:
    """On PostgreSQL by row locks that are skipped."""
    say(*map(str, range(60)))
    taken: list[list[int]] = [[], []]
    start = Barrier(2)

    def work(mine: list[int]) -> None:
        start.wait()
        while batch := claim(3):
            mine += [delivery.pk for delivery in batch]
        connections.close_all()

    workers = [Thread(target=work, args=[mine]) for mine in taken]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken[0] + taken[1]) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def _work_in_a_process(results: Any, start: Any) -> None:
    connections.close_all()
    start.wait()
    mine: list[int] = []
    while batch := claim(3):
        mine += [delivery.pk for delivery in batch]
        time.sleep(0.002)
    results.put(mine)
    results.close()
    results.join_thread()
    os._exit(0)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="threads do on PostgreSQL")
def test_two_worker_processes_at_once_never_take_the_same(heard: list[Event]) -> None:
    """On SQLite by the one writer at a time."""
    say(*map(str, range(60)))
    connections.close_all()
    context = multiprocessing.get_context("fork")
    results, start = context.Queue(), context.Barrier(2)
    workers = [context.Process(target=_work_in_a_process, args=[results, start]) for _ in range(2)]
    for worker in workers:
        worker.start()
    taken = [results.get(timeout=60), results.get(timeout=60)]
    for worker in workers:
        worker.join(30)
    assert sorted(taken[0] + taken[1]) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(heard: list[Event]) -> None:
    """A real process, killed for real while the consumer is at it."""
    say("a")
    connections.close_all()
    context = multiprocessing.get_context("fork")
    begun = context.Event()

    def hang(event: Event) -> None:
        begun.set()
        time.sleep(60)

    def work() -> None:
        consumes("ear", "said")(hang)
        (delivery,) = claim()
        deliver(delivery)

    worker = context.Process(target=work)
    worker.start()
    assert begun.wait(30)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(30)
    assert claim() == []
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        (delivery,) = claim()
        assert deliver(delivery)
        assert claim() == []
    assert len(heard) == 1


def test_claiming_nothing_takes_no_lock(heard: list[Event]) -> None:
    """An idle worker must not wait for SQLite's one writer."""
    if connection.vendor == "sqlite":
        writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        assert claim() == []
        writer.close()
    assert claim() == []


def test_what_another_worker_has_taken_over_meanwhile_is_not_handed_over_again(heard: list[Event]) -> None:
    handed: list[Event] = []

    def mouth(event: Event) -> None:
        Delivery.objects.update(lease="another worker's")
        outbox.handing_over()
        handed.append(event)

    consumes("mouth", "sung")(mouth)
    emit([Event("sung", "a")])
    (delivery,) = claim()
    assert not deliver(delivery)
    assert handed == []
    delivery.refresh_from_db()
    assert (delivery.lease, delivery.handed_over_at, delivery.error) == ("another worker's", None, "")


def test_a_consumer_that_is_called_without_the_outbox_has_nothing_to_note(heard: list[Event]) -> None:
    outbox.handing_over()
    assert outbox.at_hand() is None
    assert not Delivery.objects.exists()
