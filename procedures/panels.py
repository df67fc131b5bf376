"""Controls of a procedure's editor: the map on which a click says where it is, and a yes or no that may be open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import Panel

from procedures.city_map import areas_of, drawn_district
from procedures.maps import WIDTH, city_projection, path_of
from procedures.records import districts_of_city


class YesNoOrOpen(forms.NullBooleanSelect):
    """In words of our own: those of Django are translated by other apps, for other things."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = (
            ("unknown", pgettext_lazy("yes or no", "not said yet")),
            ("true", pgettext_lazy("yes or no", "Yes")),
            ("false", pgettext_lazy("yes or no", "No")),
        )


class PointPanel(Panel):
    """Draws the public districts and the stored area. A click fills in latitude and longitude; both can be typed as
    well."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "procedures/panels/point.html"

        def is_shown(self) -> bool:
            return any(row.district_facts.outline for row in self._districts)

        @property
        def _districts(self) -> list[Any]:
            if not hasattr(self, "_known"):
                self._known = districts_of_city(self.instance.locale.language_code)
            return self._known

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            areas = [area for area in areas_of(self._districts, lambda _row: "") if area.outline]
            projection = city_projection([area.outline for area in areas], ())
            assert projection is not None, "not shown without an outline"
            drawn = [drawn_district(area, projection) for area in areas]
            area = path_of(self.instance.area, projection)
            return context | {"width": WIDTH, "projection": projection, "drawn": drawn, "area": area}
