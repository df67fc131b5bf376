"""typst gets data, never code; what it has against a document is an error; nobody waits for ever."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from cms_blocks.print import typesetting
from cms_blocks.print.theme import colours, sign
from cms_blocks.print.typesetting import NotPrintable, TooBusy, at_the_press, typeset

PLAIN = '#import "/house/house.typ": *\n#show: house\n#heading(level: 1, data.title)\n#par(data.words.page)'
DATA = {"lang": "de", "easy": False, "office": "Amt", "date": "", "title": "Titel", "words": {"page": "{page}/{pages}"}}


def template(folder: Path, text: str) -> Path:
    path = folder / "form.typ"
    path.write_text(text)
    return path


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_document_says_that_it_is_accessible_and_in_which_language(tmp_path: Path) -> None:
    reader = PdfReader(io.BytesIO(typeset(template(tmp_path, PLAIN), DATA)))
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert reader.metadata and reader.metadata.title == "Titel"
    assert b"pdfuaid:part>1<" in reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert reader.outline[0]["/Title"] == "Titel"


def test_a_missing_font_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotPrintable, match="unknown font family: nowhere sans"):
        typeset(template(tmp_path, PLAIN + '\n#set text(font: "Nowhere Sans")\nx'), DATA)


def test_a_letter_that_the_fonts_lack_never_reaches_typst(tmp_path: Path) -> None:
    pdf = typeset(template(tmp_path, PLAIN), DATA | {"title": "Feste 🎉 漢 feiern\x00"})
    assert "Feste  ? feiern" in words(pdf)


def test_a_template_reads_nothing_outside_of_its_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    for path in (str(secret), "../../../../../../etc/passwd"):
        with pytest.raises(NotPrintable):
            typeset(template(tmp_path, PLAIN + f'\n#read("{path}")'), DATA)


def test_a_picture_without_words_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotPrintable, match="alt"):
        typeset(template(tmp_path, PLAIN + "\n#image(bytes(data.svg))"), DATA | {"svg": sign("logo")})


def test_what_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "LONGEST", 0.5)
    endless = "#for one in range(9999) { for other in range(9999) { let sum = one + other } }"
    with pytest.raises(NotPrintable, match="took longer"):
        typeset(template(tmp_path, f"{PLAIN}\n{endless}"), DATA)


def test_whoever_comes_to_a_full_press_is_told_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_places", threading.BoundedSemaphore(1))
    with at_the_press(), pytest.raises(TooBusy), at_the_press():
        pass
    with at_the_press():
        pass


def test_whoever_waits_too_long_for_a_turn_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "PATIENCE", 0.01)
    with at_the_press(), pytest.raises(TooBusy), at_the_press():
        pass


def test_signs_and_colours_are_those_of_the_site() -> None:
    known: dict[str, Any] = colours()
    assert (known["blue"], known["coral"], known["paper"]) == ("#1d4b8f", "#b53a1f", "#fbf8f1")
    assert known["control-line"] == known["ink-2"]
    assert 'fill="#1d4b8f"' in sign("logo") and "xmlns" in sign("logo") and "var(" not in sign("motif")
    assert sign("no-such-sign") == ""
