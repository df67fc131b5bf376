"""How the API behaves as a citizen of the web: methods, other sites, compression, caches, limits."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms_blocks.content_api import answers
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from tests.cms_blocks.content_api.conftest import API, Ids, page_of, record_of

EVERYWHERE = ["/records/", "/records/?facets=kind", "/navigation/", "/locales/", "/find/?path=/strasse/", "/changes/"]
NOON = "2026-03-10T11:00:00+00:00"


def directives(answer: Any) -> dict[str, int]:
    parts = [part.strip().partition("=") for part in answer.headers["Cache-Control"].split(",")]
    return {name: int(value or 0) for name, _, value in parts}


@pytest.mark.parametrize("path", [*EVERYWHERE, "/openapi.json", "/docs/", "/export/page.csv"])
def test_what_has_not_changed_is_answered_304_without_a_cookie(path: str, site: Ids, client: Client) -> None:
    answer = client.get(API + path)
    assert answer.status_code == 200 and not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    again = client.get(API + path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_after_a_publication_nothing_old_is_confirmed(path: str, site: Ids, client: Client) -> None:
    before = client.get(API + path).headers["ETag"]
    page = page_of(site["street"])
    page.title = "Eine andere Straße"
    with unit():
        page.save_revision().publish()
    assert client.get(API + path, headers={"If-None-Match": before}).status_code == 200


def test_a_record_is_confirmed_until_itself_or_what_it_quotes_changes(site: Ids, client: Client) -> None:
    address = f"{API}/records/{record_of(site['street']).pk}/"
    before = client.get(address)
    for name, new in (("house", False), ("place", True)):
        page = page_of(site[name])
        page.title += " mit Baum"
        with unit():
            page.save_revision().publish()
        known = client.get(address).headers["ETag"] == before.headers["ETag"]
        assert known is not new
    with unit():
        page_of(site["place"]).unpublish()
    after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200 and b"<a href" not in after.content


def test_no_shared_cache_keeps_an_answer_past_the_moment_something_comes_or_goes(site: Ids, client: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        page = page_of(site["place"])
        page.expire_at = timezone.now() + timedelta(seconds=20)
        with unit():
            page.save_revision().publish()
        street = f"/records/{record_of(site['street']).pk}/"
        for path in ("/records/", "/navigation/", "/export/page.csv", f"/records/{record_of(page.pk).pk}/", street):
            client.get(API + path)
            kept = directives(client.get(API + path))
            assert kept["s-maxage"] + kept["stale-while-revalidate"] <= 20, path
        clock.shift(timedelta(seconds=21))
        assert client.get(f"{API}/records/{record_of(page.pk).pk}/").status_code == 404
        assert b"Ein Platz" not in client.get(f"{API}/records/").content
        assert b"<a href" not in client.get(API + street).content


def test_head_says_what_get_would_without_a_body(site: Ids, client: Client) -> None:
    for path in ("/records/", "/export/page.ndjson"):
        full, bare = client.get(API + path), client.head(API + path)
        assert (bare.status_code, bare.content) == (200, b"")
        assert bare.headers["ETag"] == full.headers["ETag"]
    assert client.head(f"{API}/records/").headers["Content-Length"] == str(len(client.get(f"{API}/records/").content))


def test_it_is_for_reading_only(site: Ids, client: Client) -> None:
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(client, method)(f"{API}/records/")
        assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
        assert "GET" in answer.headers["Allow"]
    assert client.options(f"{API}/records/").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_only_listed_sites_may_read_from_their_pages(site: Ids, client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://front.example"]
    for origin, allowed in (("https://front.example", True), ("https://other.example", False)):
        answer = client.get(f"{API}/records/", headers={"Origin": origin})
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        assert ("Access-Control-Allow-Methods" in client.options(f"{API}/records/", headers=asked).headers) is allowed
    elsewhere = client.get("/healthz", headers={"Origin": "https://front.example"})
    assert "Access-Control-Allow-Origin" not in elsewhere.headers


def test_long_answers_are_compressed_for_whoever_understands_it(site: Ids, client: Client) -> None:
    for path in ("/records/", "/export/page.ndjson"):
        plain, packed = client.get(API + path), client.get(API + path, headers={"Accept-Encoding": "gzip"})
        bodies = [b"".join(one.streaming_content) if one.streaming else one.content for one in (plain, packed)]
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(bodies[1]) == bodies[0]
        assert "Accept-Encoding" in packed.headers["Vary"]
        known = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
        assert client.get(API + path, headers=known).status_code == 304


def test_who_asks_too_much_is_told_to_wait_and_may_still_read_lists(site: Ids, client: Client, settings: Any) -> None:
    settings.CONTENT_API_COSTLY_A_MINUTE = 3
    costly = ["/records/?q=platz", "/records/?facets=kind", "/records/?count=true", "/export/page.csv"]
    answers = [client.get(API + path) for path in costly]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert client.get(f"{API}/records/").status_code == 200
    known = client.get(f"{API}/records/").headers["ETag"]
    assert known
    assert client.get(f"{API}/records/?q=x", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_stale_document_is_never_passed_on_nor_confirmed(site: Ids, client: Client) -> None:
    record = record_of(site["street"])
    address = f"{API}/records/{record.pk}/"
    before = client.get(address)
    PublicRecord.objects.filter(pk=record.pk).update(stale=True)
    record.document.body = '{"body": "old"}'
    record.document.save()
    answer = client.get(address, headers={"If-None-Match": '"x"'})
    assert answer.json()["document"] == before.json()["document"]
    assert directives(answer)["s-maxage"] == 0
    assert client.get(f"{API}/pages/", {"fields": "document.body"}).json()["data"][1]["parts"]["body"] != "old"


def test_a_broken_view_answers_500_in_json(site: Ids, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("cms_blocks.content_api.api.moment", fail)
    client.raise_request_exception = False
    answer = client.get(f"{API}/records/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert b"planted" not in answer.content


def test_an_answer_is_kept_for_whoever_asks_the_same(site: Ids, client: Client) -> None:
    address = f"{API}/pages/?fields=*"
    first = client.get(address)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address)
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert len(asked) == 1, "the clock"
    assert client.get(f"{API}/pages/?fields=title").content != first.content
    with unit():
        page_of(site["street"]).unpublish()
    assert "Straße" not in client.get(address).content.decode()


def test_without_a_cache_of_answers_and_for_large_ones_nothing_is_kept(
    site: Ids, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def questions() -> int:
        client.get(f"{API}/pages/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{API}/pages/")
        return len(asked)

    monkeypatch.setattr(answers, "LARGEST_KEPT", 10)
    assert questions() == 2
    monkeypatch.undo()
    settings.CACHES = {name: value for name, value in settings.CACHES.items() if name != answers.CACHE}
    assert questions() == 2


def test_an_address_without_its_last_stroke_leads_on(site: Ids, client: Client) -> None:
    answer = client.get(f"{API}/pages?half=joint")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{API}/pages/?half=joint")
    client.cookies["sessionid"] = "x"
    for path in ("/nothing", "/nothing/", "/pages/x/"):
        answer = client.get(API + path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json"), path
