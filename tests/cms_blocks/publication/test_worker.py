"""The worker and its clock."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone
from wagtail.models import Page

from cms_blocks.publication import declaration, outbox, periodic, reader, ticker
from cms_blocks.publication.outbox import Delivery, Event, consumes, emit
from cms_blocks.publication.records import PublicDocument, PublicRecord
from cms_blocks.publication.ticker import Tick, every, run_due
from tests.cms_blocks.publication.editor import link, stored
from tests.cms_blocks.publication.observer import Observer
from tests.infrastructure.requirements import REPOSITORY
from website.models import StandardPage

pytestmark = [pytest.mark.gate, pytest.mark.django_db(transaction=True)]
HOUR = timedelta(hours=1)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Only the tasks of the test, and what has run."""
    monkeypatch.setattr(ticker, "_tasks", {})
    names: list[str] = []

    @every(minutes=1)
    def often() -> None:
        names.append("often")

    @every(hours=1)
    def seldom() -> None:
        names.append("seldom")

    yield names


def test_each_task_runs_when_its_time_has_come(ran: list[str], clock: Any) -> None:
    assert run_due() == ["often", "seldom"]
    assert run_due() == []
    clock.shift(60)
    assert run_due() == ["often"]
    clock.shift(3600)
    assert run_due() == ["often", "seldom"]
    assert ran == ["often", "seldom", "often", "often", "seldom"]
    assert [str(tick) for tick in Tick.objects.order_by("name")] == ["often", "seldom"]


def test_a_task_that_fails_comes_again_and_holds_up_no_other(ran: list[str], clock: Any, caplog: Any) -> None:
    @every(minutes=1)
    def broken() -> None:
        raise ZeroDivisionError

    ticker._tasks = {"broken": ticker._tasks["broken"], **ticker._tasks}
    assert run_due() == ["broken", "often", "seldom"]
    assert "The periodic task broken failed; it runs again in 0:01:00." in caplog.text
    clock.shift(60)
    assert run_due() == ["broken", "often"]


def test_of_two_workers_one_runs_a_task(ran: list[str], clock: Any) -> None:
    run_due()
    clock.shift(60)
    ran.clear()

    def meanwhile(execute: Any, sql: Any, *rest: Any) -> Any:
        """Another worker takes the task between our look and our UPDATE."""
        if sql.startswith("UPDATE") and "tick" in sql and not ran:
            ran.append("by another")
            Tick.objects.filter(name="often").update(due_at=timezone.now() + HOUR)
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        assert run_due() == []
    assert ran == ["by another"]


@pytest.mark.postgres
def test_of_many_workers_at_once_one_runs_a_task(ran: list[str]) -> None:
    start = Barrier(4)

    def work() -> None:
        start.wait()
        run_due()
        connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == ["often", "seldom"]


# Periodic tasks


def add(home: Page, slug: str, **fields: Any) -> StandardPage:
    return home.add_child(instance=StandardPage(title=slug.title(), slug=slug, **fields))


def schedule(page: StandardPage, **dates: Any) -> None:
    for name, value in dates.items():
        setattr(page, name, value)
    page.save_revision().publish()


def test_what_is_due_is_published_and_expires(home: Page, clock: Any, observer: Observer) -> None:
    page = add(home, "page", live=False)
    schedule(page, go_live_at=timezone.now() + HOUR, expire_at=timezone.now() + 2 * HOUR)
    for hours, live, expired in [(0, False, False), (1, True, False), (1, False, True)]:
        clock.shift(hours * HOUR + timedelta(seconds=1))
        periodic.publish_scheduled()
        page.refresh_from_db()
        assert (page.live, page.expired) == (live, expired)
        assert not observer.look().violations


def test_one_scheduled_change_that_fails_holds_up_no_other(
    home: Page, clock: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    first, second = add(home, "first", live=False), add(home, "second", live=False)
    for page in (first, second):
        schedule(page, go_live_at=timezone.now() + HOUR)
    clock.shift(HOUR * 2)
    with monkeypatch.context() as broken:
        break_document_of(first, broken)
        periodic.publish_scheduled()
        assert f"revision {first.revisions.get().pk} could not be brought up to date" in caplog.text
    assert [Page.objects.get(pk=page.pk).live for page in (first, second)] == [False, True]
    periodic.publish_scheduled()
    assert Page.objects.get(pk=first.pk).live


def break_document_of(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    publication = declaration.declaration_of("page")
    plain = publication.document

    def document(other: Page, targets: Any) -> Any:
        if other.pk == page.pk:
            raise ZeroDivisionError("a bug in a block")
        return plain(other, targets)

    monkeypatch.setattr(publication, "document", document)


def test_stale_documents_are_written_anew_each_for_itself(home: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    target = add(home, "target")
    pages = [add(home, f"page-{n}", body=_stored(target)) for n in range(3)]
    target.slug = "renamed"
    target.save()
    assert PublicRecord.objects.stale().count() == 3
    with monkeypatch.context() as broken:
        break_document_of(pages[0], broken)
        periodic.freshen()
    assert [record.object_id for record in PublicRecord.objects.stale()] == [pages[0].pk]
    periodic.freshen()
    assert not PublicRecord.objects.stale().exists()
    assert all("/renamed/" in body for body in documents(pages))


def documents(pages: list[StandardPage]) -> list[str]:
    return list(
        PublicDocument.objects.filter(record__object_id__in=[p.pk for p in pages]).values_list("body", flat=True)
    )


def _stored(target: Page) -> str:
    return json.dumps(stored([("paragraph", f"<p>{link('page', target.pk)}</p>")]))


def test_a_document_is_written_anew_when_what_it_quotes_enters_or_leaves_its_window(home: Page, clock: Any) -> None:
    target = add(home, "target", expire_at=timezone.now() + HOUR)
    page = add(home, "page", body=_stored(target))
    record = PublicRecord.objects.get(object_id=page.pk)
    assert record.document.valid_until == timezone.now() + HOUR
    assert "/target/" in reader.document_text(record)
    clock.shift(HOUR)
    assert "/target/" not in reader.document_text(record)  # already before the worker comes
    assert "/target/" in documents([page])[0]
    version = record.version
    periodic.freshen()
    assert "/target/" not in documents([page])[0]
    record.refresh_from_db()
    assert record.version == version
    assert record.document.valid_until.year == 9999


def test_the_worker_mends_and_forgets_every_few_hours(home: Page, clock: Any, observer: Observer) -> None:
    page = add(home, "page")
    Page.objects.filter(pk=page.pk).update(live=False)
    Delivery.objects.create(consumer="ear", topic="said", key="a", done_at=timezone.now() - timedelta(days=15))
    assert observer.look().violations
    call_command("worker", "--once")
    assert not observer.look().violations
    assert not Delivery.objects.filter(topic="said").exists()


# The command


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(outbox, "_consumers", {})
    keys: list[str] = []

    def listen(event: Event) -> None:
        if event.key.startswith("bad"):
            raise ConnectionError
        keys.append(event.key)

    consumes("ear", "said")(listen)
    return keys


def test_once_does_all_that_is_due_and_stops_even_when_whole_batches_fail(heard: list[str], ran: list[str]) -> None:
    emit(Event("said", f"bad {number}") for number in range(25))
    emit(Event("said", f"good {number}") for number in range(25))
    call_command("worker", "--once")
    assert len(heard) == 25
    assert Delivery.objects.due().count() == 0
    assert set(Delivery.objects.waiting().values_list("attempts", flat=True)) == {1}


def test_a_database_that_does_not_answer_is_asked_again(
    heard: list[str], ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cms_blocks.management.commands import worker

    monkeypatch.setattr(worker, "PATIENCE", 0)

    def locked(*args: Any) -> Any:
        raise OperationalError("database is locked")

    monkeypatch.setattr(outbox, "claim", locked)
    output = StringIO()
    call_command("worker", "--once", stderr=output)
    assert output.getvalue() == "The database does not answer: database is locked. Trying again.\n"


def test_a_worker_works_until_it_is_told_to_stop_and_gives_back_what_it_has_not_begun(
    subprocess_environment: dict[str, str],
) -> None:
    """A process of its own, stopped by SIGTERM in the middle of a batch."""
    emit(Event("mail.send", str(number), payload={}) for number in range(3))
    program = (
        "import time; from django.core.management import execute_from_command_line as run;"
        "import django; django.setup();"
        "from cms_blocks.publication import outbox, ticker; ticker._tasks.clear();"
        "outbox.consumes('mail', 'mail.send')(lambda event: (print(event.key, flush=True), time.sleep(1)));"
        "run(['manage.py', 'worker', '--pause', '0.1'])"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", program], env=subprocess_environment, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "0\n"
    worker.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    assert worker.wait(30) == 0
    assert time.monotonic() - begun < 10
    assert worker.stdout.read() == ""
    worker.stdout.close()
    assert list(Delivery.objects.order_by("pk").values_list("attempts", "lease_until")) == [
        (1, None),
        (0, None),
        (0, None),
    ]
    assert Delivery.objects.waiting().count() == 2


def test_a_worker_outside_the_main_thread_leaves_signals_alone(heard: list[str], ran: list[str]) -> None:
    emit([Event("said", "a")])

    def work() -> None:
        call_command("worker", "--once")
        connections.close_all()

    before = signal.getsignal(signal.SIGTERM)
    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert heard == ["a"]
    assert signal.getsignal(signal.SIGTERM) is before
