"""The facts of an edition, as an editor fills them in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cms_blocks.languages import original_language
from procedures.edition.actions import DAYS, FACTS, days_ahead
from procedures.models import Edition, ProcedureIndexPage
from procedures.round.fields import date_input


class EditionForm(forms.ModelForm):
    """``index`` is asked only for a new edition, and only where there are several lists."""

    index = forms.ModelChoiceField(
        label=gettext_lazy("List"),
        queryset=ProcedureIndexPage.objects.none(),
        empty_label=None,
        help_text=gettext_lazy("The list of procedures that is adopted and published."),
    )

    class Meta:
        model = Edition
        fields = FACTS
        widgets = {
            "cut_off": date_input(),
            "adopted_on": date_input(),
            "embargo": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        }

    field_order = ["index", *FACTS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = ProcedureIndexPage.objects.filter(locale__language_code=original_language(), alias_of=None)
        if self.instance.pk is not None:
            del self.fields["index"]
        else:
            self.fields["index"].queryset = lists.order_by("title", "pk")  # type: ignore[attr-defined]
            if len(lists) == 1:
                self.fields["index"].initial = lists[0]
                self.fields["index"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        super().clean()
        said = self.cleaned_data
        if embargo := said.get("embargo"):
            for name, message in days_ahead({name: said.get(name) for name in DAYS}, embargo).items():
                self.add_error(name, message)
        return said

    @property
    def facts(self) -> dict[str, Any]:
        """What a valid form says."""
        return {name: self.cleaned_data[name] for name in FACTS}
