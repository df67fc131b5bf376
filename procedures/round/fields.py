"""How forms of a round ask: the fields of models and blocks, with the controls that a browser brings itself."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from procedures.rules import check_year


def field_of(block: Any, *, label: Any, required: bool | None = None) -> forms.Field:
    """The field of a block."""
    field: forms.Field = deepcopy(block.field)
    field.label = str(label)
    if required is not None:
        field.required = required
    if isinstance(field.widget, forms.Textarea):
        field.widget = forms.Textarea(attrs={"rows": block.rows})
        field.widget.attrs |= field.widget_attrs(field.widget)
    return for_browsers(field)


class SentenceField(forms.CharField):
    """One line of text that may be longer than a phone is wide: written in two, kept as one."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> Any:
        return " ".join(filter(None, (line.strip() for line in super().to_python(value).splitlines())))


class LinesField(forms.CharField):
    """Short texts, each on a line of its own; cleaned to a list."""

    def __init__(self, item: Any, **kwargs: Any) -> None:
        """``item``: the block that each text has to please."""
        super().__init__(widget=forms.Textarea(attrs={"rows": 5}), **kwargs)
        self.item = item

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else "\n".join(value or ())

    def to_python(self, value: Any) -> Any:
        lines = (" ".join(line.split()) for line in super().to_python(value).splitlines())
        return [line for line in lines if line]

    def validate(self, value: Any) -> None:
        super().validate(value)
        for number, text in enumerate(value, start=1):
            try:
                self.item.clean(text)
            except forms.ValidationError as error:
                words = {"number": number, "reason": " ".join(error.messages)}
                raise forms.ValidationError(_("Line %(number)d: %(reason)s") % words) from None


def for_browsers(field: forms.Field) -> forms.Field:
    """Days and moments are chosen in the browser's own calendar."""
    if isinstance(field, forms.DateField):
        field.widget = date_input()
    elif isinstance(field, forms.DateTimeField):
        field.widget = moment_input()
    else:
        return field
    if check_year not in field.validators:
        field.validators.append(check_year)
    return field


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def moment_input() -> forms.DateTimeInput:
    """In the city's time zone, to the minute."""
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
