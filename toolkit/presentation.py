"""A method as its page, its card in lists and its JSON show it. Look-ups of other objects go through the targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_blocks.languages import EASY
from cms_blocks.publication.declaration import declarations
from cms_blocks.publication.records import NEVER, PublicRecord
from cms_blocks.publication.targets import Target, Targets, current_targets
from toolkit import facts
from toolkit.enums import Level, Purpose, Recruitment, Setting
from toolkit.levels import level_label
from toolkit.places import Places, places_beside

if TYPE_CHECKING:
    from toolkit.models import MethodPage

#: Lists of short texts that a method holds.
TEXT_LISTS = ("materials", "strengths", "limits", "accessibility", "target_groups")
#: Most procedures that a method's page names.
MOST_USES = 8


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the fact strip. ``amount`` of ``of`` circles are filled; 0 shows none."""

    illustration: str
    label: str
    value: str
    note: str = ""
    amount: int = 0
    of: int = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``time`` in words: how long it takes, or that it lies before or after the event."""

    title: str
    text: str
    minutes: int
    time: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the line of time, in minutes from the beginning."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    publisher: str


@dataclass(frozen=True, slots=True)
class MethodView:
    """Everything the method's page shows, in words of the active language. Empty parts are left out by the page."""

    sign: str
    purpose_sentence: str
    purposes: str
    settings: str
    recruitment: str
    facts: list[Fact]
    steps: list[Step]
    line: list[Part]
    line_length: int
    total: str
    strengths: list[str]
    limits: list[str]
    accessibility: list[str]
    materials: list[str]
    target_groups: list[str]
    cost_note: str
    staff: str
    origin: str
    sources: list[Source]
    combinations: list[Target]
    image: Any
    places: Places
    used_in: list[PublicRecord]

    @property
    def has_details(self) -> bool:
        """Whether there is more than a translation needs."""
        return bool(self.steps or self.strengths or self.limits)


def method_view(page: MethodPage) -> MethodView:
    """What the page shows. A constant number of queries: targets are looked up once for each sort."""
    targets = current_targets()
    steps = steps_of(page)
    line = line_of(steps)
    total = sum(step.minutes for step in steps)
    places = places_beside(page, uses_of(page))
    return MethodView(
        sign=sign_of(page, targets.topic(page.topic_id)),
        # The sentence is made by rule, so it is not in easy language.
        purpose_sentence="" if page.locale.language_code == EASY else purpose_sentence(page.purposes),
        purposes=joined(Purpose, page.purposes),
        settings=joined(Setting, page.settings),
        recruitment=joined(Recruitment, page.recruitment),
        facts=fact_strip(page, page.levels),
        steps=steps,
        line=line if len(line) > 1 else [],
        line_length=total,
        total=facts.length(total) if total else "",
        **{name: texts_of(page, name) for name in TEXT_LISTS},
        cost_note=page.cost_note,
        staff=page.staff,
        origin=page.origin,
        sources=[Source(*(source.value[name] or "" for name in ("title", "publisher"))) for source in page.sources],
        combinations=combined_methods(page, targets),
        image=targets.image(page.image_id),
        places=places,
        used_in=sorted(places.others, key=lambda record: (record.published_at or NEVER, record.pk), reverse=True)[
            :MOST_USES
        ],
    )


def uses_of(page: MethodPage) -> Q | None:
    """The records that use this method in practice: those of kinds that say where they keep methods (``methods_path``
    of the declaration: a look-up from the public record to their slugs)."""
    found: Q | None = None
    for declaration in declarations():
        if path := getattr(declaration, "methods_path", ""):
            own = Q(kind=declaration.kind, locale=page.locale.language_code, **{f"{path}__has": page.slug})
            found = found | own if found else own
    return found


def sign_of(page: MethodPage, topic: Any) -> str:
    """The drawn sign: the editor's choice, else that of the first purpose, else the topic's."""
    if page.illustration:
        return page.illustration
    return next(iter(page.purposes), topic.illustration if topic else "")


def joined(vocabulary: Any, words: tuple[str, ...]) -> str:
    """The words people read, side by side."""
    return capfirst(_(", ").join(labels(vocabulary, words)))


def labels(vocabulary: Any, words: tuple[str, ...]) -> list[str]:
    """The words people read; one that is no longer in the vocabulary is left out."""
    if vocabulary is Level:
        return [level_label(word) for word in words if word in Level.values]
    return [str(vocabulary(word).label) for word in words if word in vocabulary.values]


def purpose_sentence(purposes: tuple[str, ...]) -> str:
    """“Good for collecting ideas and planning.”"""
    words = [str(PURPOSE_PHRASES[word]) for word in purposes if word in PURPOSE_PHRASES]
    if not words:
        return ""
    return _("Good if you want to %(purposes)s.") % {"purposes": enumeration(words)}


def enumeration(words: list[str]) -> str:
    """“a, b and c”."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(words[:-1]), "last": words[-1]}


PURPOSE_PHRASES = {
    Purpose.INFORM.value: gettext_lazy("inform people"),
    Purpose.ACTIVATE.value: gettext_lazy("activate people"),
    Purpose.COLLECT_IDEAS.value: gettext_lazy("collect ideas"),
    Purpose.DELIBERATE.value: gettext_lazy("weigh up a question together"),
    Purpose.PLAN.value: gettext_lazy("plan something"),
    Purpose.RESOLVE_CONFLICT.value: gettext_lazy("settle a conflict"),
    Purpose.DECIDE.value: gettext_lazy("prepare or make a decision"),
    Purpose.EVALUATE.value: gettext_lazy("evaluate what was done"),
}


def fact_strip(numbers: Any, levels: tuple[str, ...]) -> list[Fact]:
    """People, time, cost, effort and level. ``numbers`` is a method's page or its :class:`MethodFacts`."""
    highest = max((list(Level.values).index(word) for word in levels if word in Level.values), default=-1)
    strip = [
        Fact("people", _("People"), facts.group_size(numbers.group_size_min, numbers.group_size_max)),
        Fact("time", _("Time"), facts.duration(numbers.duration_minutes_min, numbers.duration_minutes_max)),
        Fact("cost", _("Cost"), facts.cost(numbers.cost_level), amount=numbers.cost_level or 0),
        Fact(
            "preparation",
            _("Preparation"),
            facts.preparation(numbers.preparation_weeks_min, numbers.preparation_weeks_max),
        ),
        Fact("level", _("Influence"), joined(Level, levels), amount=highest + 1),
    ]
    return [fact for fact in strip if fact.value]


def steps_of(page: MethodPage) -> list[Step]:
    """The steps in their order."""
    return steps_from(
        [(step.value["title"] or "", step.value["text"] or "", step.value["minutes"] or 0) for step in page.steps]
    )


def steps_from(rows: list[tuple[str, str, int]]) -> list[Step]:
    """Steps from title, text and minutes of each."""
    timed = [index for index, (_title, _text, minutes) in enumerate(rows) if minutes]
    return [
        Step(title, text, minutes, facts.minutes_text(minutes) or _outside(index, timed))
        for index, (title, text, minutes) in enumerate(rows)
    ]


def _outside(index: int, timed: list[int]) -> str:
    """Where a step without minutes lies, seen from those that have some."""
    if not timed:
        return ""
    if index < timed[0]:
        return _("before the event")
    return _("after the event") if index > timed[-1] else _("between the dates")


def line_of(steps: list[Step]) -> list[Part]:
    """The line of time: one part for each step that takes time."""
    parts, start = [], 0
    for step in steps:
        if step.minutes:
            parts.append(Part(start, step.minutes))
            start += step.minutes
    return parts


def texts_of(page: MethodPage, name: str) -> list[str]:
    """The entries of one of the :data:`TEXT_LISTS`."""
    return [str(entry.value) for entry in getattr(page, name) if entry.value]


def combined_methods(page: MethodPage, targets: Targets) -> list[Target]:
    """The public methods this one goes well with, in its own language and in the editor's order.

    A combination may point to the page in another language (a translation made from it): then its counterpart
    counts.
    """
    ids = list(page.combinations.values_list("method_id", flat=True))
    targets.preload(pages=ids)
    found = [target for target in map(targets.page, ids) if target and target.locale == page.locale.language_code]
    return list(dict.fromkeys(target for target in found if target.object_id != page.pk))


def image_json(image: Any) -> dict[str, Any] | None:
    """The picture as bodies show pictures in JSON; ``None`` without one."""
    if image is None:
        return None
    from cms_blocks.blocks.media import Picture

    return Picture.of(image, "wide").as_json()
