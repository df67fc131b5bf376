"""Documents judged by their content: that they are what their name says, open, and not a trap.

Known kinds: PDF, Office Open XML, OpenDocument, CSV, text, iCalendar and ZIP archives of harmless files.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cms_blocks.media.uploads import UploadRefused, extension_of

KINDS = {
    "pdf": "PDF",
    "docx": _("Word document"),
    "xlsx": _("Excel sheet"),
    "pptx": _("PowerPoint slides"),
    "odt": _("OpenDocument text"),
    "ods": _("OpenDocument spreadsheet"),
    "odp": _("OpenDocument slides"),
    "csv": _("CSV table"),
    "txt": _("plain text"),
    "ics": _("calendar file"),
    "zip": _("ZIP archive"),
}
TEXTS = {"csv", "txt", "ics"}
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPENDOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
OTHER_SIGNS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _("an old or password-protected Office file"),
    b"MZ": _("a program"),
    b"\x7fELF": _("a program"),
    b"#!": _("a program"),
    b"Rar!": _("a RAR archive"),
    b"7z\xbc\xaf": _("a 7z archive"),
    b"\x1f\x8b": _("a packed file"),
    b"\x89PNG": _("a picture"),
    b"\xff\xd8\xff": _("a picture"),
    b"GIF8": _("a picture"),
    b"{\\rtf": _("an RTF text"),
}
ACTIVE = {
    "app", "bat", "cmd", "com", "cpl", "dll", "docm", "dotm", "exe", "hta", "htm", "html", "jar", "js", "jse",
    "lnk", "mht", "msi", "ps1", "pptm", "py", "reg", "scr", "sh", "svg", "svgz", "swf", "vb", "vbe", "vbs", "wsf",
    "xhtml", "xlsm", "xltm",
}  # fmt: skip
ARCHIVES = {"7z", "ace", "bz2", "cab", "gz", "iso", "lzh", "rar", "tar", "tgz", "xz", "zip", "zst"}

MAX_ENTRIES = 10_000
MAX_UNPACKED = 300 * 1024 * 1024
RATIO_FROM = 20 * 1024 * 1024  # below this size nothing is a bomb
MAX_RATIO = 100
TAIL = 64 * 1024


def examine(name: str, stream: IO[bytes], size: int) -> None:
    """Accept ``stream`` (``size`` bytes) as what ``name`` says it is, or raise :class:`UploadRefused`."""
    wanted = extension_of(name)
    allowed = [extension.lower() for extension in getattr(settings, "WAGTAILDOCS_EXTENSIONS", None) or KINDS]
    if wanted not in allowed or wanted not in KINDS:
        raise UploadRefused(
            name,
            _("Files of the kind “%(kind)s” are not offered for download.") % {"kind": wanted or "?"},
            _("Possible are: %(kinds)s.") % {"kinds": ", ".join(sorted(set(allowed) & set(KINDS)))},
            "invalid_extension",
        )
    found = _sniff(name, stream, wanted)
    if found != wanted:
        said = KINDS.get(found) or found
        raise UploadRefused(
            name,
            _("By its name it is: %(wanted)s. By its content it is: %(found)s.")
            % {"wanted": KINDS[wanted], "found": said or _("something else")},
            _("Please save it anew in the kind you want and upload that file."),
            "wrong_content",
        )
    if wanted == "pdf":
        _examine_pdf(name, stream, size)


def _sniff(name: str, stream: IO[bytes], wanted: str) -> str:
    """The kind the content shows: a key of :data:`KINDS`, the words for another one, or an empty string."""
    stream.seek(0)
    head = stream.read(4096)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t \0").startswith(b"%PDF-"):
        return "pdf"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _examine_archive(name, stream, wanted)
    for sign, words in OTHER_SIGNS.items():
        if head.startswith(sign):
            return str(words)
    if wanted in TEXTS and _is_text(stream):
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip().upper()
        is_calendar = text.startswith(b"BEGIN:VCALENDAR")
        if wanted == "ics":
            return "ics" if is_calendar else "txt"
        return wanted
    return ""


def _is_text(stream: IO[bytes]) -> bool:
    """UTF-8, UTF-16 with byte order mark, or Windows-1252, without control characters."""
    stream.seek(0)
    data = stream.read()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError:
            return False
    controls = bytes(code for code in range(32) if code not in (9, 10, 12, 13, 27)) + b"\x7f"
    return len(data.translate(None, controls)) == len(data)


def _examine_pdf(name: str, stream: IO[bytes], size: int) -> None:
    stream.seek(max(0, size - TAIL))
    if b"%%EOF" not in stream.read():
        raise UploadRefused(
            name, _("The PDF ends too early, a part is missing."), _("Please save or export it again."), "damaged"
        )
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as second:
            hidden = bool(second.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        hidden = False
    if hidden:
        raise UploadRefused(
            name,
            _("A second file is hidden behind the PDF."),
            _("Please save or export the PDF again."),
            "polyglot",
        )


def _examine_archive(name: str, stream: IO[bytes], wanted: str) -> str:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_entries(name, entries)
            kind = _kind_of_archive(archive, entries)
            _check_content(name, kind, entries)
            if entries and min(entry.header_offset for entry in entries) != 0:
                raise UploadRefused(name, _("It begins with something else."), _("Please save it again."), "polyglot")
            _unpack(name, archive, entries)
    except UploadRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise UploadRefused(
            name,
            _("It cannot be opened, it may be damaged or uses an unusual method of packing."),
            _("Please open it on your computer, save it again and upload it once more."),
            "damaged",
        ) from error
    return kind


def _check_entries(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise UploadRefused(
            name,
            _("It is protected by a password, so readers could not open it."),
            _("Please save it without a password."),
            "encrypted",
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or unpacked > max(RATIO_FROM, MAX_RATIO * packed)
        or any(one.file_size > max(RATIO_FROM, MAX_RATIO * one.compress_size) for one in entries)
    ):
        raise _bomb(name)


def _bomb(name: str) -> UploadRefused:
    return UploadRefused(
        name,
        _("Unpacked it would become unreasonably large."),
        _("Please divide it into smaller files."),
        "zip_bomb",
    )


def _kind_of_archive(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    names = {entry.filename for entry in entries}
    if entries and entries[0].filename == "mimetype" and entries[0].file_size < 100:
        kind = OPENDOCUMENT.get(archive.read(entries[0]).strip())
        if kind and "content.xml" in names:
            return kind
    if "[Content_Types].xml" in names:
        for kind, part in OFFICE_PARTS.items():
            if part in names:
                return kind
    return "zip"


def _check_content(name: str, kind: str, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        extension = extension_of(parts[-1]) if parts[-1] else ""
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise UploadRefused(
                name,
                _("The file “%(entry)s” in it would be unpacked outside its folder.") % {"entry": entry.filename[:80]},
                _("Please pack the archive again."),
                "zip_path",
            )
        if kind == "zip" and (extension in ACTIVE or extension in ARCHIVES):
            raise UploadRefused(
                name,
                _("It contains “%(entry)s”; programs, web pages and archives inside archives are not offered.")
                % {"entry": parts[-1][:80]},
                _("Please pack the archive again without it."),
                "zip_content",
            )
        if kind != "zip" and (parts[-1].lower().startswith("vbaproject") or parts[0] in ("Basic", "Scripts")):
            raise UploadRefused(
                name,
                _("It contains macros."),
                _("Please save it without macros, or as PDF."),
                "macros",
            )


def _unpack(name: str, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack everything without keeping it: sizes in the directory may lie, check sums are compared at the end."""
    total = 0
    for entry in entries:
        for length in _lengths(archive, entry):
            total += length
            if total > MAX_UNPACKED:
                raise _bomb(name)


def _lengths(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[int]:
    with archive.open(entry) as content:
        while chunk := content.read(256 * 1024):
            yield len(chunk)
