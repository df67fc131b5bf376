"""What a home page shows of procedures and districts. Everything comes from the gate."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone
from wagtail.models import Page

from cms_blocks.publication.records import PublicRecord
from procedures.cards import ProcedureCard, card_of
from procedures.city_map import CityMap, map_of_districts
from procedures.enums import Participation
from procedures.records import districts_of_city, key_of
from procedures.streets.views import street_path

#: Cards on a home page.
MOST = 3


@dataclass(frozen=True, slots=True)
class Front:
    """``cards``: what is open, the one that closes first in front, then what begins next. ``count``: all procedures.

    ``index`` and ``district_index``: the lists of all; ``street_path``: where a street can be asked for, or empty.
    """

    cards: list[ProcedureCard]
    count: int
    index: PublicRecord | None
    map: CityMap | None
    district_index: PublicRecord | None
    street_path: str


def front_of(page: Page) -> Front:
    """Of everything below this page. Four queries, however much there is."""
    now = timezone.now()
    here = PublicRecord.objects.listed(now).in_locale(page.locale.language_code).under(page.path)
    procedures = here.of_kind("procedure")
    soonest = (
        procedures.filter(
            spans__status__in=[Participation.OPEN, Participation.PLANNED],
            spans__since__lte=now,
            spans__until__gt=now,
        )
        .annotate(status_since=F("spans__since"), status_until=F("spans__until"))
        .order_by("spans__status", "spans__until", "pk")  # "open" comes before "planned"
    )
    lists = {record.kind: record for record in here.of_kind("procedure_index", "district_index").order_by("-tree_path")}
    districts = districts_of_city(page.locale.language_code)
    names = {key_of(row): row.title for row in districts}
    return Front(
        cards=[card_of(record, names) for record in soonest[:MOST]],
        count=procedures.count(),
        index=lists.get("procedure_index"),
        map=map_of_districts(districts),
        district_index=lists.get("district_index"),
        street_path=street_path(),
    )
