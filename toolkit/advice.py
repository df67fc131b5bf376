"""The finder's page: questions, answers from the address, and the methods that fit with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from toolkit import facts, finder
from toolkit.cards import MethodCard, card_of
from toolkit.enums import CostLevel, Purpose, Setting
from toolkit.filters import DURATIONS, MOST_PEOPLE, PREPARATIONS, LenientChoices, bound_label
from toolkit.finder import Candidate, Criterion, Verdict, Wishes
from toolkit.places import Places, places_beside
from toolkit.reasons import loosening_text, names, reason, verdict_word
from toolkit.records import methods_beside

if TYPE_CHECKING:
    from toolkit.models import MethodFinderPage

#: With as many methods that fit there is no need to drop an answer.
MANY = 10


class Answers(forms.Form):
    """The questions. All may be left open; an answer that makes no sense counts as left open."""

    purpose = LenientChoices(choices=Purpose.choices, required=False)
    people = forms.IntegerField(min_value=1, max_value=MOST_PEOPLE, required=False)
    setting = LenientChoices(choices=Setting.choices, required=False)
    duration = forms.TypedChoiceField(choices=[(n, n) for n in DURATIONS], coerce=int, empty_value=None, required=False)
    preparation = forms.TypedChoiceField(
        choices=[(n, n) for n in PREPARATIONS], coerce=int, empty_value=None, required=False
    )
    cost = forms.TypedChoiceField(choices=CostLevel.choices, coerce=int, empty_value=None, required=False)

    def wishes(self) -> Wishes:
        self.is_valid()
        given = self.cleaned_data
        return Wishes(
            purposes=tuple(given.get("purpose") or ()),
            people=given.get("people"),
            settings=tuple(given.get("setting") or ()),
            minutes=given.get("duration"),
            weeks=given.get("preparation"),
            cost_level=given.get("cost"),
        )

    def ignored(self) -> list[str]:
        """Answers in the address that could not be used, by the words of their question."""
        self.is_valid()
        found = set(self.errors) | {
            name for name, field in self.fields.items() if isinstance(field, LenientChoices) and field.ignored
        }
        return [str(TITLES[name]) for name in self.fields if name in found]


TITLES = {
    "purpose": gettext_lazy("What do you want to achieve?"),
    "people": gettext_lazy("How many people?"),
    "setting": gettext_lazy("Where?"),
    "duration": gettext_lazy("How long may the event take?"),
    "preparation": gettext_lazy("How much time is there to prepare?"),
    "cost": gettext_lazy("What may it cost?"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to tick. ``illustration`` may be empty."""

    value: str
    label: str
    checked: bool
    illustration: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """``fits`` is ``"yes"``, ``"nearly"`` or ``"no"``; ``word`` says it for those who do not see the sign."""

    fits: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A method with its reasons. ``verdict`` as in :class:`Reason`."""

    card: MethodCard
    verdict: str
    verdict_text: str
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Advice:
    """Everything the finder shows. ``headline`` and ``hints`` are never empty once there are answers."""

    asked: bool
    questions: dict[str, list[Choice]]
    people: str
    answers: list[str]
    suggestions: list[Suggestion]
    headline: str
    perfect: int
    hints: list[str]
    ignored: list[str]
    total: int
    places: Places


def advice_for(page: MethodFinderPage, query: QueryDict) -> Advice:
    """Answer what the address asks. Two queries, however many methods there are."""
    answers = Answers(query)
    wishes = answers.wishes()
    records = {record.pk: record for record in methods_beside(page)} if wishes else {}
    matches = finder.rank((candidate_of(record) for record in records.values()), wishes)
    perfect = sum(match.verdict is Verdict.FITS for match in matches)
    return Advice(
        asked=bool(wishes),
        questions=_questions(wishes),
        people=str(wishes.people or ""),
        answers=_answers(wishes),
        suggestions=[_suggestion(match, records[match.candidate.key], wishes) for match in finder.shortlist(matches)],
        headline=_headline(len(matches), perfect) if wishes else "",
        perfect=perfect,
        hints=_hints(matches, perfect) if wishes else [],
        ignored=answers.ignored(),
        total=len(matches),
        places=places_beside(page),
    )


def candidate_of(record: Any) -> Candidate:
    """A public record, with its facts joined, as the finder sees it."""
    numbers = record.method_facts
    return Candidate(
        key=record.pk,
        title=numbers.sort_key,
        purposes=numbers.purposes,
        settings=numbers.settings,
        group_size_min=numbers.group_size_min,
        group_size_max=numbers.group_size_max,
        duration_minutes_min=numbers.duration_minutes_min,
        preparation_weeks_min=numbers.preparation_weeks_min,
        cost_level=numbers.cost_level,
    )


_SIGNS = {Verdict.FITS: "yes", Verdict.NEARLY: "nearly", Verdict.NO: "no"}


def _suggestion(match: finder.Match, record: Any, wishes: Wishes) -> Suggestion:
    worst = match.verdict
    return Suggestion(
        card=card_of(record),
        verdict=_SIGNS[worst],
        verdict_text={
            Verdict.FITS: _("Fits all your answers"),
            Verdict.NEARLY: _("Nearly fits"),
            Verdict.NO: _("Fits in part"),
        }[worst],
        reasons=[
            Reason(_SIGNS[finding.verdict], verdict_word(finding.verdict), reason(finding, match.candidate, wishes))
            for finding in match.findings
        ],
    )


def _headline(total: int, perfect: int) -> str:
    if perfect:
        return ngettext("%(count)s method fits", "%(count)s methods fit", perfect) % {"count": perfect}
    return _("Nothing fits everything, but this comes close") if total else _("There are no methods here yet")


def _hints(matches: list[finder.Match], perfect: int) -> list[str]:
    """What to do next; always at least one hint."""
    if not matches:
        return [_("Ask us: together we find a way that suits what you are planning.")]
    found = [
        ngettext("%(change)s, %(count)s more method fits.", "%(change)s, %(count)s more methods fit.", loosening.gained)
        % {"change": capfirst(loosening_text(loosening.criterion)), "count": loosening.gained}
        for loosening in finder.loosenings(matches)[:3]
        if perfect < MANY
    ]
    return found or [_("Methods can be combined and adapted. Ask us, we are glad to help with the choice.")]


def _answers(wishes: Wishes) -> list[str]:
    """The answers in a few words each."""
    words = {
        Criterion.PURPOSES: lambda: names(Purpose, wishes.purposes),
        Criterion.PEOPLE: lambda: facts.people(wishes.people or 0),
        Criterion.SETTINGS: lambda: names(Setting, wishes.settings),
        Criterion.DURATION: lambda: bound_label("duration", wishes.minutes or 0),
        Criterion.PREPARATION: lambda: _("%(time)s to prepare") % {"time": facts.weeks(wishes.weeks or 0)},
        Criterion.COST: lambda: facts.cost(wishes.cost_level),
    }
    return [words[criterion]() for criterion in wishes.criteria()]


def _questions(wishes: Wishes) -> dict[str, list[Choice]]:
    """The choices of each question, ticked as answered."""

    def bounds(name: str, values: Any, chosen: int | None) -> list[Choice]:
        return [
            Choice("", capfirst(_("does not matter")), chosen is None),
            *(Choice(str(value), capfirst(bound_label(name, value)), value == chosen) for value in values),
        ]

    return {
        "purpose": [
            Choice(word.value, capfirst(str(word.label)), word.value in wishes.purposes, word.value) for word in Purpose
        ],
        "setting": [Choice(word.value, capfirst(str(word.label)), word.value in wishes.settings) for word in Setting],
        "duration": bounds("duration", DURATIONS, wishes.minutes),
        "preparation": bounds("preparation", PREPARATIONS, wishes.weeks),
        "cost": bounds("cost", CostLevel.values, wishes.cost_level),
    }
