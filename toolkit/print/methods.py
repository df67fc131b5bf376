"""A method as a card, and a toolkit of them as a booklet. All that is printed stands in public documents."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import segno
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms_blocks.print.body import body_flow, picture_ids, picture_of, telephone
from cms_blocks.print.flow import in_order
from cms_blocks.print.sheets import Paper, Sheet, prints
from cms_blocks.print.theme import sign
from cms_blocks.publication.reader import document_texts
from cms_blocks.publication.records import PublicRecord
from toolkit.enums import Purpose, Recruitment, Setting
from toolkit.facets import count_facets
from toolkit.facts import length
from toolkit.listing import chips_of, selection_for
from toolkit.models import MethodIndexPage
from toolkit.presentation import TEXT_LISTS, fact_strip, joined, line_of, purpose_sentence, steps_from

TEMPLATE = Path(__file__).parent / "methods.typ"

#: The ground of a card's head: of its first purpose.
TONES = {
    Purpose.INFORM: "blue-soft",
    Purpose.ACTIVATE: "coral-soft",
    Purpose.COLLECT_IDEAS: "sun-soft",
    Purpose.DELIBERATE: "plum-soft",
    Purpose.PLAN: "green-soft",
    Purpose.RESOLVE_CONFLICT: "coral-soft",
    Purpose.DECIDE: "blue-soft",
    Purpose.EVALUATE: "plum-soft",
}


@prints("method")
def method_sheet(record: PublicRecord, query: QueryDict, paper: Paper) -> Sheet | None:
    """One method on a card of its own. The query says nothing."""
    return _sheet(record.title, [record], paper, cover=None)


@prints("method_index")
def toolkit_sheet(record: PublicRecord, query: QueryDict, paper: Paper) -> Sheet | None:
    """All methods that the list shows for this query, one after the other, behind a cover and a table of contents."""
    page = MethodIndexPage.objects.select_related("locale").filter(pk=record.object_id).first()
    if page is None:
        return None
    selection = selection_for(page, query)
    rows = PublicRecord.objects.visible().in_bulk(list(selection.ids))
    records = [rows[pk] for pk in selection.ids if pk in rows]
    if not records:
        return None
    counts = count_facets(selection.records, selection.filters, any_label=pgettext("filter", "any"))
    chips = [chip.label for chip in chips_of(query, selection.filters, counts.facets)]
    cover = {
        "title": record.title,
        "lead": record.lead,
        "count": ngettext("%(count)s method", "%(count)s methods", len(records)) % {"count": len(records)},
        "chips": chips,
        "sign": sign("motif"),
    }
    return _sheet(record.title, records, paper, cover=cover, kept=not chips and not selection.q)


def _sheet(
    title: str, records: list[PublicRecord], paper: Paper, *, cover: dict[str, Any] | None, kept: bool = True
) -> Sheet | None:
    texts = document_texts(records)
    public = [row for row in records if row.pk in texts]  # nothing that left the public since the rows were read
    methods = [_method(row, json.loads(texts[row.pk]), paper, alone=cover is None) for row in public]
    if not methods:
        return None
    changed = max((row.changed_at for row in public if row.changed_at), default=None)
    data = {
        **paper.frame(),
        "title": title,
        "cover": cover,
        "methods": methods,
        "signs": _signs(methods),
        "words": _words(),
        "date": _("As of %(date)s") % {"date": date_format(changed, "DATE_FORMAT")} if changed else "",
    }
    pictures = {pk for method in methods for pk in _pictures(method)}
    return Sheet(TEMPLATE, title, data, frozenset(pictures), kept)


def _method(record: PublicRecord, document: dict[str, Any], paper: Paper, *, alone: bool) -> dict[str, Any]:
    """One card. Names are those of the template; what is empty is left out there."""
    steps = steps_from([(step["title"], step["text"], step["minutes"]) for step in document["steps"]])
    total = sum(step.minutes for step in steps)
    address = f"{paper.origin}{record.path}"
    topic = document.get("topic")
    glance = [
        (_("What for?"), joined(Purpose, document["purposes"])),
        (_("Where?"), joined(Setting, document["settings"])),
        (_("Who takes part?"), joined(Recruitment, document["recruitment"])),
        (_("Topic"), topic["name"] if topic else ""),
    ]
    flow = [*body_flow(document.get("body"), paper.origin)]
    return {
        "key": str(record.pk),
        "title": record.title,
        "lead": record.lead,
        "purpose": "" if paper.frame()["easy"] else purpose_sentence(document["purposes"]),
        "purposes": joined(Purpose, document["purposes"]),
        "tone": next((TONES[word] for word in document["purposes"] if word in TONES), "blue-soft"),
        "sign": record.illustration,
        "facts": [
            {"sign": fact.illustration, "label": fact.label, "value": fact.value, "amount": fact.amount, "of": fact.of}
            for fact in fact_strip(SimpleNamespace(**document), document["levels"])
        ],
        "glance": [{"label": label, "value": value} for label, value in glance if value],
        "body": in_order(flow, 1),
        "image": picture_of(document["image"]) if document["image"] else None,
        "steps": [{"title": step.title, "text": step.text, "time": step.time} for step in steps],
        "line": [part.length for part in line_of(steps)],
        "total": _("%(total)s from the beginning to the end, for example:") % {"total": length(total)} if total else "",
        **{name: document[name] for name in (*TEXT_LISTS, "staff", "cost_note", "origin", "sources")},
        "combinations": [
            {"title": other["title"], "href": f"{paper.origin}{other['path']}"} for other in document["combines_with"]
        ],
        "contact": [_contact(document["contact"])] if "contact" in document else [],
        "address": address,
        "qr": _qr(address) if alone else "",
    }


def _qr(address: str) -> str:
    return segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=0)


def _contact(contact: dict[str, Any]) -> dict[str, Any]:
    """Name and two lines: how to reach, when and where."""
    ways = []
    if phone := contact["phone"]:
        ways.append({"t": phone, "href": telephone(phone)})
    if contact["phone"] and contact["email"]:
        ways.append({"t": "  ·  "})
    if email := contact["email"]:
        ways.append({"t": email, "href": f"mailto:{email}"})
    place = [", ".join(contact[name].split("\n")) for name in ("hours", "address") if contact[name]]
    lines = [ways, [{"t": "  ·  ".join(place)}]]
    return {"name": contact["name"], "lines": [line for line in lines if line and line[0]["t"]]}


def _pictures(method: dict[str, Any]) -> set[int]:
    return picture_ids(method["body"]) | ({method["image"]["id"]} if method["image"] else set())


def _signs(methods: Iterable[dict[str, Any]]) -> dict[str, str]:
    names = {name for method in methods for name in (method["sign"], *(fact["sign"] for fact in method["facts"]))}
    return {name: sign(name) for name in sorted(names) if name and sign(name)}


def _words() -> dict[str, str]:
    return {
        "card": _("Method card"),
        "contents": _("Contents"),
        "selection": _("A selection:"),
        "page": _("Page {page} of {pages}"),
        "glance": _("At a glance"),
        "steps": _("How it goes"),
        "strengths_and_limits": _("Strengths and limits"),
        "strengths": _("What it does well"),
        "limits": _("What it is not made for"),
        "accessibility": _("So that everyone can take part"),
        "reach": _("Who it reaches"),
        "needs": _("What it takes"),
        "staff": _("Staff"),
        "cost": _("Cost"),
        "materials": _("Materials"),
        "combinations": _("Goes well with"),
        "origin": _("Where it comes from"),
        "read_on": pgettext("sources", "Read on"),
        "web": _("This method on the web"),
        "questions": _("Questions?"),
        "qr": _("QR code that leads to the address beside it"),
    }
