"""The area of a procedure: an editor's file instead of a point or beside it, and all that follows from it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms_blocks.content_checks.pieces import Text, pieces_of
from cms_blocks.publication.records import PublicRecord
from procedures.changes import is_duty
from procedures.edition.frozen import entries_of
from procedures.importing.planning import CHANGE, UNCHANGED
from procedures.importing.workbook import list_as_sheet
from procedures.models import Edition, ProcedurePage
from procedures.outlines import label_point, nearest_point, outline_from
from procedures.unasked import open_questions
from tests.procedures.factories import STREAMS, district, district_list, phase, procedure, procedure_list, street
from tests.procedures.outlines import outline, polygon
from tests.procedures.test_import import plan_for
from tests.procedures.test_map import PIXEL, tile_server  # noqa: F401

pytestmark = pytest.mark.django_db

LIST = "/verfahren/?view=map"
#: About 340 by 450 metres, in the first district of tests/procedures/outlines.py.
FIELD = [[13.005, 52.386], [13.01, 52.386], [13.01, 52.39], [13.005, 52.39], [13.005, 52.386]]
MIDDLE = (52.388, 13.0075)
BOW = [[13.0, 52.38], [13.01, 52.39], [13.01, 52.38], [13.0, 52.39], [13.0, 52.38]]


def area(*rings: Any) -> str:
    """As it is stored."""
    return outline_from(json.dumps(polygon(*(rings or (FIELD,)))).encode())


def shape() -> Any:
    return json.loads(area())


def upload(data: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("feld.geojson", json.dumps(data).encode(), content_type="application/geo+json")


def record(page: ProcedurePage) -> PublicRecord:
    return PublicRecord.objects.visible().select_related("procedure_facts", "document").get(object_id=page.pk)


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code in {200, 404}, address
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


# In the editor


@pytest.fixture
def desk(admin_client: Client) -> Any:
    """Send the editor's form of a public procedure, to be published."""

    def post(page: ProcedurePage, **sent: Any) -> Any:
        data = {
            "title": page.title, "slug": page.slug, "lead": page.lead, "brief_what": page.brief_what,
            "brief_where": page.brief_where, "brief_how": page.brief_how, "initiator": page.initiator, "form": "informal",
            "cost_kind": "unknown", "half": page.half, "level": page.level, "city_wide": "on",
            "listed_on": page.listed_on, "reference": page.reference,
            **{name: inline_formset([]) for name in ("districts", "methods", "further_topics", "comments")},
            **dict.fromkeys(STREAMS, streamfield([])),
        }  # fmt: skip
        data = nested_form_data(data) | {"action-publish": "yes"} | sent
        return admin_client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)

    return post


@pytest.fixture
def field(db: None) -> ProcedurePage:
    return procedure(procedure_list(), "Nordfeld", slug="nordfeld", open_points=[], fixed_points=[])


def test_an_editor_gives_an_area_replaces_it_and_takes_it_away(
    desk: Any, field: ProcedurePage, admin_client: Client
) -> None:
    district(district_list(), outline=outline())
    assert desk(field, area=upload(polygon(FIELD)), editorial_only="on").status_code == 302
    assert record(field).procedure_facts.area == area()
    assert desk(field).status_code == 302  # nothing is sent: nothing changes, and nobody asks
    assert record(field).procedure_facts.area == area()
    form = admin_client.get(reverse("wagtailadmin_pages:edit", args=[field.pk])).content.decode()
    assert 'enctype="multipart/form-data"' in form and "outline-sketch" in form
    assert re.search(r'<path class="point-map__area" d="M[^"]+Z"', form)
    refused = desk(field, area=upload(polygon(BOW)), editorial_only="on")
    assert "kreuzt sich" in str(refused.context["form"].errors["area"])
    assert record(field).procedure_facts.area == area()
    assert desk(field, **{"area-clear": "on", "editorial_only": "on"}).status_code == 302
    assert record(field).procedure_facts.area == "" and record(field).latitude is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"type": "Point", "coordinates": [13, 52]}, "keine Fläche"),
        (polygon([[368000.5, 5807000.0]] * 4), "EPSG:4326"),
        (polygon([[0, 40], [30, 40], [30, 60], [0, 60], [0, 40]]), "größer als jede Stadt"),
    ],
)
def test_what_is_no_area_is_refused_in_words_that_name_no_district(
    desk: Any, field: ProcedurePage, data: Any, words: str
) -> None:
    [said] = desk(field, area=upload(data)).context["form"].errors["area"]
    assert words in said and "Stadtteil" not in said


def test_what_lies_far_outside_the_city_is_refused_and_swapped_numbers_are_told(
    desk: Any, field: ProcedurePage
) -> None:
    north = district(district_list())
    swapped = polygon([[latitude, longitude] for longitude, latitude in FIELD])
    munich = {"latitude": "48.1", "longitude": "11.6"}
    assert desk(field, **munich, editorial_only="on").status_code == 302  # nobody knows yet where the city is
    north.outline = outline()
    north.save()
    for sent, name, is_swapped in (
        (munich, "latitude", False),
        ({"latitude": "13.01", "longitude": "52.39"}, "latitude", True),
        ({"area": upload(swapped)}, "area", True),
        ({"area": upload(polygon([[longitude, latitude - 4] for longitude, latitude in FIELD]))}, "area", False),
    ):
        [said] = desk(field, **sent, editorial_only="on").context["form"].errors[name]
        assert "Kilometer" in said and ("Breite und Länge sind wohl vertauscht" in said) == is_swapped
    assert "Kilometer" in str(open_questions(ProcedurePage.objects.get()))  # nor is it published without the form
    beyond = {"latitude": "52.55", "longitude": "13.01"}  # some seventeen kilometres
    assert desk(field, **beyond, editorial_only="on").status_code == 302


def test_another_area_of_a_public_procedure_asks_what_is_new(desk: Any, field: ProcedurePage) -> None:
    assert is_duty("area")
    refused = desk(field, area=upload(polygon(FIELD)))
    assert set(refused.context["form"].errors) == {"news_what"}
    draft = ProcedurePage.objects.get(pk=field.pk)
    assert open_questions(draft) == []
    draft.area = area()
    assert len(open_questions(draft)) == 1
    assert desk(field, area=upload(polygon(FIELD)), news_what="Das Gebiet steht fest.").status_code == 302


def test_no_check_reads_an_area_as_text(field: ProcedurePage) -> None:
    field.area = area()
    assert not [one for one in pieces_of(field) if isinstance(one, Text) and "Polygon" in one.text]


# Where it is


def test_without_a_point_the_place_in_the_area_counts(db: None) -> None:
    index = procedure_list()
    bare, both = procedure(index, area=area()), procedure(index, area=area(), latitude=52.3801, longitude=13.0001)
    assert (record(bare).latitude, record(bare).longitude) == label_point(area()) == pytest.approx(MIDDLE, abs=2e-3)
    assert (record(both).latitude, record(both).longitude) == (52.3801, 13.0001)
    assert (record(procedure(index)).latitude, procedure(index).point) == (None, None)


def test_an_area_is_public_with_its_procedure_and_gone_with_it(client: Client) -> None:
    here = district(district_list(), outline=outline())
    page = procedure(procedure_list(), "Nordfeld", slug="nordfeld", area=area(), districts=[here])
    procedure(page.get_parent().specific, "Ohne", slug="ohne", latitude=52.384, longitude=13.012)
    exits = {
        **{f"/api/content/v1/export/procedure.{name}": "[13.005,52.386]" for name in ("geojson", "ndjson")},
        "/api/content/v1/procedures/?fields=*": "[13.005,52.386]",
        f"/api/content/v1/procedures/{record(page).pk}/": "[13.005,52.386]",
        "/verfahren/nordfeld/": 'class="city-map__area"',
        **dict.fromkeys((LIST, "/stadtteile/nord/"), 'class="city-map__area" href="/verfahren/nordfeld/"'),
    }
    features = json.loads(body(client, "/api/content/v1/export/procedure.geojson"))["features"]
    drawn = {one["properties"]["title"]: one["geometry"] for one in features}
    assert drawn == {"Nordfeld": shape(), "Ohne": {"type": "Point", "coordinates": [13.012, 52.384]}}
    documents = client.get("/api/content/v1/procedures/?fields=title,document.area").json()["data"]
    assert {one["title"]: one["parts"]["area"] for one in documents} == {"Nordfeld": shape(), "Ohne": None}
    for address, words in exits.items():
        assert words in body(client, address).replace(" ", "") or words in body(client, address), address
    page.unpublish()
    for address, words in exits.items():
        text = body(client, address)
        assert words not in text.replace(" ", "") and words not in text, address


def test_a_draft_of_another_area_stays_a_draft(field: ProcedurePage, client: Client) -> None:
    field.area = area()
    field.save_revision()
    assert "city-map__area" not in body(client, LIST) and "[13.005,52.386]" not in record(field).document.body
    assert record(field).procedure_facts.area == ""


# On the map


def points(page: Any) -> dict[str, str]:
    """Title and path of what is drawn."""
    return {point.place.title: point.path for point in page.context["listing"].map.map.points}


def test_areas_lie_below_all_marks_and_say_the_same(client: Client) -> None:
    here, index = district(district_list(), outline=outline()), procedure_list()
    page = procedure(index, "Nordfeld", slug="nordfeld", area=area(), districts=[here], phases=[phase(-5, 5)])
    procedure(index, "Weg", latitude=52.39, longitude=13.01, districts=[here])
    shown = client.get(LIST)
    assert points(shown)["Weg"] == "" and len(re.findall(r"[\d.]+ [\d.]+", points(shown)["Nordfeld"])) == 4
    html = shown.content.decode()
    assert html.rindex('class="city-map__area"') < html.index('class="city-map__point')
    assert html.rindex('class="city-map__district') < html.index('class="city-map__area"')
    link = re.search(r'<a class="city-map__area"[^>]*>.*?</a>', html)
    assert link and f'href="{page.url}"' in link[0] and 'tabindex="-1"' in link[0]
    assert "<title>Nordfeld: Läuft</title>" in link[0]
    [own] = client.get(page.url).context["procedure"].map.points
    assert (own.place.href, bool(own.path)) == ("", True)


def test_a_map_without_districts_is_as_large_as_the_area(client: Client) -> None:
    procedure(procedure_list(), "Nordfeld", area=area())
    shown = client.get(LIST).context["listing"].map.map
    places = [tuple(map(float, one.split())) for one in re.findall(r"[\d.]+ [\d.]+", shown.points[0].path)]
    assert all(0 <= x <= shown.width and 0 <= y <= shown.height for x, y in places)


@pytest.mark.parametrize("address", [LIST, "/stadtteile/nord/", "/verfahren/eins/", "/meine-strasse/?street=linden"])
def test_ten_areas_cost_as_many_queries_as_one(address: str, client: Client) -> None:
    here, index, costs = district(district_list(), outline=outline()), procedure_list(), []
    street("Lindenstraße", latitude=52.388, longitude=13.012, district="nord")
    for number in range(10):
        slug = "eins" if number == 0 else f"feld-{number}"
        procedure(index, slug=slug, districts=[here], area=area())
        if number in {0, 9}:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address, headers={"Cookie": f"n={number}"}).status_code == 200
            costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_map_with_streets_has_the_area_too(
    transactional_db: None,
    open_page: Callable[..., Page],
    tile_server: tuple[str, list[str]],  # noqa: F811
    axe: Callable[..., Any],
    settings: Any,
) -> None:
    host, _asked = tile_server
    assert PIXEL
    settings.PROCEDURES_TILES_URL = f"{host}/{{z}}/{{x}}/{{y}}.png"
    settings.PROCEDURES_TILES_ATTRIBUTION = "© Stadt Beispiel"
    here, index = district(district_list(), outline=outline()), procedure_list()
    procedure(index, "Nordfeld", slug="nordfeld", area=area(), districts=[here])
    procedure(index, "Weg", latitude=52.39, longitude=13.015, districts=[here])
    page = open_page(LIST)
    assert axe(page) == []
    page.get_by_role("button", name="Karte mit Straßen laden").click()
    expect(page.locator(".city-map__streets path.city-map__ground")).to_have_count(1)
    assert page.locator(".city-map__streets path.city-map__ground").evaluate("it => it.getBBox().width") > 20
    page.locator(".city-map__area").click(position={"x": 3, "y": 3})
    page.wait_for_url("**/verfahren/nordfeld/")


# My street


def test_the_way_to_an_area_ends_at_its_edge(client: Client) -> None:
    assert nearest_point("", *MIDDLE) is None
    assert nearest_point(area(), *MIDDLE) == MIDDLE
    assert nearest_point(area(), 52.388, 13.02) == pytest.approx((52.388, 13.01))
    with_hole = area(FIELD, [[13.006, 52.387], [13.009, 52.387], [13.009, 52.389], [13.006, 52.389], [13.006, 52.387]])
    assert nearest_point(with_hole, 52.3889, 13.0075) == pytest.approx((52.389, 13.0075))


def test_my_street_measures_to_the_edge_and_says_where_the_street_lies_inside(client: Client) -> None:
    index = procedure_list()
    street("Lindenstraße", latitude=52.388, longitude=13.0195)  # 650 metres east of the edge
    street("Feldweg", latitude=52.388, longitude=13.007)
    procedure(index, "Nordfeld", area=area())
    procedure(index, "Punkt", latitude=52.388, longitude=13.0075)

    def near(name: str) -> dict[str, str]:
        found = client.get("/meine-strasse/", {"street": name}).context["answer"].near
        return {one.card.record.title: one.distance for one in found}

    assert list(near("Lindenstraße").items()) == [("Nordfeld", "etwa 650 Meter"), ("Punkt", "etwa 800 Meter")]
    assert list(near("Feldweg").items()) == [("Nordfeld", "Ihre Straße liegt darin"), ("Punkt", "etwa 50 Meter")]


# Languages, copies, sheets, editions


def test_an_area_is_the_same_in_every_language_and_in_a_copy(field: ProcedurePage) -> None:
    field.area = area()
    field.save()
    english = Locale.objects.get_or_create(language_code="en")[0]
    assert field.copy_for_translation(english, copy_parents=True).area == area()
    [rule] = [one for one in ProcedurePage.override_translatable_fields if one.field_name == "area"]
    assert rule.is_synchronized(field)
    copy = field.copy(update_attrs={"slug": "kopie", "title": "Kopie"})
    assert ProcedurePage.objects.get(pk=copy.pk).area == area()


def test_a_sheet_says_nothing_about_an_area_and_an_import_keeps_it(field: ProcedurePage) -> None:
    field.area = area()
    field.save()
    index = field.get_parent().specific
    sheet = list_as_sheet(index, "csv").decode("utf-8-sig")
    assert "Polygon" not in sheet
    assert [step.kind for step in plan_for(sheet.encode(), index, "liste.csv").steps] == [UNCHANGED]
    [step] = plan_for(sheet.replace("Der Weg wird neu gebaut.", "Anders.").encode(), index, "liste.csv").steps
    assert (step.kind, [one.key for one in step.differences]) == (CHANGE, ["lead"])


def test_an_edition_notes_another_area_and_compares_as_before_without_one(field: ProcedurePage) -> None:
    edition = Edition(index=field.get_parent().specific, locale=field.locale)

    def digest(text: str) -> str:
        field.area = text
        field.save()
        [one] = entries_of(edition, timezone.now())
        return str(one.digest)

    plain = digest("")
    assert len({plain, digest(area()), digest(outline())}) == 3
    assert digest("") == plain
    document = record(field).document
    document.body = json.dumps({name: value for name, value in json.loads(document.body).items() if name != "area"})
    document.save()
    [old] = entries_of(edition, timezone.now())  # as it was stored before there were areas
    assert old.digest == plain
