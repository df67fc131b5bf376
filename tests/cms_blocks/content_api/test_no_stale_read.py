"""Whoever asks after a commit gets what was committed, with all caches on, and no old body ever has a newer tag.

One process publishes in a loop, this one reads, each with its own caches. The publisher notes a number in a file once
its commit has returned, so a read that begins after that must tell this number or a later one.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from cms_blocks.models import PublicRecord
from tests.infrastructure.requirements import REPOSITORY
from tests.site.house import House
from website.models import StandardPage

pytestmark = [pytest.mark.gate, pytest.mark.unmeasured]

ROUNDS = 12
PUBLISHER = """
import os, sys
import django
django.setup()
from website.models import StandardPage
pk, rounds, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
for number in range(1, rounds + 1):
    page = StandardPage.objects.get(pk=pk)
    page.title = f"Edition {number}"
    page.save_revision().publish()
    with open(path + ".new", "w") as file:
        file.write(str(number))
    os.replace(path + ".new", path)
"""
EDITION = re.compile(r'"title":"Edition (\d+)"')
API = "/api/content/v1/"


@pytest.fixture
def page(house: House) -> StandardPage:
    found = StandardPage.objects.get(pk=house.article)
    publish(found, 0)
    return found


def publish(page: StandardPage, number: int) -> None:
    page.title = f"Edition {number}"
    page.save_revision().publish()


def addresses(page: StandardPage) -> dict[str, str]:
    """All ways to read one page, by what they are."""
    pk = PublicRecord.objects.get(kind="page", object_id=page.pk).pk
    return {
        "by its id": f"{API}pages/{pk}/",
        "by its id with others": f"{API}pages/{pk}/?include=links",
        "by its address": f"{API}find/?path=/alle-bausteine/",
        "in a list": f"{API}pages/?id={pk}",
        "in a list with its document": f"{API}records/?id={pk}&fields=*",
        "in the menu": f"{API}navigation/",
        "in a file": f"{API}export/page.ndjson?id={pk}",
    }


class Asker:
    """A client that sends the tag of its last answer along and believes a 304, or one that asks as for the first time
    each time: it may get what the server has kept."""

    def __init__(self, address: str, *, remembers: bool = True) -> None:
        self.address, self.tag, self.text, self.unchanged = address, "", "", 0
        self.remembers = remembers

    def edition(self) -> int:
        response = Client().get(
            self.address, headers={"If-None-Match": self.tag} if self.tag and self.remembers else {}
        )
        if response.status_code == 304:
            self.unchanged += 1
        else:
            assert response.status_code == 200
            self.text = (b"".join(response) if response.streaming else response.content).decode()
            self.tag = response.headers["ETag"]
        (edition,) = set(EDITION.findall(self.text))
        return int(edition)


class Follower:
    """A client that keeps a copy by the feed of changes."""

    def __init__(self) -> None:
        self.since, self.known = "", 0

    def edition(self) -> int:
        more = True
        while more:
            answer = Client().get(f"{API}changes/", {"since": self.since} if self.since else {}).json()
            self.since, more = answer["since"], answer["more"]
            titles = [one["record"]["title"] for one in answer["data"] if one["event"] == "changed"]
            self.known = max([self.known, *(int(title.split()[1]) for title in titles if title.startswith("Edition"))])
        return self.known


def test_every_read_that_begins_after_a_commit_is_new(
    page: StandardPage, subprocess_environment: dict[str, str], tmp_path: Path
) -> None:
    noted = tmp_path / "committed"
    noted.write_text("0")
    ways: dict[str, Asker | Follower] = {name: Asker(address) for name, address in addresses(page).items()}
    ways["by the feed of changes"] = Follower()
    ways["in a list, as for the first time"] = Asker(f"{API}pages/?fields=*", remembers=False)
    read = dict.fromkeys(ways, 0)
    publisher = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PUBLISHER, str(page.pk), str(ROUNDS), str(noted)],
        cwd=REPOSITORY,
        env=subprocess_environment,
    )
    ends = time.monotonic() + 180
    try:
        while (committed := int(noted.read_text())) < ROUNDS and time.monotonic() < ends:
            for name, way in ways.items():
                committed = int(noted.read_text())
                edition = way.edition()
                assert edition >= committed, f"{name}: edition {edition}, though {committed} was public before"
                read[name] += edition > 0
    finally:
        publisher.kill()
        publisher.wait()
    assert committed == ROUNDS, "the publisher did not get on"
    assert min(read.values()) >= 3, f"hardly anything was read meanwhile: {read}"
    for way in ways.values():
        assert way.edition() == ROUNDS
        assert way.edition() == ROUNDS  # and from the caches
    assert all(way.unchanged for way in ways.values() if isinstance(way, Asker) and way.remembers)


@contextmanager
def after_query(number: int, change: Callable[[], object]) -> Iterator[list[bool]]:
    """``change`` is committed on another connection right after this one's query of this number, counted from one."""
    asked, happened = count(1), []

    def elsewhere() -> None:
        change()
        connections.close_all()

    def watch(execute: Any, *query: Any) -> Any:
        result = execute(*query)
        if next(asked) == number:
            happened.append(True)
            thread = Thread(target=elsewhere)
            thread.start()
            thread.join()
        return result

    with connection.execute_wrapper(watch):
        yield happened


def test_no_old_body_is_kept_under_a_newer_tag(page: StandardPage) -> None:
    """Whatever is published between two queries of an answer: who sends its tag along is not told that all is as it was."""
    edition = 0
    for name, address in addresses(page).items():
        for query in count(1):
            asker, kept = Asker(address), Asker(address)
            assert kept.edition() == edition
            with after_query(query, partial(publish, page, edition + 1)) as happened:
                assert asker.edition() in {edition, edition + 1}
            if not happened:
                break
            edition += 1
            assert asker.edition() == edition, f"{name}: published after query {query}"
            assert kept.edition() == edition, name
        assert query > 1
