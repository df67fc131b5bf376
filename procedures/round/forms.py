"""The forms of an editor who begins a round: which procedures, until when, with which words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cms_blocks.languages import original_language
from cms_blocks.office import Half
from procedures.enums import Stage
from procedures.models import UpdateRound
from procedures.records import CITY_WIDE, district_names
from procedures.round.choice import business_areas
from procedures.round.fields import date_input


def ticked(data: QueryDict, name: str) -> set[int]:
    """The ids of what is ticked in a list. What is no id is left out."""
    return {int(word) for word in data.getlist(name) if word.isascii() and word.isdigit() and len(word) < 19}


class ChoiceForm(forms.Form):
    """Which procedures the list below offers. Whatever stands in the address is allowed in."""

    half = forms.ChoiceField(
        label=gettext_lazy("In charge"), required=False, help_text=gettext_lazy("The half that looks after the page.")
    )
    district = forms.ChoiceField(
        label=gettext_lazy("District"), required=False, help_text=gettext_lazy("Where the project is.")
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage of the project"), required=False, help_text=gettext_lazy("How far the project is.")
    )
    area = forms.ChoiceField(
        label=gettext_lazy("Business area"), required=False, help_text=gettext_lazy("As the procedures name it.")
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        everything = ("", pgettext_lazy("filter", "all"))
        offered: dict[str, list[Any]] = {
            "half": list(Half.choices),
            "district": [(CITY_WIDE, _("The whole city")), *district_names(original_language()).items()],
            "stage": list(Stage.choices),
            "area": [(area, area) for area in business_areas()],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [everything, *choices]

    def wanted(self) -> dict[str, str]:
        """Only sound values, only filters in use."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RoundForm(forms.ModelForm):
    class Meta:
        model = UpdateRound
        fields = ("title", "deadline", "message")
        widgets = {"deadline": date_input(), "message": forms.Textarea(attrs={"rows": 6})}

    def clean_deadline(self) -> Any:
        deadline = self.cleaned_data["deadline"]
        if deadline <= timezone.localdate():
            raise forms.ValidationError(_("The last day must lie ahead, so that people can answer."))
        return deadline
