"""A procedure: what the city plans, what is open to influence, how to take part, and what came of it."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.models import Orderable
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from cms_blocks.blocks.field import StreamField
from cms_blocks.pages import BasePage
from cms_blocks.print.sheets import printed_address
from cms_blocks.publication.targets import Targets
from cms_blocks.publication.unit import unit
from procedures.blocks import (
    AttachedStreamBlock,
    ChangeStreamBlock,
    DecisionStreamBlock,
    NotAdoptedStreamBlock,
    PhaseStreamBlock,
    RatingStreamBlock,
    StageStreamBlock,
)
from procedures.changes import DUTIES, duties_of, rows_of
from procedures.enums import CostKind, Form, Initiator
from procedures.euros import EuroField
from procedures.forms import ProcedureForm
from procedures.models.district import NamesDistrict
from procedures.numbering import is_taken, next_reference
from procedures.outline_fields import OutlineField
from procedures.outlines import label_point
from procedures.page_types import PROCEDURES
from procedures.panels import PointPanel, YesNoOrOpen
from procedures.rules import check_procedure
from toolkit.blocks import TextListBlock
from toolkit.enums import Level

#: Fields that say the same in every language.
NEUTRAL_FIELDS = (
    "initiator", "level", "form", "city_wide", "latitude", "longitude", "area", "cost_kind", "cost_from", "cost_to",
    "cost_on", "suspended_from", "suspended_until", "listed_on", "reference", "board_recommended", "contributions",
    "first_reading", "display_from", "display_until", "announced_on", "announcement_url",
)  # fmt: skip
#: Fields whose words are translated.
WORDS = (
    "brief_what", "brief_where", "brief_how", "business_area", "no_participation_reason", "legal_basis",
    "official_address", "place", "cost_basis", "suspended_reason", "next_steps", "affected",
    "announcement",
)  # fmt: skip
REFERENCE = re.compile(r"\d{4}-\d{4}")


def _brief(label: Any, help_text: Any) -> models.CharField:
    return models.CharField(label, max_length=200, help_text=help_text)


def _texts(label: Any, help_text: Any) -> StreamField:
    return StreamField(TextListBlock(), verbose_name=label, blank=True, help_text=help_text)


def _degrees(label: Any, most: int, help_text: Any) -> models.FloatField:
    return models.FloatField(
        label,
        null=True,
        blank=True,
        help_text=help_text,
        validators=[MinValueValidator(-most), MaxValueValidator(most)],
    )


def _euros(label: Any, help_text: Any) -> EuroField:
    return EuroField(
        label,
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=help_text,
        validators=[MinValueValidator(0)],
    )


class ProcedurePage(BasePage):
    """One procedure. Whether people can take part is derived, never stored: :mod:`procedures.participation`."""

    brief_what = _brief(_("In short: what?"), _("One plain sentence: what is planned?"))
    brief_where = _brief(_("In short: where?"), _("One plain sentence: where is it?"))
    brief_how = _brief(_("In short: what can I do?"), _("One plain sentence: what can people do, and until when?"))
    open_points = _texts(_("open to influence"), _("What people can still change. One thought each."))
    fixed_points = _texts(_("fixed"), _("What stands already and why it cannot be changed. One thought each."))
    initiator = models.CharField(
        _("initiator"),
        max_length=20,
        choices=Initiator,
        default=Initiator.ADMINISTRATION,
        help_text=_("Who began it: the city, or people in the city?"),
    )
    business_area = models.CharField(
        _("business area"),
        max_length=120,
        blank=True,
        help_text=_("The part of the administration that answers for the project."),
    )
    level = models.CharField(
        _("level of participation"),
        max_length=20,
        choices=Level,
        blank=True,
        help_text=_("How much influence people have. Leave it empty if there is no participation, and say why below."),
    )
    no_participation_reason = models.TextField(
        _("reason why there is no participation"),
        max_length=500,
        blank=True,
        help_text=_("Needed if no level is chosen. It is shown to the public."),
    )
    form = models.CharField(
        _("form"),
        max_length=20,
        choices=Form,
        default=Form.INFORMAL,
        help_text=_("Formal ones follow a law: then say which, and where the official submission goes."),
    )
    legal_basis = models.CharField(
        _("legal basis"), max_length=200, blank=True, help_text=_("Needed for formal ones, for example “§ 3 BauGB”.")
    )
    official_address = models.TextField(
        _("address for the official submission"),
        max_length=300,
        blank=True,
        help_text=_("Needed for formal ones: only what arrives there counts by law."),
    )
    display_from = models.DateField(
        _("displayed from"), null=True, blank=True, help_text=_("Needed for formal ones: the first day of the display.")
    )
    display_until = models.DateField(
        _("displayed until"), null=True, blank=True, help_text=_("Needed for formal ones: the last day of the display.")
    )
    announcement = models.TextField(
        _("official announcement"),
        max_length=300,
        blank=True,
        help_text=_("Needed for formal ones: where it was announced, for example “Official gazette 7/2026, page 12”."),
    )
    announced_on = models.DateField(
        _("announced on"), null=True, blank=True, help_text=_("The day of the official announcement, if it is known.")
    )
    announcement_url = models.URLField(
        _("web address of the announcement"),
        max_length=500,
        blank=True,
        help_text=_("Where people can read it, beginning with https://."),
    )
    affected = models.TextField(
        _("who is concerned"),
        max_length=500,
        blank=True,
        help_text=_("Which residents and groups does it concern above all?"),
    )
    city_wide = models.BooleanField(
        _("city-wide"), default=False, help_text=_("Concerns the whole city. Otherwise choose one or more districts.")
    )
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("Street or place, as people call it."))
    latitude = _degrees(_("latitude"), 90, _("In degrees, for example 52.4009. Empty without a point on the map."))
    longitude = _degrees(_("longitude"), 180, _("In degrees, for example 13.0591."))
    area = OutlineField(
        _("area"),
        blank=True,
        help_text=_(
            "Instead of a point or beside it, for example for a development plan: a GeoJSON file with one polygon or "
            "multipolygon in WGS84, at most 2 MB. It is simplified for the map."
        ),
    )
    cost_kind = models.CharField(
        _("cost"),
        max_length=20,
        choices=CostKind,
        default=CostKind.UNKNOWN,
        help_text=_("An amount or a range needs its day and what it rests on."),
    )
    cost_from = _euros(_("euros, or at least"), _("The amount, or the lower end of the range."))
    cost_to = _euros(_("euros at most"), _("The upper end of the range."))
    cost_on = models.DateField(_("as of"), null=True, blank=True, help_text=_("The day that the amount dates from."))
    cost_basis = models.CharField(
        _("what the amount rests on"),
        max_length=200,
        blank=True,
        help_text=_("For example “cost estimate” or “council decision”."),
    )
    phases = StreamField(
        PhaseStreamBlock(),
        verbose_name=_("phases"),
        blank=True,
        help_text=_("From the first to the last. Whether the procedure is open follows from them by itself."),
    )
    suspended_from = models.DateTimeField(
        _("suspended from"), null=True, blank=True, help_text=_("If participation rests for some time.")
    )
    suspended_until = models.DateTimeField(
        _("suspended until"), null=True, blank=True, help_text=_("Empty: until further notice.")
    )
    suspended_reason = models.CharField(
        _("reason of the suspension"), max_length=300, blank=True, help_text=_("Needed if it is suspended.")
    )
    stages = StreamField(
        StageStreamBlock(),
        verbose_name=_("stages of the project"),
        blank=True,
        help_text=_("How far the project itself is. It goes on when participation has ended."),
    )
    decisions = StreamField(
        DecisionStreamBlock(),
        verbose_name=_("decisions"),
        blank=True,
        help_text=_("Taken and planned ones, in the order of their days."),
    )
    documents = StreamField(
        AttachedStreamBlock(),
        verbose_name=_("documents"),
        blank=True,
        help_text=_("Plans, expert reports, minutes, in this order. What is not public is left out of the page."),
    )
    first_reading = models.DateField(
        _("first reading in the council"),
        null=True,
        blank=True,
        help_text=_("A project belongs on the list at least three months before. If it came later, the page says so."),
    )
    next_steps = models.TextField(
        _("next steps"), max_length=500, blank=True, help_text=_("What happens next, in plain sentences.")
    )
    contributions = models.PositiveIntegerField(
        _("contributions received"),
        null=True,
        blank=True,
        help_text=_("How many ideas, letters and votes came in. Empty as long as nobody has counted."),
    )
    adopted = _texts(_("followed"), _("What was taken up. One thought each."))
    not_adopted = StreamField(
        NotAdoptedStreamBlock(),
        verbose_name=_("not followed"),
        blank=True,
        help_text=_("What was not taken up, each with its reason."),
    )
    ratings = StreamField(
        RatingStreamBlock(),
        verbose_name=_("rated by the principles"),
        blank=True,
        help_text=_("How far the procedure kept each of the city’s principles of participation."),
    )
    changes = StreamField(
        ChangeStreamBlock(),
        verbose_name=_("change log"),
        blank=True,
        help_text=_("Public. A new entry comes from the question “What is new?”; correct or complete it here."),
    )
    board_recommended = models.BooleanField(
        _("involvement of the board recommended"),
        null=True,
        blank=True,
        help_text=_("Yes or no stands on the page. As long as nobody knows, the page says nothing about it."),
    )
    listed_on = models.DateField(
        _("listed since"), default=timezone.localdate, help_text=_("The day on which it came on the list.")
    )
    reference = models.CharField(
        _("number"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(REFERENCE, _("Year and four digits, for example 2026-0041."))],
        help_text=_("Year and four digits. Leave it empty, and the next free number is taken."),
    )

    #: A copy is a procedure of its own.
    exclude_fields_in_copy = ["reference"]
    base_form_class = ProcedureForm
    template = "procedures/procedure.html"
    parent_page_types = ["procedures.ProcedureIndexPage"]
    subpage_types: list[str] = []
    page_description = _("What the city plans: what is open, how people take part and what comes of it.")
    page_sign = "join_in"
    page_group = PROCEDURES

    search_fields = [*BasePage.search_fields, index.SearchField("place"), index.FilterField("reference")]
    override_translatable_fields = [
        *(SynchronizedField(name, overridable=False) for name in NEUTRAL_FIELDS),
        *(TranslatableField(name) for name in WORDS),
    ]

    content_panels = [
        MultiFieldPanel(
            [FieldPanel("news_what"), FieldPanel("news_why"), FieldPanel("editorial_only")],
            heading=_("What is new?"),
            help_text=_("The page is public. Whoever follows it is told what has changed."),
        ),
        BasePage.title_panel,
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("brief_what"), FieldPanel("brief_where"), FieldPanel("brief_how")], heading=_("In short")
        ),
        MultiFieldPanel([FieldPanel("open_points"), FieldPanel("fixed_points")], heading=_("Open and fixed")),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("cost_kind"),
                FieldRowPanel([FieldPanel("cost_from"), FieldPanel("cost_to")]),
                FieldRowPanel([FieldPanel("cost_on"), FieldPanel("cost_basis")]),
            ],
            heading=_("Cost"),
        ),
        FieldPanel("stages"),
        FieldPanel("first_reading"),
        FieldPanel("decisions"),
        FieldPanel("next_steps"),
        FieldPanel("documents"),
        InlinePanel("methods", heading=_("Methods"), label=_("Method")),
    ]
    place_panels = [
        MultiFieldPanel(
            [
                FieldPanel("city_wide"),
                InlinePanel("districts", label=_("District")),
                FieldPanel("place"),
                FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
                PointPanel(),
                FieldPanel("area"),
            ],
            heading=_("Where?"),
        ),
        FieldPanel("topic", help_text=_("The one that fits best. It gives the drawn sign.")),
        InlinePanel("further_topics", heading=_("Further topics"), label=_("Topic")),
        FieldPanel("illustration"),
    ]
    who_panels = [
        FieldPanel("initiator"),
        FieldPanel("business_area"),
        FieldPanel("affected"),
        FieldPanel("board_recommended", widget=YesNoOrOpen),
        FieldPanel("half"),
        FieldPanel("contact"),
        FieldPanel(
            "review_date",
            help_text=_("By this day you look at the page again. When it has passed, the public page says so."),
        ),
    ]
    take_part_panels = [
        FieldPanel("level"),
        FieldPanel("no_participation_reason"),
        FieldPanel("phases"),
        MultiFieldPanel(
            [FieldPanel("contributions"), FieldPanel("adopted"), FieldPanel("not_adopted"), FieldPanel("ratings")],
            heading=_("What came of it"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("form"),
                FieldPanel("legal_basis"),
                FieldPanel("official_address"),
                FieldRowPanel([FieldPanel("display_from"), FieldPanel("display_until")]),
                FieldPanel("announcement"),
                FieldRowPanel([FieldPanel("announced_on"), FieldPanel("announcement_url")]),
            ],
            heading=_("Formal or informal"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("suspended_from"), FieldPanel("suspended_until")]),
                FieldPanel("suspended_reason"),
            ],
            heading=_("Suspended"),
        ),
    ]
    promote_panels = [
        MultiFieldPanel([FieldRowPanel([FieldPanel("reference"), FieldPanel("listed_on")])], heading=_("On the list")),
        FieldPanel("changes"),
        *BasePage.promote_panels,
    ]

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        indexes = [models.Index(fields=["reference"], name="procedure_reference")]

    def clean(self) -> None:
        """What does not fit together, by field. Raises ``ValidationError``."""
        super().clean()
        if errors := check_procedure(self):
            raise ValidationError({name: [message] for name, message in errors.items()})

    def validate_unique(self, exclude: Any = None) -> None:
        """Its number too is its own. Raises ``ValidationError``."""
        super().validate_unique(exclude)
        if self.reference and "reference" not in (exclude or ()) and is_taken(self):
            message = _("Another procedure has this number. Leave it empty: the next free one is taken.")
            raise ValidationError({"reference": [message]})

    def duties(self) -> dict[str, Any]:
        """What must be said of it, as :func:`procedures.changes.duties_of` compares it."""
        return duties_of({name: getattr(self, name) for name in DUTIES}, rows_of(self))

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude of where it is: its own point, else the place in its area with most room."""
        if self.latitude is None or self.longitude is None:
            return label_point(self.area)
        return self.latitude, self.longitude

    def contact_for(self, targets: Targets) -> Any:
        """The procedure's own, else that of the half that leads it."""
        from procedures.half_contacts import contact_of

        return super().contact_for(targets) or contact_of(self.half, targets)

    @property
    def topic_ids(self) -> list[int]:
        """The main topic first, each once."""
        return list(dict.fromkeys(filter(None, (self.topic_id, *(row.topic_id for row in self.further_topics.all())))))

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """A procedure gets the next free number of its year with its first saving."""
        with unit():
            if not self.reference and kwargs.get("update_fields") is None:
                self.reference = next_reference(self)
            return super().save(*args, **kwargs)

    save.alters_data = True  # type: ignore[attr-defined]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.exits import export_address
        from procedures.news import news_about_procedure
        from procedures.presentation import procedure_view

        context = super().get_context(request, *args, **kwargs)
        context["procedure"] = procedure_view(self)
        context["printed"] = printed_address(request)
        context["news"] = news_about_procedure(self)
        if context["printed"]:  # no preview
            asked = {"locale": self.locale.language_code, "reference": self.reference}
            context["feed"] = export_address("procedures", "atom", asked)
            context["calendar"] = export_address("procedures", "ics", asked) if self.phases else ""
        return context


class ProcedureDistrict(NamesDistrict):
    """Where a procedure takes place."""

    page = ParentalKey(ProcedurePage, on_delete=models.CASCADE, related_name="districts")
    district = models.ForeignKey(
        "procedures.DistrictPage", verbose_name=_("district"), on_delete=models.PROTECT, related_name="procedures"
    )

    panels = [
        PageChooserPanel(
            "district", "procedures.DistrictPage", help_text=_("Where it takes place, or whom it concerns.")
        )
    ]

    class Meta(NamesDistrict.Meta):
        verbose_name = _("district")
        verbose_name_plural = _("districts")


class ProcedureMethod(Orderable):
    """A method that the procedure uses, in the editor's order."""

    page = ParentalKey(ProcedurePage, on_delete=models.CASCADE, related_name="methods")
    method = models.ForeignKey(
        "toolkit.MethodPage", verbose_name=_("method"), on_delete=models.CASCADE, related_name="used_in"
    )

    panels = [PageChooserPanel("method", "toolkit.MethodPage", help_text=_("One that is used in this procedure."))]

    class Meta(Orderable.Meta):
        verbose_name = _("method used")
        verbose_name_plural = _("methods used")


class ProcedureTopic(Orderable):
    """A topic that a procedure is found under beside its main one."""

    page = ParentalKey(ProcedurePage, on_delete=models.CASCADE, related_name="further_topics")
    topic = models.ForeignKey("cms_blocks.Topic", verbose_name=_("topic"), on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("topic", help_text=_("Another subject under which people should find this procedure."))]

    class Meta(Orderable.Meta):
        verbose_name = _("further topic")
        verbose_name_plural = _("further topics")
