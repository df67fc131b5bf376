"""Several things in one cell: phases with their ways to take part, stages, decisions.

Each begins on a line of its own, either short (``Title | 01.03.2026 | 31.03.2026``) or with labelled lines::

    Phase: Collect ideas
    Begins: 01.03.2026
    Ends: 31.03.2026 18:00
    Way: online | Send an idea
    Web address: https://…

A line that is set in by two spaces goes on with the text above it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from procedures.blocks import DecisionBlock, PhaseBlock, StageBlock
from procedures.enums import Stage, WayKind
from procedures.importing.cells import (
    INSET,
    Choice,
    Wrong,
    day,
    day_text,
    fold,
    moment,
    moment_text,
    set_in,
    shown,
    text,
    words,
)
from procedures.importing.sheet import Value, plain_text

if TYPE_CHECKING:
    from procedures.importing.names import Called, Names

Record = dict[str, Any]
_LABEL = re.compile(r"([^:|]{1,40}):(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled line. ``within``: the list whose newest entry it belongs to; ``long``: may have several lines;
    ``called``: it names things of this kind, which are kept by their ids."""

    key: str
    label: Promise
    read: Callable[[Value], Any] = text
    write: Callable[[Any], str] = str
    names: tuple[str, ...] = ()
    within: str = ""
    long: bool = False
    called: Callable[[Names], Called] | None = None

    def value(self, cell: str, names: Names | None) -> Any:
        """What stands there. Raises :class:`Wrong`. Without ``names`` things stay words."""
        read = self.read(cell or None)
        return list(dict.fromkeys(self.called(names).find(word) for word in read)) if self.called and names else read

    def line(self, value: Any, names: Names | None) -> str:
        called = self.called(names) if self.called and names else None
        return self.write([called.write(pk) for pk in value] if called else value)


class Records:
    """The form of one cell. The first part begins a record; ``short`` are the parts of a line without a label."""

    def __init__(
        self, block: blocks.StructBlock, parts: Iterable[Part], short: int, empty: Callable[[], Record]
    ) -> None:
        self.block, self.parts, self.empty = block, list(parts), empty
        self.short = self.parts[:short]
        self._labels: dict[str, dict[str, Part]] = {}

    def read(self, value: Value, names: Names | None = None) -> list[Record]:
        """Raises :class:`Wrong` with the number of the line; the blocks of the editor check what was read."""
        records: list[Record] = []
        part: Part | None = None
        is_labelled = False
        gap = "\n"
        for number, line in enumerate(text(value).split("\n"), start=1):
            if not line.strip():
                gap += "\n"
                continue
            try:
                found = self._part_of(line)
                if line.startswith(INSET) or (found is None and is_labelled and "|" not in line):
                    self._go_on(records, part, line, gap)
                elif found is None:
                    records.append(self._short(line))
                    part, is_labelled = self.short[-1], False
                else:
                    part, is_labelled = found, True
                    if part is self.parts[0]:
                        records.append(self.empty())
                    self._set(records, part, line.partition(":")[2].strip(), names)
            except Wrong as wrong:
                reason = _("Line %(number)d: %(reason)s") % {"number": number, "reason": wrong.reason}
                raise Wrong(reason, wrong.remedy) from None
            gap = "\n"
        for number, record in enumerate(records, start=1):
            self.check(number, record)
        return records

    def write(self, records: Iterable[Record], names: Names | None = None) -> str:
        records = list(records)
        short = [self._in_short(record) for record in records]
        if all(short):
            return "\n".join(short)
        return "\n".join(line for record in records for line in self._labelled(record, names))

    def values(self, stream: Iterable[Any]) -> list[Record]:
        """The records of a page's field, in the same plain types as those that were read."""
        return [_plain(child.value, self.empty()) for child in stream]

    def _part_of(self, line: str) -> Part | None:
        label = _LABEL.match(line)
        return self._names().get(fold(label[1])) if label else None

    def _names(self) -> dict[str, Part]:
        active = translation.get_language() or "de"
        if active not in self._labels:
            found: dict[str, Part] = {}
            for language in ("de", "en", active):
                with translation.override(language):
                    found |= {fold(part.label): part for part in self.parts}
            found |= {fold(name): part for part in self.parts for name in part.names}
            self._labels[active] = found
        return self._labels[active]

    def _short(self, line: str) -> Record:
        values = [value.strip() for value in line.split("|", len(self.short) - 1)]
        record = self.empty()
        for part, value in zip(self.short, values, strict=False):
            record[part.key] = part.read(value or None)
        return record

    def _set(self, records: list[Record], part: Part, value: str, names: Names | None) -> None:
        if not records:
            raise Wrong(
                _("“%(label)s” stands before the first entry.") % {"label": part.label},
                _("Begin with a line “%(label)s: …”.") % {"label": self.parts[0].label},
            )
        target = records[-1]
        if part.within and part.key == part.within:
            target[part.within].append(part.read(value or None))
            return
        if part.within:
            if not target[part.within]:
                raise Wrong(
                    _("“%(label)s” stands before the first way to take part.") % {"label": part.label},
                    _("Write the line “%(label)s: …” before it.") % {"label": _way_label()},
                )
            target = target[part.within][-1]
        target[part.key] = part.value(value, names)

    def _go_on(self, records: list[Record], part: Part | None, line: str, gap: str) -> None:
        if part is None or not part.long or not records:
            raise Wrong(
                _("“%(line)s” cannot be understood.") % {"line": shown(line.strip())},
                _("Write what it is before it, as in the template."),
            )
        target = records[-1][part.within][-1] if part.within else records[-1]
        more = line.removeprefix(INSET).rstrip()
        target[part.key] = f"{target[part.key]}{gap}{more}" if target[part.key] else more

    def check(self, number: int, record: Record) -> None:
        """What is called by name was found, and is not looked up once more."""
        found: Record = {part.key: [] for part in self.parts if part.called}
        try:
            self.block.clean(self.block.to_python(record | found))
        except ValidationError as error:
            raise Wrong(
                _("Entry %(number)d: %(reason)s")
                % {"number": number, "reason": " ".join(_sentences(self.block, error))},
                "",
            ) from None

    def _in_short(self, record: Record) -> str:
        """On one line; empty where that cannot say it all, or would be read as something else."""
        words = [part.write(record[part.key]) for part in self.short]
        while len(words) > 1 and not words[-1]:
            words.pop()
        known = {part.key: record[part.key] for part in self.short}
        line = " | ".join(words)
        is_all = record == {**self.empty(), **known}
        is_clear = bool(words[0]) and not any("|" in word or "\n" in word for word in words) and not self._part_of(line)
        return line if is_all and is_clear else ""

    def _labelled(self, record: Record, names: Names | None) -> Iterable[str]:
        for part in self.parts:
            if part.within and part.key == part.within:
                for inner in record[part.within]:
                    yield f"{part.label}: {part.write(inner)}".rstrip()
                    yield from self._lines(inner, part.within)
            elif not part.within and (record[part.key] or part is self.parts[0]):
                yield f"{part.label}: {set_in(part.line(record[part.key], names))}".rstrip()

    def _lines(self, inner: Record, within: str) -> Iterable[str]:
        for part in self.parts:
            if part.within == within and part.key != within and inner[part.key]:
                yield f"{part.label}: {set_in(part.write(inner[part.key]))}"


def _plain(value: Mapping[str, Any], empty: Record) -> Record:
    found = {}
    for key, nothing in empty.items():
        part = value[key]
        if isinstance(nothing, list):
            found[key] = [_plain(one, _no_way()) if isinstance(one, Mapping) else one for one in part]
        else:
            part = part.replace(microsecond=0) if isinstance(part, datetime) else part
            found[key] = plain_text(part or "") if nothing == "" else part
    return found


def _sentences(block: Any, error: ValidationError, where: str = "") -> Iterable[str]:
    """What the editor's blocks say, each with the label of its field."""
    inner = getattr(error, "block_errors", None)
    if isinstance(inner, dict) and isinstance(block, blocks.StructBlock):
        for name, one in inner.items():
            yield from _sentences(block.child_blocks[name], one, str(block.child_blocks[name].label))
    elif inner and isinstance(block, blocks.ListBlock):
        for one in inner.values() if isinstance(inner, dict) else filter(None, inner):
            yield from _sentences(block.child_block, one, where)
    else:
        for message in error.messages:
            yield f"{where}: {message}" if where else message


def _way_label() -> Any:
    return pgettext_lazy("in a sheet", "Way")


def _no_phase() -> Record:
    moments: Record = {"begins": None, "ends": None, "promised_on": None}
    return {"title": "", **moments, "text": "", "ways": [], "methods": [], "result": ""}


def _no_way() -> Record:
    return {"kind": "", "label": "", "deadline": None, "address": "", "place": ""}


WAY_KINDS = Choice(WayKind.choices, {"telefon": "phone", "brief": "letter", "veranstaltung": "event", "ort": "place"})
STAGES = Choice(
    Stage.choices,
    {"planung": "planning", "beschlossen": "resolved", "bau": "building", "fertig": "done", "abgeschlossen": "done"},
)


def _read_way(value: Value) -> Record:
    kind, _bar, label = text(value).partition("|")
    return _no_way() | {"kind": WAY_KINDS.read(kind.strip() or None), "label": label.strip()}


def _write_way(way: Record) -> str:
    return f"{WAY_KINDS.write(way['kind'])} | {way['label']}"


def _in_a_row(called: Iterable[str]) -> str:
    return "; ".join(filter(None, called))


def _methods(names: Names) -> Called:
    return names.methods


#: What else may stand before the methods.
_METHODS = ("methode", "methoden", "method")
_LAST = {"read": partial(moment, ends=True), "write": partial(moment_text, ends=True)}
_DAY = {"read": day, "write": day_text}
PHASES = Records(
    PhaseBlock(),
    [
        Part("title", pgettext_lazy("in a sheet", "Phase")),
        Part("begins", pgettext_lazy("in a sheet", "Begins"), moment, moment_text, ("von", "start", "from")),
        Part("ends", pgettext_lazy("in a sheet", "Ends"), names=("bis", "until"), **_LAST),
        Part("text", pgettext_lazy("in a sheet", "What happens"), long=True, names=("text",)),
        Part("ways", _way_label(), _read_way, _write_way, within="ways"),
        Part("deadline", pgettext_lazy("in a sheet", "Deadline"), within="ways", **_LAST),
        Part("address", pgettext_lazy("in a sheet", "Web address"), within="ways", names=("link", "url")),
        Part("place", pgettext_lazy("in a sheet", "Place"), within="ways", long=True),
        Part("methods", pgettext_lazy("in a sheet", "Methods"), words, _in_a_row, _METHODS, called=_methods),
        Part("promised_on", pgettext_lazy("in a sheet", "Result promised by"), **_DAY),
        Part("result", pgettext_lazy("in a sheet", "Result"), long=True),
    ],
    3,
    _no_phase,
)
STAGE_LIST = Records(
    StageBlock(),
    [
        Part("stage", pgettext_lazy("in a sheet", "Stage"), STAGES.read, STAGES.write),
        Part("since", pgettext_lazy("in a sheet", "Since"), names=("ab",), **_DAY),
        Part("note", pgettext_lazy("in a sheet", "Note"), names=("grund",), long=True),
    ],
    3,
    lambda: {"stage": "", "since": None, "note": ""},
)
DECISIONS = Records(
    DecisionBlock(),
    [
        Part("on", pgettext_lazy("in a sheet", "Day"), names=("datum", "date"), **_DAY),
        Part("body", pgettext_lazy("in a sheet", "Body")),
        Part("reference", pgettext_lazy("in a sheet", "Reference number"), names=("nummer", "drucksache")),
        Part("text", pgettext_lazy("in a sheet", "What is decided"), names=("text",), long=True),
        Part("address", pgettext_lazy("in a sheet", "Web address"), names=("link", "url")),
    ],
    4,
    lambda: {"on": None, "body": "", "reference": "", "text": "", "address": ""},
)
