"""The list as it stands at a moment, procedure by procedure. Reads public records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from cms_blocks.publication.reader import document_texts
from cms_blocks.publication.records import PublicRecord
from procedures.cards import card_of
from procedures.edition.choice import Draft
from procedures.edition.comparing import Entry
from procedures.models import Edition, ProcedurePage
from procedures.participation import participation_at
from procedures.plan import plan_of
from procedures.presentation import stage_word
from procedures.records import district_names

#: Parts of the document that are no words but say something. Words are in the record's own digest.
SAID = (
    "reference", "initiator", "level", "form", "city_wide", "board_recommended", "suspended_from", "suspended_until",
    "first_reading", "display_from", "display_until", "announced_on", "cost", "phases", "stages", "changes",
)  # fmt: skip


def entries_of(edition: Edition, now: datetime) -> list[Entry]:
    """All public procedures of the list, by number. A constant number of queries."""
    if edition.index is None:
        return []
    records = PublicRecord.objects.listed(now).of_kind("procedure").in_locale(edition.locale.language_code)
    rows = records.under(edition.index.path).select_related("procedure_facts")
    found = list(rows.order_by("procedure_facts__reference", "pk"))
    texts, names = document_texts(found, now), district_names(edition.locale.language_code)
    return [_entry(record, json.loads(texts[record.pk]), names) for record in found if record.pk in texts]


def _entry(record: PublicRecord, document: Mapping[str, Any], districts: Mapping[str, str]) -> Entry:
    return Entry(
        page=record.object_id,
        reference=document["reference"],
        title=record.title,
        status=record.status,
        stage=record.procedure_facts.stage,
        brief=document["brief"][0] if document["brief"] else "",
        path=record.path,
        digest=_digest(record, document),
        places=card_of(record, districts).places,
        news=[[str(change["on"]), change["what"]] for change in document["changes"]],
    )


def _digest(record: PublicRecord, document: Mapping[str, Any]) -> str:
    """Of what the procedure itself says: neither the name of its contact nor that of a linked page counts."""
    outcome, decisions = document["outcome"], document["decisions"]
    said = [
        record.wording,
        record.districts,
        [_without_titles(document[name]) if name == "phases" else document[name] for name in SAID],
        [outcome["contributions"], [rating["degree"] for rating in outcome["ratings"]]],
        [[decision[name] for name in ("on", "body", "reference", "text")] for decision in decisions],
    ]
    if len(record.topics) > 1:  # only then: what earlier editions froze compares as it did
        said.append(sorted(record.topics))
    if attached := document.get("documents"):
        said.append([[one["id"], one["on"]] for one in attached])
    if area := document.get("area"):
        said.append(area)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _without_titles(phases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Methods are linked pages."""
    return [{name: value for name, value in phase.items() if name != "methods"} for phase in phases]


def with_drafts(entries: list[Entry], drafts: list[Draft]) -> list[Entry]:
    """The list as these versions would make it, for those who prepare an edition."""
    found = {entry.page: entry for entry in entries}
    for draft in drafts:
        if draft.revision is not None and not draft.is_settled:
            found[draft.page.pk] = _entry_of_draft(draft.values, draft.page)
    return sorted(found.values(), key=lambda entry: (entry.reference, entry.page))


def _entry_of_draft(values: ProcedurePage, page: ProcedurePage) -> Entry:
    return Entry(
        page=page.pk,
        reference=values.reference,
        title=values.title,
        status=str(participation_at(plan_of(values), timezone.now())),
        stage=stage_word(values),
        brief=values.brief_what,
        path="",
        digest="",
        news=[[child.value["on"].isoformat(), child.value["what"]] for child in values.changes],
    )
