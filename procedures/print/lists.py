"""The list of procedures on paper: what it shows for the same address, one after the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms_blocks.print.sheets import Paper, Sheet, prints
from cms_blocks.publication.reader import document_texts
from cms_blocks.publication.records import PublicRecord
from procedures.listing import Listing, listing_for
from procedures.models import ProcedureIndexPage
from procedures.print.documents import Printed, printed
from procedures.records import district_names

TEMPLATE = Path(__file__).parent / "list.typ"
#: Procedures in one PDF: some fifty pages, and five seconds of work.
MOST = 200
#: What a list on paper does not know: one view, one page.
ON_THE_SCREEN = ("view", "month", "page")


@prints("procedure_index")
def list_sheet(record: PublicRecord, query: QueryDict, paper: Paper) -> Sheet | None:
    """The selection of the query in its order. Says what was filtered, and when there are more than fit."""
    page = ProcedureIndexPage.objects.select_related("locale").filter(pk=record.object_id).first()
    if page is None:
        return None
    asked = query.copy()
    for name in ON_THE_SCREEN:
        asked.pop(name, None)
    listing = listing_for(page, asked)
    ids = list(listing.page.paginator.object_list[:MOST])
    rows = PublicRecord.objects.visible().in_bulk(ids)
    found = [rows[pk] for pk in ids if pk in rows]
    texts, names = document_texts(found), district_names(record.locale)
    entries = [_entry(printed(row, json.loads(texts[row.pk]), names, paper)) for row in found if row.pk in texts]
    if not entries:
        return None
    data = {
        **paper.frame(),
        "title": record.title,
        "lead": record.lead,
        "count": listing.count_text,
        "chips": [chip.label for chip in listing.chips],
        "cut": _cut(listing.total),
        "address": f"{paper.origin}{record.path}{_selection(listing)}",
        "entries": entries,
        "date": _("As of %(date)s") % {"date": date_format(localdate(), "DATE_FORMAT")},
        "words": {
            "page": _("Page {page} of {pages}"),
            "selection": _("A selection:"),
            "number": _("Number"),
            "web": _("This list on the web"),
        },
    }
    return Sheet(TEMPLATE, record.title, data, kept=not listing.chips)


def _selection(listing: Listing) -> str:
    """The query with which the list on the web shows the same in the same order; empty for the whole list. Nothing else
    of the request goes on paper."""
    asked = QueryDict(mutable=True)
    if listing.q:
        asked["q"] = listing.q
    if listing.only_undated:
        asked["dates"] = "none"
    for facet in listing.facets:
        asked.setlist(facet.name, [option.value for option in facet.options if option.checked])
    asked.setlist("sort", [option.value for option in listing.sorts[1:] if option.chosen])
    return f"?{words}" if (words := asked.urlencode()) else ""


def _cut(total: int) -> str:
    """What is said where not all of the selection is printed."""
    if total <= MOST:
        return ""
    words = ngettext(
        "Only the first %(most)d are printed. %(left)d more stands on the web; narrow the selection down to print it.",
        "Only the first %(most)d are printed. %(left)d more stand on the web; narrow the selection down to print them.",
        total - MOST,
    )
    return words % {"most": MOST, "left": total - MOST}


def _entry(one: Printed) -> dict[str, Any]:
    return {
        "title": one.title,
        "reference": one.reference,
        "about": "  ·  ".join(filter(None, (one.status, one.places))),
        "reason": one.reason,
        "brief": one.brief,
        "address": one.address,
    }
