"""The pages that the law asks for: imprint and accessibility statement, from fields, so that nothing is forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from cms_blocks.blocks.field import StreamField
from cms_blocks.page_types import PageGroup
from cms_blocks.pages import BasePage
from website.blocks import BarriersBlock, PublishersBlock
from website.panels import CheckDuePanel

REQUIRED = PageGroup(_("Required by law"), 90)


class ImprintPage(BasePage):
    """Who publishes this website: one body for each half."""

    publishers = StreamField(
        PublishersBlock(),
        verbose_name=_("publishers"),
        help_text=_("One entry for the administration, one for the independent carrier."),
    )

    parent_page_types = ["website.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    content_panels = [
        BasePage.title_panel,
        FieldPanel("lead"),
        FieldPanel("publishers"),
        FieldPanel("body", heading=_("Further notes"), help_text=_("For example on the rights to pictures and texts.")),
    ]

    page_description = _("Who publishes this website and who answers for its texts. Once for each language.")
    page_sign = "rules"
    page_group = REQUIRED

    class Meta:
        verbose_name = _("imprint")
        verbose_name_plural = _("imprints")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        office = context["chrome"].office
        context["publishers"] = [
            {**child.value, "half_name": office.half_name(child.value["half"])} for child in self.publishers
        ]
        return context


class Conformance(models.TextChoices):
    """How far the website meets EN 301 549 and the BITV."""

    FULL = "full", _("fully accessible")
    PARTLY = "partly", _("partly accessible")
    NONE = "none", _("not accessible")


class Evaluation(models.TextChoices):
    """Who examined the website for the statement."""

    SELF = "self", _("our own examination")
    THIRD_PARTY = "third_party", _("an examination by an independent body")


class AccessibilityStatementPage(BasePage):
    """The statement that Directive (EU) 2016/2102, BGG and BITV ask of public bodies, in the fixed order of its parts.

    ``reviewed_on`` is when somebody last checked that it is still true; the law wants that once a year.
    """

    covers = models.CharField(
        _("holds for"), max_length=200, help_text=_("The address of the website, for example “www.stadt.example”.")
    )
    law = models.CharField(
        _("law"),
        max_length=250,
        blank=True,
        help_text=_("The law of your federal state or of the federation, for example “§ 12a BGG and BITV 2.0”."),
    )
    conformance = models.CharField(
        _("state"),
        max_length=10,
        choices=Conformance,
        help_text=_("The result of the examination, in the law's words."),
    )
    evaluation = models.CharField(
        _("basis"), max_length=20, choices=Evaluation, help_text=_("Who examined the website?")
    )
    evaluated_by = models.CharField(
        _("examined by"), max_length=200, blank=True, help_text=_("Name of the independent body, if there was one.")
    )
    evaluated_on = models.DateField(_("examined on"), null=True, help_text=_("The day on which the examination ended."))
    barriers = StreamField(
        BarriersBlock(),
        verbose_name=_("content with barriers"),
        blank=True,
        help_text=_("Everything you know of, each with its reason and what people can do instead."),
    )
    prepared_on = models.DateField(_("statement made on"), null=True, help_text=_("The day of the first version."))
    reviewed_on = models.DateField(
        _("last checked on"),
        null=True,
        help_text=_("Check once a year whether every sentence is still true, then put the day here."),
    )
    feedback_email = models.EmailField(
        _("e-mail for reports"), help_text=_("Reports from “Report a barrier” are sent here. Shown to the public.")
    )
    feedback_phone = models.CharField(_("phone for reports"), max_length=40, blank=True)
    enforcement_name = models.CharField(
        _("enforcement body"),
        max_length=250,
        help_text=_("Who helps when we do not answer, for example the arbitration board of your federal state."),
    )
    enforcement_address = models.TextField(
        _("its address"), blank=True, help_text=_("Street, postcode and town, phone and e-mail, one line each.")
    )
    enforcement_url = models.URLField(_("its website"), blank=True)

    parent_page_types = ["website.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    content_panels = [
        CheckDuePanel(),
        BasePage.title_panel,
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("covers"), FieldPanel("law"), FieldPanel("conformance")], heading=_("State")),
        MultiFieldPanel(
            [FieldPanel("evaluation"), FieldPanel("evaluated_by"), FieldPanel("evaluated_on")],
            heading=_("How do we know?"),
        ),
        FieldPanel("barriers"),
        FieldRowPanel([FieldPanel("prepared_on"), FieldPanel("reviewed_on")], heading=_("Made and checked")),
        MultiFieldPanel(
            [
                FieldPanel("feedback_email"),
                FieldPanel("feedback_phone", help_text=_("For people who would rather call. Shown to the public.")),
            ],
            heading=_("Feedback"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("enforcement_name"),
                FieldPanel("enforcement_address"),
                FieldPanel("enforcement_url", help_text=_("The page on which people find the form for a complaint.")),
            ],
            heading=_("Enforcement body"),
        ),
        FieldPanel("body", heading=_("Further notes")),
    ]

    page_description = _(
        "The statement on accessibility that the law asks for. You fill in fields, we write the sentences."
    )
    page_sign = "people"
    page_group = REQUIRED

    class Meta:
        verbose_name = _("accessibility statement")
        verbose_name_plural = _("accessibility statements")

    def clean(self) -> None:
        """Raises :class:`ValidationError` for a state that contradicts the rest; sets the day of the next check."""
        super().clean()
        if self.evaluation == Evaluation.THIRD_PARTY and not self.evaluated_by:
            raise ValidationError({"evaluated_by": _("Please name the body that examined the website.")})
        if self.conformance == Conformance.FULL and self.barriers:
            raise ValidationError(
                {
                    "conformance": _(
                        "A website that is fully accessible has no content with barriers. Please correct one."
                    )
                }
            )
        if self.check_due and (self.review_date is None or self.review_date > self.check_due):
            self.review_date = self.check_due

    @property
    def check_due(self) -> date | None:
        """The day from which the statement is older than a year; ``None`` as long as nobody has checked it."""
        if self.reviewed_on is None:
            return None
        try:
            return self.reviewed_on.replace(year=self.reviewed_on.year + 1)
        except ValueError:  # 29 February
            return date(self.reviewed_on.year + 1, 3, 1)

    @property
    def is_check_due(self) -> bool:
        return self.check_due is not None and self.check_due <= timezone.localdate()
