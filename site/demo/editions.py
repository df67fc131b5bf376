"""One edition of the demo's list: the list as it is, with its paper. A body of an invented city has adopted it."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from procedures.edition.publishing import keep, rehearse, set_paper
from procedures.models import Edition, ProcedureIndexPage


def load_edition(procedures: int) -> int:
    """The edition of the list (id of its page), if it has none; returns how many are new."""
    index = ProcedureIndexPage.objects.select_related("locale").get(pk=procedures)
    if Edition.objects.filter(list_key=index.translation_key).exists():
        return 0
    now, today = timezone.now(), timezone.localdate()
    edition = Edition(
        index=index, locale=index.locale, list_key=index.translation_key, title="Vorhabenliste (Beispiel)",
        cut_off=today - timedelta(days=21), adopted_by="Ausschuss für Beteiligung (Beispiel)",
        adopted_on=today - timedelta(days=7), adopted_number="Beispiel 1",
    )  # fmt: skip
    edition.save()
    outcome = rehearse(edition.pk, now, planned=False)
    assert outcome is not None
    pdf = set_paper(outcome.data)
    with transaction.atomic():
        keep(edition, now, outcome, pdf)
    return 1
