"""What lists and maps need of procedures and districts: typed columns beside the public record."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.fields import GeometryField, SetField
from cms_blocks.publication.records import RecordFacts
from procedures.enums import Form, Initiator, Stage


class ProcedureFacts(RecordFacts):
    """Words of a public procedure; level, districts, half and topics stand on the record itself.

    ``stage`` is the newest of the project's stages, ``year`` that in which the procedure was listed.
    """

    record = RecordFacts.link("procedure_facts")
    reference = models.CharField(max_length=9)
    stage = models.CharField(max_length=20, choices=Stage)
    initiator = models.CharField(max_length=20, choices=Initiator)
    form = models.CharField(max_length=20, choices=Form)
    year = models.PositiveSmallIntegerField()
    listed_on = models.DateField()
    #: The first promise of a result that has not been kept yet.
    promised_on = models.DateField(null=True)
    #: What came of it, in numbers; contributions are null as long as nobody has counted.
    contributions = models.PositiveIntegerField(null=True)
    adopted = models.PositiveSmallIntegerField(default=0)
    not_adopted = models.PositiveSmallIntegerField(default=0)
    #: Principles that were met, of those rated; one that does not apply is not rated.
    principles_met = models.PositiveSmallIntegerField(default=0)
    principles_rated = models.PositiveSmallIntegerField(default=0)
    #: Addresses (slugs) of the public methods that the procedure or one of its phases uses.
    methods = SetField(max_length=2000)
    #: The newest entry of the change log, and its day; before the first, the day on which it was listed.
    news = models.CharField(max_length=200, blank=True)
    news_on = models.DateField()
    #: That entry in words: day, what, why, and what it means for cost and time.
    news_text = models.TextField(blank=True)
    #: What maps draw beside the record's own point.
    area = GeometryField(blank=True)

    class Meta:
        verbose_name = _("facts of a procedure")
        verbose_name_plural = _("facts of procedures")
        indexes = [
            models.Index(fields=["news_on", "record"], name="procedure_facts_news_on"),
            models.Index(fields=["reference", "record"], name="procedure_facts_reference"),
        ]


class DistrictFacts(RecordFacts):
    """The outline of a public district; the record's own point is where its name has most room."""

    record = RecordFacts.link("district_facts")
    outline = GeometryField(blank=True)

    class Meta:
        verbose_name = _("facts of a district")
        verbose_name_plural = _("facts of districts")


class NewsFacts(RecordFacts):
    """Words of a public piece of news; its districts stand on the record itself."""

    record = RecordFacts.link("news_facts")
    news_on = models.DateField()
    #: Numbers of the public procedures that it names.
    procedures = SetField()

    class Meta:
        verbose_name = _("facts of a piece of news")
        verbose_name_plural = _("facts of news")
        indexes = [models.Index(fields=["news_on"], name="news_facts_news_on")]
