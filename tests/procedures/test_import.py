"""``import_procedures``: creates and changes by number, all or nothing; drafts by choice; undone as if nothing had been."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Collection, Page, PageLogEntry, ReferenceIndex, Revision

from cms_blocks.models import Contact, Topic
from cms_blocks.publication.records import PublicationClock, PublicRecord
from procedures.importing.columns import guess
from procedures.importing.memory import remember, understood
from procedures.importing.planning import CHANGE, UNCHANGED, Plan, headings_of, make_plan
from procedures.importing.records import DECISIONS
from procedures.importing.sheet import read_sheet
from procedures.importing.workbook import list_as_sheet
from procedures.models import ImportRun, ProcedureIndexPage, ProcedurePage
from tests.cms_blocks.blocks.conftest import make_document
from tests.governance.office import open_office, person
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list, way
from tests.procedures.outlines import outline
from tests.procedures.sheets import Rows, row, table, xlsx
from tests.toolkit.factories import method, toolkit

pytestmark = pytest.mark.django_db

Run = Callable[..., str]


@pytest.fixture
def index() -> ProcedureIndexPage:
    get_user_model().objects.create_superuser("chefin", "chefin@office.example", "x")
    return procedure_list()


@pytest.fixture
def run(tmp_path: Path, index: ProcedureIndexPage) -> Run:
    """Import these rows (or bytes) and publish; returns what the command said."""

    def run(content: Rows | bytes, *options: str, name: str = "liste.xlsx", publish: bool = True) -> str:
        path = tmp_path / name
        if not isinstance(content, bytes):
            content = xlsx(content) if name.endswith("xlsx") else table(content)
        path.write_bytes(content)
        said = StringIO()
        wanted = [*options, *(["--publish-as", "chefin"] if publish else [])]
        try:
            call_command("import_procedures", str(path), *wanted, stdout=said, stderr=said, no_color=True)
        finally:
            print(said.getvalue())
        return said.getvalue()

    return run


def state() -> tuple:
    """Everything an import may touch."""
    return (
        list(Page.objects.order_by("pk").values_list("pk", "title", "slug", "live", "latest_revision_id", "numchild")),
        list(ProcedurePage.objects.order_by("pk").values()),
        Revision.objects.count(),
        PageLogEntry.objects.count(),
        list(PublicRecord.objects.order_by("pk").values_list("pk", "version", "content_hash", "is_live")),
        list(PublicationClock.objects.values_list("sequence", flat=True)),
    )


def text_of_pages() -> list[dict[str, Any]]:
    """What the pages say, without when and by which version."""
    versions = {"latest_revision_id", "live_revision_id", "latest_revision_created_at", "last_published_at",
                "search_index_revision_id", "has_unpublished_changes"}  # fmt: skip
    rows = ProcedurePage.objects.order_by("pk").values()
    return [{name: str(value) for name, value in row.items() if name not in versions} for row in rows]


def published(page: ProcedurePage) -> ProcedurePage:
    """With a version, as editors make one."""
    page.save_revision().publish()
    return ProcedurePage.objects.get(pk=page.pk)


def local(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))


def plan_for(content: bytes, index: ProcedureIndexPage, name: str = "liste.xlsx", complete: bool = True) -> Plan:
    sheet = read_sheet(name, content)
    return make_plan(sheet, understood(headings_of(sheet)[1]), index, complete=complete)


# What is imported


def test_a_row_arrives_with_every_field(run: Run, index: ProcedureIndexPage) -> None:
    places = district_list()
    north, south = district(places, "Nord"), district(places, "Süd", slug="sued")
    workshop = method(toolkit(), slug="zukunftswerkstatt")
    Topic.objects.create(name="Mobilität", slug="mobility", locale=index.locale)
    Contact.objects.create(name="Anlaufstelle", email="stelle@stadt.example", locale=index.locale)
    run(
        [
            row(
                Nummer="2026-0041", Stufe="Involve", Form="formell: gesetzlich vorgeschrieben", Initiator="Stadtrat",
                Hälfte="Freier Träger", Geschäftsbereich="Planen", Rechtsgrundlage="§ 3 BauGB",
                Adresse_für_Stellungnahmen="Rathaus\nMarkt 1", Ausgelegt_von="01.02.2026", Ausgelegt_bis="02.03.2026",
                Bekanntmachung="Amtsblatt 2/2026", Bekanntgemacht_am="20.01.2026", Betroffene="Anwohner", Stadtweit="nein",
                Stadtteile="Nord; Süd", Ort="Kanalweg", Breite="52,4009", Länge=13.0591, Kosten="Spanne",
                Kosten_von="1.250.000,00 €", Kosten_bis=2000000, Kosten_Stand=datetime(2026, 1, 7),
                Kosten_Grundlage="Schätzung", Offen="• Sitzplätze\n• Bäume", Fest="Die Brücke bleibt.",
                Phasen="Phase: Ideen\nBeginn: 01.03.2026\nEnde: 31.03.2026\nWas passiert: Erster Absatz.\n  Zweiter.\n"
                "Weg: online | Idee senden\nFrist: 30.03.2026 18:00\nWebadresse: https://mitreden.example/\n"
                "Weg: vor Ort | Kommen\nOrt: Rathaus\nErgebnis zugesagt bis: 01.05.2026\nAuswertung | 01.04.2026",
                Stand="in Planung", Stand_seit="01.02.2026", Beschluss="04.05.2026 | Stadtrat | 26/SVV/1 | Grundsatz | mit Strich",
                Erste_Lesung="2026-09-01", Nächste_Schritte="Erst dies.\n\nDann das.", Beirat="x",
                Gelistet_seit="07.01.2026", Wiedervorlage="2026-12-31", Thema="mobility", Kontakt="STELLE@stadt.example",
                Methoden="zukunftswerkstatt",
            )
        ]
    )  # fmt: skip
    page = ProcedurePage.objects.get()
    assert (page.live, page.slug, page.reference, page.owner.username) == (True, "uferweg", "2026-0041", "chefin")
    assert (page.level, page.form, page.initiator, page.half) == ("involvement", "formal", "council", "carrier")
    assert (page.display_from, page.display_until) == (date(2026, 2, 1), date(2026, 3, 2))
    assert (page.announcement, page.announced_on) == ("Amtsblatt 2/2026", date(2026, 1, 20))
    assert page.official_address == "Rathaus\nMarkt 1" and page.next_steps == "Erst dies.\n\nDann das."
    assert [one.district_id for one in page.districts.all()] == [north.pk, south.pk] and not page.city_wide
    assert (page.latitude, page.longitude) == (52.4009, 13.0591)
    assert (page.cost_kind, page.cost_from, page.cost_to) == ("range", Decimal(1250000), Decimal(2000000))
    assert (page.cost_on, page.first_reading, page.listed_on) == (date(2026, 1, 7), date(2026, 9, 1), date(2026, 1, 7))
    assert [str(one.value) for one in page.open_points] == ["Sitzplätze", "Bäume"]
    ideas, evaluation = (one.value for one in page.phases)
    assert (ideas["begins"], ideas["ends"]) == (local(2026, 3, 1), local(2026, 4, 1)), "the last day counts"
    assert ideas["text"] == "Erster Absatz.\nZweiter."
    assert [(one["kind"], one["label"], one["place"]) for one in ideas["ways"]] == [
        ("online", "Idee senden", ""),
        ("place", "Kommen", "Rathaus"),
    ]
    assert ideas["ways"][0]["deadline"] == local(2026, 3, 30, 18)
    assert (evaluation["title"], evaluation["begins"], evaluation["ends"]) == ("Auswertung", local(2026, 4, 1), None)
    assert [(one.value["stage"], one.value["since"]) for one in page.stages] == [("planning", date(2026, 2, 1))]
    assert dict(page.decisions[0].value) == {
        "on": date(2026, 5, 4), "body": "Stadtrat", "reference": "26/SVV/1", "text": "Grundsatz | mit Strich",
        "page": None, "address": "",
    }  # fmt: skip
    assert page.board_recommended and page.review_date == date(2026, 12, 31)
    assert (page.topic.slug, page.contact.name) == ("mobility", "Anlaufstelle")
    assert [one.method_id for one in page.methods.all()] == [workshop.pk]
    assert PublicRecord.objects.visible().of_kind("procedure").count() == 1
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("liste.csv", table([row(Titel="Grüner Weg")])),
        ("liste.csv", table([row(Titel="Grüner Weg")], ",", "utf-8")),
        ("liste.csv", table([row(Titel="Grüner Weg")], "\t", "cp1252")),
        ("liste.xlsx", xlsx([row(Titel="Grüner Weg")], above=[["Vorhabenliste"], [], ["Stand", "01.01.2026"]])),
    ],
)
def test_every_usual_kind_of_sheet_is_read(run: Run, name: str, content: bytes) -> None:
    run(content, name=name)
    assert ProcedurePage.objects.get().title == "Grüner Weg"


def test_new_ones_without_a_number_get_the_next_free_one(run: Run) -> None:
    rows = [
        row(Nummer=number, Titel=f"Weg {n}", Gelistet_seit="07.01.2026")
        for n, number in enumerate(["", "2026-0007", ""])
    ]
    run(rows)
    assert list(ProcedurePage.objects.order_by("pk").values_list("reference", flat=True)) == [
        "2026-0008",
        "2026-0007",
        "2026-0009",
    ]
    before = state()
    said = run(rows)
    assert state() == before, "by its title each is found again"
    assert "3 unverändert" in said or "3 unchanged" in said


@pytest.mark.gate
def test_a_second_run_changes_nothing(run: Run) -> None:
    rows = [row(), row(Nummer="2026-0002", Titel="Steg")]
    run(rows)
    before = state()
    run(rows)
    assert state() == before


def test_only_what_differs_is_published_anew(run: Run) -> None:
    rows = [row(), row(Nummer="2026-0002", Titel="Steg")]
    run(rows)
    versions = dict(PublicRecord.objects.of_kind("procedure").values_list("title", "version"))
    run([rows[0], rows[1] | {"Vorspann": "Neu."}], "--editorial")
    after = dict(PublicRecord.objects.of_kind("procedure").values_list("title", "version"))
    assert after["Steg"] > versions["Steg"] and after["Uferweg"] == versions["Uferweg"]
    assert ProcedurePage.objects.get(title="Steg").lead == "Neu."


def test_columns_that_the_sheet_does_not_have_stay_as_they_are(run: Run, index: ProcedureIndexPage) -> None:
    page = procedure(index, title="Alt", reference="2026-0003", next_steps="Weiter so.")
    run([{"Nummer": "2026-0003", "Titel": "Neu"}], "--editorial")
    page = ProcedurePage.objects.get(pk=page.pk)
    assert (page.title, page.next_steps, page.brief_what) == ("Neu", "Weiter so.", "Der Uferweg wird breiter.")


def test_the_present_stage_joins_the_earlier_ones(run: Run, index: ProcedureIndexPage) -> None:
    page = procedure(
        index, reference="2026-0003", stages=[{"stage": "idea", "since": "2025-01-01", "note": "Aus dem Rat."}]
    )
    run([{"Nummer": "2026-0003", "Stand": "in Planung", "Stand seit": "01.02.2026"}], "--editorial")
    stages = [(one.value["stage"], one.value["note"]) for one in ProcedurePage.objects.get(pk=page.pk).stages]
    assert stages == [("idea", "Aus dem Rat."), ("planning", "")]
    before = state()
    run([{"Nummer": "2026-0003", "Stand": "in Planung"}])
    assert state() == before


def test_a_present_stage_that_lies_ahead_is_wrong_in_its_own_cell(index: ProcedureIndexPage) -> None:
    page = procedure(index, reference="2026-0003")
    rows = [{"Nummer": page.reference, "Stand": "in Planung", "Stand seit": "01.02.2999"}]
    [error] = plan_for(xlsx(rows), index).errors
    assert (error.cell, error.heading) == ("C2", "Stand seit") and "2999" in error.reason


def test_columns_are_remembered_by_the_set_of_headings(run: Run, index: ProcedureIndexPage) -> None:
    headings = ["Titel", "Kommt in Frage für"]
    assert understood(headings) == {"Titel": "title", "Kommt in Frage für": ""}
    remember({"Titel": "title", "Kommt in Frage für": "affected"})
    assert understood(["kommt in frage FÜR", "Titel"]) == {"kommt in frage FÜR": "affected", "Titel": "title"}
    assert understood([*headings, "Ort"])["Kommt in Frage für"] == "", "another set"


# Public or draft


def test_without_an_account_everything_is_a_draft(run: Run) -> None:
    run([{"Nummer": "2026-0001", "Titel": "Uferweg"}], publish=False)
    page = ProcedurePage.objects.get()
    assert not page.live and page.title == "Uferweg"
    assert not PublicRecord.objects.of_kind("procedure").exists()


def test_public_pages_keep_their_text_as_long_as_nobody_publishes(run: Run, index: ProcedureIndexPage) -> None:
    page = procedure(index, title="Alt", reference="2026-0003")
    run([{"Nummer": "2026-0003", "Titel": "Neu"}], publish=False)
    page = ProcedurePage.objects.get(pk=page.pk)
    assert (page.title, page.has_unpublished_changes) == ("Alt", True)
    assert page.get_latest_revision_as_object().title == "Neu"
    before = state()
    run([{"Nummer": "2026-0003", "Titel": "Neu"}], publish=False)
    assert state() == before
    run([{"Nummer": "2026-0003", "Titel": "Neuer"}], "--editorial")
    assert ProcedurePage.objects.get(pk=page.pk).title == "Neuer", "its own draft is not in the way"


def test_an_editors_unpublished_changes_are_not_overwritten(run: Run, index: ProcedureIndexPage) -> None:
    page = procedure(index, title="Alt", reference="2026-0003")
    page.lead = "Von Hand."
    page.save_revision()
    before = state()
    rows = [row(Nummer="2026-0003", Titel="Neu"), row(Nummer="2026-0004", Titel="Steg")]
    with pytest.raises(CommandError, match="1"):
        run(rows)
    assert state() == before
    run(rows, "--drafts", "--editorial")
    assert ProcedurePage.objects.get(title="Steg").live
    page = ProcedurePage.objects.get(pk=page.pk)
    assert (page.title, page.get_latest_revision_as_object().lead) == ("Alt", "Von Hand.")


def test_a_page_that_is_to_be_public_at_a_set_time_is_left_alone(run: Run, index: ProcedureIndexPage) -> None:
    page = procedure(index, title="Alt", reference="2026-0003", live=False)
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    before = state()
    with pytest.raises(CommandError, match="1"):
        run([row(Nummer="2026-0003", Titel="Neu")])
    assert state() == before
    version = ProcedurePage.objects.get().scheduled_revision
    version.approved_go_live_at = None
    version.save(update_fields=["approved_go_live_at"])
    run([row(Nummer="2026-0003", Titel="Neu")])
    assert ProcedurePage.objects.get().draft_title == "Neu"


def test_a_procedure_that_was_taken_off_the_site_stays_off_it(run: Run) -> None:
    run([row()])
    ProcedurePage.objects.get().unpublish()
    run([row(Vorspann="Neu.")])
    page = ProcedurePage.objects.get()
    assert not page.live and page.get_latest_revision_as_object().lead == "Neu."


def test_faulty_rows_become_drafts_by_choice_and_are_published_once_they_are_sound(run: Run) -> None:
    rows = [row(), row(Nummer="2026-0002", Titel="Steg", Stadtweit="vielleicht", Breite="x")]
    before = state()
    with pytest.raises(CommandError, match="2"):
        run(rows)
    assert state() == before
    said = run(rows, "--drafts")
    assert "J3" in said and "vielleicht" in said
    steg = ProcedurePage.objects.get(title="Steg")
    assert not steg.live and steg.level == "involvement"
    assert ProcedurePage.objects.get(title="Uferweg").live
    entry = PageLogEntry.objects.get(page=steg.pk, action="procedures.import.faulty")
    assert "J3" in entry.data["cells"][0]
    before = state()
    run(rows, "--drafts")
    assert state() == before
    run([rows[0], row(Nummer="2026-0002", Titel="Steg")])
    assert ProcedurePage.objects.get(title="Steg").live


@pytest.mark.parametrize(("half", "live"), [("administration", True), ("carrier", False), ("joint", False)])
def test_nobody_publishes_by_import_what_others_have_to_agree_to(run: Run, half: str, live: bool) -> None:
    open_office()
    said = run([row(Hälfte=half)], "--publish-as", "anna", publish=False)
    page = ProcedurePage.objects.get()
    assert page.live is live
    assert page.get_latest_revision().user == person("anna")
    assert live or "1" in said


def test_who_may_not_write_in_the_list_may_not_import(run: Run) -> None:
    open_office()
    for who in ("translator", "board", "nobody"):
        before = state()
        with pytest.raises(CommandError):
            run([row()], "--publish-as", who, publish=False)
        assert state() == before


# What is new


def test_a_change_that_people_rely_on_asks_what_is_new(run: Run, index: ProcedureIndexPage) -> None:
    page = procedure(index, reference="2026-0003", place="Kanal")
    rows = [{"Nummer": "2026-0003", "Ort": "Hafen"}]
    before = state()
    with pytest.raises(CommandError, match="--news"):
        run(rows)
    assert state() == before
    run(rows, "--news", "Es wird am Hafen gebaut.", "--why", "Der Grund trägt nicht.")
    [change] = ProcedurePage.objects.get(pk=page.pk).changes
    assert (change.value["what"], change.value["on"]) == ("Es wird am Hafen gebaut.", timezone.localdate())
    run([{"Nummer": "2026-0003", "Ort": "Werft"}], "--editorial")
    assert len(ProcedurePage.objects.get(pk=page.pk).changes) == 1


def test_an_import_says_by_how_much_it_costs_more_and_ends_later(run: Run, index: ProcedureIndexPage) -> None:
    procedure(
        index, reference="2026-0003", cost_kind="amount", cost_from=1000, cost_on=date(2026, 1, 7), cost_basis="Angebot",
        phases=[phase(local(2026, 3, 1), local(2026, 4, 1))],
    )  # fmt: skip
    cell = "Phase | 01.03.2026 | 10.04.2026"
    run([{"Nummer": "2026-0003", "Kosten von": "1.500 €", "Phasen": cell}], "--news", "Es wird teurer und dauert.")
    [change] = ProcedurePage.objects.get(reference="2026-0003").changes
    assert (change.value["cost"], change.value["days"]) == (500, 10)


# Taking back


def test_an_import_is_taken_back_as_if_nothing_had_been(run: Run, index: ProcedureIndexPage) -> None:
    published(procedure(index, title="Alt", reference="2026-0003", place="Kanal"))
    procedure(index, title="Nur Entwurf", reference="2026-0005", live=False)
    before = text_of_pages()
    public = list(PublicRecord.objects.visible().of_kind("procedure").order_by("pk").values_list("pk", "content_hash"))
    rows = [
        row(Nummer="2026-0003", Titel="Neu"),
        row(Nummer="2026-0004", Titel="Steg"),
        row(Nummer="2026-0005", Titel="Entwurf, neu"),
    ]
    run(rows, "--editorial")
    assert text_of_pages() != before
    call_command("import_procedures", undo=ImportRun.objects.get().pk, stdout=StringIO())
    assert text_of_pages() == before
    after = PublicRecord.objects.visible().of_kind("procedure").order_by("pk").values_list("pk", "content_hash")
    assert list(after) == public
    assert ProcedurePage.objects.get(title="Alt").has_unpublished_changes is False
    assert ProcedurePage.objects.get(title="Nur Entwurf").get_latest_revision_as_object().title == "Nur Entwurf"
    with pytest.raises(CommandError):
        call_command("import_procedures", undo=ImportRun.objects.get().pk)


def test_drafts_of_an_import_are_taken_back_too(run: Run, index: ProcedureIndexPage) -> None:
    procedure(index, title="Alt", reference="2026-0003")
    before = text_of_pages()
    run([{"Nummer": "2026-0003", "Titel": "Neu"}], publish=False)
    call_command("import_procedures", undo=ImportRun.objects.get().pk, stdout=StringIO())
    assert text_of_pages() == before
    assert ProcedurePage.objects.get().get_latest_revision_as_object().title == "Alt"


def test_nothing_is_taken_back_once_somebody_has_edited_a_page(run: Run) -> None:
    run([row(), row(Nummer="2026-0002", Titel="Steg")])
    ProcedurePage.objects.get(title="Steg").save_revision()
    before = state()
    with pytest.raises(CommandError, match="2026-0002 Steg"):
        call_command("import_procedures", undo=ImportRun.objects.get().pk)
    assert state() == before


# The list as a sheet


def everything(index: ProcedureIndexPage) -> ProcedurePage:
    places = district_list()
    place = district(places, "Nord")
    topic = Topic.objects.create(name="Mobilität", slug="mobility", locale=index.locale)
    ways = [way(9, label="Idee: senden"), way(None, kind="place", address="", place="Rathaus\r\nZimmer | 3")]
    return procedure(
        index, title="=Uferweg; „Teil 2“", reference="2026-0009", districts=[place], methods=[method(toolkit())], topic=topic,
        half="carrier", business_area="-", cost_kind="amount", cost_from=Decimal("1250000.50"), cost_on=date(2026, 1, 7),
        cost_basis="+ Schätzung", latitude=52.40091234567, longitude=13.1, next_steps="Eins.\r\n\r\n  Zwei. ",
        official_address="'-Haus", place="@Kanal", display_from=date(2026, 2, 1), display_until=date(2026, 3, 1),
        announcement="Amtsblatt", announced_on=date(2026, 1, 20), announcement_url="https://amtsblatt.example/",
        phases=[
            phase(-3, 10, title="Text: von | bis", text="Eins.\n\nEnde: 01.01.2026\n  Zwei.", ways=ways, result="Gut.\nBesser."),
            phase(None, None, title="Phase: offen"),
            phase(datetime(2026, 3, 1, tzinfo=timezone.get_default_timezone()), datetime(2026, 4, 1, tzinfo=timezone.get_default_timezone()), title="Kurz"),
        ],
        stages=[{"stage": "idea", "since": "2025-01-01", "note": "Aus dem Rat | gut.\nSehr gut."}],
        decisions=[
            {"on": "2026-05-04", "body": "Rat | Ausschuss", "reference": "", "text": "Tag: ja\nNein.", "page": place.pk},
            {"on": "2026-06-01", "body": "Rat", "reference": "26/7", "text": "Ja.", "address": "https://rat.example/26-7"},
        ],
        open_points=["- Bäume", "Bänke"], first_reading="2026-09-01", review_date=date(2026, 12, 31),
        further_topics=[Topic.objects.create(name="Grün", slug="green", locale=index.locale)],
        documents=[{"document": make_document("Plan", Collection.get_first_root_node()).pk, "words": "Entwurf", "on": None}],
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_exported_is_imported_unchanged(index: ProcedureIndexPage, kind: str) -> None:
    everything(index)
    procedure(index, title="Nichts weiter")
    plan = plan_for(list_as_sheet(index, kind), index, f"liste.{kind}")
    assert [(str(error), step.differences) for step in plan.steps for error in step.errors] == []
    assert [(step.kind, step.differences) for step in plan.steps] == [(UNCHANGED, [])] * 2
    assert plan.ignored == []


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_public_list_too_is_imported_unchanged(index: ProcedureIndexPage, client: Client, kind: str) -> None:
    published(everything(index))
    published(procedure(index, title="Nichts weiter"))
    answer = client.get(f"/api/content/v1/export/procedure.{kind}")
    plan = plan_for(b"".join(answer.streaming_content), index, f"liste.{kind}")
    assert [str(error) for step in plan.steps for error in step.errors] == []
    assert [(step.kind, step.differences) for step in plan.steps] == [(UNCHANGED, [])] * 2
    assert {"id", "status"} <= set(plan.ignored)


def test_a_column_is_taken_by_its_own_name_before_another_name_for_it() -> None:
    assert guess(["Status", "id", "Nummer", "Projektstand", "stage"]) == {
        "Status": "", "id": "", "Nummer": "reference", "Projektstand": "", "stage": "stage",
    }  # fmt: skip
    assert guess(["id", "Status"]) == {"id": "reference", "Status": "stage"}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_one_changed_cell_changes_exactly_that_field(run: Run, index: ProcedureIndexPage, kind: str) -> None:
    published(everything(index))
    before = text_of_pages()[0]
    exported = list_as_sheet(index, kind)
    content = _with_cell(exported, kind, "-", "Bauen")
    plan = plan_for(content, index, f"liste.{kind}")
    assert [(step.kind, [one.key for one in step.differences]) for step in plan.steps] == [(CHANGE, ["business_area"])]
    run(content, "--editorial", name=f"liste.{kind}")
    after = text_of_pages()[0]
    assert {name for name in after if after[name] != before[name]} == {"business_area"}


def test_a_changed_decision_keeps_the_page_that_no_cell_can_name(run: Run, index: ProcedureIndexPage) -> None:
    page = published(everything(index))
    stored = list_as_sheet(index, "csv").decode()
    assert "https://rat.example/26-7" in stored
    run(stored.replace("Nein.", "Doch.").encode(), "--editorial", name="liste.csv")
    found = [dict(child.value) for child in ProcedurePage.objects.get(pk=page.pk).decisions]
    assert [(str(one["on"]), one["text"].splitlines()[-1], one["page"] is not None) for one in found] == [
        ("2026-05-04", "Doch.", True), ("2026-06-01", "Ja.", False),
    ]  # fmt: skip
    assert found[1]["address"] == "https://rat.example/26-7"


def test_an_address_in_a_cell_takes_the_place_of_the_page(run: Run, index: ProcedureIndexPage) -> None:
    resolution = district(district_list(), "Nord").pk
    decision = {
        "on": "2026-05-04",
        "body": "Stadtrat",
        "reference": "",
        "text": "Ja.",
        "page": resolution,
        "address": "",
    }
    published(procedure(index, reference="2026-0003", decisions=[decision]))
    cell = "Tag: 04.05.2026\nGremium: Stadtrat\nWas beschlossen wird: Ja.\nWebadresse: https://rat.example/26-8"
    run([{"Nummer": "2026-0003", "Beschluss": cell}], "--editorial")
    [found] = ProcedurePage.objects.get(reference="2026-0003").decisions
    assert (found.value["page"], found.value["address"]) == (None, "https://rat.example/26-8")


def test_phases_and_ways_have_ids_that_a_changed_cell_keeps(run: Run) -> None:
    cell = "Phase: Ideen\nBeginn: 01.03.2026\nEnde: 31.03.2026\nWeg: vor Ort | Kommen\nOrt: Rathaus"
    run(xlsx([row(Nummer="2026-0007", Phasen=cell)]))
    before = _ids_of_ways()
    assert all(before) and len(before) == 1
    more = cell.replace("Rathaus", "Bücherei") + "\nWeg: Telefon | Anrufen\nOrt: 030 23125 110"
    run(xlsx([row(Nummer="2026-0007", Phasen=more.replace("31.03.2026", "30.04.2026"))]), "--editorial")
    after = _ids_of_ways()
    assert after[0] == before[0] and after[1] not in {*before, None}


PHASES = {
    "Ideen": "Phase: Ideen\nBeginn: 01.03.2026\nEnde: 31.03.2026\nWeg: vor Ort | Kommen\nOrt: Rathaus\n"
    "Weg: Telefon | Anrufen\nOrt: 030 23125 110",
    "Entwürfe": "Phase: Entwürfe\nBeginn: 01.05.2026\nEnde: 31.05.2026",
    "Auftakt": "Phase: Auftakt\nBeginn: 01.02.2026\nEnde: 02.02.2026",
}


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        (["Auftakt", "Ideen", "Entwürfe"], [None, "Ideen", "Entwürfe"]),
        (["Entwürfe", "Ideen"], ["Entwürfe", "Ideen"]),
        (["Entwürfe"], ["Entwürfe"]),
        (["Entwürfe", "Auftakt"], ["Entwürfe", None]),
        (["Ideen", "Auftakt"], ["Ideen", "Entwürfe"]),
        (["Auftakt", "Ideen", "Ideen"], [None, "Ideen", "Entwürfe"]),
    ],
)
def test_a_phase_keeps_its_id_wherever_it_stands_and_a_new_one_takes_none(
    cell: list[str], kept: list[str | None], run: Run
) -> None:
    run(xlsx([row(Nummer="2026-0007", Phasen=f"{PHASES['Ideen']}\n{PHASES['Entwürfe']}")]))
    ids: dict[Any, str] = {one.value["title"]: one.id for one in ProcedurePage.objects.get().phases}
    run(xlsx([row(Nummer="2026-0007", Phasen="\n".join(PHASES[name] for name in cell))]), "--editorial")
    after = [one.id for one in ProcedurePage.objects.get().phases]
    assert len(set(after)) == len(cell) and all(after)
    names = {known: name for name, known in ids.items()}
    assert [names.get(known) for known in after] == kept


def test_a_way_put_in_front_takes_no_id_and_one_whose_words_change_keeps_its_own(run: Run) -> None:
    run(xlsx([row(Nummer="2026-0007", Phasen=PHASES["Ideen"])]))
    come, call = _ids_of_ways()
    first = "Weg: Brief | Schreiben\nOrt: Amt\nWeg: vor Ort"
    run(xlsx([row(Nummer="2026-0007", Phasen=PHASES["Ideen"].replace("Weg: vor Ort", first))]), "--editorial")
    new, *others = _ids_of_ways()
    assert others == [come, call] and new not in {come, call, None}
    renamed = PHASES["Ideen"].replace("Weg: vor Ort", first).replace("| Anrufen", "| Sprechen")
    run(xlsx([row(Nummer="2026-0007", Phasen=renamed)]), "--editorial")
    assert _ids_of_ways() == [new, come, call]


def test_a_decision_put_in_front_takes_neither_id_nor_page_of_another(run: Run, index: ProcedureIndexPage) -> None:
    page = published(everything(index))
    before = [(one.id, one.value["page"]) for one in ProcedurePage.objects.get(pk=page.pk).decisions]
    assert any(resolution for _id, resolution in before)
    cell = DECISIONS.write(DECISIONS.values(ProcedurePage.objects.get(pk=page.pk).decisions))
    first = "02.03.2026 | Bauausschuss | | Vertagt."
    run(xlsx([{"Nummer": page.reference, "Beschluss": f"{first}\n{cell}"}]), "--editorial")
    new, *others = [(one.id, one.value["page"]) for one in ProcedurePage.objects.get(pk=page.pk).decisions]
    assert others == before and new[1] is None and new[0] not in dict(before)


def _ids_of_ways() -> list[Any]:
    [phase] = ProcedurePage.objects.get().phases.raw_data
    return [way.get("id") for way in phase["value"]["ways"]]


def test_only_what_is_public_is_referred_to(run: Run, index: ProcedureIndexPage) -> None:
    here = district(district_list(), "Nord")
    page = procedure(index, reference="2026-0003", city_wide=True)
    rows = [{"Nummer": "2026-0003", "Stadtteile": "Nord", "Stadtweit": "nein"}]
    run(rows, "--editorial", publish=False)
    assert not ReferenceIndex.get_references_to(here).exists()
    run([{**rows[0], "Ort": "Hafen"}], "--editorial")
    [reference] = ReferenceIndex.get_references_to(here)
    [named] = ProcedurePage.objects.get(pk=page.pk).districts.all()
    assert reference.content_path == f"districts.{named.pk}.district"


def _with_cell(content: bytes, kind: str, old: str, new: str) -> bytes:
    if kind == "csv":
        assert content.count(f";'{old};".encode()) == 1
        return content.replace(f";'{old};".encode(), f";{new};".encode())
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    [cell] = [cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value == old]
    cell.value = new
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_planning_costs_as_many_queries_for_ten_rows_as_for_one(index: ProcedureIndexPage) -> None:
    for number in range(10):
        page = procedure(index, title=f"Weg {number}", reference=f"2026-01{number:02}")
        if number % 2:
            page.lead = "Entwurf."
            page.save_revision()
    district(district_list(slug="umrisse"), "Mitte", outline=outline())
    point = {"Breite": "52,4", "Länge": "13,01"}
    rows = [row(Nummer=f"2026-01{number:02}", Titel=f"Weg {number}, neu", **point) for number in range(10)]
    asked = []
    for part in (rows[:2], rows):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            plan_for(xlsx(part), index)
        asked.append(len(queries))
    assert asked[0] == asked[1]


# Where to, and what is refused


def test_the_list_can_be_named_by_id_or_address(run: Run, index: ProcedureIndexPage) -> None:
    other = procedure_list(slug="vorhaben")
    with pytest.raises(CommandError, match="--parent"):
        run([row()])
    run([row()], "--parent", str(other.pk))
    assert ProcedurePage.objects.get().get_parent().pk == other.pk
    before = state()
    with pytest.raises(CommandError, match="1"):
        run([row()], "--parent", "/verfahren/")
    assert state() == before, "the number belongs to the other list"


def test_a_trial_run_writes_nothing(run: Run) -> None:
    before = state()
    said = run([row()], "--dry-run")
    assert state() == before and not ImportRun.objects.exists()
    assert "1" in said


def test_a_file_that_cannot_be_read_is_named(index: ProcedureIndexPage, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_procedures", str(tmp_path / "nowhere.xlsx"))
    with pytest.raises(CommandError):
        call_command("import_procedures", str(tmp_path))
    with pytest.raises(CommandError):
        call_command("import_procedures")
    with pytest.raises(CommandError, match="niemand"):
        call_command("import_procedures", "x.csv", publish_as="niemand")
