"""Text becomes words the same way, whoever wrote it and whoever looks for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_blocks.search.analysis import GAP, JOINT, MAX_FORM, SECTION, fold, stream


def words(text: str) -> list[str]:
    return [token.text for token in fold(text) if not token.is_form]


def forms(text: str) -> set[str]:
    return {token.text for token in fold(text) if token.is_form}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bürgerhaushalt", "BUERGERHAUSHALT"),
        ("Großbeerenstraße", "Grossbeerenstrasse"),
        ("STRAẞE", "straße"),
        ("Lärm", "La\u0308rm"),
        ("Café", "Cafe"),
        ("Łódź", "Lodz"),
        ("zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("м'ята", "мʼята"),
        ("м'ята", "м’ята"),
        ("Ґанок", "ганок"),
        ("أهلاً", "اهلا"),
        ("مشـــاركة", "مشاركه"),
        ("١٢٣", "123"),
        ("ﬁnden", "finden"),
        ("Bei\u00adrat", "Beirat"),
        ("Bei\u200brat", "Beirat"),
        ("\u200fBeirat\u200e", "Beirat"),
        ("m²", "m2"),
    ],
)
def test_two_spellings_of_a_word_are_the_same_word(one, other):
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("neue", "nü"), ("fordern", "fördern"), ("Feuer", "Fer"), ("Poesie", "Posie"), ("1,5", "15"), ("schon", "schön")],
)
def test_different_words_stay_different(one, other):
    assert words(one) != words(other)


def test_a_word_is_also_found_when_its_umlaut_dots_are_left_out_but_a_word_without_dots_gets_none():
    assert "futtern" in forms("füttern")
    assert forms("futtern neue Poesie Feuer") == set()


def test_a_reference_number_is_one_token_whatever_separates_its_parts():
    one_token = JOINT.join(("21", "svv", "1265"))
    assert forms("21/SVV/1265") == forms("21-SVV-1265") == forms("21.SVV.1265") == {one_token}
    assert words("21/SVV/1265") == words("21 SVV 1265") == ["21", "svv", "1265"]
    assert JOINT.join(("br", "2023", "05")) in forms("Beschluss BR-2023-05")


@pytest.mark.parametrize("text", ["§ 34", "§34", "§\u00a034", "§§ 34", "Paragraf 34", "paragraph 34"])
def test_a_section_of_a_law_is_one_token_with_its_sign(text):
    assert SECTION + "34" in forms(text)


def test_a_number_without_a_section_sign_is_no_section():
    assert forms("34 Jahre") == set()


def test_a_hyphenated_word_is_found_joined_and_split():
    assert words("World-Café") == ["world", "cafe"]
    assert "worldcafe" in forms("World-Café")
    assert {"buergerinnen", "burgerinnen"} <= forms("Bürger*innen")
    assert "buergerinnen" in forms("Bürger:innen")


def test_words_with_a_space_between_them_are_not_joined():
    assert forms("Open Space") == set()
    assert forms("Grün- und Freiflächen") == {"grun", "freiflachen"}


def test_a_mere_stretching_sign_is_no_word():
    assert fold("ـــ \u0301 🙂") == []


def test_offsets_point_into_the_raw_text():
    text = "Am U\u0308bergang: „Bürger*innen“, § 34, Nr. 21/SVV/1265"
    found = {token.text: text[token.start : token.end] for token in fold(text)}
    assert found["uebergang"] == "U\u0308bergang"
    assert found["buergerinnen"] == "Bürger*innen"
    assert found[SECTION + "34"] == "§ 34"
    assert found[JOINT.join(("21", "svv", "1265"))] == "21/SVV/1265"


def test_forms_stand_behind_the_words_with_a_gap_before_each():
    assert stream("World-Café heute") == ["world", "cafe", "heute", GAP, "worldcafe"]


def test_a_record_never_fills_more_of_the_index_than_its_limit():
    long = " ".join(f"wörter{number}" for number in range(5_000))
    stored = stream(long, limit=20_000)
    assert sum(len(token.encode()) for token in stored) <= 20_000
    assert stored[:2] == ["woerter0", "woerter1"]


@given(st.text(st.characters(), max_size=300))
def test_any_text_gives_tokens_that_no_engine_splits_again(text):
    for token in fold(text):
        assert 0 <= token.start < token.end <= len(text)
        assert 0 < len(token.text) <= MAX_FORM
        assert all(sign.isalnum() or sign in (JOINT, SECTION) for sign in token.text), token


@given(st.text(max_size=100))
def test_folding_what_was_folded_changes_nothing(text):
    once = words(text)
    assert words(" ".join(once)) == once
