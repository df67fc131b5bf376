"""Which methods fit what somebody is planning. Pure: numbers in, a ranking out, the same for the same answers.

Each answered question is a criterion. A method fits it, nearly fits it or does not; the weights say how much a
criterion counts: what it is for most, how soon it can start least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

#: Twelve people instead of fifteen: a bound missed by up to a quarter is nearly met.
NEARLY = 0.25
#: Weeks of preparation that may be saved with good will.
WEEKS_NEARLY = 2


class Criterion(StrEnum):
    """A question of the finder, in the order asked."""

    PURPOSES = "purposes"
    PEOPLE = "people"
    SETTINGS = "settings"
    DURATION = "duration"
    PREPARATION = "preparation"
    COST = "cost"


WEIGHTS = {
    Criterion.PURPOSES: 4,
    Criterion.PEOPLE: 3,
    Criterion.SETTINGS: 2,
    Criterion.DURATION: 2,
    Criterion.COST: 2,
    Criterion.PREPARATION: 1,
}


class Verdict(IntEnum):
    """How well a criterion is met, larger is better."""

    NO = 0
    NEARLY = 1
    FITS = 2


#: How long the list may be when the next method is one of these.
ROOM = {Verdict.FITS: 20, Verdict.NEARLY: 10, Verdict.NO: 5}


@dataclass(frozen=True, slots=True)
class Wishes:
    """The answers; ``None`` and empty sets are questions left open.

    ``people`` are persons, ``minutes`` the time for the event, ``weeks`` the time until it, ``cost_level`` 1 to 5.
    """

    purposes: tuple[str, ...] = ()
    people: int | None = None
    settings: tuple[str, ...] = ()
    minutes: int | None = None
    weeks: int | None = None
    cost_level: int | None = None

    def __bool__(self) -> bool:
        return bool(self.criteria())

    def criteria(self) -> tuple[Criterion, ...]:
        """The questions that were answered."""
        answered = {
            Criterion.PURPOSES: bool(self.purposes),
            Criterion.PEOPLE: self.people is not None,
            Criterion.SETTINGS: bool(self.settings),
            Criterion.DURATION: self.minutes is not None,
            Criterion.PREPARATION: self.weeks is not None,
            Criterion.COST: self.cost_level is not None,
        }
        return tuple(criterion for criterion in Criterion if answered[criterion])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A method as the finder sees it. ``key`` tells it apart, ``title`` breaks ties; units as in :class:`Wishes`."""

    key: int
    title: str
    purposes: tuple[str, ...]
    settings: tuple[str, ...]
    group_size_min: int
    group_size_max: int | None
    duration_minutes_min: int
    preparation_weeks_min: int
    cost_level: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion of one method. ``share`` is how much of it is met, 0 to 1."""

    criterion: Criterion
    verdict: Verdict
    share: float


@dataclass(frozen=True, slots=True)
class Match:
    """A method with its findings. ``score`` 0 to 1; 1 means that every answered question fits."""

    candidate: Candidate
    findings: tuple[Finding, ...]
    score: float

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings: a chain is as strong as its weakest link."""
        return min((finding.verdict for finding in self.findings), default=Verdict.FITS)


@dataclass(frozen=True, slots=True)
class Loosening:
    """An answer that stands in the way: without it, ``gained`` more methods would fit everything else."""

    criterion: Criterion
    gained: int


def rank(candidates: Iterable[Candidate], wishes: Wishes) -> list[Match]:
    """All candidates, best first: the higher score, then fewer misses, then by title."""
    matches = [match(candidate, wishes) for candidate in candidates]
    return sorted(matches, key=lambda m: (-m.score, _misses(m), m.candidate.title, m.candidate.key))


def shortlist(matches: Sequence[Match]) -> list[Match]:
    """What is worth reading of a ranking: all that fits (up to 20), the near ones up to 10, the rest only up to 5.

    Never empty unless the ranking is.
    """
    chosen: list[Match] = []
    for found in sorted(matches, key=lambda m: -m.verdict):  # stable: keeps the ranking within each verdict
        if len(chosen) < ROOM[found.verdict]:
            chosen.append(found)
    return chosen


def match(candidate: Candidate, wishes: Wishes) -> Match:
    """Judge one method by every answered question."""
    findings = tuple(_judge(criterion, candidate, wishes) for criterion in wishes.criteria())
    weight = sum(WEIGHTS[finding.criterion] for finding in findings)
    if all(finding.share == 1 for finding in findings):
        return Match(candidate, findings, 1.0)
    return Match(candidate, findings, sum(WEIGHTS[f.criterion] * f.share for f in findings) / weight)


def loosenings(matches: Sequence[Match]) -> list[Loosening]:
    """Which single answer to drop so that more methods fit, the most helpful first."""
    gained = dict.fromkeys(Criterion, 0)
    for found in matches:
        misses = [finding.criterion for finding in found.findings if finding.verdict is not Verdict.FITS]
        if len(misses) == 1:
            gained[misses[0]] += 1
    order = list(Criterion)
    return [
        Loosening(criterion, count)
        for criterion, count in sorted(gained.items(), key=lambda item: (-item[1], order.index(item[0])))
        if count
    ]


def _misses(found: Match) -> int:
    return sum(finding.verdict is Verdict.NO for finding in found.findings)


def _judge(criterion: Criterion, candidate: Candidate, wishes: Wishes) -> Finding:
    match criterion:
        case Criterion.PURPOSES:
            return _purposes(candidate, wishes.purposes)
        case Criterion.SETTINGS:
            return _settings(candidate, wishes.settings)
        case Criterion.PEOPLE:
            return _people(candidate, wishes.people or 0)
        case Criterion.DURATION:
            needed, given = candidate.duration_minutes_min, wishes.minutes or 0
            return _bound(criterion, needed, given, given * (1 + NEARLY))
        case Criterion.PREPARATION:
            needed, given = candidate.preparation_weeks_min, wishes.weeks or 0
            return _bound(criterion, needed, given, given + WEEKS_NEARLY)
        case Criterion.COST:
            needed, given = candidate.cost_level, wishes.cost_level or 0
            return _bound(criterion, needed, given, given + 1)


def _purposes(candidate: Candidate, wanted: tuple[str, ...]) -> Finding:
    share = len(set(wanted) & set(candidate.purposes)) / len(set(wanted))
    verdict = Verdict.FITS if share == 1 else Verdict.NEARLY if share else Verdict.NO
    return Finding(Criterion.PURPOSES, verdict, share)


def _settings(candidate: Candidate, wanted: tuple[str, ...]) -> Finding:
    """Any wanted place is enough; one that is related to it, such as a mix of on site and online, nearly is."""
    offered = set(candidate.settings)
    if offered & set(wanted):
        return Finding(Criterion.SETTINGS, Verdict.FITS, 1.0)
    related = {
        "hybrid": {"onsite", "online"},
        "onsite": {"hybrid", "outreach"},
        "online": {"hybrid"},
        "outreach": {"onsite"},
    }
    if any(offered & related.get(word, set()) for word in wanted):
        return Finding(Criterion.SETTINGS, Verdict.NEARLY, 0.5)
    return Finding(Criterion.SETTINGS, Verdict.NO, 0.0)


def _people(candidate: Candidate, people: int) -> Finding:
    least, most = candidate.group_size_min, candidate.group_size_max
    if people >= least and (most is None or people <= most):
        return Finding(Criterion.PEOPLE, Verdict.FITS, 1.0)
    near = people >= least * (1 - NEARLY) and (most is None or people <= most * (1 + NEARLY))
    return Finding(Criterion.PEOPLE, Verdict.NEARLY, 0.5) if near else Finding(Criterion.PEOPLE, Verdict.NO, 0.0)


def _bound(criterion: Criterion, needed: int, given: int, with_good_will: float) -> Finding:
    if needed <= given:
        return Finding(criterion, Verdict.FITS, 1.0)
    if needed <= with_good_will:
        return Finding(criterion, Verdict.NEARLY, 0.5)
    return Finding(criterion, Verdict.NO, 0.0)
