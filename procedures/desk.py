"""The room's cards on the desk: what ends this week or waits for its result, and what was promised and is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_blocks.desk.cards import Entry, register_card
from cms_blocks.desk.pages import PageCard, edit_url
from cms_blocks.languages import original_language
from cms_blocks.publication.records import PublicRecord, StatusSpan
from procedures.enums import Participation
from procedures.models import ProcedurePage
from procedures.wording import closing, day

#: How far the card looks ahead.
WEEK = timedelta(days=7)
#: What ends when its last phase does; behind it the result is waited for.
GOES_ON = (Participation.OPEN, Participation.RUNNING)


class ProcedureCard(PageCard):
    """Only for those who may change some procedure. Reads the gate: the statuses of all time stand there."""

    def is_shown(self) -> bool:
        return super().is_shown() and self.pages().type(ProcedurePage).exists()

    def public(self) -> Any:
        mine = self.pages().type(ProcedurePage).order_by().values("pk")
        rows = PublicRecord.objects.listed().of_kind("procedure").in_locale(original_language())
        return rows.filter(object_id__in=mine).select_related("procedure_facts")


@register_card
class Ending(ProcedureCard):
    """Participation that ends within a week, and what has ended and has no result yet."""

    name = "ending"
    heading = gettext_lazy("Ending, or without a result")
    lead = gettext_lazy(
        "Procedures in which participation ends within a week, and those that have ended and have no result yet. "
        "Write the result into the phase under “Take part”."
    )
    empty = gettext_lazy("No participation ends this week, and no result is missing.")
    order = 32

    def rows(self) -> QuerySet[Any]:
        now = timezone.now()
        spans = StatusSpan.objects.filter(record=OuterRef("pk"), status__in=GOES_ON, since__lte=now, until__gt=now)
        rows = self.public().annotate(closes=Subquery(spans.values("until")[:1]))
        soon = Q(closes__lte=now + WEEK) | Q(status=Participation.EVALUATING)
        return rows.filter(soon).order_by("closes", "procedure_facts__promised_on", "pk")

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [Entry(row.title, edit_url(row.object_id), _state(row)) for row in rows]


@register_card
class LateResults(ProcedureCard):
    """Results that were promised for a day that has passed."""

    name = "late-results"
    heading = gettext_lazy("Promised results that are late")
    lead = gettext_lazy("The public page says so too. Write the result into the phase, or promise another day.")
    empty = gettext_lazy("No promised result is late.")
    order = 33

    def rows(self) -> QuerySet[Any]:
        late = self.public().filter(procedure_facts__promised_on__lt=timezone.localdate())
        return late.order_by("procedure_facts__promised_on", "pk")

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [
            Entry(row.title, edit_url(row.object_id), _promised(row.procedure_facts.promised_on), late=True)
            for row in rows
        ]


def _state(row: Any) -> str:
    if row.closes:
        return _("ends on {day}").format(day=closing(row.closes))
    promised = row.procedure_facts.promised_on
    return _("ended; {promise}").format(promise=_promised(promised)) if promised else _("ended, no result yet")


def _promised(promised: Any) -> str:
    return _("result promised by {day}").format(day=day(promised))
