"""The cells of a table, from the editor's grid and from a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from wagtail.admin.telepath import JSContext

from cms_blocks.blocks.structure import TableBlock
from cms_blocks.blocks.table_rows import TableRowsBlock, from_lines, rows_of, to_lines

ROWS = [["Who", "Task"], ["Office", "advises"]]


def test_rows_are_made_equally_long_and_empty_ends_are_cut() -> None:
    assert rows_of([["a"], ["b", "c", ""], [], ["", ""]]) == [["a", ""], ["b", "c"]]
    assert rows_of([["", ""], None, 5]) == rows_of("nonsense") == []
    assert rows_of([[1, 2.5, None, True, {"x": 1}, " a\tb\n c "]]) == [["1", "2.5", "", "", "", "a b c"]]


def test_what_a_spreadsheet_copies_becomes_rows() -> None:
    assert from_lines("Who\tTask\r\nOffice\tadvises\r\n\t\r\n") == ROWS


@given(st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=4))
def test_the_grid_gives_back_what_it_was_given(rows: list[list[str]]) -> None:
    fitting = rows_of(rows)
    assert from_lines(to_lines(fitting)) == fitting
    assert rows_of(fitting) == fitting


def test_the_form_of_a_table_is_a_grid_with_words_for_each_button() -> None:
    block = TableRowsBlock()
    assert block.get_form_state(ROWS) == "Who\tTask\nOffice\tadvises"
    assert block.value_from_datadict({"t": "Who\tTask\nOffice\tadvises"}, {}, "t") == ROWS
    with translation.override("en"):
        html = block.field.widget.render("t", "", {"id": "t"})
    assert 'data-controller="table-grid"' in html and "Add row" in html
    context = JSContext()
    context.pack(TableBlock())
    assert any("table-grid.js" in str(script) for script in context.media._js)


def test_each_text_of_a_table_is_translated_once_and_stays_translated_when_rows_move() -> None:
    block = TableRowsBlock()
    rows = [["yes", "no"], ["no", ""]]
    segments = block.get_translatable_segments(rows)
    assert [segment.render_text() for segment in segments] == ["yes", "no"]
    translated: list[Any] = []
    for segment, words in zip(segments, ("ja", "nein"), strict=True):
        translated.append(type(segment)(segment.path, words))
    assert block.restore_translated_segments(rows, translated) == [["ja", "nein"], ["nein", ""]]
    moved = [rows[1], rows[0]]
    assert block.restore_translated_segments(moved, translated) == [["nein", ""], ["ja", "nein"]]
