"""Lists that a method holds: steps, short texts, sources. Declarative; their words are shown by the method's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

#: Longer than any event: ten full days.
MOST_MINUTES = 4800


class StepBlock(blocks.StructBlock):
    """One step of the way through a method. ``minutes``: 0 means that it lies before or after the event."""

    title = blocks.CharBlock(label=_("Step"), max_length=100, help_text=_("What happens, in a few words."))
    text = blocks.TextBlock(
        label=_("Text"), required=False, rows=3, max_length=500, help_text=_("How it is done, in a few sentences.")
    )
    minutes = blocks.IntegerBlock(
        label=_("Minutes"),
        min_value=0,
        max_value=MOST_MINUTES,
        default=0,
        help_text=_("How long it takes within the event. 0 for what lies before or after it."),
        search_index=False,
    )

    class Meta:
        label = _("Step")
        description = _("One step of the way, with what happens and how long it takes.")
        icon = "list-ol"
        label_format = "{title}"


class StepStreamBlock(blocks.StreamBlock):
    """The steps in their order."""

    step = StepBlock()


class TextListBlock(blocks.StreamBlock):
    """Short texts, one thought each."""

    item = blocks.CharBlock(
        label=_("Entry"), max_length=300, icon="list-ul", help_text=_("One thought, one short sentence.")
    )


class SourceBlock(blocks.StructBlock):
    """Something to read on. No address: those go stale."""

    title = blocks.CharBlock(label=_("Title"), max_length=250, help_text=_("Of the book, the collection or the page."))
    publisher = blocks.CharBlock(
        label=_("Published by"),
        max_length=250,
        required=False,
        help_text=_("Publishing house, foundation or authority, with the year if you know it."),
    )

    class Meta:
        label = _("Source")
        description = _("Something to read on: title and publisher.")
        icon = "openquote"
        label_format = "{title}"


class SourceStreamBlock(blocks.StreamBlock):
    """Things to read on."""

    source = SourceBlock()
