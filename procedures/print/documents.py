"""A procedure on paper, from its public document alone. Paper hangs for weeks: nothing on it counts days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import segno
from django.utils import timezone
from django.utils.translation import gettext as _

from cms_blocks.office import Office
from cms_blocks.print.body import telephone
from cms_blocks.print.sheets import Paper
from cms_blocks.publication.records import PublicRecord
from procedures import wording
from procedures.cards import card_of
from procedures.enums import Participation
from procedures.participation import END, Plan, open_until
from procedures.plan import moment_in, plan_in
from procedures.presentation import Way, phase_of
from procedures.short_addresses import short_address


@dataclass(frozen=True, slots=True)
class Printed:
    """One procedure. ``status`` in words with its day; ``reason``: why it is suspended, while it is; ``ways`` those
    that are open now; ``address`` the short one."""

    title: str
    reference: str
    status: str
    reason: str
    brief: list[dict[str, str]]
    places: str
    ways: list[Way]
    address: str
    is_open: bool


def printed(record: PublicRecord, document: Mapping[str, Any], names: Mapping[str, str], paper: Paper) -> Printed:
    """``record`` comes with its status; ``names``: those of the districts by their words."""
    now = timezone.now()
    phases, plan = [_phase(phase) for phase in document["phases"]], plan_in(document)
    is_open = record.status == Participation.OPEN
    pairs = zip(phases, plan.phases, strict=True)
    ways = [way for phase, time in pairs for way in phase_of(phase, time, now).ways if way.is_open]
    return Printed(
        title=record.title,
        reference=document["reference"],
        status=status_on_paper(record.status, plan, now),
        reason=document["suspended_reason"] if record.status == Participation.SUSPENDED else "",
        brief=brief_of(document),
        places=", ".join(card_of(record, names).places),
        ways=ways if is_open else [],
        address=f"{paper.origin}{short_address(document['reference']) or record.path}",
        is_open=is_open,
    )


def status_on_paper(status: str, plan: Plan, now: datetime) -> str:
    """With the day that holds as long as the paper hangs."""
    if status == Participation.OPEN:
        closes = open_until(plan, now)
        if closes is not None and closes < END:
            return _("Take part until {moment}").format(moment=wording.closing(closes))
    if status == Participation.PLANNED:
        ahead = [phase.begins for phase in plan.phases if phase.begins is not None and phase.begins > now]
        begins = min(ahead, default=None)
        if begins is not None:
            return _("Planned, begins on {moment}").format(moment=wording.moment(begins))
    if status == Participation.SUSPENDED:
        return wording.suspended(plan.suspended_until)
    return wording.status_label(status)


def brief_of(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The three sentences with their questions; without them where one is missing, for then nobody knows which."""
    texts = document["brief"]
    labels = [_("What?"), _("Where?"), _("What can I do?")]
    if len(texts) != len(labels):
        labels = [""] * len(texts)
    return [{"label": label, "text": text} for label, text in zip(labels, texts, strict=True)]


def contact_of(document: Mapping[str, Any], office: Office) -> dict[str, str] | None:
    """Whom to ask, with the address that dials the number: who is named there, else the office; ``None`` where neither
    can be reached."""
    contact = document.get("contact")
    if not contact and not (office.phone or office.email):
        return None
    found = contact or {"name": office.name, "phone": office.phone, "email": office.email, "hours": office.hours}
    return {
        "name": found["name"],
        "phone": found["phone"],
        "tel": telephone(found["phone"]) if found["phone"] else "",
        "email": found["email"],
        "hours": ", ".join(line.strip() for line in found["hours"].splitlines() if line.strip()),
    }


def qr_code(address: str) -> str:
    """As an SVG; it can still be read when a third of it is dirty."""
    return str(segno.make(address, error="q", micro=False).svg_inline(omitsize=True, border=0))


def _phase(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A phase of the document, with moments in place of texts."""
    ways = [{**way, "deadline": moment_in(way["deadline"])} for way in stored["ways"]]
    promised = stored["promised_on"]
    return {
        **stored,
        "begins": moment_in(stored["begins"]),
        "ends": moment_in(stored["ends"]),
        "promised_on": date.fromisoformat(promised) if promised else None,
        "ways": ways,
    }
