"""Sentences, abbreviations and words of links, as an editor writes them."""

from __future__ import annotations

import pytest

from cms_blocks.content_checks import language


def test_a_sentence_is_counted_in_words_and_ends_where_people_end_it() -> None:
    text = "Am 3. März um 18 Uhr, z. B. im Rathaus. Kommen Sie!\nEine Bürger·beteiligung für 20.000 Menschen"
    assert [language.length(sentence) for sentence in language.sentences(text)] == [10, 2, 5]


def test_only_sentences_above_the_limit_are_told() -> None:
    assert language.too_long("Eins zwei drei. Eins zwei drei vier.", 3) == [("Eins zwei drei vier.", 4)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Das gilt z. B. für die SVV und die GmbH usw.", ["z. B.", "usw.", "SVV", "GmbH"]),
        ("Die Stadt·verordneten·versammlung (SVV) trifft sich. Die SVV entscheidet.", []),
        ("Die SVV ist ein Treffen.", []),
        ("Die Abkürzung dafür ist: ÖPNV. Der ÖPNV fährt.", []),
        ("DAS IST EINE ÜBERSCHRIFT", []),
        ("Wir treffen uns im WC-Haus am See. Herr Müller kommt.", []),
        ("Die BürgerInnen·versammlung und der E-Mail-Verteiler.", []),
        ("Bürger-Büro bzw. Rathaus, ca. 20 Menschen.", ["bzw.", "ca."]),
        ("Am Ende des Jahres. Das ist gut.", []),
    ],
)
def test_abbreviations_count_unless_they_are_explained(text: str, found: list[str]) -> None:
    assert sorted(language.abbreviations(text)) == sorted(found)


@pytest.mark.parametrize(
    "words", ["hier", "Hier klicken", "mehr …", "Weiterlesen »", "PDF", "Mehr Informationen", "read more"]
)
def test_words_that_do_not_say_where_a_link_leads(words: str) -> None:
    assert language.says_nothing(words)


@pytest.mark.parametrize("words", ["Programm des Festes", "Mehr über den Beirat", "Hier wohnen wir", "Artikel 5"])
def test_words_that_do(words: str) -> None:
    assert not language.says_nothing(words) and not language.is_address(words)


@pytest.mark.parametrize(
    "words", ["https://stadt.example/a?b=1", "www.stadt.example", "stadt.example/plan", "plan_v2.pdf"]
)
def test_an_address_is_no_words(words: str) -> None:
    assert language.is_address(words)


def test_an_e_mail_address_may_stand_as_it_is() -> None:
    assert not language.is_address("post@stadt.example")
