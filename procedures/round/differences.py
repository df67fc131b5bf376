"""What a department wants to say, in words, beside what the public page said to it."""

from __future__ import annotations

from dataclasses import dataclass

from procedures.models import UpdateRequest
from procedures.round.asked import NAMES, answerables
from procedures.round.sections import in_order
from procedures.round.values import GONE, Answerable, is_same


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed value. ``draft`` is what an unpublished version said when the answer came, if that is neither of
    both: somebody has to decide. ``is_gone``: that version had no such phase or decision, so nothing was written."""

    label: str
    before: str
    after: str
    draft: str | None = None
    is_gone: bool = False


def differences(request: UpdateRequest) -> list[Difference]:
    changes = request.all_changes
    names = dict(request.shown.get(NAMES, ()))
    return [_difference(request, value, changes[value.key]) for value in in_order(answerables(changes, names))]


def _difference(request: UpdateRequest, value: Answerable, kept: object) -> Difference:
    before, after = value.read(request.shown.get(value.key)), value.read(kept)
    draft, is_gone = None, False
    if value.key in request.before:
        in_draft = value.read(request.before[value.key])
        is_gone = in_draft == GONE
        if not (is_gone or is_same(in_draft, before) or is_same(in_draft, after)):
            draft = value.words(in_draft)
    return Difference(value.label, value.words(before), value.words(after), draft, is_gone)
