"""What must hold between the numbers of a method. Pure: editor, importer and tests ask the same function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Beginning of the field names of each range, ``<name>_min`` and ``<name>_max``.
RANGES = ("group_size", "duration_minutes", "preparation_weeks")
#: The field names themselves.
NUMBERS = tuple(f"{name}_{end}" for name in RANGES for end in ("min", "max"))


def check_method(numbers: Mapping[str, int | None], step_minutes: Sequence[int]) -> dict[str, str | Promise]:
    """Messages by field name; empty if all is well.

    ``numbers`` holds people, minutes and weeks by field name, ``None`` where a draft leaves one open (or where there
    is no upper limit). Steps may be left out; once they have minutes, their sum lies within the duration.
    """
    errors: dict[str, str | Promise] = {}
    for name in RANGES:
        least, most = numbers[f"{name}_min"], numbers[f"{name}_max"]
        if least is not None and most is not None and least > most:
            errors[f"{name}_max"] = _backwards(name) % {"least": least, "most": most}
    least, most = numbers["duration_minutes_min"], numbers["duration_minutes_max"]
    total = sum(step_minutes)
    if total and least is not None and most is not None and least <= most and not least <= total <= most:
        errors["steps"] = _(
            "Together the steps take %(total)d minutes. That does not lie between %(least)d and %(most)d minutes, "
            "the duration of the event. Change the minutes of the steps or the duration."
        ) % {"total": total, "least": least, "most": most}
    return errors


def _backwards(name: str) -> Promise:
    match name:
        case "group_size":
            return _("At most %(most)d people are fewer than at least %(least)d people. Correct one of the numbers.")
        case "duration_minutes":
            return _("At most %(most)d minutes are fewer than at least %(least)d minutes. Correct one of the numbers.")
        case _:
            return _("At most %(most)d weeks are fewer than at least %(least)d weeks. Correct one of the numbers.")
