"""From a procedure's page, or its public document, to what its participation depends on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procedures.participation import Phase, Plan

#: What a plan is made of, in a public document.
PARTS = ("phases", "level", "suspended_from", "suspended_until")


def plan_of(page: Any) -> Plan:
    """Moments of the editor are aware already: blocks and fields keep them in the office's time zone."""
    return Plan(
        phases=tuple(_phase(child.value) for child in page.phases),
        intended=bool(page.level),
        suspended_from=page.suspended_from,
        suspended_until=page.suspended_until,
    )


def phase_methods(page: Any) -> list[int]:
    """The ids of the methods of all phases, each once, in the editor's order; public or not."""
    return list(dict.fromkeys(pk for child in page.phases for pk in child.value["methods"] if pk))


def plan_in(document: Mapping[str, Any]) -> Plan:
    """The same from the document, or from those :data:`PARTS` of it."""
    return Plan(
        phases=tuple(_told(phase) for phase in document["phases"]),
        intended=bool(document["level"]),
        suspended_from=moment_in(document["suspended_from"]),
        suspended_until=moment_in(document["suspended_until"]),
    )


def moment_in(text: str | None) -> datetime | None:
    """A moment as documents hold it."""
    return datetime.fromisoformat(text) if text else None


def _told(phase: Mapping[str, Any]) -> Phase:
    return Phase(
        begins=moment_in(phase["begins"]),
        ends=moment_in(phase["ends"]),
        ways=tuple(moment_in(way["deadline"]) for way in phase["ways"]),
        has_result=bool(phase["result"]),
    )


def _phase(value: Any) -> Phase:
    return Phase(
        begins=value["begins"],
        ends=value["ends"],
        ways=tuple(way["deadline"] for way in value["ways"]),
        has_result=bool(value["result"]),
    )
