"""News of the office: what happened, in which procedure and where."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from cms_blocks.pages import BasePage
from procedures.models.district import NamesDistrict
from procedures.page_types import PROCEDURES


class NewsIndexPage(BasePage):
    """All public news below it, the newest first."""

    template = "procedures/news_index.html"
    reads_query = True
    subpage_types = ["procedures.NewsPage"]
    show_in_menus_default = True
    page_description = _("The list of all news, the newest first. Once for each language.")
    page_sign = "inform"
    page_group = PROCEDURES

    class Meta:
        verbose_name = _("list of news")
        verbose_name_plural = _("lists of news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.news import news_list_for

        context = super().get_context(request, *args, **kwargs)
        context["listing"] = news_list_for(self, request.GET)
        return context


class NewsPage(BasePage):
    """One piece of news. It stands on the pages of the procedures and districts that it names."""

    on = models.DateField(
        _("day of the news"),
        default=timezone.localdate,
        help_text=_("The day of the news. Lists go by it, the newest first."),
    )

    template = "procedures/news.html"
    parent_page_types = ["procedures.NewsIndexPage"]
    subpage_types: list[str] = []
    page_description = _("What is new, with its day. Procedures and districts that you name show it too.")
    page_sign = "inform"
    page_group = PROCEDURES
    override_translatable_fields = [SynchronizedField("on", overridable=False)]

    content_panels = [BasePage.title_panel, FieldPanel("on"), FieldPanel("lead"), FieldPanel("body")]
    place_panels = [
        InlinePanel("procedures", heading=_("Procedures"), label=_("Procedure")),
        InlinePanel("districts", heading=_("Districts"), label=_("District")),
        *BasePage.place_panels,
    ]

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.news import named_in

        context = super().get_context(request, *args, **kwargs)
        context["named"] = named_in(self)
        return context


class NewsProcedure(Orderable):
    """A procedure that the news is about. It goes along with the procedure, never holds it."""

    page = ParentalKey(NewsPage, on_delete=models.CASCADE, related_name="procedures")
    procedure = models.ForeignKey(
        "procedures.ProcedurePage", verbose_name=_("procedure"), on_delete=models.CASCADE, related_name="+"
    )

    panels = [
        PageChooserPanel(
            "procedure", "procedures.ProcedurePage", help_text=_("The news stands on the page of this procedure too.")
        )
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("procedure of a piece of news")
        verbose_name_plural = _("procedures of a piece of news")


class NewsDistrict(NamesDistrict):
    """A district that the news is about."""

    page = ParentalKey(NewsPage, on_delete=models.CASCADE, related_name="districts")
    district = models.ForeignKey(
        "procedures.DistrictPage", verbose_name=_("district"), on_delete=models.PROTECT, related_name="+"
    )

    panels = [
        PageChooserPanel(
            "district", "procedures.DistrictPage", help_text=_("The news stands on the page of this district too.")
        )
    ]

    class Meta(NamesDistrict.Meta):
        verbose_name = _("district of a piece of news")
        verbose_name_plural = _("districts of a piece of news")
