"""Parts of the legal pages. Declarative; their words are shown by the page that holds them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError

from cms_blocks.office import Half

#: The halves that have a publisher of their own.
HALVES = [(half.value, half.label) for half in (Half.ADMINISTRATION, Half.CARRIER)]
#: Reasons that the law knows for content with barriers.
REASONS = [
    ("burden", _("disproportionate burden")),
    ("scope", _("not within the scope of the law")),
    ("pending", _("not yet accessible, it is being worked on")),
]


class PublisherBlock(blocks.StructBlock):
    """Who publishes for one half, as § 5 DDG and § 18 MStV ask for it."""

    half = blocks.ChoiceBlock(
        choices=HALVES, label=_("Half of the office"), help_text=_("For which half does this body answer?")
    )
    name = blocks.CharBlock(
        label=_("Name"), max_length=200, help_text=_("The full legal name, for example “City of …” or “… e. V.”.")
    )
    represented_by = blocks.CharBlock(
        label=_("Represented by"),
        max_length=250,
        help_text=_("Role and name of whoever represents the body, for example “the Lord Mayor” or “the board”."),
    )
    street = blocks.CharBlock(
        label=_("Street and number"), max_length=200, help_text=_("Where letters can be delivered. No post box.")
    )
    postcode = blocks.CharBlock(label=_("Postcode"), max_length=10, help_text=_("Five digits."))
    town = blocks.CharBlock(label=_("Town"), max_length=120, help_text=_("As it stands on letters."))
    phone = blocks.CharBlock(
        label=_("Phone"), max_length=40, required=False, help_text=_("With the area code, for example “030 23125 110”.")
    )
    email = blocks.EmailBlock(label=_("E-mail"), help_text=_("An address that somebody reads every working day."))
    register = blocks.CharBlock(
        label=_("Register"),
        max_length=250,
        required=False,
        help_text=_("Court and number, if the body stands in a register, for example “Amtsgericht …, VR 0000”."),
    )
    vat_id = blocks.CharBlock(
        label=_("VAT number"), max_length=20, required=False, help_text=_("Only if there is one.")
    )
    responsible = blocks.TextBlock(
        label=_("Responsible for the content"),
        rows=3,
        max_length=300,
        help_text=_("Name, role and address of the person who answers for the texts (§ 18 Abs. 2 MStV)."),
    )

    class Meta:
        label = _("Publisher")
        description = _("A body that publishes this website: one for each half of the office.")
        icon = "home"
        label_format = "{name}"


class PublishersBlock(blocks.StreamBlock):
    """One publisher for each half."""

    publisher = PublisherBlock()

    class Meta:
        max_num = len(HALVES)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            counts = Counter(child.value["half"] for child in cleaned)
            wrong = [label for half, label in HALVES if counts[half] != 1]
            if wrong:
                message = _("Name one publisher for each half. Please check: %(halves)s.")
                raise StreamBlockValidationError(non_block_errors=[message % {"halves": ", ".join(map(str, wrong))}])
        return cleaned


class BarrierBlock(blocks.StructBlock):
    """Content that is not accessible, why, and what people can do instead."""

    content = blocks.TextBlock(
        label=_("What is not accessible?"),
        rows=2,
        max_length=500,
        help_text=_(
            "Say it so that people recognise it, for example “Plans from before 2020 are pictures without text”."
        ),
    )
    reason = blocks.ChoiceBlock(
        choices=REASONS, label=_("Why?"), help_text=_("The law knows these three reasons. Take the one that applies.")
    )
    explanation = blocks.TextBlock(
        label=_("More on the reason"),
        rows=2,
        max_length=500,
        required=False,
        help_text=_("In plain words. If it is being worked on: until when?"),
    )
    alternative = blocks.TextBlock(
        label=_("What can people do instead?"),
        rows=2,
        max_length=500,
        help_text=_("For example “Call us, we read the plan to you and explain it”."),
    )

    class Meta:
        label = _("Content with a barrier")
        description = _("Something that does not work for everybody, why, and what people can do instead.")
        icon = "warning"
        label_format = "{content}"


class BarriersBlock(blocks.StreamBlock):
    """All content that is known not to be accessible."""

    barrier = BarrierBlock()
