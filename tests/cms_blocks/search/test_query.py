"""Whatever people type is a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_blocks.search.analysis import JOINT, SECTION
from cms_blocks.search.query import MAX_CLAUSES, Clause, Phrase, parse, words_of_address


def test_each_word_is_a_clause_and_finds_longer_words_that_begin_with_it():
    assert parse("Uferweg am") == (
        Clause((Phrase(("uferweg",)), Phrase(("uferweg",), prefix=True))),
        Clause((Phrase(("am",)),)),
    )


@pytest.mark.parametrize("quoted", ['"Nette Toilette"', "„Nette Toilette“", "»Nette Toilette«", "«Nette Toilette»"])
def test_quotation_marks_of_every_kind_make_a_phrase(quoted):
    assert parse(quoted) == (Clause((Phrase(("nette", "toilette")),)),)


@pytest.mark.parametrize("text", ['"', 'Beirat" tagt', '""', '"  " Beirat tagt', "„Beirat tagt"])
def test_a_quotation_mark_that_does_not_close_means_nothing(text):
    assert [clause.alternatives[0].words[0] for clause in parse(text)] in ([], ["beirat", "tagt"])


def test_a_reference_number_is_asked_for_as_a_whole():
    assert parse("21/SVV/1265") == (
        Clause((Phrase(("21", "svv", "1265")), Phrase((JOINT.join(("21", "svv", "1265")),)))),
    )


def test_a_section_is_asked_for_with_its_sign_only():
    assert parse("§ 34 BauGB")[0] == parse("Paragraf 34")[0] == Clause((Phrase((SECTION + "34",)),))
    assert len(parse("§ 34 BauGB")) == 2


def test_a_hyphenated_word_is_asked_for_split_or_joined():
    assert parse("World-Café") == (Clause((Phrase(("world", "cafe")), Phrase(("worldcafe",)))),)


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "---", "\0", '"" „“', "\u202e\u200f", "§", "%_*()"])
def test_a_text_without_letter_or_digit_asks_for_nothing(text):
    assert parse(text) == ()


def test_operators_of_other_engines_are_words():
    assert [clause.alternatives[0].words for clause in parse("title:park OR NOT NEAR(see, 3)")] == [
        ("title", "park"), ("or",), ("not",), ("near",), ("see",), ("3",),
    ]  # fmt: skip


def test_a_word_typed_twice_is_asked_for_once():
    assert parse("Park park PARK") == parse("Park")


@given(st.text(st.characters(), max_size=12_000))
def test_any_text_gives_a_bounded_number_of_clauses_and_no_error(text):
    clauses = parse(text)
    assert len(clauses) <= MAX_CLAUSES
    assert all(phrase.words and all(phrase.words) for clause in clauses for phrase in clause.alternatives)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/verfahren/neuer-park.html", "neuer park"),
        ("/en/toolkit/world-caf%C3%A9/", "world cafe"),
        ("/verfahren/2024/", "verfahren"),
        ("/", ""),
        ("/%ff%00/", ""),
    ],
)
def test_an_address_that_leads_nowhere_is_searched_for_by_its_last_words(path, expected):
    assert words_of_address(path) == expected
