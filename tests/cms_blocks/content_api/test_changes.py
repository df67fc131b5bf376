"""The feed of changes: whoever follows it knows at every moment exactly what is public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms_blocks.content_api import changes
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from tests.cms_blocks.content_api.conftest import API, Ids, page_of, record_of
from website.models import StandardPage


class Follower:
    """A copy of all that is public, kept up to date by the feed alone."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.since = ""
        self.copy: dict[int, dict[str, Any]] = {}
        self.heard: list[tuple[int, str]] = []

    def ask(self) -> None:
        more = True
        while more:
            answer = self.client.get(f"{API}/changes/", {"since": self.since} if self.since else {}).json()
            for entry in answer["data"]:
                self.heard.append((entry["id"], entry["event"]))
                if entry["event"] == "gone":
                    assert "record" not in entry
                    self.copy.pop(entry["id"], None)
                else:
                    self.copy[entry["id"]] = entry["record"]
            self.since, more = answer["since"], answer["more"]

    def is_right(self) -> bool:
        truth = {record.pk: (record.title, record.version) for record in PublicRecord.objects.listed()}
        return {pk: (record["title"], record["version"]) for pk, record in self.copy.items()} == truth


@pytest.fixture
def follower(site: Ids, client: Client) -> Follower:
    found = Follower(client)
    found.ask()
    assert found.is_right() and found.copy
    return found


def test_a_follower_hears_of_each_change_and_of_nothing_twice(follower: Follower, site: Ids) -> None:
    follower.heard.clear()
    street = page_of(site["street"])
    with unit():
        street.title = "Eine Allee"
        street.save_revision().publish()
    gone = record_of(site["house"]).pk
    with unit():
        page_of(site["house"]).unpublish()
    follower.ask()
    assert follower.is_right()
    assert (gone, "gone") in follower.heard and (record_of(street.pk).pk, "changed") in follower.heard
    follower.heard.clear()
    follower.ask()
    assert follower.heard == []


def test_a_document_that_quotes_what_has_changed_has_changed_too(follower: Follower, site: Ids) -> None:
    follower.heard.clear()
    place = page_of(site["place"])
    place.title = "Ein Park"
    with unit():
        place.save_revision().publish()
    follower.ask()
    assert {pk for pk, _event in follower.heard} == {record_of(site["place"]).pk, record_of(site["street"]).pk}
    assert follower.is_right()


def test_what_comes_and_goes_by_the_clock_is_told_without_a_write(site: Ids, client: Client) -> None:
    with time_machine.travel("2026-03-10T11:00:00+00:00", tick=False) as clock:
        page = page_of(site["place"])
        page.expire_at = timezone.now() + timedelta(minutes=5)
        with unit():
            page.save_revision().publish()
        follower = Follower(client)
        follower.ask()
        assert follower.is_right()
        follower.heard.clear()
        clock.shift(timedelta(minutes=6))
        follower.ask()
        assert follower.heard == [(record_of(page.pk).pk, "gone")]
        assert follower.is_right()


def test_a_restricted_section_goes_as_a_whole(follower: Follower, site: Ids) -> None:
    gone = {record_of(site[name]).pk for name in ("street", "house")}
    follower.heard.clear()
    with unit():
        PageViewRestriction.objects.create(page_id=site["street"], restriction_type="login")
    follower.ask()
    assert {pk for pk, event in follower.heard if event == "gone"} == gone
    assert follower.is_right()


def test_a_long_history_comes_in_stretches_while_others_write(
    follower: Follower, site: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST", 2)
    start = page_of(site["home"])
    for number in range(5):
        with unit():
            start.add_child(instance=StandardPage(title=f"Neu {number}", slug=f"neu-{number}"))
    answer = follower.client.get(f"{API}/changes/", {"since": follower.since}).json()
    assert len(answer["data"]) == 2 and answer["more"]
    for entry in answer["data"]:
        follower.copy[entry["id"]] = entry["record"]
    follower.since = answer["since"]
    with unit():
        page_of(site["place"]).unpublish()
    follower.ask()
    follower.ask()
    assert follower.is_right()
