"""The catalogues: German is complete, English is what the code says, and translations keep placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
import polib
import pytest
import wagtail
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
#: A German letter, or an ending that English words do not have.
GERMAN = re.compile(r"[äöüÄÖÜß]|\w{4}(?:ung|ungen|keit|heit|schaft|lich|liche[nrms]?|isch|ische[nrms]?)\b")
#: English words that the catalogues happen to have in their German only.
ENGLISH = frozenset({"am", "basis", "kind", "mail", "reviewer", "sa", "standard"})
WORD = re.compile(r"[^\W\d_]{2,}")


@cache
def german_words() -> frozenset[str]:
    """What stands in the German catalogues of Django and Wagtail and not in their English, in small letters."""
    places = [Path(wagtail.__file__).parent, Path(django.__file__).parent / "contrib"]
    paths = [path for place in places for path in place.glob("*/locale/de/LC_MESSAGES/django.po")]
    entries = [entry for path in paths for entry in polib.pofile(str(path))]
    english = " ".join(words for entry in entries for words in (entry.msgid, entry.msgid_plural)).lower()
    german = " ".join(words for entry in entries for words in (entry.msgstr, *entry.msgstr_plural.values())).lower()
    return frozenset(WORD.findall(german)) - frozenset(WORD.findall(english)) - ENGLISH


def is_german(text: str) -> bool:
    """Whether the text, what it quotes left out, has a German letter, word or ending."""
    own = QUOTED.sub(" ", text)
    return bool(GERMAN.search(own) or german_words() & {word.lower() for word in WORD.findall(own)})


def _texts_of_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in FUNCTIONS:
            words = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            is_context = getattr(node.func, "id", "").startswith("pgettext")
            yield from words[1:2] if is_context else words[:1]


def _texts_of_template(source: str) -> Iterator[str]:
    for match in TEMPLATE_CALL.finditer(templatize(source)):
        yield ast.literal_eval(match[1]).replace("%%", "%")


@cache
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


#: Quotations, marks of HTML, placeholders, and names that are the same in every language.
QUOTED = re.compile(r"[“\"'«„][^”\"'»“]*[”\"'»“]|<[^>]*>|%\(\w+\)[sd]|\{\w*\}|\bLeichte Sprache\b")


@pytest.mark.parametrize("room", ROOMS)
def test_the_texts_of_the_code_are_english(room: str) -> None:
    """English is the source: what has no translation is shown as it stands."""
    assert {text: file for text, file in _texts(room).items() if is_german(text)} == {}


@pytest.mark.parametrize("text", ["Speichern", "Weiter", "Seite", "Bitte hier lesen", "Neu", "Beteiligung", "öffnen"])
def test_german_is_known_when_it_is_met(text: str) -> None:
    assert is_german(text)
    assert not is_german(f"Say “{text}” in Leichte Sprache.")


#: "Leichte Sprache" is a name, the same in every language.
WORDS = re.compile(r"(?!Leichte\b|Sprache\b)\b[^\W\d_]{3,}")
DJANGO = re.compile(
    r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*block \w*class\w* %}.*?{%\s*endblock.*?%}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
HTML = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<(?:[^>\"]|\"[^\"]*\")*>|&\w+;", re.DOTALL)


#: For developers, in English as all documentation.
FOR_DEVELOPERS = {"docs.html"}


def raw_words(path: Path) -> list[str]:
    """The words of a template, of a page or a mail, that stand outside the tags of gettext."""
    text = DJANGO.sub(" ", path.read_text())
    return WORDS.findall(HTML.sub(" ", text) if path.suffix == ".html" else text)


@pytest.mark.parametrize("room", ROOMS)
def test_no_template_shows_words_that_cannot_be_translated(room: str) -> None:
    paths = [path for kind in ("html", "txt") for path in (ROOT / room).rglob(f"templates/**/*.{kind}")]
    paths = [path for path in paths if path.name not in FOR_DEVELOPERS]
    assert {str(path.relative_to(ROOT)): words for path in paths if (words := raw_words(path))} == {}


def test_raw_words_of_a_mail_are_found(tmp_path: Path) -> None:
    mail = tmp_path / "mail.txt"
    mail.write_text('{% load i18n %}{% translate "Hello" %} {{ name }},\n\nbitte lesen: {{ address }}\n')
    assert raw_words(mail) == ["bitte", "lesen"]
