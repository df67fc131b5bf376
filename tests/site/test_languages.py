"""Six languages by address, each in its own words, and ways between them that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.test import Client
from wagtail.models import Page

from tests.cms_blocks.blocks.conftest import stored
from tests.infrastructure.requirements import REPOSITORY
from tests.site.house import HOMES, LANGUAGES, PLACES, House, search

ADDRESSES = {code: "/" if code == "de" else f"/{code}/" for code in LANGUAGES}
ARTICLE = {"de": "/alle-bausteine/", "ar": "/ar/kull-al-anasir/"}


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def alternates(html: str) -> dict[str, str]:
    """Addresses of the same page in other languages, as search engines read them."""
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://testserver([^"]+)">', html)
    return dict(found)


def switch(html: str) -> dict[str, str]:
    """Where the language switch leads, by language."""
    [list_of_languages] = re.findall(r'<ul class="languages__list">(.*?)</ul>', html, re.DOTALL)
    return {code: path for path, code in re.findall(r'<a href="([^"]+)" lang="([^"]+)"', list_of_languages)}


def language_of(html: str) -> tuple[str, str]:
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)">', html)
    assert found
    return found[1], found[2]


# Addresses


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_its_address_its_code_and_its_direction(code: str, house: House, client: Client) -> None:
    answer = client.get(ADDRESSES[code])
    html = answer.content.decode()
    assert answer.status_code == 200
    assert language_of(html) == (code, "rtl" if code == "ar" else "ltr")
    assert answer.headers["Content-Language"] == code
    assert HOMES[code][1] in html
    assert f'<link rel="canonical" href="http://testserver{ADDRESSES[code]}">' in html


def test_german_stands_at_the_root_and_nowhere_else(house: House, client: Client) -> None:
    for path in ("/de/", "/de/methoden/", "/de-simple/methoden/", "/en/methoden/"):
        assert client.get(path).status_code == 404, path


def test_nobody_is_sent_to_another_language_by_what_the_browser_prefers(house: House, client: Client) -> None:
    german = client.get("/")
    english = client.get("/", headers={"Accept-Language": "en"}, cookies={"django_language": "en"})
    assert english.status_code == 200
    assert english.headers["ETag"] == german.headers["ETag"]
    assert language_of(english.content.decode()) == ("de", "ltr")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_search_and_an_address_that_leads_nowhere_speak_the_language_too(
    code: str, house: House, client: Client
) -> None:
    assert language_of(read(client, search(code)))[0] == code
    lost = read(client, f"{ADDRESSES[code]}xyz/", 404)
    assert language_of(lost)[0] == code
    assert f'action="{search(code)}"' in lost


# Ways between the languages


def test_only_translations_that_exist_are_named_as_alternates_and_they_name_each_other(
    house: House, client: Client
) -> None:
    for places in (ARTICLE, ADDRESSES, {code: search(code) for code in LANGUAGES}):
        for code, path in places.items():
            html = read(client, path)
            assert language_of(html)[0] == code
            assert alternates(html) == places
    assert alternates(read(client, "/ueber-uns/")) == {"de": "/ueber-uns/"}
    assert alternates(read(client, "/xyz/", 404)) == {}


def test_the_switch_leads_to_the_translation_or_to_the_home_page(house: House, client: Client) -> None:
    for path, translations in (
        ("/alle-bausteine/", ARTICLE),
        ("/ueber-uns/das-buero/", {"de": "/ueber-uns/das-buero/"}),
    ):
        ways = switch(read(client, path))
        assert ways == {**ADDRESSES, **translations}
        for code, way in ways.items():
            assert language_of(read(client, way))[0] == code
    assert switch(read(client, "/xyz/", 404)) == ADDRESSES


def test_a_translation_that_is_no_longer_public_is_no_alternate(house: House, client: Client) -> None:
    Page.objects.get(slug="kull-al-anasir").specific.unpublish()
    html = read(client, ARTICLE["de"])
    assert alternates(html) == {"de": ARTICLE["de"]}
    assert switch(html)["ar"] == "/ar/"


def test_a_language_without_a_home_page_is_not_offered(house: House, client: Client) -> None:
    Page.objects.get(slug="haus-pl").specific.unpublish()
    html = read(client, "/")
    assert set(switch(html)) == set(LANGUAGES) - {"pl"}
    assert "pl" not in alternates(html)


def test_each_language_is_named_in_its_own_words(house: House, client: Client) -> None:
    html = read(client, "/")
    for code, name in (("de-simple", "Leichte Sprache"), ("en", "English"), ("uk", "Українська"), ("pl", "polski")):
        assert re.search(rf'<a href="/{code}/" lang="{code}" hreflang="{code}" dir="ltr">{name}</a>', html)
    assert re.search(r'<a href="/ar/" lang="ar" hreflang="ar" dir="rtl">[^<]*عربي', html)


def test_leichte_sprache_is_one_press_away_on_every_page_but_its_own(house: House, client: Client) -> None:
    def ways(path: str) -> set[str]:
        found = re.findall(
            r'<a href="([^"]+)" hreflang="de-simple"[^>]*>(?:<svg.*?</svg>)?\s*Leichte Sprache',
            read(client, path),
            re.DOTALL,
        )
        return set(found)

    assert ways("/") == ways("/alle-bausteine/") == ways("/en/") == {"/de-simple/"}
    assert ways("/de-simple/") == ways("/de-simple/so-machen-sie-mit/") == set()


def test_numbers_and_addresses_keep_their_direction_in_arabic(house: House, client: Client) -> None:
    html = read(client, "/ar/kull-al-anasir/")
    assert '<bdi dir="ltr">030 23125 100</bdi>' in html
    assert '<bdi dir="ltr">buero@beteiligung.example</bdi>' in html


# Words


class Words(HTMLParser):
    """What people read or hear on a page: texts and the attributes that are spoken. Foreign parts are left out."""

    SPOKEN = {"aria-label", "alt", "title", "placeholder", "content"}
    EMPTY = {"meta", "link", "img", "input", "br", "hr", "source", "wbr"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipped = [False]
        self._language = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._language = self._language or (values.get("lang") or "")
        foreign = values.get("lang", self._language) != self._language or tag in {"script", "style", "svg", "bdi"}
        if not (self._skipped[-1] or foreign):
            self.found += [value for name, value in attrs if name in self.SPOKEN and value]
        if tag not in self.EMPTY:
            self._skipped.append(self._skipped[-1] or foreign)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and len(self._skipped) > 1:
            self._skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self._skipped[-1] and data.strip():
            self.found.append(" ".join(data.split()))


@cache
def catalogues(code: str) -> dict[str, set[str]]:
    """What the interface says in a language, by what it says in English: all rooms together, plurals too."""
    said: dict[str, set[str]] = {}
    for path in sorted(Path(REPOSITORY).glob(f"*/locale/{code}/LC_MESSAGES/django.po")) + sorted(
        Path(REPOSITORY).glob(f"site/*/locale/{code}/LC_MESSAGES/django.po")
    ):
        for entry in polib.pofile(str(path)):
            if entry.obsolete or "fuzzy" in entry.flags:
                continue
            if entry.msgid_plural:
                for source in (entry.msgid, entry.msgid_plural):
                    said.setdefault(source, set()).update(entry.msgstr_plural.values())
            else:
                said.setdefault(entry.msgid, set()).add(entry.msgstr)
    return said


def pattern(words: str) -> re.Pattern[str]:
    """Matches what ``words`` become when their places are filled."""
    parts = re.split(r"%\(\w+\)[sd]|%[sd]|%%", re.sub(r"\s+", " ", words.strip()))
    return re.compile(".*?".join(re.escape(part) for part in parts))


def letters(words: str) -> int:
    return len(re.sub(r"%\(\w+\)[sd]|[\W\d_]", "", words))


def matching(found: list[str], wanted: set[str]) -> Iterator[str]:
    """Texts of a page that are one of the wanted strings, filled in."""
    plain = {" ".join(words.split()) for words in wanted if "%" not in words}
    plain |= {words[:1].upper() + words[1:] for words in plain}
    filled = [pattern(words) for words in wanted if "%" in words and letters(words) >= 4]
    for text in found:
        if text in plain or any(one.fullmatch(text) for one in filled):
            yield text


ENGLISH = [
    "/en/", "/en/methods/", "/en/methods/?people=999999", "/en/methods/world-cafe/", "/en/methods/finder/",
    "/en/methods/finder/?purpose=plan&people=30&cost=1", "/en/methods/vergleich/",
    "/en/methods/vergleich/?m=world-cafe&m=x", search("en"), search("en", "?q=people"), search("en", "?q=xyzzyq"),
]  # fmt: skip


def test_no_german_of_the_interface_stands_on_an_english_page(house: House, client: Client) -> None:
    german = {
        translation
        for source, translations in catalogues("de").items()
        for translation in translations
        if translation and translation != source
    } - set(catalogues("de"))
    assert len(german) > 300
    for path in [*ENGLISH, "/en/xyz/"]:
        html = read(client, path, 404 if path == "/en/xyz/" else 200)
        assert list(matching(Words(html).found, german)) == [], path


def content() -> set[str]:
    """What editors have written into the blocks of the house."""

    def words(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from words(one)

    return set(words(stored(0, 0, 0, 0)))


PLACES_BY_LANGUAGE = {
    "de": [path for path in PLACES.values() if not path.startswith(("/en/", "/ar/", "/de-simple/"))],
    "de-simple": ["/de-simple/", "/de-simple/so-machen-sie-mit/"],
    "ar": [path for path in PLACES.values() if path.startswith("/ar/")],
    "uk": ["/uk/", search("uk"), search("uk", "?q=xyzzyq"), "/uk/xyz/"],
    "pl": ["/pl/", search("pl"), search("pl", "?q=xyzzyq"), "/pl/xyz/"],
}


@pytest.mark.parametrize("code", PLACES_BY_LANGUAGE)
def test_nothing_of_the_interface_is_left_in_english(code: str, house: House, client: Client) -> None:
    said = catalogues("de" if code == "de-simple" else code)
    english = {source for source in catalogues("de") if source and source not in said.get(source, ())}
    assert len(english) > 300
    untranslated: set[str] = set()
    for path in PLACES_BY_LANGUAGE[code]:
        html = client.get(path).content.decode()
        untranslated.update(matching(Words(html).found, english))
    assert untranslated - content() == set()
