"""Columns that hold a small set of words."""

from __future__ import annotations

import pytest
from django.core import serializers

from cms_blocks.publication.fields import SetField, pack, words
from cms_blocks.publication.records import PublicRecord

pytestmark = pytest.mark.gate


def record(number: int, **columns: object) -> PublicRecord:
    return PublicRecord.objects.create(kind="test", object_id=number, locale="de", is_live=True, **columns)


def found(**lookup: object) -> list[int]:
    return list(PublicRecord.objects.filter(**lookup).order_by("object_id").values_list("object_id", flat=True))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ("", ()),
        ("||", ()),
        ("|a|b|", ("a", "b")),
        (["b", "a", "b", ""], ("b", "a")),
        (("a",), ("a",)),
        ({1: "x"}, ("1",)),
    ],
)
def test_words_of_any_value_are_kept_in_order_and_each_once(value: object, expected: tuple[str, ...]) -> None:
    assert words(value) == expected


def test_a_word_with_the_separator_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'a\|b' cannot stand in a set column"):
        pack(["a|b"])
    assert pack(()) == ""
    assert pack(["a", "b"]) == "|a|b|"


def test_a_set_comes_back_from_the_database_as_it_went_in(db: None) -> None:
    record(1, topics=("green", "mobility"), levels=[])
    stored = PublicRecord.objects.get(object_id=1)
    assert stored.topics == ("green", "mobility")
    assert stored.levels == ()
    assert PublicRecord.objects.values_list("topics", flat=True).get(object_id=1) == ("green", "mobility")
    assert found(topics=("green", "mobility")) == [1]
    assert SetField().to_python("|a|") == ("a",)


def test_a_set_survives_a_dump(db: None) -> None:
    dumped = serializers.serialize("json", [record(1, topics=("a", "b"))])
    assert '"|a|b|"' in dumped
    assert next(serializers.deserialize("json", dumped)).object.topics == ("a", "b")


def test_signs_with_a_meaning_in_patterns_are_plain_signs_in_a_word(db: None) -> None:
    for number, word in enumerate(["50%", "a_b", "a\\b", "axb", "50x", "a\\_b", "'", "50"]):
        record(number, topics=(word, "other"))
    for number, word in enumerate(["50%", "a_b", "a\\b", "axb", "50x", "a\\_b", "'", "50"]):
        assert found(topics__has=word) == [number], word
        assert found(topics__has_any=[word, "nothing"]) == [number], word
    assert found(topics__has="%") == found(topics__has="_") == found(topics__has="\\") == []


def test_a_word_is_found_whole_and_in_its_own_case_on_every_database(db: None) -> None:
    record(1, topics=("green-roofs", "Mobility"))
    assert found(topics__has="green") == []
    assert found(topics__has="mobility") == []
    assert found(topics__has="Mobility") == [1]
    assert found(topics__has_any=["mobility", "green-roofs"]) == [1]


def test_neighbouring_words_are_not_one_word(db: None) -> None:
    record(1, topics=("a", "b"))
    assert found(topics__has="a|b") == []
    assert found(topics__has="") == found(topics__has_any=[""]) == []


def test_any_of_several_words_is_enough_and_any_of_none_matches_nothing(db: None) -> None:
    record(1, topics=("a",))
    record(2, topics=("b", "c"))
    record(3)
    assert found(topics__has_any=["a", "c"]) == [1, 2]
    assert found(topics__has_any=(word for word in ["b"])) == [2]
    assert found(topics__has_any=[]) == []
    assert list(PublicRecord.objects.exclude(topics__has_any=[]).values_list("object_id", flat=True)) == [1, 2, 3]
