"""The form of a department: what the public page says, to be confirmed or corrected value by value."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.core import signing
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks.struct_block import StructBlockValidationError

from cms_blocks.public_forms import PublicForm
from procedures.models import ProcedurePage
from procedures.models.round import NEW_STAGE
from procedures.round.asked import DISTRICTS, NAMES, TOGETHER, answerables, offered
from procedures.round.parts import New, NewStage, Part
from procedures.round.sections import Group as Block
from procedures.round.sections import in_order, sections_of
from procedures.round.states import Answer
from procedures.round.values import Plain, is_same, stored, to_the_minute
from procedures.rules import check_phase, check_procedure, check_way, last_day, missing
from procedures.wording import day

SALT = "procedures.round.shown"
#: Parts of a phase, and of a way in it, that have to go together.
TIMES, PLACES = frozenset({"begins", "ends", "deadline"}), frozenset({"address", "place"})


@dataclass(frozen=True, slots=True)
class Shown:
    """The values that a form shows, and what their blocks and districts are called."""

    values: dict[str, Any]
    names: dict[str, str]

    @classmethod
    def by(cls, page: ProcedurePage) -> Shown:
        """What the page says now."""
        values, names = offered(page)
        return cls({value.key: value.of(page) for value in values}, names)

    @classmethod
    def signed(cls, page: ProcedurePage, basis: str) -> Shown | None:
        """What a form said that it shows; ``None`` if we never signed that for this page."""
        try:
            kept = signing.loads(basis, salt=_salt(page))
        except signing.BadSignature:
            return None
        names = dict(kept.pop(NAMES))
        return cls({value.key: value.read(kept[value.key]) for value in answerables(kept, names)}, names)

    def sign(self, page: ProcedurePage) -> str:
        return signing.dumps({**stored(self.values), NAMES: list(self.names.items())}, salt=_salt(page), compress=True)


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one phase or decision below its name; or fields of none, without a ``title``."""

    title: str
    fields: list[BoundField]

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)


class AnswerForm(PublicForm):
    """After ``is_valid``: ``answer``, ``shown``, ``changes``, ``stage`` and ``remark``, as the request stores them.

    The form says itself, signed, which values it has shown: what somebody did not touch is no change, even if an
    editor has published something else meanwhile, and nothing else can be changed.
    """

    name = "update"

    basis = forms.CharField(widget=forms.HiddenInput, required=False)
    answer = forms.CharField(widget=forms.HiddenInput, required=False)
    remark = forms.CharField(
        label=gettext_lazy("Anything else for us?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Not published. For example another phase or another way to take part, or who answers from now on."
        ),
    )

    def __init__(self, data: Any = None, *, page: ProcedurePage) -> None:
        self.page = page
        self.public = Shown.by(page)
        given = None if data is None else Shown.signed(page, data.get("basis", ""))
        self.is_signed = given is not None
        before = given or self.public
        self.before, self.names = before.values, before.names
        self.values = answerables(self.before, self.names)
        super().__init__(data, initial={**self.before, "basis": self.public.sign(page)})
        fields = {value.key: value.fields for value in self.values}
        #: Names of the fields of each value, by its key.
        self.asked = {key: list(one) for key, one in fields.items()}
        asked = {name: field for one in fields.values() for name, field in one.items()}
        self.fields |= asked
        self.order_fields(["token", "subject", "basis", "answer", *asked, "remark"])
        if self.is_bound and self.data.get("answer") == Answer.CONFIRMED:
            for name in (*asked, "remark"):
                del self.fields[name]

    @property
    def sections(self) -> list[tuple[str, str, list[Group]]]:
        """Word, heading and fields of each section."""
        found = sections_of(self.values)
        return [(one.word, one.heading, [self._fields_of(group) for group in one.groups]) for one in found]

    def _fields_of(self, group: Block) -> Group:
        return Group(group.title, [self[name] for value in group.values for name in self.asked[value.key]])

    @property
    def mistakes(self) -> list[tuple[str, str, list[str]]]:
        """Id, label and messages of the fields in which something is wrong, in their order."""
        labels = {value.key: value.label for value in self.values}
        titles = {name: value.block_title for value in self.values for name in self.asked[value.key]}
        return [
            (
                field.auto_id,
                labels.get(field.name) or ": ".join(filter(None, (titles.get(field.name), str(field.label)))),
                field.errors,
            )
            for field in (self[name] for name in self.fields if name in self.errors)
        ]

    def clean(self) -> dict[str, Any]:
        self._leave_untouched()
        cleaned = super().clean()
        if not self.is_signed:
            self._renew("basis", self.initial["basis"])
            message = _("The form came back incomplete. Your text is still here: please send it once more.")
            raise forms.ValidationError(message, code="basis")
        self.answer, self.remark = cleaned.get("answer", ""), cleaned.get("remark", "").strip()
        self.shown: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.stage: dict[str, Any] = {}
        if self.answer == Answer.CONFIRMED:
            self._check_up_to_date()
            return cleaned
        self.answer = Answer.CHANGED
        self._compare(cleaned)
        self._check_plain()
        self._check_districts(cleaned)
        self._check_phases(cleaned)
        self._check_ways(cleaned)
        self._check_addresses()
        if not (self.errors or self.changes or self.remark):
            message = _("You have changed nothing. If all is right, use the button “Unchanged, confirmed” above.")
            raise forms.ValidationError(message, code="nothing")
        self.stage = self.changes.pop(NEW_STAGE, {})
        self.shown.pop(NEW_STAGE, None)
        return cleaned

    def _leave_untouched(self) -> None:
        """What came back as it was shown, or not at all, stays as it is, even where it could not be entered anew."""
        for key, before in self.before.items():
            if (field := self.fields.get(key)) is None:
                continue
            shown = field.widget.format_value(field.prepare_value(before))
            if field.widget.value_omitted_from_data(self.data, {}, key) or is_same(self[key].data, shown):
                self.cleaned_data[key] = before
                self._errors.pop(key, None)

    def _check_up_to_date(self) -> None:
        now = self.public.values
        if now.keys() != self.before.keys() or any(not is_same(now[key], self.before[key]) for key in now):
            self._renew("basis", self.initial["basis"])
            message = _("The public page has just been changed. Please look at it once more.")
            raise forms.ValidationError(message, code="outdated")

    def _compare(self, cleaned: dict[str, Any]) -> None:
        named: set[str] = set()
        for value in self.values:
            if not self.errors.keys().isdisjoint(self.asked[value.key]):
                continue
            before, after = self.before[value.key], value.taken(cleaned)
            if not is_same(before, after) and (not isinstance(value, New) or self._is_sound(value, after)):
                self.shown[value.key], self.changes[value.key] = before, after
                named |= value.spoken_of(before, after)
        if names := [[key, name] for key, name in self.names.items() if key in named]:
            self.shown[NAMES] = names

    def _is_sound(self, new: New, entry: dict[str, Any]) -> bool:
        """Whether this can be added. What is wrong is said at its field."""
        errors: dict[str, Any] = {}
        if isinstance(new, NewStage) and not entry["stage"]:
            errors["stage"] = _("Choose the stage that your day or note is about, or empty both.")
        elif isinstance(new, NewStage) and entry["since"] and entry["since"] > last_day(self.page.go_live_at):
            errors["since"] = _(
                "The day {day} lies ahead, but the stage would count at once. Take a day up to today, or tell us of "
                "the later one at the end of the form."
            ).format(day=day(entry["since"]))
        else:
            try:
                new.block.clean(new.entry(entry))
            except StructBlockValidationError as error:
                errors = {part: found.messages for part, found in error.block_errors.items()}
        for part, messages in errors.items():
            self.add_error(new.asked[part], messages)
        return not errors

    def _check_plain(self) -> None:
        """What cannot be stored, contradicts itself or is not complete, asked of what the department has touched and
        of what belongs to it; as below."""
        plain = {value.key for value in self.values if isinstance(value, Plain)}
        if not (touched := plain.intersection(self.changes)):
            return
        changed = copy(self.page)
        for name in touched:
            setattr(changed, name, self.changes[name])
        values = {name: getattr(changed, name) for name in ("form", *plain)}
        errors: dict[str, Any] = {**missing(values), **check_procedure(changed)}
        try:
            changed.clean_fields(exclude={field.name for field in changed._meta.fields} - touched)
        except forms.ValidationError as error:
            errors |= error.message_dict
        looked_at = touched.union(*(group for group in TOGETHER if not group.isdisjoint(touched)))
        for name in looked_at & plain & errors.keys() - self.errors.keys():
            self.add_error(name, errors[name])

    def _check_districts(self, cleaned: dict[str, Any]) -> None:
        touched = {"city_wide", DISTRICTS}.intersection(self.changes)
        if touched and not cleaned.get("city_wide") and not cleaned.get(DISTRICTS):
            self.add_error("city_wide", _("Say where it is: tick this for the whole city, or choose a district."))

    def _check_phases(self, cleaned: dict[str, Any]) -> None:
        """A phase in which a moment could not be read is not looked at."""
        moments = [value for value in self.values if isinstance(value, Part) and value.name in TIMES]
        for phase, parts in groupby(in_order(moments), key=lambda part: part.block_key):
            times = list(parts)
            keys = {part.key for part in times}
            if self.changes.keys().isdisjoint(keys) or not self.errors.keys().isdisjoint(keys):
                continue
            said = {part.key: to_the_minute(moment) if (moment := cleaned[part.key]) else None for part in times}
            deadlines = [(part.way_title, said.pop(part.key)) for part in times if part.way]
            for name, message in check_phase(said[f"{phase}/begins"], said[f"{phase}/ends"], deadlines).items():
                self.add_error(f"{phase}/{name}", message)

    def _check_ways(self, cleaned: dict[str, Any]) -> None:
        """What is wrong already is said at its field."""
        wheres = [value for value in self.values if isinstance(value, Part) and value.way and value.name in PLACES]
        for way, parts in groupby(in_order(wheres), key=lambda part: part.way_key):
            said = {part.key: cleaned.get(part.key) for part in parts}
            if self.changes.keys().isdisjoint(said) or not self.errors.keys().isdisjoint(said):
                continue
            for name, message in check_way(said[f"{way}/address"], said[f"{way}/place"]).items():
                self.add_error(f"{way}/{name}", message)

    def _check_addresses(self) -> None:
        """An editor may have named a page meanwhile."""
        for value in self.values:
            if isinstance(value, Part) and not value.way and value.name == "address" and self.changes.get(value.key):
                decision = value.block_in(self.page)
                if decision is not None and decision.get("page"):
                    said = _(
                        "The resolution has a page of this website by now. Empty the address, or tell us at the end of "
                        "the form what is wrong with that page."
                    )
                    self.add_error(value.key, said)


def _salt(page: ProcedurePage) -> str:
    return f"{SALT}.{page.pk}"
