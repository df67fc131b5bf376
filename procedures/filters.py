"""The filters of the list of procedures, over public records and their facts. Whatever stands in an address is
allowed in: what answers no filter's question is left out and reported, never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from cms_blocks.office import Half
from cms_blocks.publication.counting import Counted, Counting
from cms_blocks.publication.prepared import Prepared
from cms_blocks.publication.records import PublicRecord
from procedures.enums import Initiator, Participation, Stage
from toolkit.enums import Level
from toolkit.filters import AnyOf, LenientChoices


class OneOf(AnyOf):
    """Several words of a column that holds one: any of them is enough."""

    def condition(self, value: Any) -> Q:
        return Q(**{f"{self.field_name}__in": value})


class ProcedureFilters(django_filters.FilterSet):
    """Within a facet any ticked word is enough, across facets all must hold."""

    status = OneOf("status", label=_("Participation"), choices=Participation.choices)
    district = AnyOf("districts", label=_("District"), choices=())
    topic = AnyOf("topics", label=_("Topic"), choices=())
    stage = OneOf("procedure_facts__stage", label=_("Stage of the project"), choices=Stage.choices)
    level = AnyOf("levels", label=_("Influence"), choices=Level.choices)
    initiator = OneOf("procedure_facts__initiator", label=_("Begun by"), choices=Initiator.choices)
    half = OneOf("half", label=_("In charge"), choices=Half.choices)
    year = OneOf("procedure_facts__year", label=_("Put on the list in"), choices=())

    class Meta:
        model = PublicRecord
        fields: list[str] = []

    def __init__(self, data: Any, records: Any, choices: Mapping[str, Mapping[str, str]]) -> None:
        """``choices``: the words for what a facet offers, by facet and value, where they are content."""
        super().__init__(data, queryset=records)
        for name, words in choices.items():
            self.filters[name].extra["choices"] = list(words.items())

    def answers(self) -> dict[str, list[str]]:
        """What is asked for, by filter: only sound values, only filters in use."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def conditions(self) -> dict[str, Q]:
        """The condition of each filter in use."""
        return {name: self.filters[name].condition(value) for name, value in self.answers().items()}

    def ignored(self) -> list[tuple[str, str]]:
        """Filter and value of everything in the address that answers no filter's question."""
        self.form.is_valid()
        fields = self.form.fields.items()
        return [(name, word) for name, field in fields if isinstance(field, LenientChoices) for word in field.ignored]

    def count(self, records: Any) -> Counted:
        """How often each word of each facet occurs. One query."""
        columns = {name: Cast(F(one.field_name), TextField()) for name, one in self.filters.items()}
        many = frozenset(name for name, one in self.filters.items() if not isinstance(one, OneOf))
        counting = Counting(columns, self.conditions(), many)
        return counting.count(Prepared.of(counting.rows(records.order_by())))
