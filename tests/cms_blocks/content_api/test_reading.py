"""Lists and records: what they show, what comes along, and what it costs to ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms_blocks.publication.unit import unit
from tests.cms_blocks.content_api.conftest import API, Ask, Ids, page_of, record_of
from tests.toolkit.factories import home, method
from website.models import StandardPage


def titles(answer: Any) -> list[str]:
    return [record["title"] for record in answer["data"]]


def test_a_list_shows_slim_records_and_the_documents_only_if_asked(ask: Ask) -> None:
    [record, *_others] = ask("/pages/")["data"]
    assert record["title"] == "Ein Platz"
    assert record["half"] == "carrier"
    assert "document" not in record
    [whole, *_others] = ask("/pages/", fields="*")["data"]
    assert whole["document"]["lead"] == "Für alle."
    assert whole == record | {"document": whole["document"]}


def test_a_search_without_a_hit_has_facets_without_a_word(ask: Ask) -> None:
    answer = ask("/records/", q="xyzzyq", facets="kind,topics", sort="title")
    assert (answer["data"], answer["facets"]) == ([], {"kind": [], "topics": []})


def test_each_kind_has_a_resource_with_columns_of_its_own(ask: Ask) -> None:
    assert titles(ask("/methods/", sort="sort_key")) == ["Ärmel hoch", "Zukunftswerkstatt"]
    assert titles(ask("/methods/", cost_level__lte=2)) == ["Ärmel hoch"]
    assert titles(ask("/methods/", group_size_max__isnull="true")) == ["Zukunftswerkstatt"]
    assert [found["title"] for found in ask("/records/", kind="method")["data"]] == ["Ärmel hoch", "Zukunftswerkstatt"]


def test_fields_narrow_what_is_shown_down_to_parts_of_the_document(ask: Ask, site: Ids) -> None:
    record = ask(f"/records/{record_of(site['street']).pk}/", fields="title,document.body,document.lead")
    assert set(record) == {"id", "kind", "title", "parts"}
    assert set(record["parts"]) == {"body", "lead"}
    assert record["parts"]["body"][0]["text"] == "Am Platz."


def test_links_lead_to_public_records_that_can_be_sent_along(ask: Ask, site: Ids) -> None:
    street, place, start = (record_of(site[name]) for name in ("street", "place", "home"))
    record = ask(f"/records/{street.pk}/", include="links,ancestors")
    assert record["links"] == [place.pk]
    assert record["ancestors"] == [start.pk]
    assert {one["id"] for one in record["included"]} == {place.pk, start.pk}
    with unit():
        page_of(site["place"]).unpublish()
    record = ask(f"/records/{street.pk}/", include="links")
    assert record["links"] == record["included"] == []
    assert "<a" not in record["document"]["body"][0]["html"]


def test_what_is_sent_along_with_a_list_stands_there_once(ask: Ask, site: Ids) -> None:
    answer = ask("/methods/", include="links,ancestors", sort="sort_key")
    cheap, dear = answer["data"]
    assert dear["links"] == [cheap["id"]]
    assert len(answer["included"]) == len({one["id"] for one in answer["included"]})
    assert {*cheap["ancestors"], *dear["ancestors"]} <= {one["id"] for one in answer["included"]}


def test_translations_are_found_from_any_language(ask: Ask, site: Ids) -> None:
    english = home("en")
    german = record_of(site["home"])
    assert ask(f"/records/{german.pk}/", include="translations")["translations"] == [record_of(english.pk).pk]
    assert ask(f"/records/{record_of(english.pk).pk}/", include="translations")["translations"] == [german.pk]


def test_a_page_is_found_by_its_address(ask: Ask, site: Ids, client: Client) -> None:
    assert ask("/find/", path="/strasse/haus/")["id"] == record_of(site["house"]).pk
    assert client.get(f"{API}/find/", {"path": "/nirgends/"}).status_code == 404


def test_the_menu_and_the_languages_are_those_of_the_site(ask: Ask) -> None:
    home("ar")
    menu = ask("/navigation/", depth=2)
    assert menu["home"]["path"] == "/"
    street = next(entry for entry in menu["entries"] if entry["title"] == "Eine Straße")
    assert [entry["title"] for entry in street["children"]] == ["Ein Haus"]
    assert ask("/navigation/", locale="ar")["home"]["path"] == "/ar/"
    assert ask("/navigation/", locale="pl")["home"] is None
    languages = {one["code"]: one for one in ask("/locales/")["data"]}
    assert (languages["ar"]["direction"], languages["ar"]["path"]) == ("rtl", "/ar/")
    assert (languages["de"]["is_original"], languages["pl"]["path"]) == (True, None)


def test_search_narrows_a_list_and_orders_it_by_relevance(ask: Ask) -> None:
    assert titles(ask("/records/", q="platz"))[0] == "Ein Platz"
    assert titles(ask("/methods/", q="zukunftswerkstatt")) == ["Zukunftswerkstatt"]
    assert titles(ask("/methods/", q="zukunftswerkstatt", cost_level=1)) == []
    assert titles(ask("/methods/", q="gute fragen", sort="-sort_key")) == ["Zukunftswerkstatt", "Ärmel hoch"]


def test_a_facet_counts_what_would_be_found_without_its_own_filter(ask: Ask) -> None:
    answer = ask("/methods/", facets="purposes,cost_level", cost_level=1, count="true")
    assert answer["count"] == 1
    assert {(one["value"], one["count"]) for one in answer["facets"]["cost_level"]} == {(1, 1), (4, 1)}
    assert {(one["value"], one["count"]) for one in answer["facets"]["purposes"]} == {("plan", 1), ("decide", 1)}


def test_an_answer_costs_the_same_for_one_record_and_for_ten(ask: Ask, site: Ids, client: Client) -> None:
    index = page_of(site["index"])
    record = record_of(site["street"])
    asked: list[tuple[str, dict[str, Any], int]] = [
        ("/records/", {}, 2),
        ("/methods/", {"fields": "*", "locale": "de"}, 2),
        ("/methods/", {"facets": "purposes", "count": "true"}, 4),
        ("/methods/", {"include": "links,translations,ancestors", "fields": "*"}, 7),
        (f"/records/{record.pk}/", {}, 1),
        ("/find/", {"path": record.path}, 3),
        ("/navigation/", {"depth": 3}, 2),
        ("/locales/", {}, 2),
        ("/changes/", {}, 2),
        ("/export/method.ndjson", {}, 2),
        ("/export/records.csv", {}, 2),
    ]
    for turn in (1, 10):
        with unit():
            for number in range(turn - 1):
                start = home()
                others = tuple(page_of(site[name]) for name in ("cheap", "dear"))
                method(index, f"Weitere {number}", goes_with=others)
                start.add_child(instance=StandardPage(title=f"Seite {number}", slug=f"seite-{turn}-{number}"))
        for path, query, most in asked:
            client.get(API + path, query)  # stale documents are rendered, sites and boundaries looked up
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = client.get(API + path, query)
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code == 200 and content
            assert len(queries) <= most, f"{path} {query} with {turn}: {[one['sql'][:200] for one in queries]}"


@pytest.mark.parametrize(
    "path", ["/records/0/", "/records/x/", "/records/99999999999/", "/nothing/", "/", "/export/x.csv"]
)
def test_what_is_not_there_answers_404_in_json(path: str, ask: Ask, client: Client) -> None:
    answer = client.get(API + path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404
