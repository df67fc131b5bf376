"""A method of participation: what it is for, for whom, how long, at what cost, and how it is done."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    PageChooserPanel,
)
from wagtail.models import Orderable, Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from cms_blocks.blocks.field import StreamField
from cms_blocks.pages import BasePage
from cms_blocks.print.sheets import printed_address
from cms_blocks.publication.targets import Target, current_targets
from toolkit.blocks import SourceStreamBlock, StepStreamBlock, TextListBlock
from toolkit.enums import CostLevel, Level, Purpose, Recruitment, Setting
from toolkit.fields import ChoiceSetField
from toolkit.forms import MethodForm
from toolkit.page_types import TOOLKIT
from toolkit.rules import NUMBERS, check_method

#: Fields that say the same in every language. Translations copy them (:func:`toolkit.translation.copy_neutral_fields`).
NEUTRAL_FIELDS = (
    "purposes",
    "levels",
    "settings",
    "recruitment",
    "group_size_min",
    "group_size_max",
    "duration_minutes_min",
    "duration_minutes_max",
    "preparation_weeks_min",
    "preparation_weeks_max",
    "cost_level",
    "image",
)


TICK_ALL = _("Tick everything that applies. Filters and finder go by it.")
#: The language in which methods are written first, and in full.
ORIGINAL = "de"


def _number(label: Any, help_text: Any, least: int, **kwargs: Any) -> models.PositiveIntegerField:
    """A number that a draft may leave open and a public page may not."""
    return models.PositiveIntegerField(
        label,
        null=True,
        help_text=help_text,
        validators=[MinValueValidator(least), MaxValueValidator(1_000_000)],
        **kwargs,
    )


def _texts(label: Any, help_text: Any) -> StreamField:
    return StreamField(TextListBlock(), verbose_name=label, blank=True, help_text=help_text)


class MethodPage(BasePage):
    """One method. Units: people, minutes of the event itself, calendar weeks, cost level 1 to 5.

    A translation may hold only title, lead and content besides the :data:`NEUTRAL_FIELDS`.
    """

    image = models.ForeignKey(
        "cms_blocks.Image",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shows people doing it. Without one the drawn sign is shown."),
    )
    purposes = ChoiceSetField(Purpose, verbose_name=_("purposes"), help_text=_("What is the method good for?"))
    levels = ChoiceSetField(
        Level, verbose_name=_("levels of participation"), help_text=_("How much influence can people have with it?")
    )
    settings = ChoiceSetField(
        Setting, verbose_name=pgettext_lazy("of a method", "settings"), help_text=_("Where can people take part?")
    )
    recruitment = ChoiceSetField(
        Recruitment, verbose_name=_("recruitment"), help_text=_("How do people come to take part?")
    )
    group_size_min = _number(_("people, at least"), _("With fewer people it makes no sense."), 1)
    group_size_max = _number(_("people, at most"), _("Leave it empty if there is no upper limit."), 1, blank=True)
    duration_minutes_min = _number(
        _("minutes, at least"), _("Of the event itself. A full day of work counts 480 minutes."), 1
    )
    duration_minutes_max = _number(
        _("minutes, at most"), _("Several days are added up, 480 minutes for each full day."), 1
    )
    preparation_weeks_min = _number(
        _("weeks of preparation, at least"), _("Calendar weeks from the order to the first event."), 0
    )
    preparation_weeks_max = _number(
        _("weeks of preparation, at most"), _("Calendar weeks, if it takes long to prepare."), 0
    )
    cost_level = models.PositiveSmallIntegerField(
        _("cost"),
        null=True,
        choices=CostLevel,
        help_text=_("Material and external fees, without the office's own staff."),
    )
    cost_note = models.TextField(
        _("what drives the cost"),
        max_length=500,
        blank=True,
        help_text=_("What has to be paid for, with a range in euros."),
    )
    staff = models.TextField(
        _("staff"),
        max_length=500,
        blank=True,
        help_text=_("Who is needed, for example “one facilitator for every 25 people”."),
    )
    steps = StreamField(
        StepStreamBlock(),
        verbose_name=_("steps"),
        blank=True,
        help_text=_("How it goes, from the beginning to the end. Together the minutes lie within the duration."),
    )
    materials = _texts(_("materials"), _("What has to be there."))
    strengths = _texts(_("strengths"), _("What the method does well, one sentence each."))
    limits = _texts(_("limits"), _("What it is not made for, one sentence each."))
    accessibility = _texts(_("accessibility"), _("What to do so that everyone can take part."))
    target_groups = _texts(_("target groups"), _("Who is reached with it, in your own words."))
    origin = models.TextField(
        _("origin"), max_length=500, blank=True, help_text=_("Where the method comes from, if that is known for sure.")
    )
    sources = StreamField(
        SourceStreamBlock(), verbose_name=_("sources"), blank=True, help_text=_("To read on: title and publisher.")
    )

    base_form_class = MethodForm
    template = "toolkit/method.html"
    parent_page_types = ["toolkit.MethodIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A way of working with people, with all facts needed to choose it.")
    page_sign = "deliberate"
    page_group = TOOLKIT

    search_fields = [*BasePage.search_fields, index.SearchField("staff"), index.SearchField("origin")]

    override_translatable_fields = [
        *(SynchronizedField(name, overridable=False) for name in NEUTRAL_FIELDS),
        *(TranslatableField(name) for name in ("cost_note", "staff", "origin")),
    ]

    content_panels = [
        BasePage.title_panel,
        FieldPanel("lead"),
        FieldPanel("purposes", heading=_("What is it for?"), help_text=TICK_ALL),
        FieldPanel("levels", heading=_("How much influence?"), help_text=TICK_ALL),
        FieldPanel("image"),
        FieldPanel("body"),
        FieldPanel("steps"),
        MultiFieldPanel([FieldPanel("strengths"), FieldPanel("limits")], heading=_("Strengths and limits")),
        InlinePanel("combinations", heading=_("Goes well with"), label=_("Method")),
        MultiFieldPanel([FieldPanel("origin"), FieldPanel("sources")], heading=_("Origin and sources")),
    ]
    place_panels = [
        FieldPanel("settings", heading=_("Where?"), help_text=TICK_ALL),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("group_size_min"), FieldPanel("group_size_max")])], heading=_("How many people?")
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("duration_minutes_min"), FieldPanel("duration_minutes_max")])],
            heading=_("How long does it take?"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("preparation_weeks_min"), FieldPanel("preparation_weeks_max")])],
            heading=_("How long is it prepared?"),
        ),
        MultiFieldPanel([FieldPanel("cost_level"), FieldPanel("cost_note")], heading=_("What does it cost?")),
        FieldPanel("materials"),
        *BasePage.place_panels,
    ]
    who_panels = [FieldPanel("staff"), *BasePage.who_panels]
    take_part_panels = [
        FieldPanel("recruitment", heading=_("How do people come to take part?"), help_text=TICK_ALL),
        FieldPanel("target_groups"),
        FieldPanel("accessibility"),
    ]

    class Meta:
        verbose_name = _("method")
        verbose_name_plural = _("methods")

    def clean(self) -> None:
        """Ranges run from small to large, and the steps fit into the duration. Raises ``ValidationError`` by field."""
        super().clean()
        errors = check_method(self.numbers(), self.step_minutes())
        if errors:
            raise ValidationError({name: [message] for name, message in errors.items()})

    def numbers(self) -> dict[str, int | None]:
        """The numeric fields by name."""
        return {name: getattr(self, name) for name in NUMBERS}

    def step_minutes(self) -> list[int]:
        """Minutes of each step, 0 for steps outside the event."""
        return [step.value["minutes"] or 0 for step in self.steps]

    def original(self) -> Target | None:
        """The public page in the language with all details, unless this is it or its text links there already."""
        if self.locale.language_code == ORIGINAL:
            return None
        same = MethodPage.objects.filter(translation_key=self.translation_key, locale__language_code=ORIGINAL)
        pk = same.values_list("pk", flat=True).first()
        linked = {
            int(found) for model, found, *_ in self.body.stream_block.extract_references(self.body) if model is Page
        }
        return None if pk in linked else current_targets().exactly("page", pk)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from toolkit.presentation import method_view

        context = super().get_context(request, *args, **kwargs)
        context["printed"] = printed_address(request)
        context["method"] = method_view(self)
        context["original"] = None if context["method"].has_details else self.original()
        return context


class MethodCombination(Orderable):
    """“Goes well with”: directed, in the editor's order."""

    page = ParentalKey(MethodPage, on_delete=models.CASCADE, related_name="combinations")
    method = models.ForeignKey(
        MethodPage, verbose_name=_("method"), on_delete=models.CASCADE, related_name="combined_by"
    )

    panels = [
        PageChooserPanel(
            "method", "toolkit.MethodPage", help_text=_("One that goes well before, after or together with this one.")
        )
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("combination")
        verbose_name_plural = _("combinations")
