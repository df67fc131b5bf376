"""The catalogues: German is complete, English is what the code says, and translations keep placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("cms_blocks", "governance", "toolkit", "procedures", "site/accounts", "site/website", "site/demo")
CATALOGUES = sorted(path for room in ROOMS for path in (ROOT / room).glob("locale/*/LC_MESSAGES/django.po"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT).parent)


@pytest.mark.parametrize("path", [path for path in CATALOGUES if "/de/" in str(path)], ids=_name)
def test_german_has_words_for_every_text(path: Path) -> None:
    missing = [entry.msgid for entry in polib.pofile(str(path)) if not entry.translated()]
    assert not missing


@pytest.mark.parametrize("path", CATALOGUES, ids=_name)
def test_translations_keep_the_placeholders(path: Path) -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")
    for entry in polib.pofile(str(path)).translated_entries():
        allowed = set(placeholder.findall(entry.msgid + entry.msgid_plural))
        for words in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert set(placeholder.findall(words)) <= allowed, entry.msgid
            if entry.msgstr:
                assert set(placeholder.findall(words)) == set(placeholder.findall(entry.msgid)), entry.msgid


FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
TEMPLATE_CALL = re.compile(r"""\b(?:_|gettext|ngettext|pgettext\([^,]*,)\(? ?u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
#: A German letter, or a word that English does not have.
GERMAN = re.compile(r"[äöüÄÖÜß]|\b(?:und|oder|nicht|der|das|ist|eine?[nrms]?|Seite|wird|werden)\b")


def _texts_of_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in FUNCTIONS:
            words = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            is_context = getattr(node.func, "id", "").startswith("pgettext")
            yield from words[1:2] if is_context else words[:1]


def _texts_of_template(source: str) -> Iterator[str]:
    for match in TEMPLATE_CALL.finditer(templatize(source)):
        yield ast.literal_eval(match[1]).replace("%%", "%")


def _texts(room: str) -> dict[str, str]:
    """Every text of a room's code that is shown to somebody → the file that has it."""
    found = {}
    for path in sorted((ROOT / room).rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            texts = _texts_of_python(path.read_text())
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            texts = _texts_of_template(path.read_text())
        else:
            continue
        found.update({text: str(path.relative_to(ROOT)) for text in texts if text})
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_of_the_code_has_german_words(room: str) -> None:
    known = {
        entry.msgid.replace("%%", "%")
        for path in CATALOGUES
        if "/de/" in str(path)
        for entry in polib.pofile(str(path))
    }
    texts = _texts(room)
    with translation.override("de"):
        missing = {text: file for text, file in texts.items() if text not in known and gettext(text) == text}
    assert not missing, "run make messages and fill in what is new"


@pytest.mark.parametrize("room", ROOMS)
def test_the_texts_of_the_code_are_english(room: str) -> None:
    """English is the source: what has no translation is shown as it stands."""
    quoted = re.compile(r"[“\"'«„][^”\"'»“]*[”\"'»“]|<[^>]*>")
    assert {text: file for text, file in _texts(room).items() if GERMAN.search(quoted.sub("", text))} == {}


#: "Leichte Sprache" is a name, the same in every language.
WORDS = re.compile(r"(?!Leichte\b|Sprache\b)\b[^\W\d_]{3,}")
DJANGO = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*block \w*class\w* %}.*?{%\s*endblock.*?%}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
HTML = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>|&\w+;", re.DOTALL)


@pytest.mark.parametrize("room", ROOMS)
def test_no_template_shows_words_that_cannot_be_translated(room: str) -> None:
    found = {
        str(path.relative_to(ROOT)): words
        for path in (ROOT / room).rglob("templates/**/*.html")
        if (words := WORDS.findall(HTML.sub(" ", DJANGO.sub(" ", path.read_text()))))
    }
    assert found == {}
