"""Found words are marked in the raw text, and nothing of that text becomes markup."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from cms_blocks.search.highlight import PASSAGE, find, marked, passage
from cms_blocks.search.query import Phrase, parse


def phrases(query: str) -> tuple[Phrase, ...]:
    return tuple(phrase for clause in parse(query) for phrase in clause.alternatives)


def test_words_are_marked_as_they_are_written_however_they_were_typed():
    assert marked("Der Bürgerhaushalt", phrases("buergerhaushalt")) == "Der <mark>Bürgerhaushalt</mark>"
    assert marked("Tauben füttern", phrases("futtern")) == "Tauben <mark>füttern</mark>"
    assert marked("Nr. 21/SVV/1265.", phrases("21 SVV 1265")).count("<mark>") == 3
    assert marked("Nr. 21/SVV/1265.", phrases("21-svv-1265")) == "Nr. <mark>21/SVV/1265</mark>."


def test_a_longer_word_is_marked_as_a_whole():
    assert marked("Uferwegkonzept", phrases("Uferweg")) == "<mark>Uferwegkonzept</mark>"


def test_a_phrase_is_marked_only_where_its_words_stand_together():
    found = marked("Nette Leute, nette Toilette", phrases("„nette Toilette“"))
    assert found == "Nette Leute, <mark>nette Toilette</mark>"


def test_markup_in_a_text_is_shown_not_obeyed():
    found = marked('<script>"Park"</script> & Park', phrases("park script"))
    assert "<script>" not in found
    assert found.count("<mark>Park</mark>") == 2


def test_found_words_side_by_side_are_marked_as_one():
    assert marked("Am Runden Tisch", phrases("runden tisch")) == "Am <mark>Runden Tisch</mark>"


def test_a_passage_is_one_line_with_a_dot_between_paragraphs():
    assert passage(["Ein Park\n\nEin See\n"], phrases("See")) == "Ein Park · Ein <mark>See</mark>"


def test_a_passage_shows_the_place_with_most_of_the_words():
    text = "Anfang. " + "Füllwort " * 200 + "Hier steht der Park am See. " + "Füllwort " * 200
    found = passage(["", text], phrases("Park See"))
    assert "<mark>Park</mark> am <mark>See</mark>" in found
    assert found.startswith("… ") and found.endswith(" …")
    assert len(re.sub("<[^>]*>", "", found)) <= PASSAGE + 4


def test_a_lead_that_says_as_much_as_the_body_is_preferred():
    assert passage(["Der Park.", "Im Park."], phrases("Park")) == "Der <mark>Park</mark>."


def test_without_a_find_the_beginning_is_shown():
    assert passage(["", "Kurzer Text."], phrases("Park")) == "Kurzer Text."
    assert passage(["", ""], phrases("Park")) == ""


def test_only_the_beginning_of_a_very_long_text_is_looked_at():
    assert "<mark>" not in passage(["Wort " * 10_000 + "Park"], phrases("Park"))


@given(st.text(max_size=600), st.text(max_size=30))
def test_marking_any_text_changes_nothing_but_marks(text, query):
    found = find(text, phrases(query))
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert re.sub("</?mark>", "", marked(text, phrases(query))) == escape(text)
    plain = unescape(re.sub("<[^>]*>", "", passage([text], phrases(query))))
    assert len(plain) <= 3 * PASSAGE and "\n" not in plain
