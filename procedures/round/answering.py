"""The form of a department: what the public page says, to be confirmed or corrected field by field."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.core import signing
from django.forms.models import fields_for_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks.struct_block import StructBlockValidationError

from cms_blocks.public_forms import PublicForm
from procedures.blocks import StageBlock
from procedures.enums import Stage
from procedures.models import ProcedurePage
from procedures.round.states import Answer
from procedures.round.values import ANSWERABLE, COST, is_same, stored, value_from, values_of
from procedures.rules import check_procedure, last_day, missing, too_early

SALT = "procedures.round.shown"
#: Parts of a new stage → fields of the form.
STAGE = {"stage": "new_stage", "since": "new_stage_since", "note": "new_stage_note"}
#: Lines of a field for longer texts.
ROWS = {"lead": 3, "next_steps": 4}


class AnswerForm(PublicForm):
    """After ``is_valid``: ``answer``, ``shown``, ``changes``, ``stage`` and ``remark``, as the request stores them.

    The form says itself, signed, which values it has shown: what somebody did not touch is no change, even if an
    editor has published something else meanwhile.
    """

    name = "update"

    basis = forms.CharField(widget=forms.HiddenInput, required=False)
    answer = forms.CharField(widget=forms.HiddenInput, required=False)
    new_stage = forms.ChoiceField(
        label=gettext_lazy("Has the project reached a new stage?"),
        required=False,
        help_text=gettext_lazy("Choose it only if it is new. The stages before stay."),
    )
    new_stage_since = forms.DateField(label=gettext_lazy("New stage since"), required=False)
    new_stage_note = forms.CharField(
        label=gettext_lazy("Why, or what was reached"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Needed if it is postponed or dropped: people want to know why."),
    )
    remark = forms.CharField(
        label=gettext_lazy("Anything else for us?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Not published. For example new dates of the participation, decisions, or who answers from now on."
        ),
    )

    def __init__(self, data: Any = None, *, page: ProcedurePage) -> None:
        self.page = page
        values = values_of(page)
        super().__init__(data, initial={**values, "basis": _sign(values)})
        own = fields_for_model(ProcedurePage, ANSWERABLE)
        for name, field in own.items():
            if isinstance(field, forms.DateField):
                field.widget = date_input()
            if name in ROWS:
                field.widget.attrs["rows"] = ROWS[name]
        self.fields["new_stage"].choices = [("", _("no new stage")), *Stage.choices]
        self.fields["new_stage_since"].widget = date_input()
        last = [name for name in self.fields if name not in {"token", "subject", "basis", "answer"}]
        self.fields |= own
        self.order_fields(["token", "subject", "basis", "answer", *ANSWERABLE, *last])
        if self.is_bound and self.data.get("answer") == Answer.CONFIRMED:
            for name in (*own, *STAGE.values(), "remark"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        shown = self._shown(cleaned.get("basis", ""))
        self.answer, self.remark = cleaned.get("answer", ""), cleaned.get("remark", "").strip()
        self.shown: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.stage: dict[str, Any] = {}
        if self.answer == Answer.CONFIRMED:
            if any(not is_same(shown[name], value) for name, value in values_of(self.page).items()):
                self._start_anew()
                message = _("The public page has just been changed. Please look at it once more.")
                raise forms.ValidationError(message, code="outdated")
            return cleaned
        self.answer = Answer.CHANGED
        for name in ANSWERABLE:
            if name in cleaned and not is_same(cleaned[name], shown[name]):
                self.shown[name], self.changes[name] = shown[name], cleaned[name]
        self._check_cost(cleaned)
        self._check_stage(cleaned)
        if not (self.errors or self.changes or self.stage or self.remark):
            message = _("You have changed nothing. If all is right, use the button “Unchanged, confirmed” above.")
            raise forms.ValidationError(message, code="nothing")
        return cleaned

    def _shown(self, basis: str) -> dict[str, Any]:
        """The values that the form showed when it was opened. Raises ``ValidationError`` for what we never signed."""
        try:
            kept = signing.loads(basis, salt=SALT)
            return {name: value_from(name, kept[name]) for name in ANSWERABLE}
        except (signing.BadSignature, KeyError) as error:
            self._start_anew()
            message = _("The form came back incomplete. Your text is still here: please send it once more.")
            raise forms.ValidationError(message, code="basis") from error

    def _start_anew(self) -> None:
        self._renew("basis", self.initial["basis"])

    def _check_cost(self, cleaned: dict[str, Any]) -> None:
        """What contradicts itself or is not complete, asked of what the department has touched."""
        if not COST.intersection(self.changes):
            return
        changed = copy(self.page)
        for name, value in self.changes.items():
            setattr(changed, name, value)
        errors = {**missing(cleaned), **check_procedure(changed)}
        for name in COST.intersection(errors) - set(self.errors):
            self.add_error(name, errors[name])

    def _check_stage(self, cleaned: dict[str, Any]) -> None:
        value = {part: cleaned.get(name) for part, name in STAGE.items()}
        if not value["stage"]:
            if value["since"] or value["note"]:
                self.add_error("new_stage", _("Choose the stage that your day or note is about, or empty both."))
            return
        if STAGE["since"] in self.errors:
            return
        if value["since"] and value["since"] > last_day(self.page.go_live_at):
            self.add_error(STAGE["since"], too_early(Stage(value["stage"]).label, value["since"]))
            return
        try:
            StageBlock().clean(value)
        except StructBlockValidationError as error:
            for part, found in error.block_errors.items():
                self.add_error(STAGE[part], found.messages)
            return
        self.stage = {**value, "since": value["since"].isoformat()}


def _sign(values: dict[str, Any]) -> str:
    return signing.dumps(stored(values), salt=SALT, compress=True)


def date_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
