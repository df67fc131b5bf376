"""The note for the stairwell: one sheet on a procedure, or on what is planned in a district or nearest to a street."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms_blocks.print.sheets import Paper, Sheet, prints
from cms_blocks.publication.reader import document_texts
from cms_blocks.publication.records import PublicRecord
from procedures import wording
from procedures.city_map import CityMap, map_of_places, places_of
from procedures.enums import Form, WayKind
from procedures.presentation import Way
from procedures.print.documents import Printed, contact_of, printed, qr_code
from procedures.print.maps import map_on_paper
from procedures.records import district_names, districts_of_city, happening
from procedures.short_addresses import short_address_of_district

TEMPLATE = Path(__file__).parent / "note.typ"
#: Procedures on one sheet, and ways to take part that are named.
MOST, MOST_WAYS = 5, 4


@prints("procedure")
def procedure_note(record: PublicRecord, query: QueryDict, paper: Paper) -> Sheet | None:
    """One procedure with its three sentences, its deadline and the ways to take part. The query says nothing."""
    texts = document_texts([record])
    if record.pk not in texts:
        return None
    document = json.loads(texts[record.pk])
    one = printed(record, document, district_names(record.locale), paper)
    data = {
        "title": one.title,
        "brief": one.brief,
        "status": one.status,
        "reason": one.reason,
        "is_open": one.is_open,
        "ways": [_way(way) for way in one.ways[:MOST_WAYS]],
        "law": _law(document),
        "displayed": _displayed(document),
        "contact": contact_of(document, paper.office),
        **_map(map_of_places(places_of([record]), districts_of_city(record.locale), record.districts), one.places),
        "more": _("Everything about it, and later what came of it:"),
        "address": one.address,
    }
    return _sheet(paper, record.title, data)


@prints("district")
def district_note(record: PublicRecord, query: QueryDict, paper: Paper) -> Sheet | None:
    """What is planned in a district: what is open first. The query says nothing."""
    texts = document_texts([record])
    if record.pk not in texts:
        return None
    document = json.loads(texts[record.pk])
    shown = happening(PublicRecord.objects.listed().in_locale(record.locale), document["key"], MOST)
    districts = districts_of_city(record.locale)
    data = {
        "title": _("What is planned: {place}").format(place=record.title),
        "entries": entries_of(shown, paper),
        **_map(map_of_places(places_of(shown), districts, record.districts), record.title),
        "contact": contact_of(document, paper.office),
        "more": _("All about it on the web:"),
        "address": f"{paper.origin}{short_address_of_district(record) or record.path}",
    }
    return _sheet(paper, record.title, data)


def street_note(
    name: str, rows: Iterable[tuple[PublicRecord, str]], shown: CityMap | None, path: str, paper: Paper
) -> Sheet:
    """What is planned nearest to a street: records with their distance in words, and its map. ``path``: its short
    address."""
    found = list(rows)[:MOST]
    data = {
        "title": _("What is planned near {place}").format(place=name),
        "entries": entries_of([record for record, _words in found], paper, {row.pk: far for row, far in found}),
        **_map(shown, name),
        "contact": contact_of({}, paper.office),
        "more": _("All about it on the web:"),
        "address": f"{paper.origin}{path}",
    }
    return _sheet(paper, name, data, kept=False)


def entries_of(
    records: Iterable[PublicRecord], paper: Paper, distances: Mapping[int, str] | None = None
) -> list[dict[str, Any]]:
    """Procedures in few words, without those that have left the public since they were read."""
    records = list(records)
    texts, names = document_texts(records), district_names(paper.language)
    return [
        _entry(printed(record, json.loads(texts[record.pk]), names, paper), (distances or {}).get(record.pk, ""))
        for record in records
        if record.pk in texts
    ]


def _entry(one: Printed, distance: str) -> dict[str, Any]:
    return {
        "title": one.title,
        "about": "  ·  ".join(filter(None, (one.status, distance))),
        "text": one.brief[0]["text"] if one.brief else "",
        "address": one.address,
    }


def _way(way: Way) -> dict[str, str]:
    kind = str(WayKind(way.kind).label) if way.kind in WayKind.values else ""
    place = way.place or way.href
    return {
        "label": way.label,
        "about": "  ·  ".join(part for part in (kind, way.until) if part),
        "place": place,
        "href": way.href if place == way.href else "",
    }


def _map(shown: CityMap | None, place: str) -> dict[str, str]:
    return {"map": map_on_paper(shown), "map_words": _("Map of the city with {place}").format(place=place)}


def _law(document: Mapping[str, Any]) -> str:
    """What holds in a formal procedure, as its page says it; empty in an informal one."""
    if document["form"] != Form.FORMAL:
        return ""
    said = _(
        "What you say here or on other pages of the office is no formal submission and no objection. By law only what "
        "arrives in time at this address counts:"
    )
    return f"{said} {', '.join(document['official_address'].splitlines())}"


def _displayed(document: Mapping[str, Any]) -> str:
    """The days on which the documents of a formal procedure can be seen; empty as long as one is not known."""
    first, last = (document[name] and date.fromisoformat(document[name]) for name in ("display_from", "display_until"))
    if document["form"] != Form.FORMAL or not (days := wording.display(first, last)):
        return ""
    return f"{_('On display')}: {days}"


def _sheet(paper: Paper, title: str, data: dict[str, Any], *, kept: bool = True) -> Sheet:
    empty = {
        "brief": [],
        "status": "",
        "reason": "",
        "is_open": False,
        "ways": [],
        "law": "",
        "displayed": "",
        "entries": [],
        "map": "",
    }
    words = {
        "page": _("Page {page} of {pages}"),
        "kicker": pgettext("note for the stairwell", "For all who live here"),
        "nothing": _("Nothing is planned here right now"),
        "questions": _("Questions?"),
        "qr": _("QR code that leads to the address beside it"),
    }
    day = _("As of %(date)s") % {"date": date_format(localdate(), "DATE_FORMAT")}
    frame = {**paper.frame(), **empty, **data, "words": words, "date": day, "qr": qr_code(data["address"])}
    return Sheet(TEMPLATE, _("Note: {title}").format(title=title), frame, kept=kept)
