"""News from the editor's page to list, procedure, district and feed: newest first, and nothing that is not public."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from wagtail.models import Locale

from cms_blocks.publication import reconcile
from cms_blocks.publication.periodic import freshen
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from procedures.appearances import in_lists
from procedures.models import NewsIndexPage
from tests.procedures.factories import district, district_list, news, news_list, procedure, procedure_list

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def index(transactional_db: None) -> NewsIndexPage:
    return news_list()


def titles(client: Client, path: str = "/aktuelles/") -> list[str]:
    return [card.record.title for card in client.get(path).context["listing"].cards]


def test_the_newest_comes_first_and_the_list_has_pages(index: NewsIndexPage, client: Client) -> None:
    for number in range(13):
        news(index, f"Nachricht {number}", on=date(2026, 1, 1) + timedelta(days=number))
    assert titles(client)[:2] == ["Nachricht 12", "Nachricht 11"]
    assert titles(client, "/aktuelles/?page=2") == ["Nachricht 0"]
    nonsense = client.get("/aktuelles/?page=99").context["listing"]
    assert "99" in nonsense.ignored[0]
    assert [card.record.title for card in nonsense.cards] == ["Nachricht 0"]


def test_procedure_and_district_tell_the_news_that_name_them_and_no_others(
    index: NewsIndexPage, client: Client
) -> None:
    places, plans = district_list(), procedure_list()
    north, south = district(places), district(places, "Süd", slug="sued")
    shore, other = procedure(plans, slug="ufer", districts=[north]), procedure(plans, slug="anderes")
    news(index, "Die Bagger kommen", slug="bagger", procedures=[shore], districts=[north])
    for path, named in (("/verfahren/ufer/", True), (other.url, False), (north.url, True), (south.url, False)):
        assert ("Die Bagger kommen" in client.get(path).content.decode()) is named, path
    page = client.get("/aktuelles/bagger/").content.decode()
    assert f'href="{shore.url}"' in page and f'href="{north.url}"' in page
    record = PublicRecord.objects.of_kind("news").get()
    assert {place.url for place in in_lists(record)} == {"/aktuelles/", shore.url, north.url}
    assert not reconcile.check()


def test_news_stand_on_a_procedure_that_becomes_public_with_them(index: NewsIndexPage, client: Client) -> None:
    plans = procedure_list()
    with unit():
        shore = procedure(plans, slug="ufer")
        news(index, "Die Bagger kommen", slug="bagger", procedures=[shore])
    assert "Die Bagger kommen" in client.get("/verfahren/ufer/").content.decode()
    assert not reconcile.check()


def test_news_go_with_their_last_day_by_the_clock(index: NewsIndexPage, client: Client) -> None:
    plan = procedure(procedure_list(), slug="ufer")
    news(index, "Bald vorbei", procedures=[plan], expire_at=NOW)
    with time_machine.travel(NOW - timedelta(seconds=1), tick=False):
        assert titles(client) == ["Bald vorbei"]
        assert "Bald vorbei" in client.get(plan.url).content.decode()
    with time_machine.travel(NOW, tick=False):
        assert titles(client) == []
        assert "Bald vorbei" not in client.get(plan.url).content.decode()


def test_news_name_no_procedure_that_is_not_public(index: NewsIndexPage, client: Client) -> None:
    plan = procedure(procedure_list(), "Geheim", slug="geheim")
    told = news(index, procedures=[plan])
    facts = PublicRecord.objects.of_kind("news").select_related("news_facts")
    assert facts.get().news_facts.procedures == (plan.reference,)
    plan.unpublish()
    freshen()
    assert facts.get().news_facts.procedures == ()
    assert "Geheim" not in client.get(told.url).content.decode()
    plan.save_revision().publish()
    freshen()
    assert facts.get().news_facts.procedures == (plan.reference,)
    assert "Geheim" in client.get(told.url).content.decode()


def test_api_and_feed_give_the_same_news_newest_first(index: NewsIndexPage, client: Client) -> None:
    plan = procedure(procedure_list(), "Uferweg", slug="ufer")
    news(index, "Alt", on=date(2026, 1, 1))
    news(index, "Neu", on=date(2026, 2, 1), procedures=[plan])
    told = client.get("/api/content/v1/news/", {"sort": "-news_on", "procedures": plan.reference, "fields": "*"}).json()
    assert [row["title"] for row in told["data"]] == ["Neu"]
    assert told["data"][0]["document"]["procedures"] == [{"title": "Uferweg", "path": "/verfahren/ufer/"}]
    assert told["data"][0]["document"]["on"] == "2026-02-01"
    feed = client.get(client.get("/aktuelles/").context["listing"].feed)
    words = b"".join(feed.streaming_content).decode()
    assert words.index("Neu") < words.index("Alt")
    assert [row["path"] for row in client.get("/api/content/v1/news-lists/").json()["data"]] == ["/aktuelles/"]


def test_news_in_another_language_stand_on_the_translated_procedure(index: NewsIndexPage, client: Client) -> None:
    german = procedure(procedure_list(), "Uferweg", slug="ufer")
    plans = procedure_list("ar")
    arabic = procedure(plans, "طريق", slug="ufer", translation_key=german.translation_key)
    other = news_list("ar", translation_key=index.translation_key)
    news(index, "Deutsche Nachricht", procedures=[german])
    news(other, "خبر", slug="khabar", procedures=[german])
    assert Locale.objects.get(language_code="ar") == arabic.locale
    page = client.get(arabic.url).content.decode()
    assert "خبر" in page and "Deutsche Nachricht" not in page
    assert "Deutsche Nachricht" in client.get(german.url).content.decode()
