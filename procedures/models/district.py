"""A district of the city: where it is, who works there, and what happens there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.models import model_from_serializable_data
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from cms_blocks.blocks.field import StreamField
from cms_blocks.pages import BasePage
from cms_blocks.print.sheets import printed_address
from cms_blocks.publication.targets import Targets
from procedures.blocks import InitiativeStreamBlock
from procedures.outline_fields import OutlineField
from procedures.page_types import PROCEDURES


class DistrictIndexPage(BasePage):
    """All districts below it."""

    template = "procedures/district_index.html"
    subpage_types = ["procedures.DistrictPage"]
    show_in_menus_default = True
    page_description = _("The list of all districts. Once for each language.")
    page_sign = "neighbourhood"
    page_group = PROCEDURES

    class Meta:
        verbose_name = _("list of districts")
        verbose_name_plural = _("lists of districts")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.city_map import map_of_districts
        from procedures.records import districts_below, key_of
        from procedures.streets.views import street_path

        context = super().get_context(request, *args, **kwargs)
        districts = districts_below(self)
        context["map"] = drawn = map_of_districts(districts)
        outlines = {one.area.key: one.path for one in drawn.districts} if drawn else {}
        context["districts"] = [(district, outlines.get(key_of(district))) for district in districts]
        context["street_path"] = street_path()
        return context


class DistrictPage(BasePage):
    """One district. Its slug is the word that records, filters and addresses know it by, in every language."""

    outline = OutlineField(
        _("outline"),
        blank=True,
        help_text=_(
            "A GeoJSON file with the area of this district: one polygon or multipolygon in WGS84, at most 2 MB. It is "
            "simplified for the map. Geographic information systems export such files. The same in every language."
        ),
    )
    initiatives = StreamField(
        InitiativeStreamBlock(),
        verbose_name=_("initiatives and institutions"),
        blank=True,
        help_text=_("Who is active here and has agreed to be listed."),
    )

    template = "procedures/district.html"
    parent_page_types = ["procedures.DistrictIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A district with its contact. What happens there is listed by itself.")
    page_sign = "neighbourhood"
    page_group = PROCEDURES

    override_translatable_fields = [SynchronizedField("outline", overridable=False)]
    content_panels = [*BasePage.content_panels, FieldPanel("initiatives")]
    place_panels = [FieldPanel("outline"), *BasePage.place_panels]

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def contact_for(self, targets: Targets) -> Any:
        """The district's own, else that of the half that works here."""
        from procedures.half_contacts import contact_of

        return super().contact_for(targets) or contact_of(self.half, targets)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from procedures.city_map import map_of_district
        from procedures.news import news_about_district
        from procedures.presentation import initiatives_of
        from procedures.records import districts_of_city, happening_in, neighbours_among

        context = super().get_context(request, *args, **kwargs)
        districts = districts_of_city(self.locale.language_code)
        context["happening"] = happening = happening_in(self)
        context["printed"] = printed_address(request)
        context["neighbours"] = neighbours_among(districts, self)
        context["map"] = map_of_district(self, districts, happening.cards)
        context["initiatives"] = initiatives_of(self)
        context["news"] = news_about_district(self)
        return context


class NamesDistrict(Orderable):
    """A row of a page with a ``district``, which cannot be deleted as long as it is named. Abstract."""

    class Meta(Orderable.Meta):
        abstract = True

    @classmethod
    def from_serializable_data(cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False) -> Any:
        """The row as a version of the page holds it; none where the district has gone since, however that happened:
        modelcluster does so for what cascades, and fails for what is protected."""
        if check_fks and not DistrictPage.objects.filter(pk=data["district"]).exists():
            return None
        return model_from_serializable_data(cls, data, check_fks=False, strict_fks=strict_fks)
