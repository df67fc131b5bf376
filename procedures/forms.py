"""The editor's form of a procedure: what one field alone cannot know."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks import StreamValue

from cms_blocks.languages import original_language
from cms_blocks.reserved import PageForm
from procedures.changes import DUTIES, ROWS, asks_what_is_new, differences, duties_of
from procedures.city_bounds import city_bounds, misplaced
from procedures.rules import last_day, missing

#: The questions about a change of a public procedure. They are no fields of the page: the answer joins its change log.
QUESTIONS = ("news_what", "news_why", "editorial_only")
#: By the ids in it answers that are not public yet can be told from other entries of the log.
ANSWERS = UUID("6f1f8c2e-52d4-4d0e-9a3b-0c5b7f1f2d61")


class ProcedureForm(PageForm):
    """A new procedure starts with the contact and the half of its list. A draft may leave open what is missing.

    Whoever changes a duty of a public procedure says what is new, or that only the wording has changed.
    """

    news_what = forms.CharField(
        label=gettext_lazy("What is new?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("In one plain sentence. It stands in the public change log, with today’s date."),
    )
    news_why = forms.CharField(
        label=gettext_lazy("Why?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("What led to it, if that is known."),
    )
    editorial_only = forms.BooleanField(
        label=gettext_lazy("Editorial only"),
        required=False,
        help_text=gettext_lazy("Tick this if only wording or a mistake was corrected and nothing is new."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_draft = False
        if self.instance.pk is None and self.parent_page is not None:
            for name in ("contact", "half"):
                if name in self.fields:
                    self.initial[name] = getattr(self.parent_page.specific, name, None)
        if (
            self.instance.pk is None
            or not self.instance.live
            or self.instance.locale.language_code != original_language()
        ):
            for name in QUESTIONS:
                self.fields.pop(name, None)
        else:
            self._show_answer()

    @cached_property
    def _public(self) -> Any:
        return type(self.instance).objects.get(pk=self.instance.pk)

    @property
    def _answer_id(self) -> str:
        """Of the entry that the answer becomes: the one after those that are public."""
        return str(uuid5(ANSWERS, f"{self.instance.pk}/{len(self._public.changes)}"))

    def _show_answer(self) -> None:
        """Until it is public an answer stands with its question, to be changed there, and not in the log as well."""
        entries = [(child.block_type, child.value, child.id) for child in self.instance.changes]
        answers = [value for _type, value, known in entries if known == self._answer_id]
        if answers:
            self.initial |= {"news_what": answers[-1]["what"], "news_why": answers[-1]["why"]}
            others = [entry for entry in entries if entry[-1] != self._answer_id]
            self.initial["changes"] = StreamValue(self.instance.changes.stream_block, others)

    def defer_required_fields(self) -> None:
        """Called by Wagtail when a draft is saved."""
        super().defer_required_fields()
        self.is_draft = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.is_draft:
            for name, message in missing(data).items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, message)
            self._check_districts(data)
        self._check_place(data)
        self._check_topics(data)
        if "news_what" in self.fields and "changes" in data:
            self._log_change(data)
        return data

    def _log_change(self, data: dict[str, Any]) -> None:
        """The answer joins the change log. Asked once: not again for a draft that holds an answer already."""
        public = self._public
        before, known = public.duties(), {name: getattr(public, name) for name in DUTIES}
        said = {name: data[name.removesuffix("_id")] for name in DUTIES if name.removesuffix("_id") in data}
        rows = {name: self._chosen(name, column.removesuffix("_id")) for name, column in ROWS.items()}
        after = duties_of(known | said, rows)
        if words := data.get("news_what"):
            cost, days = differences(before, after)
            day = last_day(data.get("go_live_at", self.instance.go_live_at))
            entry = {"on": day, "what": words, "why": data.get("news_why", "")}
            data["changes"].append(("change", {**entry, "cost": cost, "days": days}, self._answer_id))
            return
        is_answered = self.is_draft or data.get("editorial_only")
        if not is_answered and asks_what_is_new(before, after, public.changes, data["changes"]):
            message = _("Something has changed that people rely on. Say what is new, or tick “Editorial only”.")
            self.add_error("news_what", message)

    def _chosen(self, relation: str, name: str) -> list[int]:
        rows = [row.cleaned_data for row in self.formsets.get(relation, ()) if row.is_valid()]
        return [row[name].pk for row in rows if row.get(name) and not row.get("DELETE")]

    def _check_districts(self, data: dict[str, Any]) -> None:
        if not self._chosen("districts", "district") and not data.get("city_wide") and "city_wide" in self.fields:
            self.add_error("city_wide", _("Say where it is: tick this for the whole city, or choose a district."))

    def _check_place(self, data: dict[str, Any]) -> None:
        point_and_area = data.get("latitude"), data.get("longitude"), data.get("area") or ""
        if point_and_area != (None, None, ""):
            for name, message in misplaced(*point_and_area, city_bounds()).items():
                self.add_error(name, message)

    def _check_topics(self, data: dict[str, Any]) -> None:
        """Further ones come after a main one, each once."""
        rows = [row for row in self.formsets.get("further_topics", ()) if row.is_valid()]
        chosen = [row for row in rows if row.cleaned_data.get("topic") and not row.cleaned_data.get("DELETE")]
        seen = {data.get("topic")}
        for row in chosen:
            topic = row.cleaned_data["topic"]
            if topic in seen:
                row.add_error("topic", _("This topic is chosen already. Take it away here."))
            seen.add(topic)
        if chosen and not data.get("topic") and "topic" in self.fields and "topic" not in self.errors:
            self.add_error("topic", _("Choose the main topic here; further ones come beside it."))
