"""What is wrong with a sheet: exactly the wrong cells, each with its reason and a remedy, in one go."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from cms_blocks.models import Contact, Topic
from procedures.importing.memory import understood
from procedures.importing.planning import CellError, Plan, headings_of, make_plan
from procedures.importing.sheet import Unreadable, cell_name, read_sheet
from procedures.models import DistrictPage, ProcedureIndexPage
from tests.infrastructure.whole_database import whole_database
from tests.procedures.factories import district, district_list, procedure, procedure_list
from tests.procedures.outlines import outline
from tests.procedures.sheets import SOUND, long_list, row, xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def index() -> ProcedureIndexPage:
    get_user_model().objects.create_superuser("chefin", "chefin@office.example", "x")
    places = district_list()
    district(places, "Nord")
    district(places, "Süd", slug="sued")
    index = procedure_list()
    Topic.objects.create(name="Mobilität", slug="mobility", locale=index.locale)
    return index


def plan_for(rows: list[dict[str, Any]], index: ProcedureIndexPage, *, complete: bool = True) -> Plan:
    sheet = read_sheet("liste.xlsx", xlsx(rows))
    return make_plan(sheet, understood(headings_of(sheet)[1]), index, complete=complete)


def errors(rows: list[dict[str, Any]], index: ProcedureIndexPage, **more: Any) -> list[CellError]:
    return plan_for(rows, index, **more).errors


#: Where a message stands whose cell is empty or not in the sheet: at the field that has to be filled in.
RESTS_ELSEWHERE = {
    ("Stufe", None): "",
    ("Breite", 52.4): "",
    ("Kosten von", 5): "Kosten von",
}


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Nummer", "41/2026"),
        ("Titel", "x" * 256),
        ("Titel", None),
        ("Vorspann", "x" * 301),
        ("Was", "a\u0081b"),
        ("Wo", None),
        ("Wie", "#BEZUG!"),
        ("Initiator", "der Kaiser"),
        ("Stufe", "mitreden"),
        ("Stufe", None),
        ("Form", "amtlich"),
        ("Stadtweit", "vielleicht"),
        ("Stadtweit", "nein"),
        ("Stadtteile", "Nord; Nirgendwo"),
        ("Breite", "oben"),
        ("Breite", 52.4),
        ("Breite", "95,1"),
        ("Kosten", "viel"),
        ("Kosten von", "1.5 Mio"),
        ("Kosten von", "-5"),
        ("Kosten von", 5),
        ("Kosten bis", 5),
        ("Kosten Stand", "31.02.2026"),
        ("Kosten Stand", "Anfang 2026"),
        ("Offen", "x" * 301),
        ("Verlauf", "planung | 01.01.2999"),
        ("Phasen", "Phase: Ideen\nMethoden: Kaffeesatz"),
        ("Phasen", "Ideen | morgen"),
        ("Phasen", "Ideen | 31.03.2026 18:00 | 01.03.2026 18:00"),
        ("Phasen", "Weg: online | Ohne Phase"),
        ("Phasen", "Phase: Ideen\nWeg: brieftaube | Fliegen"),
        ("Phasen", "Phase: Ideen\nWeg: online | Ohne Adresse"),
        ("Phasen", "Ideen | 01.03.2026 25:00"),
        ("Phasen", "Ideen | 01.01.0001 | 31.12.2026"),
        ("Gelistet seit", "31.12.9999"),
        ("Verlauf", "idee"),
        ("Verlauf", "postponed | 01.01.2026"),
        ("Stand", "irgendwo"),
        ("Stand", "dropped"),
        ("Beschluss", "04.05.2026 | Stadtrat"),
        ("Erste Lesung", "01.01.26"),
        ("Gelistet seit", "2026-13-01"),
        ("Thema", "Nirgendwas"),
        ("Kontakt", "wer@nirgends.example"),
        ("Methoden", "tanzen"),
    ],
)
def test_a_wrong_cell_is_reported_with_reason_and_what_to_do(
    index: ProcedureIndexPage, heading: str, value: Any
) -> None:
    [error] = errors([row(Nummer="2026-0001"), SOUND | {"Nummer": "2026-0002", "Titel": "Steg", heading: value}], index)
    at = {name: number for number, name in enumerate([*SOUND, *({heading} - SOUND.keys())])}
    heading = RESTS_ELSEWHERE.get((heading, value), heading)
    assert (error.cell, error.reason != "") == (cell_name(3, at.get(heading, 0)), True)


def test_the_cell_of_a_point_outside_the_city_is_named(index: ProcedureIndexPage) -> None:
    DistrictPage.objects.filter(title="Nord").update(outline=outline())
    swapped = {"Nummer": "2026-0002", "Titel": "Steg", "Breite": "13,05", "Länge": "52,41"}
    [error] = errors([row(Breite="52,41", Länge="13,05"), SOUND | swapped], index)
    assert (error.cell, error.value) == ("M3", "13,05")
    assert "Breite und Länge sind wohl vertauscht" in error.reason


def test_a_formal_procedure_needs_its_law_and_its_address(index: ProcedureIndexPage) -> None:
    found = errors([row(Form="formell", Rechtsgrundlage="")], index)
    absent = ["Adresse für Stellungnahmen", "Ausgelegt von", "Amtliche Bekanntmachung"]
    assert [(error.cell, error.heading) for error in found] == [
        ("M2", "Rechtsgrundlage"),
        *(("A2", heading) for heading in absent),
    ]


def test_two_rows_about_the_same_procedure_name_each_other(index: ProcedureIndexPage) -> None:
    [error] = errors([row(), row(Nummer="2026-0002", Titel="Steg"), row(Titel="Anders")], index)
    assert error.cell == "A4" and "2" in error.reason
    [error] = errors([row(Nummer=""), row(Nummer="", Titel="UFERWEG")], index)
    assert error.cell == "B3"


def test_a_title_that_several_have_needs_the_number(index: ProcedureIndexPage) -> None:
    procedure(index, title="Uferweg", reference="2026-0011")
    procedure(index, title="Uferweg", reference="2026-0012")
    [error] = errors([row(Nummer="")], index)
    assert error.cell == "B2"


def test_an_emptied_title_is_wrong_even_where_nothing_else_changes(index: ProcedureIndexPage) -> None:
    procedure(index, title="Uferweg", reference="2026-0011")
    [error] = errors([{"Nummer": "2026-0011", "Titel": ""}], index)
    assert (error.cell, error.remedy) == ("B2", "Füllen Sie die Zelle aus.")
    assert errors([{"Nummer": "2026-0011", "Ort": "Kanal"}], index) == []


def test_a_name_that_several_have_is_no_name(index: ProcedureIndexPage) -> None:
    for email in ("a@stadt.example", "b@stadt.example"):
        Contact.objects.create(name="Anlaufstelle", email=email, locale=index.locale)
    [error] = errors([row(Kontakt="Anlaufstelle")], index)
    assert error.cell == "M2"
    assert errors([row(Kontakt="b@stadt.example")], index) == []


def test_what_one_wrong_cell_brings_with_it_is_not_reported_beside_it(index: ProcedureIndexPage) -> None:
    assert [error.cell for error in errors([row(Stufe="???")], index)] == ["H2"]
    assert [error.cell for error in errors([row(Stadtweit="", Stadtteile="Nirgendwo")], index)] == ["M2"]
    assert [error.cell for error in errors([row(Kosten="???", Kosten_von=5)], index)] == ["M2"]


def test_drafts_may_leave_open_what_a_public_page_may_not(index: ProcedureIndexPage) -> None:
    rows = [{"Nummer": "2026-0001", "Titel": "Uferweg"}]
    assert len(errors(rows, index)) > 3
    assert errors(rows, index, complete=False) == []
    [error] = errors([rows[0] | {"Stufe": "informieren", "Grund ohne Beteiligung": "Keine."}], index, complete=False)
    assert error.cell == "D2", "what contradicts itself is wrong in a draft too"


@pytest.mark.parametrize(
    "rows",
    [
        [{"Farbe": "rot"}],
        [{"Ort": "Kanal"}],
        [row() | {"Bezeichnung": "Weg"}],
        [row(Stand="planung", Verlauf="planung | 01.01.2026")],
    ],
)
def test_what_is_wrong_with_the_headings_is_said_at_once(index: ProcedureIndexPage, rows: list[dict[str, Any]]) -> None:
    sheet = read_sheet("liste.xlsx", xlsx(rows))
    with pytest.raises(Unreadable):
        mapping = understood(headings_of(sheet)[1]) | ({"Bezeichnung": "title"} if "Bezeichnung" in rows[0] else {})
        make_plan(sheet, mapping, index, complete=True)


#: Fifteen mistakes in a list of 2,000: row of the list → what stands there instead, and the cell that is wrong.
PLANTED: dict[int, tuple[dict[str, Any], str]] = {
    3: ({"Titel": None}, "B5"),
    77: ({"Stufe": "mitreden"}, "H79"),
    120: ({"Initiator": "der Kaiser"}, "G122"),
    121: ({"Form": "amtlich"}, "I123"),
    399: ({"Stadtteile": "Atlantis"}, "M401"),
    600: ({"Breite": "oben"}, "O602"),
    777: ({"Länge": None}, "P779"),
    1000: ({"Kosten von": "1.5 Mio"}, "R1002"),
    1001: ({"Kosten von": 5}, "R1003"),
    1200: ({"Kosten Stand": None}, "S1202"),
    1400: ({"Verlauf": "postponed | 01.01.2026"}, "V1402"),
    1500: ({"Beschluss": "04.05.2026"}, "W1502"),
    1700: ({"Gelistet seit": "31.02.2026"}, "X1702"),
    1800: ({"Nummer": "2020-0001"}, "A1802"),
    1999: ({"Phasen": "Ideen | 31.03.2026 18:00 | 01.03.2026"}, "L2001"),
}


@pytest.mark.gate
def test_a_list_of_2000_rows_is_refused_for_exactly_its_wrong_cells_and_nothing_is_written(
    index: ProcedureIndexPage, tmp_path: Path
) -> None:
    procedure(index, title="Alt", reference="2020-0009")
    rows = long_list(2000)
    path = tmp_path / "vorhabenliste.xlsx"
    path.write_bytes(xlsx([cells | PLANTED[at][0] if at in PLANTED else cells for at, cells in enumerate(rows)]))
    before, said = whole_database(), StringIO()
    with pytest.raises(CommandError, match="15"):
        call_command("import_procedures", str(path), publish_as="chefin", stderr=said, no_color=True)
    reported = said.getvalue().splitlines()
    assert [line.partition(",")[0] for line in reported] == [cell for _cells, cell in PLANTED.values()]
    assert whole_database() == before
