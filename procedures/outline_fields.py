"""The field that holds the outline of a district or of a procedure, and the file that an editor fills it with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.fields import GeometryField
from procedures.maps import sketch
from procedures.outlines import outline_from


class OutlineInput(forms.ClearableFileInput):
    """Shows what is stored as a drawing, and takes a file that replaces it, or a tick that takes it away."""

    template_name = "procedures/widgets/outline_input.html"
    clear_checkbox_label = _("Take the outline away")
    initial_text = _("The stored outline, simplified")
    input_text = _("Replace it by")

    def is_initial(self, value: Any) -> bool:
        return bool(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if value:
            context["widget"]["sketch"] = sketch(value)
        return context


class OutlineFile(forms.FileField):
    """Cleans to the stored text: of the file, else what was there, else none."""

    widget = OutlineInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["accept"] = ".geojson,.json,application/geo+json"

    def clean(self, data: Any, initial: Any = None) -> str:
        """Raises :class:`~django.core.exceptions.ValidationError` for what is no outline."""
        found = super().clean(data, initial)
        if not found or found is initial:
            return found or ""
        return outline_from(found.read())

    def bound_data(self, data: Any, initial: Any) -> Any:
        """A file that was sent does not come back with a form that has errors: what is stored is shown again."""
        return initial


class OutlineField(GeometryField):
    """The stored outline: GeoJSON as :func:`procedures.outlines.outline_from` makes it."""

    def formfield(self, **options: Any) -> forms.Field:
        return OutlineFile(required=not self.blank, label=str(self.verbose_name).capitalize(), help_text=self.help_text)
