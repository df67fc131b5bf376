"""Short addresses of districts and streets: they outlive a new name, a move and a new directory, and name no house."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.models import Page

from procedures.models import Street
from procedures.short_addresses import short_address_of_street
from procedures.streets.reading import Entry
from procedures.streets.writing import write_streets
from tests.procedures.factories import district, district_list, street

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.gate]


def leads_to(client: Client, path: str) -> str:
    answer = client.get(path)
    assert "s-maxage" in answer.headers["Cache-Control"]
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_district_is_found_after_it_got_a_new_name_and_place(client: Client) -> None:
    places = district_list()
    north = district(places)
    assert leads_to(client, f"/k/d/{north.pk}") == "/stadtteile/nord/"
    north.slug = "nordstadt"
    north.save_revision().publish()
    other = district_list(slug="viertel")
    Page.objects.get(pk=north.pk).move(Page.objects.get(pk=other.pk), pos="last-child")
    assert leads_to(client, f"/k/d/{north.pk}") == "/viertel/nordstadt/"


def test_a_district_is_found_in_the_language_of_the_address(client: Client) -> None:
    north = district(district_list())
    arabic = district(district_list("ar"), "الشمال", slug="nord", translation_key=north.translation_key)
    assert leads_to(client, f"/ar/k/d/{north.pk}") == arabic.url
    assert leads_to(client, f"/k/d/{arabic.pk}") == north.url
    assert leads_to(client, f"/en/k/d/{arabic.pk}") == north.url


def test_nobody_learns_of_a_district_that_is_not_public(client: Client) -> None:
    north = district(district_list())
    north.unpublish()
    for path in (f"/k/d/{north.pk}", f"/k/d/{north.get_parent().pk}", "/k/d/0", f"/k/d/{10**30}"):
        assert client.get(path).status_code == 404, path


def test_a_street_is_found_in_every_later_directory(client: Client) -> None:
    north = district(district_list())
    old = street("Straße des 17. Juni", district="nord", numbers="1-40")
    path = short_address_of_street(old.name)
    assert path == "/k/s/strassedes17juni"
    write_streets([Entry("Strasse des 17. Juni", half, "nord", 52.4, 13.06) for half in ("1-20", "21-40")])
    assert not Street.objects.filter(pk=old.pk).exists()
    assert leads_to(client, path) == "/meine-strasse/?street=Strasse+des+17.+Juni#answer"
    assert leads_to(client, f"/en{path}").startswith("/en/my-street/?street=")
    assert leads_to(client, f"{path}/{north.pk}").endswith("&district=nord#answer")


def test_one_of_two_streets_of_a_name_is_found_after_its_district_got_another_word(client: Client) -> None:
    places = district_list()
    district(places)
    south = district(places, "Sued")
    street("Hauptstraße", district="nord")
    street("Hauptstraße", district="sued")
    note = client.get("/meine-strasse/aushang.pdf?street=hauptstr&district=sued")
    assert note.status_code == 200
    path = f"/k/s/hauptstrasse/{south.pk}"
    assert leads_to(client, path) == "/meine-strasse/?street=Hauptstra%C3%9Fe&district=sued#answer"
    south.slug = "suedstadt"
    south.save_revision().publish()
    write_streets([Entry("Hauptstraße", "", word, 52.4, 13.06) for word in ("nord", "suedstadt")])
    assert leads_to(client, path) == "/meine-strasse/?street=Hauptstra%C3%9Fe&district=suedstadt#answer"
    south.unpublish()
    assert client.get(path).status_code == 404


def test_no_street_is_guessed_and_no_house_is_named(client: Client) -> None:
    street("Lindenstraße", numbers="1-9")
    nothing = ("linden", "lindenstrasse5", "lindenstrasse%205", "%00", "-", "lindenstrasse/5")
    for name in nothing:
        assert client.get(f"/k/s/{name}").status_code == 404, name
