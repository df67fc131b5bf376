"""Imports without a command, and what they wrote: in each table, to compare it with what was done by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from wagtail.models import COMMENTS_RELATION_NAME

from cms_blocks.publication.unit import unit
from procedures.importing.memory import understood
from procedures.importing.planning import headings_of
from procedures.importing.sheet import read_sheet
from procedures.importing.writing import ImportProcedures
from procedures.models import ImportRun, ProcedureIndexPage
from tests.governance.office import person
from tests.infrastructure.whole_database import whole_database
from tests.procedures.sheets import Rows, table

MOMENT = re.compile(
    r"datetime\.datetime\([^()]*(\([^()]*\))*[^()]*\)|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+[\d:]+)?"
)


def prepared(rows: Rows, index: ProcedureIndexPage, **options: Any) -> ImportRun:
    content = table(rows)
    headings = headings_of(read_sheet("liste.csv", content))[1]
    return ImportRun.objects.create(
        index=index, file_name="liste.csv", file=content, mapping=understood(headings), **options
    )


def imported(rows: Rows, index: ProcedureIndexPage, who: str = "operator", **options: Any) -> ImportRun:
    run = prepared(rows, index, **{"publish": True, **options})
    with unit():
        return ImportProcedures(run, person(who)).execute()


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done inside is not kept; what comes after gets the same ids."""

    class Back(Exception):
        pass

    reached = _sequences()
    try:
        with transaction.atomic():
            yield
            raise Back
    except Back:
        with connection.cursor() as cursor:
            for sequence in reached:
                cursor.execute("SELECT setval(%s, %s, %s)", sequence)


def _sequences() -> list[tuple[str, int, bool]]:
    """How far PostgreSQL has come with its ids, which it does not take back."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences")
        return list(cursor.fetchall())


def tables(moments: set[str]) -> dict[str, list[str]]:
    """The rows of every table, without random ids and without moments other than these; none of the import's own."""
    found = {}
    for name, rows in whole_database().items():
        if name.startswith(("procedures_import", "procedures_column")) or re.search("fts|sqlite_sequence", name):
            continue
        said = [_without_chance(text, moments) for text in rows.elements() if "'procedures.import" not in text]
        if name == "wagtailcore_referenceindex":  # written in no order; by Wagtail a comment's author as of any page
            said = [re.sub(r"^\(\d+", "(", text) for text in said if COMMENTS_RELATION_NAME not in text]
        if name == "wagtailsearch_indexentry":  # PostgreSQL: with how long titles were on average at that moment
            said = [re.sub(r"\d+\.\d+, ", "", text) for text in said]
        if name == "wagtailcore_revision":  # PostgreSQL gives the keys of a stream in an order of its own
            said = [" ".join(sorted(re.findall(r"\w[\w.:/-]*", text))) for text in said]
        found[name] = sorted(said)
    return found


def differing(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, tuple[list[str], list[str]]]:
    """By table, the rows that only one of them has, and those that only the other one has."""
    rows = {name: (Counter(one.get(name, ())), Counter(other.get(name, ()))) for name in one.keys() | other.keys()}
    return {
        name: (sorted((left - right).elements()), sorted((right - left).elements()))
        for name, (left, right) in rows.items()
        if left != right
    }


def moments() -> set[str]:
    """All that stand in the database."""
    rows = (text for rows in whole_database().values() for text in rows)
    return {match.group() for text in rows for match in MOMENT.finditer(text)}


def _without_chance(text: str, moments: set[str]) -> str:
    text = MOMENT.sub(lambda match: match.group() if match.group() in moments else "MOMENT", text)
    text = re.sub(r"UUID\('[^']*'\)|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", "UUID", text)
    text = re.sub(r"<[\d.]+@localhost>", "ID", text)
    return re.sub(r'"message": ?"[^"]*"|\'message\': \'[^\']*\'', "LETTER", text)
