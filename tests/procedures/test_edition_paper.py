"""The printed edition: accessible (PDF/UA-1), with its facts, what is new, changed and ended, and the whole list."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from procedures.edition.comparing import Comparison, Entry, compare
from procedures.edition.paper import data_of
from procedures.edition.publishing import set_paper
from procedures.models import Edition
from tests.procedures.factories import procedure_list, published_edition

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 10, 11, 30, tzinfo=UTC)


def entry(page: int, title: str, digest: str = "a", **fields: Any) -> Entry:
    values = {
        "status": "open",
        "stage": "planning",
        "brief": f"{title} wird gebaut.",
        "path": f"/verfahren/{page}/",
        **fields,
    }
    return Entry(page, f"2027-{page:04}", title, digest=digest, **values)


BEFORE = [entry(1, "Bleibt"), entry(2, "Ändert sich"), entry(3, "Wird fertig"), entry(4, "Fällt weg")]
AFTER = [
    entry(1, "Bleibt"),
    entry(2, "Ändert sich", "b", news=[["2027-03-01", "Jetzt am Hafen."]], places=["Innenstadt"]),
    entry(3, "Wird fertig", "b", stage="done"),
    entry(5, "Kommt dazu – „ganz“ neu & <b>"),
]


@pytest.fixture
def index() -> Any:
    return procedure_list()


def paper(index: Any, after: list[Entry], *, first: bool = False) -> bytes:
    last = None if first else published_edition(index, title="Herbst 2026")
    made = Edition(
        title="Vorhabenliste, Frühjahr 2027", cut_off=date(2027, 2, 28), adopted_by="Hauptausschuss",
        adopted_on=date(2027, 3, 3), adopted_number="27/SVV/0123", locale=index.locale,
    )  # fmt: skip
    with translation.override("de"):
        compared = Comparison() if first else compare(BEFORE, after)
        return set_paper(data_of(made, 2, NOW, compared, after, last))


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_it_says_what_was_adopted_what_is_new_and_the_whole_list(index: Any) -> None:
    pdf = paper(index, AFTER)
    text = words(pdf)
    for said in (
        "Vorhabenliste, Frühjahr 2027", "28. Februar 2027", "Hauptausschuss, 3. März 2027", "27/SVV/0123",
        "10. März 2027, 12:30", "Herbst 2026", "Jetzt am Hafen.", "Nicht mehr auf der Liste", "4 Verfahren",
        "Kommt dazu – „ganz“ neu & <b>",
    ):  # fmt: skip
        assert said in text, said
    order = [text.index(heading) for heading in (" Neu ", " Geändert ", " Beendet ", "Alle Verfahren")]
    assert order == sorted(order)
    assert text.count("Fällt weg") == 1, "what is gone stands among the ended and not in the list"


def test_the_same_data_give_the_same_bytes(index: Any) -> None:
    assert paper(index, AFTER, first=True) == paper(index, AFTER, first=True)


def test_the_first_one_and_an_empty_one_say_so(index: Any) -> None:
    text = words(paper(index, [], first=True))
    assert "erste Ausgabe" in text
    assert "Kein Verfahren steht auf der Liste" in text
    assert "Geändert" not in text


def test_it_is_accessible(index: Any, pdf_errors: Callable[..., list[str]]) -> None:
    assert pdf_errors(first=paper(index, [], first=True), whole=paper(index, AFTER)) == []
