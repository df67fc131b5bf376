"""What calendars show of a procedure: its phases, and the last half hour before each deadline of a way to take part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from cms_blocks.publication.declaration import Occasion
from procedures.plan import plan_in

#: A deadline has no length, but calendars show moments badly, and midnight on the wrong day.
BEFORE = timedelta(minutes=30)


def occasions_in(title: str, document: Mapping[str, Any], now: datetime) -> Iterator[Occasion]:
    """``document``: those of its parts that a plan is made of. A phase without a beginning stands in no calendar; a
    deadline after the phase, before it or in a suspension is none. What the suspension of this moment stops says so."""
    plan = plan_in(document)
    for number, (told, phase) in enumerate(zip(document["phases"], plan.phases, strict=True), start=1):
        if phase.begins is None:
            continue
        ends = phase.ends if phase.ends is not None and phase.ends > phase.begins else None
        name = f"{title}: {told['title']}" if told["title"] else title
        rests = plan.rests(phase, now)
        yield Occasion(f"phase-{number}", _marked(name) if rests else name, phase.begins, ends, told["text"])
        for order, (way, closes) in enumerate(zip(told["ways"], phase.ways, strict=True), start=1):
            if closes is None or closes <= phase.begins or (ends and closes > ends) or plan.is_suspended(closes):
                continue
            words = _("Last chance: {way} ({procedure})").format(way=way["label"], procedure=title)
            last_chance = _marked(words) if rests and closes > now else words
            begins = max(closes - BEFORE, phase.begins)
            yield Occasion(f"phase-{number}-way-{order}", last_chance, begins, closes, place=way["place"])


def _marked(words: str) -> str:
    return " ".join((_("Suspended:"), words))
