"""Numbers of a method as people read them. Pure: one place for all words, in the active language and its numbers."""

from __future__ import annotations

import unicodedata

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from toolkit.enums import DAY, CostLevel

HOUR = 60


def group_size(least: int | None, most: int | None) -> str:
    """People: “16 to 200 people”, “50 people or more”; empty when nothing is known."""
    if least is None and most is None:
        return ""
    if least is None:
        return ngettext("up to %(most)s person", "up to %(most)s people", _count(most)) % {"most": _number(most)}
    if most is None:
        return ngettext("%(least)s person or more", "%(least)s people or more", least) % {"least": _number(least)}
    if least == most:
        return people(least)
    return ngettext("%(least)s to %(most)s person", "%(least)s to %(most)s people", most) % {
        "least": _number(least),
        "most": _number(most),
    }


def people(count: int) -> str:
    """“1 person”, “30 people”."""
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": _number(count)}


def duration(least: int | None, most: int | None) -> str:
    """Minutes of the event: “1.5 to 4 hours”, “2 to 4 days”; both ends in one unit where that reads well."""
    if least is None and most is None:
        return ""
    if least is None:
        return _("up to %(length)s") % {"length": length(_count(most))}
    if most is None:
        return _("%(length)s or more") % {"length": length(least)}
    if least == most:
        return length(least)
    unit = _shared_unit(least, most)
    if not unit:
        return _("%(least)s to %(most)s") % {"least": length(least), "most": length(most)}
    return _range_in(unit) % {"least": _amount(least, unit), "most": _amount(most, unit)}


def length(minutes: int) -> str:
    """A single length: “45 minutes”, “1.5 hours”, “2 hours 20 minutes”, “3 days” (a day of work has 480 minutes)."""
    unit = _unit(minutes)
    amount, (whole, rest) = _amount(minutes, unit), divmod(minutes, unit)
    if unit == DAY:
        words = (
            pgettext("fraction", "%(amount)s days") if rest else ngettext("%(amount)s day", "%(amount)s days", whole)
        )
        return words % {"amount": amount}
    if unit == HOUR:
        words = (
            pgettext("fraction", "%(amount)s hours") if rest else ngettext("%(amount)s hour", "%(amount)s hours", whole)
        )
        return words % {"amount": amount}
    if minutes > 2 * HOUR:
        hours, rest = divmod(minutes, HOUR)
        whole = ngettext("%(amount)s hour", "%(amount)s hours", hours) % {"amount": _number(hours)}
        return _("%(hours)s %(minutes)s") % {"hours": whole, "minutes": minutes_text(rest)}
    return minutes_text(minutes)


def minutes_text(minutes: int) -> str:
    """“1 minute”, “90 minutes”; empty for 0, which means “outside the event”."""
    if not minutes:
        return ""
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": _number(minutes)}


def preparation(least: int | None, most: int | None) -> str:
    """Calendar weeks from the order to the first event: “4 to 8 weeks”."""
    if least is None and most is None:
        return ""
    if least is None or (least == 0 and most):
        return _("up to %(length)s") % {"length": weeks(_count(most))}
    if most is None:
        return _("%(length)s or more") % {"length": weeks(least)}
    if least == most:
        return weeks(least) if least else pgettext("preparation", "none")
    return ngettext("%(least)s to %(most)s week", "%(least)s to %(most)s weeks", most) % {
        "least": _number(least),
        "most": _number(most),
    }


def weeks(count: int) -> str:
    """“1 week”, “8 weeks”."""
    return ngettext("%(count)s week", "%(count)s weeks", count) % {"count": _number(count)}


def cost(level: int | None) -> str:
    """“up to about 3,000 euros”; empty for an unknown level."""
    return str(CostLevel(level).label) if level in CostLevel.values else ""


def alphabetical(title: str) -> str:
    """The title as it is sorted: without marks and case, as in a German telephone book's plainer form (DIN 5007-1)."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).strip()[:255]


def _number(value: int | None) -> str:
    return number_format(_count(value), use_l10n=True, force_grouping=True)


def _count(value: int | None) -> int:
    return value or 0


def _unit(minutes: int) -> int:
    """Days from one full day on, if it comes to whole or half days; hours likewise from one hour on."""
    if minutes >= DAY and minutes % (DAY // 2) == 0:
        return DAY
    return HOUR if minutes >= HOUR and minutes % (HOUR // 2) == 0 else 1


def _shared_unit(least: int, most: int) -> int:
    """The unit that both ends are said in; 0 if each has its own (“6 hours to 5 days”)."""
    if _unit(least) == _unit(most):
        return _unit(least)
    if most <= HOUR:
        return 1
    return HOUR if _unit(least) == HOUR and most == DAY else 0


def _amount(minutes: int, unit: int) -> str:
    whole, rest = divmod(minutes, unit)
    return number_format(minutes / unit, decimal_pos=1, use_l10n=True) if rest else _number(whole)


def _range_in(unit: int) -> str:
    if unit == DAY:
        return _("%(least)s to %(most)s days")
    return _("%(least)s to %(most)s hours") if unit == HOUR else _("%(least)s to %(most)s minutes")
