"""Dates, deadlines and states as people read them, in the active language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procedures.enums import CostKind, Participation
from procedures.participation import END

#: Longer than this nobody counts days.
COUNTED_DAYS = 60


def status_label(status: str, closes: datetime | None = None, now: datetime | None = None) -> str:
    """“Open for participation, 12 days left”. ``closes``: until when people can take part, if that is known."""
    match status:
        case Participation.OPEN:
            left = days_left(closes, now or timezone.now()) if closes else ""
            return _("Open for participation, {left}").format(left=left) if left else _("Open for participation")
        case Participation.PLANNED:
            return _("Planned")
        case Participation.RUNNING:
            return _("Under way")
        case Participation.EVALUATING:
            return _("In evaluation")
        case Participation.FINISHED:
            return _("Finished")
        case Participation.SUSPENDED:
            return _("Suspended")
        case _other:
            return _("Without participation")


def days_left(closes: datetime, now: datetime) -> str:
    """“until today, 18:00”, “today only”, “1 day left”; empty without an end or when it is far away."""
    if closes >= END - timedelta(days=1):
        return ""
    last = timezone.localtime(closes - timedelta.resolution)
    days = (last.date() - timezone.localdate(now)).days
    if days <= 0:
        if timezone.localdate(closes) > last.date():
            return _("today only")
        return _("until today, {time}").format(time=date_format(timezone.localtime(closes), "TIME_FORMAT"))
    return ngettext("{count} day left", "{count} days left", days).format(count=days) if days <= COUNTED_DAYS else ""


def suspended(until: datetime | None) -> str:
    """“Suspended until …”; without a day as long as nobody knows it."""
    return _("Suspended until {moment}").format(moment=closing(until)) if until else _("Suspended")


def closing(value: datetime) -> str:
    """Until when, as people say it: what ends at midnight ends with the day before."""
    local = timezone.localtime(value)
    return day(last_day(value)) if (local.hour, local.minute) == (0, 0) else moment(value)


def last_day(value: datetime) -> date:
    """The day of an end, in the office's time zone; what ends at midnight ends with the day before."""
    local = timezone.localtime(value)
    return (local - timedelta(minutes=1)).date() if (local.hour, local.minute) == (0, 0) else local.date()


def moment(value: datetime) -> str:
    """Day and minute in the office's time zone; a day alone if it is midnight."""
    local = timezone.localtime(value)
    if (local.hour, local.minute) == (0, 0):
        return day(local.date())
    return _("{day}, {time}").format(day=day(local.date()), time=date_format(local, "TIME_FORMAT"))


def day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


def period(begins: datetime | None, ends: datetime | None) -> str:
    """“from … to …”; a phase that ends at midnight ended with the day before."""
    if begins is None:
        return _("date still open")
    if ends is None:
        return _("from {begins}").format(begins=moment(begins))
    first, last = moment(begins), closing(ends)
    return first if first == last else _("{begins} to {ends}").format(begins=first, ends=last)


def display(first: date | None, last: date | None) -> str:
    """“from … to …”, of a formal procedure's documents; empty as long as a day is missing."""
    if first is None or last is None:
        return ""
    return _("{begins} to {ends}").format(begins=day(first), ends=day(last))


def cost(kind: str, least: Decimal | None, most: Decimal | None) -> str:
    """“2,400,000 €”, “from … to …”, or that nobody knows yet."""
    if kind == CostKind.WITHHELD:
        return _("not public yet")
    if kind == CostKind.UNKNOWN or least is None:
        return _("not known yet")
    if kind == CostKind.RANGE and most is not None:
        return _("{least} to {most}").format(least=_euros(least), most=_euros(most))
    return _euros(least)


def cost_difference(euros: Decimal) -> str:
    """“200,000 € more”."""
    words = _("{amount} more") if euros > 0 else _("{amount} less")
    return words.format(amount=_euros(abs(euros)))


def delay(days: int) -> str:
    """“14 days later”."""
    if days > 0:
        return ngettext("{count} day later", "{count} days later", days).format(count=days)
    return ngettext("{count} day earlier", "{count} days earlier", -days).format(count=-days)


def city_wide_label() -> str:
    return _("The whole city")


def _euros(amount: Decimal) -> str:
    decimals = 0 if amount == amount.to_integral() else 2
    return _("{amount} €").format(amount=number_format(amount, decimals, use_l10n=True, force_grouping=True))
