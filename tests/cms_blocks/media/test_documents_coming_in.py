"""Documents as they come in: what their name says, whole, open, and no trap."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.base import ContentFile

from cms_blocks.media.uploads import UploadRefused, check_document
from tests.cms_blocks.media.samples import archive, docx, jpeg, odt, pdf, xlsx

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def accepted(name: str, data: bytes):
    content = ContentFile(data)
    result = check_document(name, content)
    assert content.read() == data  # untouched, and rewound
    assert result.size == len(data)
    return result


def refusal(name: str, data: bytes) -> UploadRefused:
    with pytest.raises(UploadRefused) as caught:
        check_document(name, ContentFile(data))
    assert name in caught.value.messages[0]
    assert str(caught.value.remedy) in caught.value.messages[0]
    return caught.value


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan.pdf", pdf()),
        ("PLAN.PDF", b"\xef\xbb\xbf" + pdf()),
        ("plan.pdf", pdf() + b"\0" * 1000),
        ("brief.docx", docx()),
        ("tabelle.xlsx", xlsx()),
        ("brief.odt", odt()),
        ("tabelle.ods", odt("spreadsheet")),
        ("daten.csv", "Straße;Anzahl\nAllee;3\n".encode()),
        ("daten.csv", "Straße;Anzahl\nAllee;3\n".encode("cp1252")),
        ("daten.csv", "Straße;Anzahl\nAllee;3\n".encode("utf-16")),
        ("hinweis.txt", b"Guten Tag\f\n"),
        ("termin.ics", CALENDAR),
        ("termin.ics", b"\xef\xbb\xbf" + CALENDAR),
        ("paket.zip", archive({"plan.pdf": pdf(), "ordner/": b"", "ordner/daten.csv": b"a;b"})),
    ],
)
def test_a_sound_document_is_accepted_and_left_as_it_is(name, data):
    accepted(name, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plan.pdf", docx()),
        ("plan.pdf", b"<html><script>alert(1)</script>"),
        ("plan.pdf", b"GIF89a" + pdf()),
        ("plan.docx", pdf()),
        ("plan.docx", xlsx()),
        ("plan.docx", odt()),
        ("plan.docx", archive({"a.txt": b"a"})),
        ("plan.docx", OLD_OFFICE),
        ("brief.odt", odt("spreadsheet")),
        ("brief.zip", docx()),
        ("daten.csv", pdf()),
        ("daten.csv", jpeg()),
        ("daten.csv", b"a;b\0c"),
        ("daten.txt", b"MZ\x90 program"),
        ("daten.txt", b"#!/bin/sh\nrm"),
        ("daten.txt", b"\x7fELF"),
        ("daten.txt", "kaputt".encode("utf-16") + b"\0"),
        ("termin.ics", b"Guten Tag"),
        ("bild.pdf", jpeg()),
    ],
)
def test_a_document_that_is_not_what_its_name_says_is_refused(name, data):
    assert refusal(name, data).code == "wrong_content"


@pytest.mark.parametrize("name", ["plan.exe", "plan.html", "plan.svg", "plan", "plan.pdf.js", "plan.docm"])
def test_other_kinds_are_refused_with_the_list_of_what_is_possible(name):
    error = refusal(name, pdf())
    assert error.code == "invalid_extension"
    assert "docx" in str(error.remedy)


def test_the_kinds_on_offer_are_a_setting(settings):
    settings.WAGTAILDOCS_EXTENSIONS = ["PDF", "exe"]
    accepted("plan.pdf", pdf())
    assert refusal("brief.docx", docx()).code == "invalid_extension"
    assert refusal("brief.exe", b"MZ").code == "invalid_extension"  # nobody can judge its content


def test_half_a_pdf_is_refused():
    assert refusal("plan.pdf", pdf()[:-20]).code == "damaged"


def test_a_pdf_with_an_archive_behind_it_is_refused():
    assert refusal("plan.pdf", pdf() + archive({"a.exe": b"MZ"})).code == "polyglot"


def test_an_archive_with_something_before_it_is_refused():
    inner = archive({"a.txt": b"a"})
    hidden = b"PK\x03\x04" + b"\0" * 50 + inner
    assert refusal("a.zip", hidden).code in ("polyglot", "damaged")


def test_an_archive_that_becomes_enormous_is_refused():
    assert refusal("bombe.zip", archive({f"{n}.txt": b"\0" * 40_000_000 for n in range(2)})).code == "zip_bomb"
    assert refusal("bombe.docx", docx(**{"word/media/a.xml": b" " * 60_000_000})).code == "zip_bomb"


def test_an_archive_with_overlapping_entries_is_refused():
    """Every entry of the directory points to the same packed data: 300 kB that unpack to gigabytes."""
    data = archive({"0.txt": b"\0" * 19_000_000})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    directory = b"".join(entry.replace(b"0.txt", b"%05d" % n) for n in range(400))
    tail = bytearray(data[end:])
    tail[8:10] = tail[10:12] = (400).to_bytes(2, "little")
    tail[12:16] = len(directory).to_bytes(4, "little")
    assert refusal("bombe.zip", data[:start] + directory + bytes(tail)).code in ("zip_bomb", "damaged")


def test_a_directory_that_lies_about_sizes_is_refused():
    data = archive({"a.txt": b"\0" * 5_000_000})
    lying = data.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert refusal("a.zip", lying).code == "damaged"


def test_too_many_entries_are_refused():
    assert refusal("a.zip", archive({f"{n}.txt": b"" for n in range(10_001)}, zipfile.ZIP_STORED)).code == "zip_bomb"


def test_a_damaged_archive_is_refused():
    data = bytearray(archive({"a.txt": b"Guten Tag" * 500}))
    data[60] ^= 0xFF
    assert refusal("a.zip", bytes(data)).code == "damaged"
    assert refusal("a.zip", bytes(data[:80])).code == "damaged"


def test_a_protected_archive_is_refused():
    data = archive({"a.txt": b"Guten Tag"})
    flagged = data.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\x01\0")
    assert flagged != data
    assert refusal("a.zip", flagged).code == "encrypted"


@pytest.mark.parametrize("name", ["../a.txt", "/etc/passwd", "a/../../b.txt", "C:/a.txt", "..\\a.txt"])
def test_an_archive_that_would_write_outside_its_folder_is_refused(name):
    assert refusal("a.zip", archive({name: b"a"})).code == "zip_path"


@pytest.mark.parametrize("name", ["a.exe", "ordner/A.JS", "seite.html", "noch.zip", "b.7z", "bild.svg"])
def test_an_archive_with_programs_pages_or_archives_is_refused(name):
    error = refusal("a.zip", archive({name: b"a"}))
    assert error.code == "zip_content"
    assert name.rpartition("/")[2] in str(error.reason)


def test_a_document_with_macros_is_refused():
    assert refusal("a.docx", docx(**{"word/vbaProject.bin": b"x"})).code == "macros"
    assert refusal("a.odt", odt(**{"Basic/Standard/Module1.xml": b"x"})).code == "macros"


def test_an_empty_or_too_large_document_is_refused(settings):
    assert refusal("a.pdf", b"").code == "empty"
    settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 100
    assert refusal("a.pdf", pdf()).code == "too_large"


def test_mutated_archives_never_raise_anything_but_a_refusal():
    import random

    dice = random.Random(5)
    seeds = [("a.docx", docx()), ("a.zip", archive({"a.txt": b"Guten Tag" * 50})), ("a.odt", odt()), ("a.pdf", pdf())]
    for _round in range(1500):
        name, data = dice.choice(seeds)
        changed = bytearray(data)
        for _change in range(dice.randint(1, 6)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        try:
            check_document(name, io.BytesIO(bytes(changed)))
        except UploadRefused:
            pass
