"""What browsers and shared caches are told: no cookies, 304 for what has not changed, nothing kept past its time."""

from __future__ import annotations

import gzip
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from tests.site.house import MISSING, PLACES, UNKEPT, House
from website.models import StandardPage

BERLIN = ZoneInfo("Europe/Berlin")
SHARED_AT_MOST = 60


def shared_seconds(answer: Any) -> int:
    """How long a shared cache may keep an answer."""
    directives = answer.headers["Cache-Control"].replace(" ", "").split(",")
    assert {"public", "max-age=0", "must-revalidate"} <= set(directives)
    [seconds] = [int(directive.split("=")[1]) for directive in directives if directive.startswith("s-maxage=")]
    return seconds


@pytest.mark.parametrize("place", PLACES)
def test_a_visitor_gets_no_cookie_and_304_for_what_has_not_changed(place: str, house: House, client: Client) -> None:
    answer = client.get(PLACES[place])
    assert not answer.cookies
    assert not re.search("cookie|accept-language", answer.headers.get("Vary", ""), re.IGNORECASE)
    if place in MISSING:
        assert answer.headers["Cache-Control"] == "no-cache"
        return
    if place in UNKEPT:
        assert answer.headers["Cache-Control"].removeprefix("private, ") == "no-store"
        return
    assert 0 < shared_seconds(answer) <= SHARED_AT_MOST
    again = client.get(PLACES[place], headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert shared_seconds(again) <= SHARED_AT_MOST
    head = client.head(PLACES[place])
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])


@pytest.mark.parametrize("place", ["home", "method", "list with filters", "search with hits", "Arabic home"])
def test_after_a_publication_every_page_is_sent_anew(place: str, house: House, client: Client) -> None:
    before = client.get(PLACES[place]).headers["ETag"]
    article = Page.objects.get(pk=house.article).specific
    article.title = "Neue Bausteine"
    article.save_revision().publish()
    answer = client.get(PLACES[place], headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


@pytest.mark.parametrize("place", ["home", "method", "list of methods", "search with hits", "page in Leichte Sprache"])
@pytest.mark.parametrize("boundary", ["go_live_at", "expire_at"])
def test_no_shared_cache_keeps_a_page_past_the_moment_another_one_comes_or_goes(
    boundary: str, place: str, house: House, client: Client
) -> None:
    # Noon, so that midnight is no boundary of this test.
    now = datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time(), BERLIN) + timedelta(hours=12)
    moment = now + timedelta(seconds=25)
    home = Page.objects.get(pk=house.home)
    with time_machine.travel(now - timedelta(hours=1), tick=False):
        home.add_child(instance=StandardPage(title="Aktion", slug="aktion", show_in_menus=True, **{boundary: moment}))
    with time_machine.travel(now, tick=False):
        before = client.get(PLACES[place])
        assert shared_seconds(before) == 25
        there = client.get("/aktion/").status_code == 200
        assert there is (boundary == "expire_at")
    with time_machine.travel(moment - timedelta(milliseconds=200), tick=False):
        again = client.get(PLACES[place], headers={"If-None-Match": before.headers["ETag"]})
        assert again.status_code == 304
        assert shared_seconds(again) == 0
    with time_machine.travel(moment, tick=False):
        after = client.get(PLACES[place], headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert (client.get("/aktion/").status_code == 200) is not there
        assert shared_seconds(after) == SHARED_AT_MOST
        if place != "page in Leichte Sprache":
            assert (b"/aktion/" in after.content) is not there


def test_no_shared_cache_keeps_a_page_past_midnight(house: House, client: Client) -> None:
    midnight = datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time(), BERLIN)
    with time_machine.travel(midnight - timedelta(seconds=10), tick=False):
        evening = client.get("/")
        assert shared_seconds(evening) == 10
    with time_machine.travel(midnight, tick=False):
        assert client.get("/", headers={"If-None-Match": evening.headers["ETag"]}).status_code == 200


def test_somebody_who_is_logged_in_is_never_served_from_a_shared_cache(house: House, admin_client: Client) -> None:
    for place in ("home", "search with hits"):
        answer = admin_client.get(PLACES[place])
        assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].replace(" ", "").split(","))


@pytest.mark.parametrize("place", ["list of methods", "Arabic home"])
def test_a_browser_that_understands_it_gets_the_same_page_compressed(place: str, house: House, client: Client) -> None:
    plain = client.get(PLACES[place])
    for _kept in range(2):
        small = client.get(PLACES[place], headers={"Accept-Encoding": "gzip, deflate, br"})
        assert small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.content) == plain.content
        assert len(small.content) * 3 < len(plain.content)
        assert small.headers["ETag"] == plain.headers["ETag"]
        assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers


def test_a_cookie_of_another_program_changes_nothing(house: House, client: Client) -> None:
    without = client.get("/")
    client.cookies["consent"] = "yes"
    assert client.get("/").headers["ETag"] == without.headers["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_public_pages_can_only_be_read(method: str, house: House, client: Client) -> None:
    for place in ("home", "search with hits"):
        answer = getattr(client, method)(PLACES[place])
        assert answer.status_code == 405
        assert not answer.cookies
