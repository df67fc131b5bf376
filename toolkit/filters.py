"""The filters of the list of methods, over the public records and their facts. Every value of an address is allowed
in: what is no answer to a filter's question is left out and reported, never an error.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.records import PublicRecord
from toolkit import facts
from toolkit.enums import CostLevel, Level, Purpose, Recruitment, Setting
from toolkit.levels import level_choices

#: Minutes of an event that people ask for: an hour, an evening, half a day, a day, two days.
DURATIONS = (60, 120, 240, 480, 960)
#: Weeks until the first event that people ask for.
PREPARATIONS = (2, 4, 8, 12)
#: No method reaches more; also keeps numbers within what every database can hold.
MOST_PEOPLE = 1_000_000


class LenientChoices(forms.MultipleChoiceField):
    """Keeps the values that are choices and remembers the others in ``ignored`` (a form has fields of its own)."""

    ignored: tuple[str, ...] = ()

    def clean(self, value: Any) -> list[str]:
        values = list(dict.fromkeys(self.to_python(value)))
        self.ignored = tuple(word for word in values if not self.valid_value(word))
        return [word for word in values if word not in self.ignored]


class Condition:
    """A filter that can say its condition, so that facets can be counted with and without it."""

    field_name: str

    def condition(self, value: Any) -> Q:
        raise NotImplementedError

    def filter(self, records: Any, value: Any) -> Any:
        return records.filter(self.condition(value)) if value not in (None, "", []) else records


class AnyOf(Condition, django_filters.MultipleChoiceFilter):
    """Several words of one facet: any of them is enough."""

    field_class = LenientChoices

    def condition(self, value: Any) -> Q:
        return Q(**{f"{self.field_name}__has_any": value})


class AtMost(Condition, django_filters.TypedChoiceFilter):
    """One bound out of a few."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, coerce=int, empty_value=None, **kwargs)

    def condition(self, value: int) -> Q:
        return Q(**{f"{self.field_name}__lte": value})


class ForPeople(Condition, django_filters.NumberFilter):
    """The number of people lies within the range of the method."""

    field_class = forms.IntegerField

    def condition(self, value: int) -> Q:
        open_ended = Q(method_facts__group_size_max__isnull=True)
        return Q(method_facts__group_size_min__lte=value) & (open_ended | Q(method_facts__group_size_max__gte=value))


class MethodFilters(django_filters.FilterSet):
    """Within a facet any ticked word is enough, across facets all must hold.

    ``duration`` and ``preparation`` are bounds in minutes and weeks: what can be done within that time at the least.
    """

    purpose = AnyOf("method_facts__purposes", label=_("What for?"), choices=Purpose.choices)
    people = ForPeople("method_facts__group_size_min", label=_("Number of people"), min_value=1, max_value=MOST_PEOPLE)
    duration = AtMost(
        "method_facts__duration_minutes_min",
        label=_("Time for the event"),
        choices=[(minutes, minutes) for minutes in DURATIONS],
    )
    setting = AnyOf("method_facts__settings", label=_("Where?"), choices=Setting.choices)
    cost = AtMost("method_facts__cost_level", label=_("Cost"), choices=CostLevel.choices[:-1])  # the last has no bound
    level = AnyOf("levels", label=_("Influence"), choices=Level.choices)
    recruitment = AnyOf("method_facts__recruitment", label=_("Who takes part?"), choices=Recruitment.choices)
    preparation = AtMost(
        "method_facts__preparation_weeks_min",
        label=_("Time to prepare"),
        choices=[(weeks, weeks) for weeks in PREPARATIONS],
    )
    topic = AnyOf("topics", label=_("Topic"), choices=())

    class Meta:
        model = PublicRecord
        fields: list[str] = []

    def __init__(self, data: Any, records: Any, topics: dict[str, str]) -> None:
        """``topics`` are the words for the topics that occur among the records, by slug."""
        super().__init__(data, queryset=records)
        self.filters["topic"].extra["choices"] = list(topics.items())
        self.filters["level"].extra["choices"] = level_choices()

    def answers(self) -> dict[str, Any]:
        """What is asked for, by filter: only sound values, only filters in use."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    def conditions(self) -> dict[str, Q]:
        """The condition of each filter in use."""
        return {name: self.filters[name].condition(value) for name, value in self.answers().items()}

    def ignored(self) -> list[tuple[str, str]]:
        """Label and value of everything in the address that answers no filter's question."""
        self.form.is_valid()
        found = []
        for name, field in self.form.fields.items():
            if isinstance(field, LenientChoices):
                found += [(name, value) for value in field.ignored]
            elif name in self.form.errors:
                found.append((name, str(self.data.get(name))))
        return [(str(self.filters[name].label), value) for name, value in found]


def bound_label(name: str, value: int) -> str:
    """The words of a bound: “up to 2 hours”, “up to 4 weeks”, “up to about 500 euros”."""
    if name == "duration":
        return facts.duration(None, value)
    if name == "preparation":
        return facts.preparation(None, value)
    return facts.cost(value)
