"""What a methods file must hold, and everything that is wrong with one, by line and field, in one go."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from toolkit.blocks import MOST_MINUTES
from toolkit.enums import CostLevel, Level, Purpose, Recruitment, Setting
from toolkit.importing.positions import Located, Malformed, parse, printable
from toolkit.rules import NUMBERS, check_method

MOST_PEOPLE = 1_000_000
#: More than any list of a method needs; keeps one entry from filling the page.
MOST_ENTRIES = 50
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where, in which method and field, what is wrong, and what to do."""

    line: int
    slug: str
    field: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = _("line %(line)d") % {"line": self.line}
        if self.slug:
            place += _(", method “%(slug)s”") % {"slug": self.slug}
        if self.field:
            place += _(", field “%(field)s”") % {"field": self.field}
        return f"{place}: {self.reason} {self.remedy}".rstrip()


@dataclass(slots=True)
class Entry:
    """One sound method of the file: plain values by key, and the lines they stand in."""

    slug: str
    values: dict[str, Any]
    lines: dict[str, int]
    line: int


@dataclass(slots=True)
class Reading:
    """What was read: all entries if there are no problems."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Wrong(Exception):
    """A value breaks its rule; ``line`` and ``part`` say where inside the field (``"[2].title"``)."""

    def __init__(self, line: int, part: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.line, self.part, self.reason, self.remedy = line, part, reason, remedy


Check = Callable[[Located, "list[Wrong]"], Any]


def read_methods(text: str, known_slugs: Collection[str] = ()) -> Reading:
    """Read and check a methods file. ``known_slugs`` are methods that exist already and may be combined with."""
    reading = Reading()
    try:
        root = parse(text)
    except Malformed as mistake:
        where = _("column %(column)d") % {"column": mistake.column}
        reason = _("The file is no sound JSON at %(where)s.") % {"where": where}
        reading.problems.append(Problem(mistake.line, "", "", reason, mistake.reason))
        return reading
    if not isinstance(root.value, list):
        reading.problems.append(
            Problem(root.line, "", "", _("The file does not hold a list."), _("Put all methods into one list: [ … ]."))
        )
        return reading
    for item in root.value:
        _read_entry(item, reading)
    _check_unique(reading, "slug")
    _check_unique(reading, "title")
    _check_combinations(reading, known_slugs)
    reading.problems.sort()
    return reading


def _read_entry(item: Located, reading: Reading) -> None:
    if not isinstance(item.value, dict):
        reading.problems.append(
            Problem(item.line, "", "", _("This is no object."), _("Write each method as an object: { … }."))
        )
        return
    named = item.value.get("slug")
    slug = printable(named.value) if named is not None and isinstance(named.value, str) else ""
    entry = Entry(slug, {}, {}, item.line)

    def report(line: int, name: str, reason: str, remedy: str) -> None:
        reading.problems.append(Problem(line, slug, name, reason, remedy))

    for name in item.value.keys() - CHECKS.keys():
        report(
            item.value[name].line,
            printable(name),
            _("There is no such field."),
            _("Take it away, or correct its name."),
        )
    for name, check in CHECKS.items():
        if name not in item.value:
            if name not in OPTIONAL:
                report(item.line, name, _("The field is missing."), _("Add it; a list may be empty."))
            continue
        found = item.value[name]
        entry.lines[name] = found.line
        wrong: list[Wrong] = []
        try:
            entry.values[name] = check(found, wrong)
        except Wrong as mistake:
            wrong.append(mistake)
        for mistake in wrong:
            report(mistake.line, name + mistake.part, mistake.reason, mistake.remedy)
        if wrong:
            entry.values.pop(name, None)
    _check_numbers(entry, report)
    reading.entries.append(entry)


def _check_numbers(entry: Entry, report: Callable[[int, str, str, str], None]) -> None:
    numbers = {name: entry.values.get(name) for name in NUMBERS}
    minutes = [step["minutes"] for step in entry.values.get("steps", [])]
    for name, message in check_method(numbers, minutes).items():
        report(entry.lines[name], name, str(message), "")


def _check_unique(reading: Reading, name: str) -> None:
    first: dict[str, Entry] = {}
    for entry in reading.entries:
        if (value := entry.values.get(name)) is None:
            continue
        if value in first:
            reason = _("“%(value)s” stands in line %(line)d already.") % {
                "value": printable(value),
                "line": first[value].lines[name],
            }
            remedy = _("Each method needs its own; change one or take the method away.")
            reading.problems.append(Problem(entry.lines[name], entry.slug, name, reason, remedy))
        first.setdefault(value, entry)


def _check_combinations(reading: Reading, known_slugs: Collection[str]) -> None:
    slugs = {entry.slug for entry in reading.entries} | set(known_slugs)
    for entry in reading.entries:
        for other in entry.values.get("combines_with", []):
            if other == entry.slug:
                reason = _("The method is combined with itself.")
            elif other not in slugs:
                reason = _("There is no method “%(slug)s”, neither in the file nor on the site.") % {
                    "slug": printable(other)
                }
            else:
                continue
            remedy = _("Name another method by its slug, or take it away.")
            reading.problems.append(Problem(entry.lines["combines_with"], entry.slug, "combines_with", reason, remedy))


def _text(most: int, *, may_be_empty: bool = False) -> Check:
    def check(found: Located, wrong: list[Wrong]) -> str:
        value = found.value
        if not isinstance(value, str):
            raise Wrong(found.line, "", _("This is no text."), _("Write it in double quotes."))
        text = value.strip()
        if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
            raise Wrong(
                found.line,
                "",
                _("The text holds signs that cannot be shown."),
                _("Write it again, without control characters."),
            )
        if not text and not may_be_empty:
            raise Wrong(found.line, "", _("The text is empty."), _("Write something, or take the entry away."))
        if len(text) > most:
            reason = _("The text has %(length)d characters, at most %(most)d are possible.")
            raise Wrong(found.line, "", reason % {"length": len(text), "most": most}, _("Shorten it."))
        return text

    return check


def _slug(found: Located, wrong: list[Wrong]) -> str:
    text: str = _text(200)(found, wrong)
    if not _SLUG.fullmatch(text):
        raise Wrong(
            found.line,
            "",
            _("“%(value)s” cannot be part of an address.") % {"value": printable(text)},
            _("Use only a–z, 0–9 and single hyphens between them."),
        )
    return text


def _whole(least: int, most: int, *, or_null: bool = False) -> Check:
    def check(found: Located, wrong: list[Wrong]) -> int | None:
        value = found.value
        if value is None and or_null:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(
                found.line,
                "",
                _("%(value)s is no whole number.") % {"value": _shown(found)},
                _("Write a number from %(least)d to %(most)d, without quotes.") % {"least": least, "most": most},
            )
        if not least <= value <= most:
            raise Wrong(
                found.line,
                "",
                _("%(value)d is not between %(least)d and %(most)d.") % {"value": value, "least": least, "most": most},
                _("Correct the number."),
            )
        return value

    return check


def _list(check_item: Check, *, least: int = 0, most: int = MOST_ENTRIES) -> Check:
    def check(found: Located, wrong: list[Wrong]) -> list[Any]:
        if not isinstance(found.value, list):
            raise Wrong(found.line, "", _("This is no list."), _("Write it in square brackets: [ … ]."))
        if not least <= len(found.value) <= most:
            reason = _("The list has %(count)d entries, it needs %(least)d to %(most)d.")
            words = {"count": len(found.value), "least": least, "most": most}
            raise Wrong(found.line, "", reason % words, _("Add or take away entries."))
        items = []
        for number, item in enumerate(found.value):
            inside: list[Wrong] = []
            try:
                items.append(check_item(item, inside))
            except Wrong as mistake:
                inside.append(mistake)
            wrong += [Wrong(m.line, f"[{number}]{m.part}", m.reason, m.remedy) for m in inside]
        return items

    return check


def _words(allowed: Collection[str] | None, *, least: int = 1) -> Check:
    """A list of words, each at most once, all ``allowed`` if that is given."""

    def word(found: Located, wrong: list[Wrong]) -> str:
        text: str = _text(200)(found, wrong)
        if allowed is not None and text not in allowed:
            raise Wrong(
                found.line,
                "",
                _("“%(value)s” is not known here.") % {"value": printable(text)},
                _("Use one of: %(allowed)s.") % {"allowed": ", ".join(allowed)},
            )
        return text

    def check(found: Located, wrong: list[Wrong]) -> list[str]:
        words: list[str] = _list(word, least=least)(found, wrong)
        if isinstance(found.value, list) and not wrong:
            for number, item in enumerate(found.value):
                if words[number] in words[:number]:
                    reason = _("“%(value)s” stands twice in the list.") % {"value": printable(words[number])}
                    wrong.append(Wrong(item.line, f"[{number}]", reason, _("Take one of them away.")))
        return words

    return check


def _record(checks: dict[str, Check]) -> Check:
    """An object with exactly these keys."""

    def check(found: Located, wrong: list[Wrong]) -> dict[str, Any]:
        if not isinstance(found.value, dict):
            raise Wrong(found.line, "", _("This is no object."), _("Write it in braces: { … }."))
        for name in sorted(found.value.keys() - checks.keys()):
            where, part = found.value[name].line, f".{printable(name)}"
            wrong.append(Wrong(where, part, _("There is no such field."), _("Take it away, or correct its name.")))
        values = {}
        for name, check_value in checks.items():
            if name not in found.value:
                wrong.append(Wrong(found.line, f".{name}", _("The field is missing."), _("Add it.")))
                continue
            inside: list[Wrong] = []
            try:
                values[name] = check_value(found.value[name], inside)
            except Wrong as mistake:
                inside.append(mistake)
            wrong += [Wrong(m.line, f".{name}{m.part}", m.reason, m.remedy) for m in inside]
        return values

    return check


def _shown(found: Located) -> str:
    value = found.value
    if isinstance(value, dict | list):
        return _("An object or list")
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return f"“{printable(value)}”"


#: Translations travel in the same file; whoever imports methods does not need them.
OPTIONAL = frozenset({"plain", "en"})
CHECKS: dict[str, Check] = {
    "slug": _slug,
    "title": _text(255),
    "summary": _text(300),
    "description": _list(_text(5000), least=1),
    "purposes": _words(Purpose.values),
    "levels": _words(Level.values),
    "settings": _words(Setting.values),
    "recruitment": _words(Recruitment.values),
    "group_size_min": _whole(1, MOST_PEOPLE),
    "group_size_max": _whole(1, MOST_PEOPLE, or_null=True),
    "duration_minutes_min": _whole(1, 100_000),
    "duration_minutes_max": _whole(1, 100_000),
    "preparation_weeks_min": _whole(0, 520),
    "preparation_weeks_max": _whole(0, 520),
    "cost_level": _whole(min(CostLevel.values), max(CostLevel.values)),
    "cost_note": _text(500, may_be_empty=True),
    "staff": _text(500, may_be_empty=True),
    "steps": _list(
        _record({"title": _text(100), "text": _text(500, may_be_empty=True), "minutes": _whole(0, MOST_MINUTES)})
    ),
    "materials": _list(_text(300)),
    "strengths": _list(_text(300)),
    "limits": _list(_text(300)),
    "accessibility": _list(_text(300)),
    "target_groups": _list(_text(300)),
    "combines_with": _words(None, least=0),
    "origin": _text(500, may_be_empty=True),
    "sources": _list(_record({"title": _text(250), "publisher": _text(250, may_be_empty=True)})),
    "plain": _record({"title": _text(255), "text": _list(_text(500))}),
    "en": _record({"title": _text(255), "summary": _text(300)}),
}
