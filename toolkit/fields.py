"""A set of words out of a fixed vocabulary, ticked as checkboxes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.fields import SetField, words


class ChoiceSetField(SetField):
    """A :class:`SetField` whose words come from ``vocabulary``. Migrations hold the column, not the vocabulary.

    Words keep the order in which they were first given; a form that ticks the same ones changes nothing.
    """

    description = "A set of words of a vocabulary"

    def __init__(self, vocabulary: type[models.TextChoices] | None = None, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("blank", False)
        super().__init__(**kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if self.vocabulary is not None and (unknown := [word for word in value if word not in self.vocabulary.values]):
            raise ValidationError(
                _("“%(words)s” is not one of: %(allowed)s."),
                code="invalid_choice",
                params={"words": ", ".join(unknown), "allowed": ", ".join(self.vocabulary.values)},
            )
        if not value and not self.blank:
            raise ValidationError(_("Choose at least one."), code="blank")

    def run_validators(self, value: Any) -> None:
        super().run_validators(self.get_prep_value(value))

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        if self.vocabulary is None:
            return super().formfield(**kwargs)
        return forms.MultipleChoiceField(
            label=self.verbose_name,
            help_text=self.help_text,
            required=not self.blank,
            choices=self.vocabulary.choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one.")},
        )

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        before = self.value_from_object(instance) or ()
        super().save_form_data(instance, words([*(word for word in before if word in data), *data]))

    def labels(self, value: Any) -> list[str]:
        """The words people read, in the active language; a word that is no longer known stands for itself."""
        known = dict(self.vocabulary.choices) if self.vocabulary is not None else {}
        return [str(known.get(word, word)) for word in words(value)]
