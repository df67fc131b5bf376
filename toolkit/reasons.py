"""Why a method fits or does not, in words of the active language. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from toolkit import facts
from toolkit.enums import Purpose, Setting
from toolkit.finder import Candidate, Criterion, Finding, Verdict, Wishes


def reason(finding: Finding, candidate: Candidate, wishes: Wishes) -> str:
    """One sentence: what is wanted beside what the method offers."""
    match finding.criterion:
        case Criterion.PURPOSES:
            return _purposes(candidate, wishes)
        case Criterion.PEOPLE:
            return _people(finding, candidate, wishes)
        case Criterion.SETTINGS:
            return _settings(finding, candidate, wishes)
        case Criterion.DURATION:
            needed, given = facts.length(candidate.duration_minutes_min), facts.length(wishes.minutes or 0)
            return _bound(finding, needed, given)
        case Criterion.PREPARATION:
            needed, given = facts.weeks(candidate.preparation_weeks_min), facts.weeks(wishes.weeks or 0)
            if finding.verdict is Verdict.FITS:
                return _("Can be prepared in time: it takes at least %(needed)s, you have %(given)s.") % {
                    "needed": needed,
                    "given": given,
                }
            return _("Preparing it takes at least %(needed)s, you have %(given)s.") % {"needed": needed, "given": given}
        case Criterion.COST:
            return _cost(finding, candidate, wishes)


def verdict_word(verdict: Verdict) -> str:
    """“Fits”, “Nearly fits”, “Does not fit”: read out before each reason."""
    return {Verdict.FITS: _("Fits"), Verdict.NEARLY: _("Nearly fits"), Verdict.NO: _("Does not fit")}[verdict]


def loosening_text(criterion: Criterion) -> str:
    """The answer to drop, as a thing: “without the number of people”."""
    return {
        Criterion.PURPOSES: _("without some of the purposes"),
        Criterion.PEOPLE: _("with another number of people"),
        Criterion.SETTINGS: _("at another place"),
        Criterion.DURATION: _("with more time for the event"),
        Criterion.PREPARATION: _("with more time to prepare"),
        Criterion.COST: _("with a larger budget"),
    }[criterion]


def names(vocabulary: type[Purpose] | type[Setting], words: Sequence[str]) -> str:
    """Labels side by side; unknown words are left out."""
    return _(", ").join(str(vocabulary(word).label) for word in words if word in vocabulary.values)


def _purposes(candidate: Candidate, wishes: Wishes) -> str:
    met = [word for word in wishes.purposes if word in candidate.purposes]
    unmet = [word for word in wishes.purposes if word not in candidate.purposes]
    if not unmet:
        return _("Made for this: %(purposes)s.") % {"purposes": names(Purpose, met)}
    if met:
        return _("Made for: %(met)s. Not made for: %(unmet)s.") % {
            "met": names(Purpose, met),
            "unmet": names(Purpose, unmet),
        }
    return _("Made for something else: %(purposes)s.") % {"purposes": names(Purpose, candidate.purposes)}


def _people(finding: Finding, candidate: Candidate, wishes: Wishes) -> str:
    wanted = wishes.people or 0
    words = {
        "people": facts.people(wanted),
        "range": facts.group_size(candidate.group_size_min, candidate.group_size_max),
    }
    if finding.verdict is Verdict.FITS:
        return _("%(people)s: the method suits %(range)s.") % words
    if wanted < candidate.group_size_min:
        return _("%(people)s are few: the method suits %(range)s.") % words
    return _("%(people)s are many: the method suits %(range)s.") % words


def _settings(finding: Finding, candidate: Candidate, wishes: Wishes) -> str:
    if finding.verdict is Verdict.FITS:
        met = [word for word in wishes.settings if word in candidate.settings]
        return _("Works %(settings)s.") % {"settings": names(Setting, met)}
    return _("Works only %(settings)s.") % {"settings": names(Setting, candidate.settings)}


def _bound(finding: Finding, needed: str, given: str) -> str:
    if finding.verdict is Verdict.FITS:
        return _("Fits into %(given)s: it takes at least %(needed)s.") % {"needed": needed, "given": given}
    return _("Takes at least %(needed)s, you have %(given)s.") % {"needed": needed, "given": given}


def _cost(finding: Finding, candidate: Candidate, wishes: Wishes) -> str:
    words = {"needed": facts.cost(candidate.cost_level), "given": facts.cost(wishes.cost_level)}
    if finding.verdict is Verdict.FITS:
        return _("Within the budget: it costs %(needed)s.") % words
    return _("Costs %(needed)s, the budget is %(given)s.") % words
