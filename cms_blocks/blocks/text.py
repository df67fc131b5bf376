"""Running text: paragraph, heading, quotation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms_blocks import rich_text
from cms_blocks.blocks.base import ContentBlock, texts
from cms_blocks.blocks.json_forms import HeadingForm, ParagraphForm, QuoteForm

if TYPE_CHECKING:
    from cms_blocks.publication.targets import Targets

GROUP = _("Text")


class ParagraphBlock(ContentBlock, blocks.RichTextBlock):
    """Running text with links and lists. JSON: ``html``, ``text``."""

    json_form = ParagraphForm

    def __init__(self, features: list[str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Short paragraphs read best: one thought each, the most important one first."))
        super().__init__(features=features or rich_text.FEATURES, **kwargs)

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        text = rich_text.to_rich_html(value, targets)
        return {"html": text.html, "text": text.text} if text else None

    def opens_section(self, value: Any) -> bool:
        return False

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        group = GROUP
        template = "cms_blocks/blocks/paragraph.html"
        description = _("Running text with links and lists.")
        preview_value = _(
            "<p>The square in front of the library is to be rebuilt. What it will look like is not decided yet.</p>"
            "<p><b>You can help decide</b> until the end of the month.</p>"
        )


class HeadingBlock(ContentBlock, blocks.StructBlock):
    """A heading between blocks. JSON: ``text``, ``level`` (2 or 3)."""

    json_form = HeadingForm

    text = blocks.CharBlock(
        label=_("Heading"), max_length=160, help_text=_("Says in a few words what the next part is about.")
    )
    level = blocks.ChoiceBlock(
        label=_("Level of the heading"),
        choices=[("2", _("Heading of a part")), ("3", _("Heading within a part"))],
        default="2",
        search_index=False,
        help_text=_("A heading within a part stands below a heading of a part. Do not choose it for its size."),
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        shown = texts(value, "text")
        return shown | {"level": 3 if value.get("level") == "3" else 2} if shown["text"] else None

    def opens_section(self, value: Any) -> bool:
        return value.get("level") != "3" and bool(value.get("text"))

    class Meta:
        label = _("Heading")
        icon = "title"
        group = GROUP
        template = "cms_blocks/blocks/heading.html"
        label_format = "{text}"
        description = _("Divides the page into parts that people can jump to.")
        preview_value = {"text": _("What is open to influence"), "level": "2"}


class QuoteBlock(ContentBlock, blocks.StructBlock):
    """Words of somebody. JSON: ``text``, ``name``, ``source``."""

    json_form = QuoteForm

    text = blocks.TextBlock(
        label=_("Quotation"),
        max_length=800,
        help_text=_("The words as they were said or written, without quotation marks."),
    )
    name = blocks.CharBlock(
        label=_("Who says it"),
        required=False,
        max_length=160,
        help_text=_("Name a person only with their consent; a role such as “Resident of the district” is enough."),
    )
    source = blocks.CharBlock(
        label=_("Source"),
        required=False,
        max_length=200,
        help_text=_("Where and when it was said, if that helps readers."),
    )

    def resolve(self, value: Any, targets: Targets) -> dict[str, Any] | None:
        shown = texts(value, "text", "name", "source")
        return shown if shown["text"] else None

    class Meta:
        label = _("Quotation")
        icon = "openquote"
        group = GROUP
        template = "cms_blocks/blocks/quote.html"
        label_format = "{text}"
        description = _("Lets somebody speak in their own words.")
        preview_value = {
            "text": _("For the first time somebody asked us before the plan was finished."),
            "name": _("Participant of a walk through the district"),
            "source": _("Review of the procedure"),
        }
