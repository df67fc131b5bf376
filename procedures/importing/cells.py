"""What stands in one cell, as people write it: dates, numbers, yes and no, lists, words of a choice. And back again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from procedures.euros import NO_AMOUNT, REMEDY, amount_in
from procedures.importing.sheet import MOST_SIGNS, Value
from toolkit.importing.positions import printable

YES = {"ja", "j", "yes", "y", "x", "✓", "wahr", "true", "1"}
NO = {"nein", "n", "no", "falsch", "false", "0", "-", "–"}
#: What a spreadsheet shows where a formula failed.
FAULTS = {"#REF!", "#N/A", "#NV", "#VALUE!", "#WERT!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#ZAHL!", "#BEZUG!"}
#: Before a line that goes on with the one above.
INSET = "  "
_DAY = re.compile(r"(\d{1,2})(?:\.\s*(\d{1,2})\.|\.?\s*([^\W\d_]+)\.?)\s*(\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"[,T]?\s*(\d{1,2})[:.](\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:Uhr|h)?", re.IGNORECASE)


class Wrong(ValueError):
    """A cell cannot be used: why, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


def fold(text: object) -> str:
    """For comparing words as people write them: without case, doubled spaces and signs around them."""
    return " ".join(str(text).casefold().replace("_", " ").split()).strip(" :*?.")


def text(value: Value) -> str:
    """Any cell as text; numbers and dates as people write them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes_or_no(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    written = str(value)
    if written in FAULTS:
        raise Wrong(
            _("A formula has failed here: %(fault)s.") % {"fault": written},
            _("Correct the formula, or write the value."),
        )
    if len(written) > MOST_SIGNS:
        raise Wrong(_("The cell holds more than a cell can hold."), _("Shorten it."))
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in written):
        raise Wrong(_("The text holds signs that cannot be shown."), _("Write it again, without control characters."))
    return written


def lines(value: Value) -> list[str]:
    """One thought each line; a line that is set in goes on with the one before. Marks of a list are taken away."""
    found: list[str] = []
    gap = "\n"
    for line in text(value).split("\n"):
        if not line.strip():
            gap += "\n"
            continue
        if found and line.startswith(INSET):
            found[-1] += gap + line.removeprefix(INSET)
        elif thought := without_mark(line):
            found.append(thought)
        gap = "\n"
    return found


def lines_text(thoughts: Iterable[str]) -> str:
    return "\n".join(set_in(thought) for thought in thoughts)


def set_in(words: str) -> str:
    """Further lines of a text, so that they are seen to belong to the first."""
    first, *further = words.split("\n")
    return "\n".join([first, *(f"{INSET}{line}".rstrip() for line in further)])


def without_mark(line: str) -> str:
    return re.sub(r"^\s*[•·–*-]\s+", "", line).strip()


def words(value: Value) -> list[str]:
    """Names divided by semicolons or lines."""
    return [word for one in re.split(r"[;\n]", text(value)) if (word := one.strip())]


def yes_if_said(value: Value) -> bool | None:
    """Empty is not said yet."""
    return yes(value) if text(value) else None


def yes(value: Value) -> bool:
    """Empty is no."""
    if isinstance(value, bool) or value is None:
        return bool(value)
    word = fold(text(value)) or "-"
    if word in YES or word == "✓":
        return True
    if word in NO:
        return False
    raise Wrong(_("“%(value)s” is neither yes nor no.") % {"value": shown(value)}, _("Write “ja” or “nein”."))


def yes_or_no(value: bool) -> str:
    return pgettext("in a sheet", "yes") if value else pgettext("in a sheet", "no")


def day(value: Value) -> date | None:
    """A day; of a moment its day."""
    if value is None or isinstance(value, datetime):
        return value.date() if value is not None else None
    if isinstance(value, date):
        return value
    found = _DAY.match(written := text(value))
    if found and written[found.end() :].strip() in {"", "00:00", "00:00:00", "T00:00:00"}:
        return _date(found, value)
    raise _no_day(value)


def moment(value: Value, *, ends: bool = False) -> datetime | None:
    """A moment in the office's time. A day alone begins with it; what ``ends`` on it lasts as long as the day."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return _aware(value, value)
    if isinstance(value, date):
        return _whole_day(value, ends)
    found = _DAY.match(written := text(value))
    if not found:
        raise _no_day(value)
    on, rest = _date(found, value), written[found.end() :].strip()
    if not rest:
        return _whole_day(on, ends)
    clock = _TIME.fullmatch(rest)
    if not clock:
        raise _no_day(value)
    hour, minute = int(clock[1]), int(clock[2])
    if (hour, minute) == (24, 0):
        return _whole_day(on, ends=True)
    try:
        at = time(hour, minute, int(clock[3] or 0))
    except ValueError:
        raise Wrong(
            _("“%(value)s” names a time that does not exist.") % {"value": shown(value)}, _("Write it as 18:00.")
        ) from None
    return _aware(datetime.combine(on, at), value)


def amount(value: Value) -> Decimal | None:
    """Euros: 1.250.000,00 as well as 1250000.50."""
    if value is None:
        return None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(str(value))
        if not number.is_finite() or abs(number) >= 10**15:
            raise _no_number(value)
        return round(number, 2) if isinstance(value, float) else number
    written = text(value)
    try:
        return amount_in(written)
    except ValueError:
        raise _no_number(value) from None


def degrees(value: Value) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    written = text(value).rstrip("°NEO ").replace(",", ".")
    if not re.fullmatch(r"-?\d{1,3}(\.\d{1,20})?", written):
        raise Wrong(_("“%(value)s” is no number of degrees.") % {"value": shown(value)}, _("Write it as 52.4009."))
    return float(written)


class Choice:
    """The words of a choice: its stable words, and its labels in German and English, whole or up to their colon."""

    def __init__(self, choices: Iterable[tuple[str, Any]], further: Mapping[str, str] | None = None) -> None:
        self.choices = list(choices)
        self.further = dict(further or {})
        self._known: dict[str, str] | None = None

    def read(self, value: Value) -> str:
        """The stable word; empty for an empty cell."""
        if value is None:
            return ""
        try:
            return self._words()[fold(text(value))]
        except KeyError:
            allowed = ", ".join(self.write(word) for word, _label in self.choices)
            raise Wrong(
                _("“%(value)s” is not known here.") % {"value": shown(value)},
                _("Use one of: %(allowed)s.") % {"allowed": allowed},
            ) from None

    def write(self, word: str) -> str:
        return capfirst(str(dict(self.choices).get(word, word)).partition(":")[0])

    def _words(self) -> dict[str, str]:
        if self._known is None:
            found = {fold(word): word for word, _label in self.choices} | {
                fold(name): word for name, word in self.further.items()
            }
            for language in {"de", "en", translation.get_language() or settings.LANGUAGE_CODE}:
                with translation.override(language):
                    for word, label in self.choices:
                        found.setdefault(fold(label), word)
                        found.setdefault(fold(str(label).partition(":")[0]), word)
            self._known = found
        return self._known


def day_text(value: date | None) -> str:
    """As it is read again: by the active language, German or ISO."""
    if value is None:
        return ""
    return value.strftime("%d.%m.%Y") if _writes_german() else f"{value:%Y-%m-%d}"


def moment_text(value: datetime | None, *, ends: bool = False) -> str:
    """What ends at midnight ends with the day before, which is written without a time."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    if ends and (local.hour, local.minute, local.second) == (0, 0, 0):
        return day_text((local - timedelta(minutes=1)).date())
    at = f" {local:%H:%M:%S}" if local.second else f" {local:%H:%M}"
    return day_text(local.date()) + at


def amount_text(value: Decimal | None) -> str:
    return "" if value is None else str(number_format(value, 2, use_l10n=True, force_grouping=False))


def shown(value: object) -> str:
    """A value as a message can show it: short, on one line."""
    return printable(" ".join(str(value).split()))


def _writes_german() -> bool:
    return (translation.get_language() or settings.LANGUAGE_CODE).startswith("de")


def _whole_day(on: date, ends: bool) -> datetime:
    if on == date.max:
        raise _no_day(on)
    return _aware(datetime.combine(on + timedelta(days=1) if ends else on, time()), on)


def _aware(value: datetime, cell: Value) -> datetime:
    try:
        return timezone.make_aware(value.replace(microsecond=0)) if timezone.is_naive(value) else value
    except (OverflowError, ValueError):
        raise _no_day(cell) from None


@cache
def _months() -> dict[str, str]:
    """Numbers of the months by their names, whole and shortened, in German and English."""
    found = {"mrz": "3"}  # as German spreadsheets shorten it
    for language in ("de", "en"):
        with translation.override(language):
            found |= {
                fold(name): str(number) for names in (MONTHS, MONTHS_3, MONTHS_AP) for number, name in names.items()
            }
    return found


def _date(found: re.Match[str], value: Value) -> date:
    on, month, name, year = found[1], found[2], found[3], found[4]
    if found[5]:
        year, month, on = found[5], found[6], found[7]
    if name and not (month := _months().get(fold(name), "")):
        raise _no_day(value)
    try:
        return date(int(year), int(month), int(on))
    except ValueError:
        raise Wrong(
            _("“%(value)s” is a day that does not exist.") % {"value": shown(value)}, _("Correct the day.")
        ) from None


def _no_day(value: Value) -> Wrong:
    return Wrong(
        _("“%(value)s” is no date.") % {"value": shown(value)},
        _("Write it as 31.12.2026, with a time as 31.12.2026 18:00."),
    )


def _no_number(value: Value) -> Wrong:
    return Wrong(NO_AMOUNT % {"value": shown(value)}, str(REMEDY))
