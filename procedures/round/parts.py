"""Parts of a procedure's blocks that a department is asked about: of phases, of decisions, and of new entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

from procedures.blocks import DecisionBlock, PhaseBlock, StageBlock
from procedures.changes import plain
from procedures.enums import Stage
from procedures.models import ProcedurePage
from procedures.presentation import stages_of
from procedures.round.fields import field_of
from procedures.round.values import GONE, Answerable, stored, words_of

PHASE, DECISION = PhaseBlock(), DecisionBlock()
WAY = PHASE.child_blocks["ways"].child_block
#: Asked of each phase, before and after its ways; of each way; of each decision. All in their order.
PHASE_BEFORE, PHASE_AFTER = ("title", "begins", "ends", "text"), ("promised_on", "result")
OF_WAY = ("label", "deadline", "address", "place")
OF_DECISION = ("on", "body", "reference", "text", "address")


class Part(Answerable):
    """A value of a phase, of a way to take part in one, or of a decision. The block is known by its id alone: where the
    id is missing, or there twice, nothing is read or written."""

    def __init__(self, key: str, names: Mapping[str, str]) -> None:
        super().__init__(key, names)
        self._stream, self._id, *way, self.name = key.split("/")
        self.way = way[1] if way else ""
        blocks = WAY if way else PHASE if self._stream == "phases" else DECISION
        self._block = blocks.child_blocks[self.name]
        self.block_key = f"{self._stream}/{self._id}"
        self.way_key = f"{self.block_key}/ways/{self.way}"

    @property
    def block_title(self) -> str:
        return self.names.get(self.block_key) or "–"

    @property
    def place(self) -> tuple[int, ...]:
        named = list(self.names)
        block, way = (named.index(key) if key in named else len(named) for key in (self.block_key, self.way_key))
        order = parts_at(self.key).index(self.name)
        if self.way:
            return block, len(PHASE_BEFORE), way, order
        return block, order if order < len(PHASE_BEFORE) else order + 1

    @property
    def caption(self) -> str:
        if not self.way:
            return str(self._block.label)
        return _("{field} (“{way}”)").format(field=self._block.label, way=self.way_title)

    @property
    def way_title(self) -> str:
        return self.names.get(self.way_key) or "–"

    @property
    def label(self) -> str:
        words = _("Phase “{name}”: {field}") if self._stream == "phases" else _("Decision “{name}”: {field}")
        return words.format(name=self.block_title, field=self.caption)

    @property
    def fields(self) -> dict[str, forms.Field]:
        return {self.key: field_of(self._block, label=self.caption)}

    def of(self, page: ProcedurePage) -> Any:
        block = self.block_in(page)
        return GONE if block is None else self.read(block.get(self.name))

    def put(self, page: ProcedurePage, value: Any) -> None:
        if (block := self.block_in(page)) is None:
            return
        block[self.name] = stored(value)
        blocks = getattr(page, self._stream).raw_data
        [place] = [number for number, block in enumerate(blocks) if block.get("id") == self._id]
        blocks[place] = blocks[place]  # whoever has read the block reads it anew

    def block_in(self, page: ProcedurePage) -> Any:
        """What is stored of the phase, way or decision; ``None`` if it is not there."""
        block = only(getattr(page, self._stream).raw_data, self._id)
        return only(block.get("ways") or (), self.way) if block is not None and self.way else block

    def read(self, kept: Any) -> Any:
        return kept if kept == GONE else self._block.to_python(kept)

    def words(self, value: Any) -> str:
        return "" if value == GONE else super().words(value)

    def spoken_of(self, *values: Any) -> set[str]:
        return {self.block_key, self.way_key}


class New(Answerable):
    """A block that is added at the end of a stream. Its value holds what is asked of it, and is ``None`` if there is
    nothing new. Subclasses set ``block``, ``kind`` and ``asked``: parts of the block → names in the form."""

    block: Any
    kind: str
    asked: Mapping[str, str]

    def taken(self, cleaned: Mapping[str, Any]) -> Any:
        value = {part: cleaned.get(name) or "" for part, name in self.asked.items()}
        return value if any(value.values()) else None

    def of(self, page: ProcedurePage) -> Any:
        return None

    def put(self, page: ProcedurePage, value: Any) -> None:
        if value is not None:
            self._stream(page).append((self.kind, self.entry(value)))

    def take_out(self, page: ProcedurePage, value: Any, before: Any) -> None:
        stream, added = self._stream(page), plain(self.entry(value))
        same = [place for place, child in enumerate(stream) if plain(child.value) == added]
        if same:
            del stream[same[-1]]

    def entry(self, value: Mapping[str, Any]) -> Any:
        """As the block holds it, with what is not asked left empty."""
        return self.block.normalize({**self.block.get_default(), **value})

    def _stream(self, page: ProcedurePage) -> StreamValue:
        return getattr(page, self.key.partition("/")[0])

    def read(self, kept: Any) -> Any:
        return kept and {part: self.block.child_blocks[part].to_python(value) for part, value in kept.items()}


class NewStage(New):
    """The stage that the project has reached."""

    block, kind = StageBlock(), "stage"
    asked = {"stage": "new_stage", "since": "new_stage_since", "note": "new_stage_note"}

    @property
    def caption(self) -> str:
        return _("new stage")

    @property
    def fields(self) -> dict[str, forms.Field]:
        stage = forms.ChoiceField(
            label=_("Has the project reached a new stage?"),
            required=False,
            choices=[("", _("no new stage")), *Stage.choices],
            help_text=_("Choose it only if it is new. The stages before stay."),
        )
        since, note = (self.block.child_blocks[part] for part in ("since", "note"))
        return {
            "new_stage": stage,
            "new_stage_since": field_of(since, label=_("New stage since"), required=False),
            "new_stage_note": field_of(note, label=note.label),
        }

    def words(self, value: Any) -> str:
        if not value:
            return ""
        return _stage_words(Stage(value["stage"]).label, value["since"], value["note"])


class StagesReached(Answerable):
    """The stages that the project has reached, the newest last. Shown, and not asked: only a new one can come."""

    @property
    def caption(self) -> str:
        return str(ProcedurePage._meta.get_field("stages").verbose_name)

    def of(self, page: ProcedurePage) -> Any:
        return stages_of(page)

    def words(self, value: Any) -> str:
        return "\n".join(_stage_words(entry.label, entry.since, entry.note) for entry in value)


def _stage_words(label: Any, since: date, note: str) -> str:
    words = _("{stage} since {day}").format(stage=label, day=date_format(since))
    return f"{words}. {note}" if note else words


class NewDecision(New):
    """A decision that the page does not name yet, taken or planned."""

    block, kind = DECISION, "decision"
    asked = {part: f"new_decision_{part}" for part in OF_DECISION}
    block_key = "decisions/new"

    @property
    def caption(self) -> str:
        return _("new decision")

    @property
    def block_title(self) -> str:
        return _("A new decision")

    @property
    def place(self) -> tuple[int, ...]:
        return (len(self.names),)

    @property
    def fields(self) -> dict[str, forms.Field]:
        blocks = {part: self.block.child_blocks[part] for part in self.asked}
        return {self.asked[part]: field_of(block, label=block.label, required=False) for part, block in blocks.items()}

    def words(self, value: Any) -> str:
        return "\n".join(words_of(value[part]) for part in self.asked if value[part]) if value else ""


def parts_at(key: str) -> tuple[str, ...]:
    """What is asked of the block that this key leads to, in its order."""
    stream, _id, *way = key.split("/")
    if stream != "phases":
        return OF_DECISION
    return OF_WAY if len(way) > 1 else (*PHASE_BEFORE, *PHASE_AFTER)


def only(blocks: Iterable[Any], known: str) -> Any:
    """The stored value of the only block with this id."""
    found = [block["value"] for block in blocks if isinstance(block, Mapping) and block.get("id") == known]
    return found[0] if len(found) == 1 else None
