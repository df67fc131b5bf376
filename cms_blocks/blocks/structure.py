"""Blocks that put text in order: accordion, timeline, steps, table."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms_blocks import rich_text
from cms_blocks.blocks.base import ContentBlock, texts
from cms_blocks.blocks.json_forms import AccordionForm, StepsForm, TableForm, TimelineForm
from cms_blocks.blocks.table_rows import TableRowsBlock

if TYPE_CHECKING:
    from cms_blocks.publication.targets import Targets

GROUP = _("Structure")


def small_text(**kwargs: Any) -> blocks.RichTextBlock:
    """Rich text within an item: no headings of its own."""
    return blocks.RichTextBlock(features=rich_text.SMALL_FEATURES, **kwargs)


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(
        label=_("Question"), max_length=200, help_text=_("As people would ask it, in their own words.")
    )
    answer = small_text(label=_("Answer"), help_text=_("The answer first, the reasons after it."))

    class Meta:
        label = _("Question")
        icon = "help"
        label_format = "{question}"


class AccordionBlock(ContentBlock, blocks.StructBlock):
    """Questions whose answers open. JSON: ``title``, ``items`` (list of ``question``, ``answer``)."""

    json_form = AccordionForm

    title = blocks.CharBlock(
        label=_("Heading"), required=False, max_length=160, help_text=_("What the questions are about.")
    )
    items = blocks.ListBlock(
        QuestionBlock(),
        label=_("Questions"),
        min_num=1,
        collapsed=True,
        help_text=_("Answers are closed at first. Do not hide here what everybody must know."),
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        items = [
            texts(item, "question") | {"answer": rich_text.to_rich_html(item.get("answer"), targets)}
            for item in value.get("items") or []
        ]
        items = [item for item in items if item["question"]]
        return texts(value, "title") | {"items": items} if items else None

    class Meta:
        label = _("Questions and answers")
        icon = "help"
        group = GROUP
        template = "cms_blocks/blocks/accordion.html"
        label_format = "{title}"
        description = _("Questions whose answers open with a click.")
        preview_value = {
            "title": _("Taking part"),
            "items": [
                {
                    "question": _("Do I need an account?"),
                    "answer": _("<p>No. You can read everything here and take part without one.</p>"),
                },
                {
                    "question": _("Who reads what I write?"),
                    "answer": _("<p>The office does, and it answers within two weeks.</p>"),
                },
            ],
        }


class EntryBlock(blocks.StructBlock):
    date = blocks.DateBlock(label=_("Date"), required=False, help_text=_("The exact day, if it is known."))
    label = blocks.CharBlock(
        label=_("Time in words"),
        required=False,
        max_length=80,
        help_text=_("Shown instead of the date, for example “Autumn 2026” or “1–14 May”."),
    )
    title = blocks.CharBlock(label=_("What happens"), max_length=160, help_text=_("In a few words."))
    text = small_text(label=_("Text"), required=False, help_text=_("What it means for people who want to take part."))
    state = blocks.ChoiceBlock(
        label=_("State"),
        choices=[("done", _("Done")), ("current", _("Now")), ("planned", _("Planned"))],
        default="planned",
        search_index=False,
        help_text=_("Shown as a sign and as a word."),
    )

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if not self.is_deferred_validation and not (value["date"] or value["label"]):
            raise blocks.StructBlockValidationError(
                {"label": ValidationError(_("Say when it is: choose a date or write the time in words."))}
            )
        return value

    class Meta:
        label = _("Entry")
        icon = "date"
        label_format = "{title}"


class TimelineBlock(ContentBlock, blocks.StructBlock):
    """Events in their order. JSON: ``title``, ``entries`` (list of date, label, title, text, state)."""

    json_form = TimelineForm

    title = blocks.CharBlock(label=_("Heading"), required=False, max_length=160, help_text=_("What develops here."))
    entries = blocks.ListBlock(
        EntryBlock(), label=_("Entries"), min_num=1, collapsed=True, help_text=_("From the earliest to the latest.")
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        entries = [
            texts(entry, "label", "title")
            | {
                "date": entry.get("date"),
                "text": rich_text.to_rich_html(entry.get("text"), targets),
                "state": entry.get("state") or "planned",
            }
            for entry in value.get("entries") or []
        ]
        entries = [entry for entry in entries if entry["title"]]
        return texts(value, "title") | {"entries": entries} if entries else None

    class Meta:
        label = _("Timeline")
        icon = "history"
        group = GROUP
        template = "cms_blocks/blocks/timeline.html"
        label_format = "{title}"
        description = _("What happened, what is going on and what is to come.")
        preview_value = {
            "title": _("On the way to the new square"),
            "entries": [
                {
                    "date": datetime.date(2026, 3, 14),
                    "label": "",
                    "title": _("Walk across the square"),
                    "text": _("<p>Sixty people said what they miss.</p>"),
                    "state": "done",
                },
                {
                    "date": None,
                    "label": _("May 2026"),
                    "title": _("Three drafts to choose from"),
                    "text": "",
                    "state": "current",
                },
                {
                    "date": None,
                    "label": _("Autumn 2026"),
                    "title": _("The council decides"),
                    "text": "",
                    "state": "planned",
                },
            ],
        }


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Step"), max_length=160, help_text=_("What is to be done, with a verb."))
    text = small_text(label=_("Text"), required=False, help_text=_("How it is done, in a few sentences."))

    class Meta:
        label = _("Step")
        icon = "list-ol"
        label_format = "{title}"


class StepsBlock(ContentBlock, blocks.StructBlock):
    """What to do one after the other. JSON: ``title``, ``steps`` (list of ``title``, ``text``)."""

    json_form = StepsForm

    title = blocks.CharBlock(
        label=_("Heading"),
        required=False,
        max_length=160,
        help_text=_("Where the steps lead, for example “How to start”."),
    )
    steps = blocks.ListBlock(
        StepBlock(), label=_("Steps"), min_num=1, collapsed=True, help_text=_("They are numbered in this order.")
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        steps = [
            texts(step, "title") | {"text": rich_text.to_rich_html(step.get("text"), targets)}
            for step in value.get("steps") or []
        ]
        steps = [step for step in steps if step["title"] or step["text"]]
        return texts(value, "title") | {"steps": steps} if steps else None

    class Meta:
        label = _("Steps")
        icon = "list-ol"
        group = GROUP
        template = "cms_blocks/blocks/steps.html"
        label_format = "{title}"
        description = _("A numbered way from the first step to the last.")
        preview_value = {
            "title": _("How to start"),
            "steps": [
                {"title": _("Tell us what it is about"), "text": _("<p>One sentence is enough.</p>")},
                {"title": _("We find the right people"), "text": ""},
                {"title": _("You have your say"), "text": ""},
            ],
        }


class TableBlock(ContentBlock, blocks.StructBlock):
    """Facts side by side. JSON: ``caption``, ``header_row``, ``header_column``, ``rows`` (lists of texts)."""

    json_form = TableForm

    caption = blocks.CharBlock(
        label=_("What the table shows"),
        max_length=200,
        help_text=_("Stands above the table and is read out first to people who cannot see it."),
    )
    header_row = blocks.BooleanBlock(
        label=_("First row holds headings"),
        required=False,
        default=True,
        help_text=_("Almost always so: it says what each column is about."),
    )
    header_column = blocks.BooleanBlock(
        label=_("First column holds headings"),
        required=False,
        help_text=_("Tick this if the first cell of a row says what the row is about."),
    )
    rows = TableRowsBlock(
        label=_("Table"),
        help_text=_("You can paste from a spreadsheet. Use tables for facts, not to arrange text on the page."),
    )

    def opens_section(self, value: Any) -> bool:
        return False

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if self.is_deferred_validation:
            return value
        rows, errors = value["rows"], {}
        if not (value["header_row"] or value["header_column"]):
            errors["header_row"] = ValidationError(
                _("A table needs headings: tick the first row, the first column, or both.")
            )
        elif value["header_row"] and len(rows) < 2:
            errors["rows"] = ValidationError(_("The table has headings but no row below them."))
        elif value["header_row"] and not all(rows[0][1 if value["header_column"] else 0 :]):
            errors["rows"] = ValidationError(_("A column has no heading. Fill in every cell of the first row."))
        elif value["header_column"] and not all(row[0] for row in rows[1 if value["header_row"] else 0 :]):
            errors["rows"] = ValidationError(_("A row has no heading. Fill in every cell of the first column."))
        if errors:
            raise blocks.StructBlockValidationError(errors)
        return value

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        rows = value.get("rows") or []
        if not any(any(row) for row in rows):
            return None
        flags = {name: bool(value.get(name)) for name in ("header_row", "header_column")}
        return texts(value, "caption") | flags | {"rows": rows}

    class Meta:
        label = _("Table")
        icon = "table"
        group = GROUP
        template = "cms_blocks/blocks/table.html"
        label_format = "{caption}"
        description = _("Facts side by side, in rows and columns.")
        preview_value = {
            "caption": _("The two halves side by side"),
            "header_row": True,
            "header_column": True,
            "rows": [
                ["", _("Administration"), _("Independent carrier")],
                [_("Place"), _("town hall"), _("in the districts")],
                [_("Strength"), _("knows who is responsible"), _("knows the people")],
            ],
        }
