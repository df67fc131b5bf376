"""Files nobody meant, and a process that is killed in the middle: a clear sentence, never half of a list."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st
from openpyxl import Workbook

from cms_blocks.models import Topic
from cms_blocks.publication.records import PublicRecord
from procedures.importing import cells
from procedures.importing.cells import Wrong
from procedures.importing.records import DECISIONS, PHASES, STAGE_LIST
from procedures.importing.sheet import MOST_COLUMNS, MOST_ROWS, Unreadable, plain_text, read_sheet, with_mark
from procedures.models import ProcedurePage
from tests.infrastructure.requirements import REPOSITORY
from tests.infrastructure.whole_database import whole_database
from tests.procedures.factories import district, district_list, procedure_list
from tests.procedures.sheets import long_list, row, table, xlsx

SOUND = xlsx([row(), row(Nummer="2026-0002", Titel="Steg")])


@rules(max_examples=200)
@given(st.sampled_from(["liste.xlsx", "liste.csv", "liste.ods", "liste"]), st.binary(max_size=200))
def test_whatever_bytes_come_they_are_read_or_refused_in_words(name: str, data: bytes) -> None:
    try:
        sheet = read_sheet(name, data)
    except Unreadable as error:
        assert str(error)
    else:
        assert sheet.rows and all(any(value is not None for value in one.values) for one in sheet.rows)


@rules(max_examples=60)
@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused_in_words(at: int, noise: bytes) -> None:
    try:
        read_sheet("liste.xlsx", SOUND[:at] + noise + SOUND[at + len(noise) :])
    except Unreadable as error:
        assert "liste.xlsx" in str(error)


@pytest.mark.parametrize(
    "written",
    [
        "1. März 2026",
        "1 März 2026",
        "01. MÄRZ 2026",
        "1. Mrz. 2026",
        "1.3.2026",
        "01. 03. 2026",
        "2026-03-01",
        "1 March 2026",
    ],
)
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert cells.day(written) == date(2026, 3, 1)
    assert cells.moment(f"{written} 18:00") == timezone.make_aware(datetime(2026, 3, 1, 18))


@pytest.mark.parametrize(
    "written", ["1. Lenz 2026", "0103.2026", "103.2026", "März 2026", "1. März", "31. Februar 2026"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(Wrong):
        cells.day(written)


@rules(max_examples=300)
@given(st.text(max_size=40) | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes())
def test_no_cell_makes_a_reader_fail(value: Any) -> None:
    read = [cells.text, cells.lines, cells.words, cells.yes, cells.day, cells.moment, cells.amount, cells.degrees]
    for reader in [*read, PHASES.read, STAGE_LIST.read, DECISIONS.read]:
        try:
            reader(value)
        except Wrong as wrong:
            assert wrong.reason


words = st.text("ab |:\\-•\n=Ende", min_size=1, max_size=20).map(plain_text).filter(bool)
moments = st.none() | st.datetimes(
    min_value=timezone.datetime(2020, 1, 1), max_value=timezone.datetime(2035, 1, 1)
).map(lambda value: timezone.make_aware(value.replace(microsecond=0, fold=0)))
line = words.map(lambda text: " ".join(text.split()))


@rules(max_examples=150)
@given(st.lists(st.fixed_dictionaries({"title": line, "begins": moments, "text": words | st.just(""), "result": words | st.just("")}), max_size=3))  # fmt: skip
def test_phases_are_read_as_they_are_written(phases: list[dict[str, Any]]) -> None:
    given = [{**PHASES.empty(), **phase} for phase in phases]
    read = PHASES.read(PHASES.write(given) or None)
    assert PHASES.values([SimpleNamespace(value=one) for one in read]) == given


@given(st.text("=+-@'a", min_size=1, max_size=5))
def test_the_mark_before_a_formula_is_taken_away_again(text: str) -> None:
    sheet = read_sheet("liste.csv", table([{"Titel": with_mark(text)}]))
    assert sheet.rows[1].values == (text,)


def test_formulas_are_never_worked_out() -> None:
    book = Workbook()
    book.active.append(["Titel", "Ort"])
    book.active.append(["=1+1", "Kanal"])
    file = io.BytesIO()
    book.save(file)
    assert read_sheet("liste.xlsx", file.getvalue()).rows[1].values[:2] == (None, "Kanal"), "nothing was shown yet"


def test_a_small_file_that_unfolds_without_end_is_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = content.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook', 1)
            target.writestr(entry.filename, content)
    with pytest.raises(Unreadable):
        read_sheet("liste.xlsx", bomb.getvalue())
    large = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as source, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
        target.writestr("xl/more.xml", b" " * 30 * 1024 * 1024)
    with pytest.raises(Unreadable):
        read_sheet("liste.xlsx", large.getvalue())


def test_more_rows_or_columns_than_any_list_has_are_refused() -> None:
    with pytest.raises(Unreadable, match=str(MOST_ROWS)):
        read_sheet("liste.csv", b"Titel\n" + b"Weg\n" * (MOST_ROWS + 30))
    with pytest.raises(Unreadable, match=str(MOST_COLUMNS)):
        read_sheet("liste.csv", b"Titel" + b";x" * MOST_COLUMNS)


@pytest.mark.gate
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_an_import_that_is_killed_leaves_everything_as_it_was(
    transactional_db: None, subprocess_environment: dict[str, str], tmp_path: Path, share: float
) -> None:
    """The process kills itself without any clean-up, at a share of the SQL statements that a whole import needs."""
    procedure_list()
    get_user_model().objects.create_superuser("chefin", "chefin@office.example", "x")
    path = tmp_path / "liste.xlsx"
    path.write_bytes(xlsx([row(Nummer=f"2026-{number:04}", Titel=f"Weg {number}") for number in range(1, 6)]))

    before = whole_database()
    counted = imported_by_a_process(path, 0, subprocess_environment)
    assert counted.returncode == 0, counted.stderr
    needed = int(counted.stdout.split()[-1])
    assert whole_database() == before
    killed = imported_by_a_process(path, int(needed * share), subprocess_environment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert whole_database() == before
    call_command("import_procedures", str(path), publish_as="chefin", verbosity=0, stdout=io.StringIO())
    assert ProcedurePage.objects.live().count() == 5
    assert PublicRecord.objects.visible().of_kind("procedure").count() == 5


@pytest.mark.gate
def test_a_list_of_2000_rows_that_is_killed_while_its_pages_are_written_leaves_everything_as_it_was(
    transactional_db: None, subprocess_environment: dict[str, str], tmp_path: Path
) -> None:
    index, places = procedure_list(), district_list()
    district(places, "Nord"), district(places, "Süd", slug="sued")
    Topic.objects.create(name="Mobilität", slug="mobility", locale=index.locale)
    get_user_model().objects.create_superuser("chefin", "chefin@office.example", "x")
    path = tmp_path / "liste.xlsx"
    path.write_bytes(xlsx(long_list(2000)))
    before = whole_database()
    killed = imported_by_a_process(path, 5000, subprocess_environment)  # each of the pages needs several
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert whole_database() == before


def imported_by_a_process(path: Path, limit: int, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """``limit``: the statement at which it kills itself; 0: it says how many it needs, and keeps nothing."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(limit), str(path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        cwd=REPOSITORY,
        check=False,
    )


#: Counts statements; kills its process at the nth, or rolls back and tells the number when n is 0.
PROGRAM = """
import io, os, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from cms_blocks.publication.unit import unit

class Enough(Exception): pass
limit, path, count = int(sys.argv[1]), sys.argv[2], 0

def counted(execute, sql, params, many, context):
    global count
    count += 1
    if limit and count == limit:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

def work():
    call_command("import_procedures", path, publish_as="chefin", stdout=io.StringIO())

with connection.execute_wrapper(counted):
    if limit:
        work()
    else:
        try:
            with unit():
                work()
                raise Enough
        except Enough:
            pass
print(count)
"""
