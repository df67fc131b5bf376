"""The import in the admin: upload, columns and preview, import, what came of it, and taking it back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page as Tab

from procedures.importing.desk import OptionsForm, forget_uploaded_sheets
from procedures.importing.writing import ImportProcedures
from procedures.models import ImportRun, ProcedureIndexPage, ProcedurePage
from tests.governance.office import desk, open_office, person
from tests.procedures.factories import procedure, procedure_list
from tests.procedures.imports import prepared
from tests.procedures.sheets import Rows, row, table, xlsx

INDEX = "procedure_imports:index"
#: Wagtail's own parts of a page, as for all pages of the desk.
NOT_OURS = ("#wagtail-sidebar", "header")


@pytest.fixture
def index(db: None) -> ProcedureIndexPage:
    open_office()
    return procedure_list(half="administration")


def upload(client: Client, index: ProcedureIndexPage, rows: Rows, name: str = "liste.csv") -> Any:
    file = SimpleUploadedFile(name, table(rows))
    return client.post(reverse(INDEX), {"index": index.pk, "file": file}, follow=True)


def columns(run: ImportRun, **changed: str) -> dict[str, str]:
    """What the form sends: the columns as they were understood, or as they are corrected."""
    return {f"column_{number}": changed.get(heading, key) for number, (heading, key) in enumerate(run.mapping.items())}


def test_a_sheet_is_looked_at_imported_and_taken_back(index: ProcedureIndexPage) -> None:
    anna = desk("anna")
    old = procedure(index, title="Alt", reference="2026-0007", half="administration")
    old.save_revision().publish()
    rows = [row(Nummer="2026-0007", Titel="Neu"), row(Nummer="2026-0008", Titel="Steg")]
    seen = upload(anna, index, rows)
    run = ImportRun.objects.get()
    assert seen.redirect_chain[-1][0] == reverse("procedure_imports:run", args=[run.pk])
    assert seen.context["counts"] == {"create": 1, "change": 1, "unchanged": 0}
    assert ("Alt", "Neu") in [(one.before, one.after) for one in seen.context["changed"][0].differences]
    assert ProcedurePage.objects.count() == 1

    address = reverse("procedure_imports:run", args=[run.pk])
    data = {**columns(run), "publish": "on", "import": "1"}
    asked = anna.post(address, data, follow=True).content.decode()
    assert "Sagen Sie, was neu ist" in asked and ProcedurePage.objects.get(pk=old.pk).title == "Alt"
    done = anna.post(address, {**data, "editorial_only": "on"}, follow=True)
    assert done.context["counts"] == {"created": 1, "changed": 1, "drafts": 0}
    assert ProcedurePage.objects.get(pk=old.pk).title == "Neu"
    run.refresh_from_db()
    assert run.file is None, "what was used is not kept"
    assert anna.post(address, data).status_code == 302 and ProcedurePage.objects.count() == 2

    anna.post(reverse("procedure_imports:undo", args=[run.pk]))
    assert ProcedurePage.objects.get().title == "Alt"
    assert "zurückgenommen" in anna.get(address).content.decode()


def test_a_row_that_stays_a_draft_says_why(index: ProcedureIndexPage) -> None:
    anna = desk("anna")
    withdrawn = procedure(index, title="Alt", reference="2026-0007", half="administration")
    withdrawn.save_revision().publish()
    withdrawn.unpublish()
    rows = [row(Nummer="2026-0007", Titel="Neu"), row(Nummer="2026-0008", Titel="Steg", Hälfte="freier Träger")]
    upload(anna, index, rows)
    run = ImportRun.objects.get()
    sent = {**columns(run), "publish": "on", "editorial_only": "on", "import": "1"}
    done = anna.post(reverse("procedure_imports:run", args=[run.pk]), sent, follow=True)
    assert done.context["counts"]["drafts"] == 2
    cells = [cell.text for cell in BeautifulSoup(done.content, "html.parser").select("tbody td:nth-of-type(1)")]
    assert "war vorher nicht öffentlich" in cells[0] and "nicht allein veröffentlichen" in cells[1]


def test_columns_are_corrected_and_remembered(index: ProcedureIndexPage) -> None:
    anna = desk("anna")
    rows = [{"Nummer": "2026-0001", "Titel": "Weg", "Wer": "Anwohner"}]
    seen = upload(anna, index, rows)
    assert seen.context["ignored"] == ["Wer"]
    run = ImportRun.objects.get()
    seen = anna.post(
        reverse("procedure_imports:run", args=[run.pk]), {**columns(run, Wer="affected"), "preview": "1"}, follow=True
    )
    assert seen.context["ignored"] == []
    assert upload(anna, index, rows).context["ignored"] == []
    run.refresh_from_db()
    anna.post(reverse("procedure_imports:run", args=[run.pk]), {**columns(run), "import": "1"})
    page = ProcedurePage.objects.get()
    assert (page.live, page.affected) == (False, "Anwohner")


def test_wrong_cells_stop_all_and_can_be_downloaded(index: ProcedureIndexPage) -> None:
    anna = desk("anna")
    upload(anna, index, [row(), row(Nummer="2026-0002", Titel="Steg", Stadtweit="=vielleicht")])
    run = ImportRun.objects.get()
    seen = anna.post(reverse("procedure_imports:run", args=[run.pk]), {**columns(run), "import": "1"}, follow=True)
    assert not ProcedurePage.objects.exists()
    assert [error.cell for error in seen.context["errors"]] == ["J3"]
    lines = anna.get(reverse("procedure_imports:errors", args=[run.pk])).content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Zelle;Überschrift") and lines[1].startswith("J3;Stadtweit;'=vielleicht;")
    data = {**columns(run), "import": "1", "faulty_as_drafts": "on"}
    seen = anna.post(reverse("procedure_imports:run", args=[run.pk]), data, follow=True)
    assert seen.context["error_count"] == 1 and ProcedurePage.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content"), [("liste.pdf", b"x"), ("liste.xlsx", b"x"), ("liste.csv", b"Farbe\nrot"), ("liste.csv", b"")]
)
def test_a_file_that_is_no_list_is_refused_beside_its_field(
    index: ProcedureIndexPage, name: str, content: bytes
) -> None:
    seen = desk("anna").post(reverse(INDEX), {"index": index.pk, "file": SimpleUploadedFile(name, content)})
    assert seen.context["form"].errors["file"]
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("heading", ["#REF!", "x" * 40_000], ids=("failed", "long"))
def test_a_heading_that_cannot_be_read_is_left_out(index: ProcedureIndexPage, heading: str) -> None:
    anna = desk("anna")
    assert upload(anna, index, [row(**{heading: "1"})]).status_code == 200
    run = ImportRun.objects.get()
    anna.post(reverse("procedure_imports:run", args=[run.pk]), {**columns(run), "import": "1"})
    assert ProcedurePage.objects.get().title == "Uferweg"


def test_who_comes_late_does_not_set_an_import_back(index: ProcedureIndexPage) -> None:
    """Two press the button at once: the second has read the sheet's state before the first was done."""
    stale = prepared([row()], index)
    done = ImportProcedures(ImportRun.objects.get(), person("anna")).execute()
    form = OptionsForm({**columns(stale), "publish": "on"}, instance=stale)
    assert form.is_valid()
    with pytest.raises(ValidationError):
        ImportProcedures(form.save(), person("anna")).execute()
    kept = ImportRun.objects.get(pk=done.pk)
    assert (kept.state, kept.finished_at, kept.file) == (ImportRun.State.DONE, done.finished_at, None)


def test_sheets_that_nobody_imported_are_forgotten(index: ProcedureIndexPage) -> None:
    anna = desk("anna")
    for _ in range(2):
        upload(anna, index, [row()])
    old, young = ImportRun.objects.order_by("pk")
    ImportRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    forget_uploaded_sheets()
    assert list(ImportRun.objects.all()) == [young]
    anna.post(reverse("procedure_imports:discard", args=[young.pk]))
    assert not ImportRun.objects.exists()


def test_only_those_who_write_in_the_list_find_the_import(index: ProcedureIndexPage) -> None:
    for who, may in {"anna": True, "carla": True, "admin": True, "board": False, "translator": False}.items():
        assert (desk(who).get(reverse(INDEX)).status_code == 200) is may, who
        assert (reverse(INDEX) in desk(who).get(reverse("wagtailadmin_home")).content.decode()) is may, who


def test_the_template_has_every_heading_and_says_what_belongs_below_it(index: ProcedureIndexPage) -> None:
    book = load_workbook(io.BytesIO(desk("anna").get(reverse("procedure_imports:template")).content))
    headings = [cell.value for cell in next(book.worksheets[0].iter_rows())]
    explained = {line[0].value: line[1].value for line in book.worksheets[1].iter_rows(min_row=2)}
    assert set(headings) <= explained.keys() and all(explained.values())
    assert len(headings) == len(set(headings)) > 30


@pytest.mark.django_db(transaction=True)
def test_an_editor_imports_a_sheet_in_a_browser(
    open_page: Callable[..., Tab], axe: Callable[..., list[Any]], tmp_path: Any
) -> None:
    open_office()
    procedure_list(half="administration")
    path = tmp_path / "liste.xlsx"
    path.write_bytes(xlsx([row(), row(Nummer="2026-0002", Titel="Steg", Stadtweit="vielleicht")]))
    tab = open_page("/admin/login/", width=360)
    tab.fill("[name=username]", "anna")
    tab.fill("[name=password]", "x")
    tab.click("button[type=submit]")
    tab.wait_for_url("**/admin/")
    tab.goto(tab.url + "procedures/import/")
    tab.set_input_files("[name=file]", str(path))
    tab.get_by_role("button", name="Hochladen und ansehen").click()
    tab.get_by_role("heading", name="1 falsche Zelle").wait_for()
    assert tab.get_by_text("vielleicht", exact=True).is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(tab, exclude=NOT_OURS) == []
    tab.get_by_label("Fehlerhafte Zeilen als Entwürfe").check()
    tab.get_by_role("button", name="Jetzt einlesen").click()
    tab.get_by_role("link", name="Steg").wait_for()
    tab.get_by_text("Einlesen zurücknehmen").click()
    tab.get_by_role("button", name="Zurücknehmen", exact=True).click()
    tab.get_by_text("Das Einlesen ist zurückgenommen").wait_for()
    assert not ProcedurePage.objects.exists()
