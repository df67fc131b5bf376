"""From a procedure's page to what its participation depends on."""

from __future__ import annotations

from typing import Any

from procedures.participation import Phase, Plan


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


def _phase(value: Any) -> Phase:
    return Phase(
        begins=value["begins"],
        ends=value["ends"],
        ways=tuple(way["deadline"] for way in value["ways"]),
        has_result=bool(value["result"]),
    )
