"""Amounts in euros as people write them, 1.250.000,00 as well as 1250000.50, in sheets and in forms."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils import numberformat
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

#: Why something cannot be read, and what to do.
NO_AMOUNT, REMEDY = _("“%(value)s” is no amount."), _("Write only the number, as 1.250.000,00.")


def amount_in(written: str) -> Decimal:
    """Raises ``ValueError`` if it is no amount."""
    number = re.sub(r"(?i)euro?s?|€|[\s\u202f']", "", written).replace("−", "-")
    number = re.sub(r",(-|–|--)$", "", number)
    if "," in number and "." in number:
        decimal = max(",.", key=number.rfind)
        number = number.replace("," if decimal == "." else ".", "")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+|-?\d{1,3}(,\d{3}){2,}", number):
        number = re.sub(r"[.,]", "", number)
    if not re.fullmatch(r"-?\d{1,15}([.,]\d{1,9})?", number):
        raise ValueError(written)
    return Decimal(number.replace(",", "."))


def in_german(amount: Decimal) -> str:
    """As 1.250,50, whatever language is active, so that it is read again as what it was."""
    decimals = 0 if amount == amount.to_integral() else 2
    return str(numberformat.format(amount, ",", decimals, grouping=3, thousand_sep=".", force_grouping=True))


class AmountField(forms.DecimalField):
    """An amount, typed as text: a control for numbers takes no points, and changes under the wheel of a mouse."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}

    def prepare_value(self, value: Any) -> Any:
        return in_german(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        try:
            return amount_in(value)
        except ValueError:
            said = f"{NO_AMOUNT} {REMEDY}" % {"value": Truncator(value).chars(40)}
            raise forms.ValidationError(said, code="invalid") from None


class EuroField(models.DecimalField):
    """Stored as any other decimal number; forms ask for it with an :class:`AmountField`."""

    def formfield(self, **options: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": AmountField, **options})

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.DecimalField", args, options
