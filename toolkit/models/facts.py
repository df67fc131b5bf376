"""What lists of methods filter and sort by: typed columns beside the public record."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.fields import SetField
from cms_blocks.publication.records import RecordFacts


class MethodFacts(RecordFacts):
    """Numbers and words of a public method; the levels stand on the record itself.

    ``sort_key`` is the title as :func:`toolkit.facts.alphabetical` sorts it, whatever a database makes of umlauts.
    People, minutes of the event, weeks of preparation, cost level 1 to 5. ``group_size_max`` null: no upper limit.
    """

    record = RecordFacts.link("method_facts")
    sort_key = models.CharField(max_length=255)
    purposes = SetField(max_length=200)
    settings = SetField(max_length=200)
    recruitment = SetField(max_length=200)
    group_size_min = models.PositiveIntegerField()
    group_size_max = models.PositiveIntegerField(null=True)
    duration_minutes_min = models.PositiveIntegerField()
    duration_minutes_max = models.PositiveIntegerField()
    preparation_weeks_min = models.PositiveSmallIntegerField()
    preparation_weeks_max = models.PositiveSmallIntegerField()
    cost_level = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("facts of a method")
        verbose_name_plural = _("facts of methods")
        indexes = [
            models.Index(fields=["sort_key"], name="method_facts_sort_key"),
        ]
