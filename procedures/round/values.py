"""The plain fields that a department is asked about, as values that can be stored, compared and read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from procedures.changes import plain
from procedures.enums import Stage
from procedures.models import ProcedurePage, UpdateRequest

#: In the order of the form. Phases, decisions and texts in lists are the office's: departments name them in the remark.
ANSWERABLE = (
    "lead", "brief_what", "brief_where", "brief_how", "business_area", "place", "next_steps", "first_reading",
    "cost_kind", "cost_from", "cost_to", "cost_on", "cost_basis",
)  # fmt: skip
#: These belong together: a change of one is checked with the others.
COST = frozenset(name for name in ANSWERABLE if name.startswith("cost_"))


def values_of(page: ProcedurePage) -> dict[str, Any]:
    return {name: getattr(page, name) for name in ANSWERABLE}


def is_same(one: Any, other: Any) -> bool:
    """Whether two values say the same, however a browser writes the ends of lines."""
    return bool(_comparable(one) == _comparable(other))


def _comparable(value: Any) -> Any:
    return plain("\n".join(value.strip().splitlines()) if isinstance(value, str) else value)


def stored(value: Any) -> Any:
    """A value as it comes back from where it is stored."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def value_from(name: str, kept: Any) -> Any:
    """A stored value as the field holds it."""
    return None if kept is None else ProcedurePage._meta.get_field(name).to_python(kept)


def stage_from(kept: Mapping[str, str]) -> dict[str, Any]:
    """A stored entry of the stages as its block holds it."""
    return {**kept, "since": date.fromisoformat(kept["since"])}


def label_of(name: str) -> str:
    return str(ProcedurePage._meta.get_field(name).verbose_name)


def words_of(name: str, value: Any) -> str:
    """A value as people read it; empty if there is none."""
    if value is None or value == "":
        return ""
    if choices := ProcedurePage._meta.get_field(name).choices:
        return str(dict(choices).get(value, value))
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, Decimal):
        return f"{number_format(value.normalize(), use_l10n=True, force_grouping=True)} €"
    return str(value)


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed field in words. ``draft`` is what an unpublished version said when the answer came, if that is
    neither of both: somebody has to decide."""

    label: str
    before: str
    after: str
    draft: str | None = None


def differences(request: UpdateRequest) -> list[Difference]:
    """What a department wants to say, beside what the public page said to it."""
    found = [_difference(request, name) for name in ANSWERABLE if name in request.changes]
    if request.stage:
        stage = stage_from(request.stage)
        words = _("{stage} since {day}").format(stage=Stage(stage["stage"]).label, day=date_format(stage["since"]))
        found.append(Difference(_("new stage"), "", f"{words}. {stage['note']}".strip() if stage["note"] else words))
    return found


def _difference(request: UpdateRequest, name: str) -> Difference:
    before, after = (value_from(name, values.get(name)) for values in (request.shown, request.changes))
    draft = None
    if name in request.before:
        in_draft = value_from(name, request.before[name])
        if not is_same(in_draft, before) and not is_same(in_draft, after):
            draft = words_of(name, in_draft)
    return Difference(label_of(name), words_of(name, before), words_of(name, after), draft)


def facts_of(page: ProcedurePage, names: Iterable[str] = ANSWERABLE) -> list[tuple[str, str]]:
    """Label and words of what the public page says."""
    return [(label_of(name), words_of(name, getattr(page, name))) for name in names]
