"""The directory of streets: a table of the city to look things up in, neither editorial nor a record (ADR 12)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures.streets.names import LONGEST, LONGEST_KEY


class Street(models.Model):
    """A street, or those of its houses that share a point. Written by ``manage.py import_streets`` alone."""

    name = models.CharField(_("name"), max_length=LONGEST, help_text=_("As the city writes it."))
    #: The folded name (:func:`procedures.streets.names.fold`) that what people type is compared with.
    key = models.CharField(max_length=LONGEST_KEY, db_index=True, editable=False)
    numbers = models.CharField(
        _("house numbers"),
        max_length=200,
        blank=True,
        help_text=_("For example 7a, or 1-19 ungerade. Empty for the whole street."),
    )
    district = models.CharField(
        _("district"), max_length=255, blank=True, help_text=_("The word that the district is known by.")
    )
    latitude = models.FloatField(_("latitude"), help_text=_("In degrees, for example 52.4009."))
    longitude = models.FloatField(_("longitude"), help_text=_("In degrees, for example 13.0591."))

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        constraints = [
            models.UniqueConstraint(fields=["key", "numbers", "district"], name="one_street_by_houses_and_district")
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.numbers)))
