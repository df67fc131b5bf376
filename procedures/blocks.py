"""What a procedure holds in lists: phases with their ways to take part, stages, decisions, documents, outcome, change
log; and the initiatives of a district."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms_blocks.blocks.choosers import DocumentChooser, PageChooser, SnippetChooser
from procedures.enums import Degree, Stage, WayKind
from procedures.rules import check_phase, check_way, check_year


class WayBlock(blocks.StructBlock):
    """One way to take part. Without a deadline it is open as long as its phase."""

    kind = blocks.ChoiceBlock(label=_("How?"), choices=WayKind.choices, help_text=_("How people take part."))
    label = blocks.CharBlock(
        label=_("Words on the button"),
        max_length=60,
        help_text=_("A verb and what comes of it, for example “Send an idea”."),
    )
    deadline = blocks.DateTimeBlock(
        label=_("Deadline"),
        required=False,
        help_text=_("To the minute. Empty: open as long as the phase."),
        search_index=False,
        validators=[check_year],
    )
    address = blocks.URLBlock(
        label=_("Web address"), required=False, help_text=_("Where the button leads. Only for ways on the internet.")
    )
    place = blocks.TextBlock(
        label=_("Place, phone or postal address"),
        required=False,
        rows=2,
        max_length=300,
        help_text=_("Where to come, call or write to. For an event also the time."),
    )

    class Meta:
        label = _("Way to take part")
        description = _("Online, at an event, by phone, by letter or at a place.")
        icon = "group"
        label_format = "{label}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if errors := check_way(cleaned["address"], cleaned["place"]):
            raise StructBlockValidationError({name: ValidationError(message) for name, message in errors.items()})
        return cleaned


class PhaseBlock(blocks.StructBlock):
    """A part of the participation, from its beginning up to its end. Without a beginning the date is open."""

    title = blocks.CharBlock(
        label=_("Title of the phase"), max_length=100, help_text=_("What happens, in a few words.")
    )
    begins = blocks.DateTimeBlock(
        label=_("Beginning"),
        required=False,
        help_text=_("Empty as long as the date is open."),
        search_index=False,
        validators=[check_year],
    )
    ends = blocks.DateTimeBlock(
        label=_("End"),
        required=False,
        help_text=_("From this minute on the phase is over. Empty: it goes on until you set an end."),
        search_index=False,
        validators=[check_year],
    )
    text = blocks.TextBlock(
        label=_("What happens"), required=False, rows=3, max_length=600, help_text=_("In a few plain sentences.")
    )
    ways = blocks.ListBlock(
        WayBlock(), label=_("Ways to take part"), default=[], help_text=_("None, if people only watch this phase.")
    )
    methods = blocks.ListBlock(
        PageChooser(
            page_type="toolkit.MethodPage",
            label=_("Method"),
            help_text=_("One of the toolkit. It is shown as long as its page is public."),
        ),
        label=_("Methods"),
        default=[],
        help_text=_("How people work together in this phase. The pages of the methods name the procedure, too."),
    )
    promised_on = blocks.DateBlock(
        label=_("Result promised by"),
        required=False,
        help_text=_("When people will read what came of their contributions."),
        search_index=False,
    )
    result = blocks.TextBlock(
        label=_("Result"),
        required=False,
        rows=3,
        max_length=1000,
        help_text=_("What came of it. As long as it is empty, the page says that the contributions are evaluated."),
    )

    class Meta:
        label = _("Phase of participation")
        description = _("A part of the participation, with its time and the ways to take part.")
        icon = "date"
        label_format = "{title}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        deadlines = [(way["label"], way["deadline"]) for way in cleaned["ways"]]
        if errors := check_phase(cleaned["begins"], cleaned["ends"], deadlines):
            raise StructBlockValidationError({name: ValidationError(message) for name, message in errors.items()})
        return cleaned


class PhaseStreamBlock(blocks.StreamBlock):
    """The phases in their order."""

    phase = PhaseBlock()


class StageBlock(blocks.StructBlock):
    """From a day on the project is that far."""

    stage = blocks.ChoiceBlock(
        label=_("Stage"), choices=Stage.choices, help_text=_("How far the project itself is, whoever takes part.")
    )
    since = blocks.DateBlock(label=_("Since"), help_text=_("The day from which this holds."), search_index=False)
    note = blocks.TextBlock(
        label=_("Why, or what was reached"),
        required=False,
        rows=2,
        max_length=300,
        help_text=_("Needed if it is postponed or dropped: people want to know why."),
    )

    class Meta:
        label = _("Stage of the project")
        description = _("From a day on the project is that far.")
        icon = "tasks"
        label_format = "{stage}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["stage"] in {Stage.POSTPONED, Stage.DROPPED} and not cleaned["note"]:
            message = _("Say why: a project that is postponed or dropped needs a reason.")
            raise StructBlockValidationError({"note": ValidationError(message)})
        return cleaned


class StageStreamBlock(blocks.StreamBlock):
    """The stages of the project, oldest first."""

    stage = StageBlock()


class DecisionBlock(blocks.StructBlock):
    """A decision of a body: taken, or planned if its day lies ahead."""

    on = blocks.DateBlock(
        label=_("Day"), help_text=_("Of the meeting. One that lies ahead is shown as planned."), search_index=False
    )
    body = blocks.CharBlock(
        label=_("Body"), max_length=120, help_text=_("Who decides, for example “City council” or “Building committee”.")
    )
    reference = blocks.CharBlock(
        label=_("Reference number"),
        required=False,
        max_length=60,
        help_text=_("As the council’s information system has it."),
    )
    text = blocks.TextBlock(
        label=_("What is decided"), rows=2, max_length=400, help_text=_("In one or two plain sentences.")
    )
    page = PageChooser(
        label=_("Page of the resolution"),
        required=False,
        help_text=_("Where people can read it: a page of this website …"),
    )
    address = blocks.URLBlock(
        label=_("Web address of the resolution"),
        required=False,
        max_length=500,
        help_text=_("… or an address elsewhere, for example in the council’s information system."),
    )

    class Meta:
        label = _("Decision")
        description = _("What a committee or the council has decided or will decide.")
        icon = "check"
        label_format = "{body}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["page"] and cleaned["address"]:
            message = _("Choose either a page or a web address. Empty one of the two fields.")
            raise StructBlockValidationError({"address": ValidationError(message)})
        return cleaned


class DecisionStreamBlock(blocks.StreamBlock):
    """Decisions, in the order of their days."""

    decision = DecisionBlock()


class AttachedBlock(blocks.StructBlock):
    """A document that belongs to the procedure."""

    document = DocumentChooser(
        label=_("Document"), help_text=_("Shown with its summary, its size and whether it is accessible.")
    )
    words = blocks.CharBlock(
        label=_("Words of the link"),
        required=False,
        max_length=160,
        help_text=_("What it is in this procedure, for example “Draft of March”. Empty: the title of the document."),
    )
    on = blocks.DateBlock(
        label=_("Day of the document"),
        required=False,
        help_text=_("The day that its content is of. Empty: since when the file lies here."),
        search_index=False,
    )

    class Meta:
        label = _("Document")
        description = _("A file to download: a plan, an expert report, minutes.")
        icon = "doc-full-inverse"
        label_format = "{words}"


def _each_once(entries: Any, part: str, message: Any) -> Any:
    """These entries of a stream. Raises ``StreamBlockValidationError`` at one that names what one above names too."""
    seen: set[Any] = set()
    for place, child in enumerate(entries):
        if child.value[part] in seen:
            raise blocks.StreamBlockValidationError(block_errors={place: ValidationError(message)})
        seen.add(child.value[part])
    return entries


class AttachedStreamBlock(blocks.StreamBlock):
    """Each document once, in the editor's order."""

    document = AttachedBlock()

    def clean(self, value: Any) -> Any:
        return _each_once(
            super().clean(value), "document", _("This document is listed above already. Keep one of the two.")
        )


class NotAdoptedBlock(blocks.StructBlock):
    """A contribution that was not followed, and why."""

    what = blocks.CharBlock(label=_("What was proposed"), max_length=200, help_text=_("In one plain sentence."))
    why = blocks.TextBlock(
        label=_("Why it was not followed"), rows=2, max_length=400, help_text=_("A reason that people can follow.")
    )

    class Meta:
        label = _("Not followed")
        description = _("A proposal that was not followed, with the reason.")
        icon = "cross"
        label_format = "{what}"


class NotAdoptedStreamBlock(blocks.StreamBlock):
    """What was not followed."""

    proposal = NotAdoptedBlock()


class RatingBlock(blocks.StructBlock):
    """How far a procedure kept one of the city's principles. Whatever was not simply met has its reason."""

    principle = SnippetChooser(
        "procedures.Principle", label=_("Principle"), help_text=_("One of the city’s principles of participation.")
    )
    degree = blocks.ChoiceBlock(label=_("Kept?"), choices=Degree.choices, help_text=_("How far was it kept?"))
    reason = blocks.TextBlock(
        label=_("Reason"),
        required=False,
        rows=2,
        max_length=400,
        help_text=_("Needed unless it was met: people want to know why."),
    )

    class Meta:
        label = _("Rating")
        description = _("A principle, how far it was kept, and why.")
        icon = "circle-check"
        label_format = "{degree}"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["degree"] != Degree.MET and not cleaned["reason"]:
            message = _("Say why: only a principle that was met needs no reason.")
            raise StructBlockValidationError({"reason": ValidationError(message)})
        return cleaned


class RatingStreamBlock(blocks.StreamBlock):
    """Each principle once."""

    rating = RatingBlock()

    def clean(self, value: Any) -> Any:
        return _each_once(
            super().clean(value), "principle", _("This principle is rated above already. Keep one of the two.")
        )


class ChangeBlock(blocks.StructBlock):
    """An entry of the change log. Numbers tell differences: more money or more days are positive."""

    on = blocks.DateBlock(label=_("Day"), help_text=_("The day from which it is public."), search_index=False)
    what = blocks.CharBlock(label=_("What is new?"), max_length=200, help_text=_("In one plain sentence."))
    why = blocks.CharBlock(
        label=_("Why?"), required=False, max_length=300, help_text=_("What led to it, if that is known.")
    )
    cost = blocks.DecimalBlock(
        label=_("Euros more or less"),
        required=False,
        max_digits=12,
        decimal_places=2,
        help_text=_("By how much it costs more; less with a minus sign. Empty: no difference."),
    )
    days = blocks.IntegerBlock(
        label=_("Days later or earlier"),
        required=False,
        help_text=_("By how many days it ends later; earlier with a minus sign. Empty: no difference."),
    )

    class Meta:
        label = pgettext_lazy("change log", "Change")
        description = _("What was new on a day, and why.")
        icon = "history"
        label_format = "{on}: {what}"


class ChangeStreamBlock(blocks.StreamBlock):
    """The change log."""

    change = ChangeBlock()


class InitiativeBlock(blocks.StructBlock):
    """An initiative or institution of a district. Without its consent it is shown nowhere."""

    name = blocks.CharBlock(
        label=pgettext_lazy("initiative", "Name"), max_length=120, help_text=_("As it calls itself.")
    )
    what = blocks.TextBlock(
        label=_("What it does"), rows=2, max_length=400, help_text=_("In one or two plain sentences.")
    )
    address = blocks.TextBlock(
        label=pgettext_lazy("initiative", "Address"),
        required=False,
        rows=2,
        max_length=200,
        help_text=_("Where people find it."),
    )
    accessibility = blocks.TextBlock(
        label=pgettext_lazy("initiative", "Accessibility"),
        required=False,
        rows=2,
        max_length=300,
        help_text=_("Steps, lift, toilet, hearing loop, languages: what people should know before they come."),
    )
    contact = blocks.CharBlock(
        label=pgettext_lazy("initiative", "Contact"),
        required=False,
        max_length=200,
        help_text=_("Phone or mail of the initiative, as it wants to be reached. No private numbers."),
    )
    website = blocks.URLBlock(label=_("Web address"), required=False, help_text=_("With https:// at the beginning."))
    consent = blocks.BooleanBlock(
        label=_("It has agreed to be listed"),
        help_text=_("Needed: without a tick the entry is not public. Keep the answer, a mail for example."),
    )

    class Meta:
        label = _("Initiative or institution")
        description = _("An initiative or institution of the district, with its consent.")
        icon = "group"
        label_format = "{name}"


class InitiativeStreamBlock(blocks.StreamBlock):
    """The directory of a district, in the editor's order."""

    initiative = InitiativeBlock()
