"""Where a district is: read from a file that is looked at closely, public with the district and not before."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import shapely
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import APIToken, Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms_blocks.publication.records import PublicRecord
from procedures.models import DistrictFacts, DistrictPage
from procedures.outlines import MOST_BYTES, MOST_POINTS, TOLERANCE, label_point, neighbours_of, outline_from
from tests.procedures.factories import district, district_list, procedure, procedure_list
from tests.procedures.outlines import outline, polygon, square

BOW = [[13.0, 52.0], [13.1, 52.1], [13.1, 52.0], [13.0, 52.1], [13.0, 52.0]]
#: What is wrong with a file, and words of the answer that say so.
FAULTY: dict[str, tuple[Any, str]] = {
    "no JSON": (b"{", "kann nicht als JSON gelesen werden"),
    "no text": (b"\xff\xfe\x00", "kann nicht als JSON gelesen werden"),
    "not a number": (b'{"type":"Polygon","coordinates":[[[NaN,1]]]}', "kann nicht als JSON gelesen werden"),
    "deeper than anything": (b"[" * 100_000, "kann nicht als JSON gelesen werden"),
    "too large": (b" " * (MOST_BYTES + 1), "größer als 2 MB"),
    "a list": ([], "keine Fläche"),
    "a point": ({"type": "Point", "coordinates": [13, 52]}, "„Point“"),
    "a feature without a shape": ({"type": "Feature", "geometry": None}, "keine Fläche"),
    "two districts": ({"type": "FeatureCollection", "features": [{}, {}]}, "2 Formen"),
    "no district": ({"type": "FeatureCollection"}, "0 Formen"),
    "no rings": (polygon(), "keine Punkte"),
    "no parts": ({"type": "MultiPolygon", "coordinates": []}, "keine Punkte"),
    "a text for rings": ({"type": "Polygon", "coordinates": "x"}, "keine Punkte"),
    "three points": (polygon(square()[:3]), "weniger als vier Punkte"),
    "an open ring": (polygon(square()[:4]), "nicht geschlossen"),
    "one place": (polygon([[13, 52]] * 4), "keine Fläche"),
    "a point of words": (polygon([["13", "52"]] * 4), "kein Zahlenpaar"),
    "a point of truths": (polygon([[True, False]] * 4), "kein Zahlenpaar"),
    "metres": (polygon([[368000.5, 5807000.0]] * 4), "EPSG:4326"),
    "a bow": (polygon(BOW), "kreuzt sich"),
    "a hole outside": (polygon(square(), square(3)), "kreuzt sich"),
    "parts that overlap": ({"type": "MultiPolygon", "coordinates": [[square()], [square()]]}, "überlappen"),
    "a continent": (polygon([[0, 40], [30, 40], [30, 60], [0, 60], [0, 40]]), "größer als jede Stadt"),
    "a garden": (polygon([[13, 52], [13.0001, 52], [13.0001, 52.0001], [13, 52]]), "kleiner als ein Haus"),
}


def raw(data: Any) -> bytes:
    return data if isinstance(data, bytes) else json.dumps(data).encode()


@pytest.mark.parametrize("fault", FAULTY)
def test_what_is_wrong_with_a_file_is_said(fault: str) -> None:
    data, words = FAULTY[fault]
    with pytest.raises(ValidationError) as refused:
        outline_from(raw(data))
    [said] = refused.value.messages
    assert words in said and said.endswith(".")


@pytest.mark.parametrize("wrapped", ["bare", "feature", "collection", "with a mark", "with heights"])
def test_a_polygon_is_taken_in_whatever_it_comes(wrapped: str) -> None:
    bare = polygon(square())
    feature = {"type": "Feature", "properties": {"name": "Nord"}, "geometry": bare}
    data = {
        "bare": bare,
        "feature": feature,
        "collection": {"type": "FeatureCollection", "features": [feature]},
        "with a mark": b"\xef\xbb\xbf" + raw(bare),
        "with heights": polygon([[*corner, 35.2] for corner in square()]),
    }
    stored = shapely.from_geojson(outline_from(raw(data[wrapped])))
    assert stored.normalize().equals_exact(shapely.Polygon(square()).normalize(), tolerance=1e-9)


def test_many_points_become_few_and_the_line_stays_where_it_was() -> None:
    ring = [
        (13.05 + 0.02 * math.cos(step / 10_000 * math.tau), 52.4 + 0.015 * math.sin(step / 10_000 * math.tau))
        for step in range(10_000)
    ]
    given_shape = shapely.Polygon(ring)
    stored = shapely.from_geojson(outline_from(raw(polygon([*ring, ring[0]]))))
    assert shapely.get_num_coordinates(stored) < 100
    assert stored.exterior.hausdorff_distance(given_shape.exterior) < 2 * TOLERANCE


numbers = st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none(), st.booleans())
corners = st.tuples(st.floats(13, 13.2), st.floats(52.3, 52.5)).map(list)
rings = st.lists(corners, min_size=3, max_size=12).map(lambda ring: [*ring, ring[0]])
anything = st.recursive(numbers, lambda inner: st.lists(inner, max_size=5), max_leaves=40)
geometries = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["Polygon", "MultiPolygon"]), "coordinates": anything}),
    st.lists(rings, min_size=1, max_size=3).map(lambda found: polygon(*found)),
    st.lists(rings, min_size=1, max_size=3).map(
        lambda found: {"type": "MultiPolygon", "coordinates": [[ring] for ring in found]}
    ),
)


@pytest.mark.unmeasured
@settings(max_examples=300, deadline=None)
@given(geometries)
def test_whatever_comes_is_refused_in_words_or_stored_soundly(geometry: dict[str, Any]) -> None:
    try:
        text = outline_from(raw(geometry))
    except ValidationError as refused:
        assert refused.messages
        return
    stored = shapely.from_geojson(text)
    assert stored.is_valid and stored.area > 0 and shapely.get_num_coordinates(stored) <= MOST_POINTS
    latitude, longitude = label_point(text) or (0, 0)
    assert stored.buffer(TOLERANCE).contains(shapely.Point(longitude, latitude))


@pytest.mark.unmeasured
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(data: bytes) -> None:
    with pytest.raises(ValidationError):
        outline_from(data)


def test_neighbours_touch_or_lie_across_a_canal() -> None:
    places = {
        "own": outline(0),
        "east": outline(1),
        "canal": outline(0, 1),
        "river": outline(-1, 0, -0.002),
        "none": "",
    }
    assert neighbours_of("own", places) == ["east", "canal"]
    assert neighbours_of("none", places) == []


# In the editor


def post(client: Client, page: DistrictPage, **fields: Any) -> Any:
    data = nested_form_data(
        {
            "title": page.title, "slug": page.slug, "lead": page.lead, "half": "joint",
            "body": streamfield([]), "initiatives": streamfield([]), "comments": inline_formset([]),
        }
    )  # fmt: skip
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {**data, "action-publish": "yes", **fields})


def upload(data: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("nord.geojson", raw(data), content_type="application/geo+json")


@pytest.fixture
def north(db: None) -> DistrictPage:
    return district(district_list())


def test_an_editor_stores_an_outline_replaces_it_and_takes_it_away(north: DistrictPage, admin_client: Client) -> None:
    facts = DistrictFacts.objects.filter(record__object_id=north.pk)
    assert post(admin_client, north, outline=upload(polygon(square()))).status_code == 302
    assert facts.get().outline == outline()
    assert post(admin_client, north).status_code == 302  # nothing is sent: nothing changes
    assert facts.get().outline == outline()
    form = admin_client.get(reverse("wagtailadmin_pages:edit", args=[north.pk])).content.decode()
    assert 'enctype="multipart/form-data"' in form and "outline-sketch" in form and "Umriss entfernen" in form
    refused = post(admin_client, north, outline=upload(polygon(BOW)))
    assert "kreuzt sich" in str(refused.context["form"].errors["outline"])
    assert "outline-sketch" in refused.content.decode()
    assert facts.get().outline == outline()
    assert post(admin_client, north, outline=upload(polygon(square(1)))).status_code == 302
    assert facts.get().outline == outline(1)
    assert post(admin_client, north, **{"outline-clear": "on"}).status_code == 302
    assert facts.get().outline == ""


def test_an_outline_is_the_same_in_every_language(db: None) -> None:
    page = district(district_list(), outline=outline())
    english = Locale.objects.get_or_create(language_code="en")[0]
    assert page.copy_for_translation(english, copy_parents=True).outline == outline()
    [field] = [one for one in DistrictPage.override_translatable_fields if one.field_name == "outline"]
    assert field.is_synchronized(page)


# Through the gate


def agreed(**fields: Any) -> dict[str, Any]:
    words = {"what": "Kocht.", "address": "Hof 3", "accessibility": "Rampe", "contact": "", "website": ""}
    return {"name": "Nachbarschaftsküche", **words, "consent": True, **fields}


def initiatives(*values: dict[str, Any]) -> str:
    return json.dumps([{"type": "initiative", "value": value} for value in values])


def exits(client: Client) -> dict[str, str]:
    addresses = ["/stadtteile/nord/", "/stadtteile/ost/", "/stadtteile/", "/verfahren/?view=map"]
    addresses += ["/api/content/v1/districts/?fields=*", "/api/content/v1/records/?fields=*"]
    addresses += [f"/api/content/v1/export/district.{name}" for name in ("geojson", "ndjson", "csv")]
    return {address: body(client, address) for address in addresses}


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code in {200, 404}, address
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


@pytest.mark.django_db
def test_outline_and_initiatives_are_public_with_the_district_and_gone_with_it(client: Client) -> None:
    places = district_list()
    district(places, "Ost", outline=outline(1))
    page = district(places, outline=outline(), initiatives=initiatives(agreed()))
    procedure(procedure_list(), latitude=52.39, longitude=13.03)
    api = json.loads(body(client, "/api/content/v1/export/district.geojson"))
    shapes = {feature["properties"]["title"]: feature["geometry"] for feature in api["features"]}
    assert shapes == {"Nord": json.loads(outline()), "Ost": json.loads(outline(1))}
    record = PublicRecord.objects.visible().get(object_id=page.pk)
    assert json.loads(record.document.body)["outline"] == json.loads(outline())
    assert [one["name"] for one in json.loads(record.document.body)["initiatives"]] == ["Nachbarschaftsküche"]
    assert (record.latitude, record.longitude) == label_point(outline())
    shown = client.get("/stadtteile/nord/")
    assert "Nachbarschaftsküche" in shown.content.decode()
    assert [one.title for one in shown.context["neighbours"]] == ["Ost"]
    assert any("[13.0,52.38]" in text for text in exits(client).values())
    page.unpublish()
    for address, text in exits(client).items():
        assert "Nachbarschaftsküche" not in text and "Nord" not in text, address
        assert "[13.0,52.38]" not in text, address


@pytest.mark.django_db
def test_an_entry_without_consent_is_shown_nowhere(client: Client) -> None:
    page = district(district_list(), initiatives=initiatives(agreed(), agreed(name="Stille Gruppe", consent=False)))
    record = PublicRecord.objects.visible().get(object_id=page.pk)
    for text in (client.get(page.url).content.decode(), record.document.body):
        assert "Nachbarschaftsküche" in text and "Stille Gruppe" not in text
    assert client.get("/api/content/v1/search", {"q": "stille"}).json().get("count", 0) == 0


@pytest.mark.django_db
def test_what_concerns_the_whole_city_is_marked_on_a_districts_page(client: Client) -> None:
    here = district(district_list())
    index = procedure_list()
    procedure(index, "Überall")
    procedure(index, "Nur hier", districts=[here])
    places = {card.record.title: card.places for card in client.get(here.url).context["happening"].cards}
    assert places == {"Überall": ["Ganze Stadt"], "Nur hier": []}


# In the write API


@pytest.mark.django_db
def test_the_write_api_says_why_a_district_stays(client: Client) -> None:
    places = district_list()
    north = district(places)
    shore = procedure(procedure_list(), "Uferweg", districts=[north])
    operator = get_user_model().objects.create_superuser("operator", "operator@office.example", "x")
    key = APIToken.generate_token()
    APIToken.objects.create(user=operator, name="import", key_hash=APIToken.hash_token(key))
    head = {"Authorization": f"Bearer {key}"}
    for page in (north, places):
        answer = client.delete(f"/api/write/v3/pages/{page.pk}/", headers=head)
        assert answer.status_code == 422
        assert "„Uferweg“" in answer.json()["errors"][0]["msg"]
    assert DistrictPage.objects.filter(pk=north.pk).exists()
    shore.delete()
    assert client.delete(f"/api/write/v3/pages/{north.pk}/", headers=head).status_code == 204
    assert not DistrictPage.objects.filter(pk=north.pk).exists()
