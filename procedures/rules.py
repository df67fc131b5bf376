"""What must hold between the fields of a procedure: editor, importer and write API ask the same function."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from procedures.city_bounds import Bounds, misplaced
from procedures.enums import CostKind, Form, Stage
from procedures.wording import day

#: So long before the first reading in the council a project belongs on the list.
LEAD_MONTHS = 3
#: Whoever mistypes a year is told so; some others can neither be stored nor reckoned with.
YEARS = range(1900, 2201)


def check_year(value: date) -> None:
    """Raises ``ValidationError`` for a day or a moment in no year that can be meant."""
    if value.year not in YEARS:
        words = str(_("The year {year} cannot be right. Write one from {first} to {last}."))
        raise ValidationError(words.format(year=value.year, first=YEARS[0], last=YEARS[-1]))


def check_procedure(page: Any) -> dict[str, str | Promise]:
    """What contradicts itself, as messages by field name; empty if all is well. See also :func:`missing`."""
    errors: dict[str, str | Promise] = {}
    for name in ("listed_on", "suspended_from", "suspended_until"):
        if value := getattr(page, name):
            try:
                check_year(value)
            except ValidationError as error:
                errors[name] = error.message
    if page.level and page.no_participation_reason:
        errors["no_participation_reason"] = _(
            "A level of participation is chosen, so there is participation. Take the reason or the level away."
        )
    if (page.latitude is None) != (page.longitude is None):
        errors["longitude"] = _("A point needs both numbers. Fill in both, or neither.")
    if (
        page.cost_kind == CostKind.RANGE
        and None not in (page.cost_from, page.cost_to)
        and page.cost_to < page.cost_from
    ):
        errors["cost_to"] = _("The upper end of the range is less than the lower one. Correct one of them.")
    if page.cost_kind in {CostKind.UNKNOWN, CostKind.WITHHELD}:
        for name in ("cost_from", "cost_to"):
            if getattr(page, name) is not None:
                errors[name] = _(
                    "An amount is given, but the cost is said not to be known or public. Correct one of them."
                )
    if page.cost_kind == CostKind.AMOUNT and page.cost_to is not None:
        errors["cost_to"] = _("A single amount has no upper end. Empty this field, or choose a range.")
    if page.display_from and page.display_until and page.display_until < page.display_from:
        errors["display_until"] = _("The end lies before the beginning. Correct one of them.")
    if page.suspended_until and not page.suspended_from:
        errors["suspended_from"] = _("Say from when on it is suspended.")
    elif page.suspended_until and page.suspended_until <= page.suspended_from:
        errors["suspended_until"] = _("The end lies before the beginning. Correct one of them.")
    last = last_day(page.go_live_at)
    if stage := next((one for one in _entries(page.stages) if one["since"] and one["since"] > last), None):
        errors["stages"] = too_early(dict(Stage.choices).get(stage["stage"], _("Stage")), stage["since"])
    if change := next((one for one in _entries(page.changes) if one["on"] and one["on"] > last), None):
        errors["changes"] = too_early(change["what"], change["on"])
    return errors


def check_phase(
    begins: datetime | None, ends: datetime | None, deadlines: Iterable[tuple[str, datetime | None]]
) -> dict[str, str | Promise]:
    """What contradicts itself in the time of a phase, as messages by field name. ``deadlines``: each with the words of
    its way to take part."""
    if ends and not begins:
        return {"begins": _("A phase that has an end needs a beginning.")}
    if begins and ends and ends <= begins:
        return {"ends": _("The end lies before the beginning. Correct one of them.")}
    for way, deadline in deadlines:
        if deadline and ends and deadline > ends:
            message = _("The deadline of “{way}” lies after the end of the phase. Correct one of them.")
            return {"ends": str(message).format(way=way)}
        if deadline and begins and deadline <= begins:
            message = _("The deadline of “{way}” is over when the phase begins. Correct one of them.")
            return {"begins": str(message).format(way=way)}
    return {}


def check_way(address: str, place: str) -> dict[str, str | Promise]:
    """What a way to take part lacks, as messages by field name."""
    if address or place:
        return {}
    return {"place": _("Say where: a web address, or a place, a phone number or a postal address.")}


def last_day(go_live_at: datetime | None) -> date:
    """The last day that may be given for something as having come: today, or the day on which the page goes live."""
    today = timezone.localdate()
    return max(today, timezone.localdate(go_live_at)) if go_live_at else today


def too_early(what: Any, on: date) -> str:
    """What is said about an entry whose day lies ahead: it would count at once."""
    words = _(
        "“{what}”: the day {day} lies ahead, but the entry would count at once. Take a day up to today, or enter it "
        "when that day has come. A page with a planned day of publication may take that one."
    )
    return str(words).format(what=what, day=day(on))


def _entries(stream: Iterable[Any]) -> Iterable[Mapping[str, Any]]:
    """The values of a stream, of a page or as an import has read them."""
    return [child if isinstance(child, Mapping) else child.value for child in stream]


def cost_of(page: Any) -> tuple[Any, Any]:
    """The least and the most that may be said of the cost: what its kind does not speak of is not public."""
    least = page.cost_from if page.cost_kind in {CostKind.AMOUNT, CostKind.RANGE} else None
    return least, page.cost_to if page.cost_kind == CostKind.RANGE else None


def is_listed_late(page: Any) -> bool:
    """Whether the council reads it first less than three months after it came on the list."""
    if page.first_reading is None:
        return False
    year, month = divmod(page.listed_on.month - 1 + LEAD_MONTHS, 12)
    first, last = page.listed_on.replace(year=page.listed_on.year + year, month=month + 1, day=1), page.listed_on.day
    earliest = first + timedelta(days=min(last, monthrange(first.year, first.month)[1]) - 1)
    return bool(page.first_reading < earliest)


def is_stale(page: Any, today: date) -> bool:
    """Whether the day by which it was to be looked at again has passed."""
    return page.review_date is not None and page.review_date < today


def missing(page: Mapping[str, Any]) -> dict[str, str | Promise]:
    """What a public procedure needs beyond its required fields, as messages by field name. ``page``: cleaned values."""
    errors: dict[str, str | Promise] = {}
    if not page.get("level") and not page.get("no_participation_reason"):
        errors["no_participation_reason"] = _("Choose a level of participation, or say why there is none.")
    if page.get("form") == Form.FORMAL:
        for name in ("legal_basis", "official_address", "display_from", "display_until", "announcement"):
            if not page.get(name):
                errors[name] = _("A formal procedure needs this.")
    if page.get("cost_kind") in {CostKind.AMOUNT, CostKind.RANGE}:
        needed = ["cost_from", "cost_on", "cost_basis", *(["cost_to"] if page["cost_kind"] == CostKind.RANGE else [])]
        for name in needed:
            if page.get(name) in (None, ""):
                errors[name] = _("An amount needs this, so that people know what it means.")
    if page.get("suspended_from") and not page.get("suspended_reason"):
        errors["suspended_reason"] = _("Say why it is suspended.")
    return errors


def incomplete(page: Any, districts: Iterable[int], city: Bounds | None) -> dict[str, str]:
    """What the editor's form would ask for before this version of a page becomes public, as messages by label.
    ``districts``: the ids of those that it names; ``city``: where that is."""
    errors: dict[str, str] = {}
    try:
        # What it points to was checked when it was chosen; addresses are looked at when it is published.
        page.clean_fields(exclude=[one.name for one in page._meta.fields if one.is_relation or not one.editable])
    except ValidationError as error:
        errors = {name: " ".join(messages) for name, messages in error.message_dict.items()}
    names = [one.name for one in page._meta.fields if not one.is_relation]
    far = misplaced(page.latitude, page.longitude, page.area, city)
    for found in (far, check_procedure(page), missing({name: getattr(page, name, None) for name in names})):
        errors = {**{name: str(message) for name, message in found.items()}, **errors}
    if not page.city_wide and not list(districts):
        errors["city_wide"] = str(_("Say where it is: tick this for the whole city, or choose a district."))
    return {capfirst(str(page._meta.get_field(name).verbose_name)): message for name, message in errors.items()}
