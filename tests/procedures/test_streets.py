"""“My street”: the directory comes in whole or not at all; a resident finds what is planned, and no house number stays."""

from __future__ import annotations

import logging
import random
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cms_blocks.publication.reader import moment
from procedures.models import DistrictPage, Street
from procedures.streets.distances import metres, rounded
from procedures.streets.finding import distance_words, find
from procedures.streets.house_numbers import one, parse
from procedures.streets.names import fold, split
from procedures.streets.reading import read_streets
from tests.infrastructure.requirements import REPOSITORY
from tests.procedures import factories
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, way

HEAD = "Straße;Hausnummern;Stadtteil;Breitengrad;Längengrad"
NAMES = {"nord": "nord", "süd": "sued"}
HERE = {"HTTP_ORIGIN": "http://testserver"}
#: So many degrees of latitude are 100 metres.
STEP = 0.0009


def sheet(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def street(name: str = "Lindenstraße", numbers: str = "", word: str = "", steps: float = 0) -> Street:
    """A street so many hundred metres north of the first."""
    return factories.street(name, numbers=numbers, district=word, latitude=52.4 + steps * STEP)


def load(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_streets", str(path), *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def rows() -> list[tuple[Any, ...]]:
    return list(Street.objects.order_by("key", "numbers", "district").values_list("pk", "name", "numbers", "latitude"))


# Names, numbers, distances


@pytest.mark.parametrize(
    "typed",
    ["Mühlenstraße", "MÜHLENSTRASSE", "Mühlenstr.", "mühlenstr", "Muehlenstrasse", "Mühlen-Straße", " mühlen  str. "],
)
def test_a_street_is_known_however_it_is_written(typed: str) -> None:
    assert fold(typed) == "muehlenstrasse"


def test_only_the_word_is_written_out() -> None:
    assert fold("Strandweg") == "strandweg" and fold("Str. des 17. Juni") == "strassedes17juni"
    assert fold("Am Alten Pl.") == "amaltenplatz" and fold("…") == ""
    assert len(fold("ﷺ" * 300)) <= 200


@pytest.mark.parametrize(
    ("typed", "street_name", "number"),
    [
        ("Lindenstr. 5", "Lindenstr.", "5"),
        ("Lindenstr.5", "Lindenstr.", "5"),
        ("Lindenstraße 12 a", "Lindenstraße", "12 a"),
        ("Lindenstraße, Nr. 3", "Lindenstraße", "3"),
        ("Lindenstraße 3-5", "Lindenstraße", "3-5"),
        ("Straße des 17. Juni", "Straße des 17. Juni", ""),
        ("17", "17", ""),
        ("", "", ""),
    ],
)
def test_a_number_at_the_end_is_told_from_the_street(typed: str, street_name: str, number: str) -> None:
    assert split(typed) == (street_name, number)


@pytest.mark.parametrize(
    ("numbers", "inside", "outside"),
    [
        ("7", ["7", "7a"], ["8", "17"]),
        ("7a", ["7a", "7A"], ["7", "7b"]),
        ("1-19 ungerade", ["1", "19", "19b", "3"], ["2", "21"]),
        ("2–20 gerade", ["2", "20"], ["1", "22"]),
        ("1, 5-9", ["1", "6"], ["2", "10"]),
    ],
)
def test_a_row_holds_its_house_numbers(numbers: str, inside: list[str], outside: list[str]) -> None:
    def holds(text: str) -> bool:
        wanted = one(text)
        assert wanted is not None
        return any(span.holds(wanted) for span in parse(numbers))

    assert all(map(holds, inside)) and not any(map(holds, outside))


def test_distances_are_those_on_the_earth_and_said_roughly() -> None:
    assert metres((52.4, 13.0), (52.4, 13.0)) == 0
    assert abs(metres((52.5163, 13.3777), (52.4009, 13.0591)) - 25_100) < 200
    assert [rounded(value) for value in (0, 74, 76, 980, 1049, 2349, 10_400)] == [50, 50, 100, 1000, 1000, 2300, 10_000]
    assert distance_words(349) == "etwa 350 Meter" and distance_words(2349) == "etwa 2,3 Kilometer"


# The directory


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_encoding_and_delimiter_are_seen(encoding: str, sign: str) -> None:
    text = "Straße;Stadtteil;Breite;Länge\r\n„Müller“-Weg;Süd;52.4;13.06\r\n".replace(";", sign)
    found = read_streets(text.encode(encoding), NAMES)
    assert not found.problems
    assert [(entry.name, entry.district) for entry in found.entries] == [("„Müller“-Weg", "sued")]


def test_english_headings_and_one_column_for_the_point() -> None:
    found = read_streets(b'Street,Numbers,Coordinate\nA,1-9 odd,"52.4, 13.06"\nB,,"52,5; 13,1"\n', {})
    assert not found.problems
    assert [(entry.latitude, entry.longitude) for entry in found.entries] == [(52.4, 13.06), (52.5, 13.1)]


#: A faulty row, with the column and a word of the reason that is given.
MISTAKES = {
    ";1;Nord;52.4;13.06": ("Straße", "keine Straße"),
    f"{'L' * 101};1;Nord;52.4;13.06": ("Straße", "100"),
    "A;eins;Nord;52.4;13.06": ("Hausnummern", "eins"),
    "A;9-1;Nord;52.4;13.06": ("Hausnummern", "9-1"),
    "A;1;Mond;52.4;13.06": ("Stadtteil", "Mond"),
    "A;1;Nord;;13.06": ("Breitengrad", "keine Zahl"),
    "A;1;Nord;abc;13.06": ("Breitengrad", "abc"),
    "A;1;Nord;5807412;13.06": ("Breitengrad", "5807412"),
    "A;1;Nord;52.4;inf": ("Längengrad", "inf"),
    "A;1;Nord;52.4": ("", "4 Zellen"),
    "Lindenstr.;1;Nord;52.4;13.06": ("Straße", "Zeile 2"),
}


@pytest.mark.parametrize("row", MISTAKES)
def test_a_mistake_is_named_by_row_and_column(row: str) -> None:
    column, reason = MISTAKES[row]
    found = read_streets(sheet("Lindenstraße;1;Nord;52.4;13.06", row), NAMES)
    [problem] = found.problems
    assert (problem.row, problem.column) == (3, column)
    assert reason in problem.reason and problem.remedy
    assert "Zeile 3" in str(problem)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfeS\0",
        b"\0",
        b"Weg;Zahl\n",
        HEAD.encode(),
        sheet("A;1", head="Stra\u00dfe;Name;lat;lon"),
        sheet('"A'),
    ],
)
def test_what_is_no_directory_is_refused_with_a_remedy(data: bytes) -> None:
    found = read_streets(data, {})
    assert found.problems and all(problem.remedy for problem in found.problems)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (HEAD + "\n" + text).encode("utf-8", "replace"))
)
def test_any_file_is_read_or_refused(data: bytes) -> None:
    found = read_streets(data, NAMES)
    assert found.problems or found.entries
    list(map(str, found.problems))


@pytest.mark.gate
@pytest.mark.django_db
def test_a_second_run_changes_nothing_and_a_new_file_only_what_differs(tmp_path: Path) -> None:
    district(district_list(), "Nord")
    path = tmp_path / "streets.csv"
    path.write_bytes(sheet("A;1;nord;52.4;13.06", "B;;;52.5;13.07", "C;;;52.5;13.07"))
    before = moment().token
    assert load(path).startswith("3 ")
    after, first = moment().token, rows()
    assert after != before  # pages that caches keep are old now
    assert "3 unverändert" in load(path) and (rows(), moment().token) == (first, after)
    path.write_bytes(sheet("A;1;nord;52.4;13.06", "B;;;52.6;13.07", "D;;;52.5;13.07"))
    assert load(path, "--dry-run") and rows() == first
    load(path)
    now = rows()
    assert [row[1] for row in now] == ["A", "B", "D"] and now[0] == first[0]
    assert now[1][0] == first[1][0] and now[1][3] == 52.6


@pytest.mark.django_db
def test_one_mistake_among_thousands_writes_nothing(tmp_path: Path) -> None:
    street()
    path = tmp_path / "streets.csv"
    path.write_bytes(sheet(*(f"Weg {number};;;52.4;13.06" for number in range(2000)), "X;;;x;13.06"))
    before = rows()
    errors = StringIO()
    with pytest.raises(CommandError, match="1 "):
        call_command("import_streets", str(path), stderr=errors)
    assert "Zeile 2002" in errors.getvalue() and "Breitengrad" in errors.getvalue()
    assert rows() == before
    with pytest.raises(CommandError, match="gibt-es-nicht"):
        call_command("import_streets", str(tmp_path / "gibt-es-nicht.csv"))


@pytest.mark.gate
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_an_import_that_is_killed_leaves_the_directory_as_it_was(
    transactional_db: None, subprocess_environment: dict[str, str], tmp_path: Path, share: float
) -> None:
    street("Alte Gasse")
    path = tmp_path / "streets.csv"
    path.write_bytes(sheet(*(f"Weg {number};;;52.4;13.06" for number in range(5000))))

    def run(limit: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, str(limit), str(path)],
            env=subprocess_environment,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=REPOSITORY,
            check=False,
        )

    before = rows()
    counted = run(0)
    assert counted.returncode == 0, counted.stderr
    needed = int(counted.stdout.split()[-1])
    assert rows() == before
    assert run(int(needed * share)).returncode == -signal.SIGKILL
    assert rows() == before
    assert load(path).startswith("5000 ")


#: Counts statements; kills its process at the nth, or rolls back and tells the number when n is 0.
PROGRAM = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection

limit, path, count = int(sys.argv[1]), sys.argv[2], 0

def counted(execute, sql, params, many, context):
    global count
    count += 1
    if limit and count == limit:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(counted):
    call_command("import_streets", path, *([] if limit else ["--dry-run"]))
print(count)
"""


# Finding a street


@pytest.mark.gate
@pytest.mark.django_db
def test_beginnings_and_mistakes_lead_to_the_street_or_to_offers() -> None:
    for name in ("Lindenstraße", "Lindenweg", "Mühlenstraße", "Schillerplatz", "Straße 12"):
        street(name)

    def place(typed: str) -> str:
        found = find(typed, names={}).place
        return found.name if found else ""

    assert place("lindenstr. 7") == "Lindenstraße"
    assert place("Schil") == "Schillerplatz"  # the only one that begins so
    assert place("Mühlnstraße") == "Mühlenstraße" and place("Schilerplats") == "Schillerplatz"
    assert place("Straße 12") == "Straße 12"
    offered = find("Linden", names={})
    assert offered.place is None and [offer.name for offer in offered.offers] == ["Lindenstraße", "Lindenweg"]
    for nothing in ("", "…", "Li", "Xylophonallee", "%", "_____"):
        found = find(nothing, names={})
        assert found.place is None and not found.offers, nothing
        assert found.too_short == (nothing != "Xylophonallee"), nothing


@pytest.mark.django_db
def test_two_letters_are_enough_for_a_name_or_a_first_word() -> None:
    for name in ("Au", "Auweg", "Am Kran", "Amselweg", "Am Markt"):
        street(name)
    assert [offer.name for offer in find("Am", names={}).offers] == ["Am Kran", "Am Markt"]
    assert getattr(find("au", names={}).place, "name", "") == "Au"
    assert find("A", names={}).too_short


@pytest.mark.django_db
def test_a_number_makes_the_place_exact() -> None:
    street(numbers="1-9", steps=0)
    street(numbers="10-20", steps=10)
    street(numbers="21-99", steps=20)

    def steps(number: str) -> float:
        found = find("Lindenstr.", number, names={}).place
        assert found
        return round((found.point[0] - 52.4) / STEP)

    assert [steps(number) for number in ("3", "12a", "22", "500", "", "x")] == [0, 10, 20, 20, 10, 10]


@pytest.mark.django_db
def test_a_number_that_the_directory_does_not_have_is_told_with_the_next_one() -> None:
    street(numbers="1-9 ungerade, 11b")
    street("Am Kran")

    def said(name: str, number: str) -> tuple[str, str, str]:
        found = find(name, number, names={}).place
        assert found
        return found.number, found.unknown, found.known

    for number, known in (("4", "3"), ("9999", "11b"), ("0", "1"), ("11", "11b"), ("10", "9")):
        assert said("Lindenstr.", number) == ("", number, known), number
    assert said("Lindenstr.", "7a") == ("7a", "", "") and said("Lindenstr.", "") == ("", "", "")
    assert said("Lindenstr.", "abc") == ("", "abc", "") and said("Am Kran", "9999") == ("", "9999", "")


@pytest.mark.django_db
def test_two_streets_of_one_name_are_told_apart_by_their_districts() -> None:
    street("Hauptstraße", "1-9", "nord", 0)
    street("Hauptstraße", "1-5", "sued", 50)
    found = find("Hauptstr.", names={"nord": "Nord"})
    assert [(offer.district, offer.district_name) for offer in found.offers] == [("nord", "Nord"), ("sued", "sued")]
    assert [find("Hauptstr.", number, names={}).place is None for number in ("3", "7")] == [True, False]
    chosen = find("Hauptstr.", "", "sued", names={}).place
    assert chosen and (chosen.district, chosen.chosen) == ("sued", "sued")


# The page


@pytest.fixture
def city(db: None) -> dict[str, DistrictPage]:
    places = district_list()
    return {name: district(places, name) for name in ("Nord", "West")}


def answer(client: Client, **query: str) -> Any:
    page = client.get("/meine-strasse/", query)
    assert page.status_code == 200
    return page.context["answer"]


def titles(found: list[Any]) -> list[str]:
    return [one.card.record.title for one in found]


@pytest.mark.gate
def test_what_is_planned_is_told_by_distance(city: dict[str, DistrictPage], client: Client) -> None:
    index, nord = procedure_list(), [city["Nord"]]
    street(word="nord")

    def at(steps: float) -> dict[str, float]:
        return {"latitude": 52.4 + steps * STEP, "longitude": 13.06}

    procedure(index, "Weit im Stadtteil", districts=nord, **at(30))
    procedure(index, "Nah", districts=nord, **at(9))
    procedure(index, "Ganz nah", districts=[city["West"]], **at(1))
    procedure(index, "Ohne Punkt", districts=nord)
    procedure(index, "Woanders ohne Punkt", districts=[city["West"]])
    procedure(index, "Überall")
    procedure(index, "Fertig", districts=nord, stages=[{"stage": "done", "since": "2024-01-01", "note": ""}], **at(2))
    procedure(index, "Entwurf", districts=nord, live=False, **at(2))
    found = answer(client, street="lindenstr")
    assert titles(found.near) == ["Ganz nah", "Nah"]
    assert [one.distance for one in found.near] == ["etwa 100 Meter", "etwa 900 Meter"]
    assert titles(found.district) == ["Weit im Stadtteil", "Ohne Punkt"]
    assert [one.distance for one in found.district] == ["etwa 3,0 Kilometer", ""]
    assert titles(found.city_wide) == ["Überall"] and found.nearest is None
    assert found.district_name == "Nord"


def test_where_nothing_is_planned_the_nearest_is_named(city: dict[str, DistrictPage], client: Client) -> None:
    street(word="nord")
    words = client.get("/meine-strasse/", {"street": "Lindenstraße"}).content.decode()
    assert "Hier ist gerade nichts geplant" in words
    procedure(procedure_list(), "Fern", districts=[city["West"]], latitude=52.4 + 23 * STEP, longitude=13.06)
    page = client.get("/meine-strasse/", {"street": "Lindenstraße"})
    assert page.context["answer"].nearest.card.record.title == "Fern"
    assert page.content.decode().count(">Fern</a>") == 1
    assert "Im Umkreis von einem Kilometer" in page.content.decode() and "etwa 2,3 Kilometer" in page.content.decode()


@pytest.mark.gate
def test_what_is_not_translated_is_shown_in_german(city: dict[str, DistrictPage], client: Client) -> None:
    street()
    index, english = procedure_list(), procedure_list("en", title="Procedures")
    here = {"latitude": 52.4, "longitude": 13.06}
    both = procedure(index, "Uferweg", **here)
    procedure(english, "Towpath", translation_key=both.translation_key, **here)
    procedure(index, "Marktplatz", **here)
    page = client.get("/en/my-street/", {"street": "Lindenstraße"})
    assert sorted(titles(page.context["answer"].near)) == ["Marktplatz", "Towpath"]
    assert 'hreflang="de" lang="de" dir="auto">Marktplatz' in page.content.decode()


def test_a_street_alone_leads_to_an_address_that_can_be_passed_on(db: None, client: Client) -> None:
    street()
    sent = client.post("/meine-strasse/", {"street": "Lindenstr."}, **HERE)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/meine-strasse/?street=Lindenstr.#answer")
    page = client.get("/meine-strasse/?street=Lindenstr.")
    assert page.context["place"].name == "Lindenstraße"
    assert "s-maxage" in page.headers["Cache-Control"] and page.headers["X-Robots-Tag"] == "noindex, follow"
    again = client.get("/meine-strasse/?street=Lindenstr.", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304 and not again.cookies


@pytest.mark.parametrize(
    "sent",
    [
        {"street": "Lindenstr.", "number": "4711"},
        {"street": "Lindenstr. 4711"},
        {"street": "Lindenstrasze 4711"},
        {"street": "4711 Lindenstr"},
        {"street": "Gibtesnicht 4711"},
    ],
)
def test_a_house_number_stands_in_no_address_and_no_log(
    sent: dict[str, str], db: None, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    street(numbers="4711")
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as asked:
        found = client.post("/meine-strasse/", sent, **HERE)
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert found.status_code == 200 and "4711" not in logged
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)  # it holds no write lock
    words = found.content.decode()
    for link in words.split("href=")[1:]:
        assert "4711" not in link.split(">")[0]
    assert found.headers["Cache-Control"] == "private, no-store" and not found.cookies


def test_a_number_in_an_address_made_by_hand_leads_to_one_without(db: None, client: Client) -> None:
    street()
    street("Straße 12")
    found = client.get("/meine-strasse/?street=Lindenstr.%205")
    assert (found.status_code, found.headers["Location"]) == (302, "/meine-strasse/?street=Lindenstr.#answer")
    assert client.get("/meine-strasse/?street=Stra%C3%9Fe+12").context["place"].name == "Straße 12"
    sent = client.post("/meine-strasse/", {"street": "Straße 12"}, **HERE)
    assert sent.status_code == 303


def test_the_form_is_taken_from_our_own_pages_only_and_says_what_is_missing(db: None, client: Client) -> None:
    assert client.post("/meine-strasse/", {"street": "A"}, HTTP_ORIGIN="https://evil.example").status_code == 403
    assert "Bitte schreiben Sie den Namen einer Straße" in client.post("/meine-strasse/", {}, **HERE).content.decode()
    assert client.put("/meine-strasse/").status_code == 405


def test_nonsense_is_answered(db: None, client: Client) -> None:
    street()
    chance = random.Random(6)
    for _ in range(30):
        text = "".join(chance.choice("aä%_'\"\\\0\u202e<>5 .ß") for _ in range(chance.randrange(1, 30)))
        assert client.get("/meine-strasse/", {"street": text, "district": text}).status_code in (200, 302)
        assert client.post("/meine-strasse/", {"street": text, "number": text}, **HERE).status_code in (200, 303)


def test_who_is_not_found_reads_what_concerns_all_and_where_to_go(
    city: dict[str, DistrictPage], client: Client
) -> None:
    street(numbers="1-9")
    index = procedure_list()
    procedure(index, "Für alle")
    procedure(index, "Nur im Norden", districts=[city["Nord"]])
    procedure(index, "Vorbei", stages=[{"stage": "done", "since": "2024-01-01", "note": ""}])
    for path in ("/meine-strasse/", "/en/my-street/"):
        for typed, said in (("Xylophonallee", "Xylophonallee"), ("Am", "“Am” is too short")):
            page = client.get(path, {"street": typed})
            words = page.content.decode()
            assert titles(page.context["city_wide"]) == ["Für alle"]
            assert 'href="/verfahren/"' in words and 'href="/stadtteile/"' in words
            assert said in words or path == "/meine-strasse/"
    sent = client.post("/en/my-street/", {"street": "Lindenstr.", "number": "4711"}, **HERE)
    words = sent.content.decode()
    assert "The number 4711 is not in our list for this street. The nearest number that we know is 9" in words
    assert "city_wide" not in sent.context
    street("Am Kran")
    words = client.post("/en/my-street/", {"street": "Am Kran", "number": "abc"}, **HERE).content.decode()
    assert "The number abc is not in our list for this street. The distances are from the middle" in words


def test_the_list_of_procedures_leads_there(db: None, client: Client) -> None:
    procedure_list()
    assert 'href="/meine-strasse/"' in client.get("/verfahren/").content.decode()


# Short addresses


def test_a_short_address_leads_to_the_procedure_in_the_language_of_the_address(db: None, client: Client) -> None:
    index, english = procedure_list(), procedure_list("en")
    page = procedure(index, "Uferweg", phases=[phase(-1, 9, ways=[way()])])
    found = client.get(f"/k/{page.reference}")
    assert (found.status_code, found.headers["Location"]) == (302, page.url)
    assert "s-maxage" in found.headers["Cache-Control"] and "Cookie" not in found.headers.get("Vary", "")
    assert client.get(f"/en/k/{page.reference}").headers["Location"] == page.url
    towpath = procedure(english, "Towpath", translation_key=page.translation_key)
    assert towpath.reference == page.reference
    assert client.get(f"/en/k/{page.reference}").headers["Location"] == towpath.url
    assert client.get(f"/ar/k/{page.reference}").headers["Location"] == page.url
    page.unpublish()
    assert client.get(f"/k/{page.reference}").headers["Location"] == towpath.url
    towpath.unpublish()
    for reference in (page.reference, "2026-9999", "x"):
        assert client.get(f"/k/{reference}").status_code == 404
