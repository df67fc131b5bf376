"""A procedure as its page and its JSON show it. Look-ups of other objects go through the targets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from cms_blocks.blocks.links import DocumentsBlock, Download, Link, web_address
from cms_blocks.publication.targets import Target, Targets, current_targets
from cms_blocks.rich_text import is_external
from procedures import wording
from procedures.city_map import CityMap, Place, map_of_places
from procedures.enums import Form, Initiator, Participation, Stage
from procedures.participation import END, open_until, participation_at
from procedures.participation import Phase as Time
from procedures.plan import phase_methods, plan_of
from procedures.principles import Balance, Rating, balance_of, ratings_of
from procedures.records import districts_of_city, key_of
from procedures.rules import is_listed_late, is_stale
from toolkit.enums import Level
from toolkit.levels import level_label

if TYPE_CHECKING:
    from procedures.models import DistrictPage, ProcedurePage


@dataclass(frozen=True, slots=True)
class Way:
    """One way to take part. ``until`` in words, or that it is suspended; ``href`` only while it is open. Once it has
    ended, ``standing`` says where the result stands, and ``result_at`` is the place on the page that tells it, if there
    is one."""

    kind: str
    label: str
    until: str
    href: str
    place: str
    is_open: bool
    standing: str = ""
    result_at: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """``state``: ``"ahead"``, ``"current"``, ``"suspended"`` (it would be current) or ``"over"``. ``result_at``: the id
    of the result on the page."""

    title: str
    period: str
    text: str
    state: str
    ways: list[Way]
    methods: list[Target]
    result: str
    result_at: str


@dataclass(frozen=True, slots=True)
class StageEntry:
    label: str
    since: date
    note: str


@dataclass(frozen=True, slots=True)
class Decision:
    on: date
    body: str
    reference: str
    text: str
    is_planned: bool
    link: Link | None


@dataclass(frozen=True)
class Attached(Download):
    """A public document of the procedure. ``words``: the editor's own for the link, perhaps none; ``on``: the day that
    its content is of, if somebody has said so."""

    words: str = ""
    on: date | None = None

    @property
    def label(self) -> str:
        return self.words or self.title

    @property
    def day(self) -> date:
        return self.on or self.changed


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the change log. ``cost`` in euros and ``days``: more and later are positive."""

    on: date
    what: str
    why: str
    cost: Decimal | None
    days: int | None

    @property
    def means(self) -> list[str]:
        """The differences in words."""
        cost = wording.cost_difference(self.cost) if self.cost else ""
        return [text for text in (cost, wording.delay(self.days) if self.days else "") if text]

    @property
    def in_words(self) -> str:
        """All of it as one text, for those who see no page."""
        what = _("{day}: {what}").format(day=wording.day(self.on), what=self.what)
        why = _("Why: {why}").format(why=self.why) if self.why else ""
        return " · ".join(text for text in (what, why, *self.means) if text)


@dataclass(frozen=True, slots=True)
class Initiative:
    """An initiative or institution that has agreed to be listed."""

    name: str
    what: str
    address: str
    accessibility: str
    contact: str
    website: str


@dataclass(frozen=True, slots=True)
class ProcedureView:
    """Everything the page shows, in words of the active language. Empty parts are left out by the page. ``brief``:
    question, sentence, and until when; ``is_over``: people could take part and cannot any more."""

    status: str
    status_words: str
    brief: list[tuple[str, str, str]]
    is_over: bool
    open_heading: str
    open_points: list[str]
    fixed_points: list[str]
    phases: list[Phase]
    first_way: Way | None
    stages: list[StageEntry]
    stage: str
    decisions: list[Decision]
    adopted: list[str]
    not_adopted: list[tuple[str, str]]
    ratings: list[Rating]
    balance: Balance
    has_outcome: bool
    changes: list[Change]
    map: CityMap | None
    districts: list[Target]
    city_wide: bool
    methods: list[Target]
    topics: list[Any]
    documents: list[Attached]
    initiator: str
    level: str
    cost: str
    cost_note: str
    is_formal: bool
    displayed: str
    is_listed_late: bool
    is_stale: bool
    suspended: str
    suspended_reason: str


#: Headings follow the level: nobody decides on a page where a committee decides.
OPEN_HEADINGS: dict[str, Callable[[], str]] = {
    Level.INFORMATION: lambda: _("What you should know"),
    Level.CONSULTATION: lambda: _("What we ask you about"),
    Level.INVOLVEMENT: lambda: _("What you can shape"),
    Level.COLLABORATION: lambda: _("What you work out with us"),
    Level.EMPOWERMENT: lambda: _("What you decide"),
}


def _initiator(page: ProcedurePage) -> str:
    if not page.initiator:
        return ""
    initiator = Initiator(page.initiator)
    return f"{initiator.label} ({initiator.direction})"


def open_heading(page: ProcedurePage, decisions: Iterable[Decision], is_over: bool) -> str:
    """The heading over what is open and what is fixed. Without a level it promises nothing, and once people can take
    part no more (``is_over``) it tells what was. Where a body decides, taken or planned, residents prepare its decision
    together with it, whatever level was chosen."""
    if is_over:
        return _("What was open and what was fixed")
    level = page.level
    if level == Level.EMPOWERMENT and any(decision.body for decision in decisions):
        level = Level.COLLABORATION
    heading = OPEN_HEADINGS.get(level)
    if heading:
        return heading()
    return _("What is open and what is fixed") if page.open_points else _("What stands")


def procedure_view(page: ProcedurePage, now: datetime | None = None) -> ProcedureView:
    """The page at ``now`` (default: this moment). Each sort of target costs one query, and so does the map."""
    now = now or timezone.now()
    plan, targets = plan_of(page), current_targets()
    status = participation_at(plan, now)
    suspended, closes = status == Participation.SUSPENDED, open_until(plan, now)
    is_over = status in {Participation.EVALUATING, Participation.FINISHED}
    targets.preload(pages=[row.method_id for row in page.methods.all()] + phase_methods(page))
    has_outcome = bool(page.adopted or page.not_adopted or page.contributions is not None or page.ratings)
    phases = [
        phase_of(
            child.value,
            time,
            now,
            plan.rests(time, now),
            methods=methods_of(child.value, targets),
            result_at=f"result-{number}" if child.value["result"] else "outcome" if has_outcome else "",
        )
        for number, (child, time) in enumerate(zip(page.phases, plan.phases, strict=True), start=1)
    ]
    ways = [way for phase in phases for way in phase.ways if way.is_open]
    stages, decisions = stages_of(page), decisions_of(page, targets)
    districts = targets_of(page, "districts", "district_id", targets)
    return ProcedureView(
        status=status,
        status_words=wording.status_label(status, closes, now),
        brief=[
            (label, text, until)
            for label, text, until in (
                (_("What?"), page.brief_what, ""),
                (_("Where?"), page.brief_where, ""),
                (_("What can I do?"), page.brief_how, _deadline(closes)),
            )
            if text
        ],
        is_over=is_over,
        open_heading=open_heading(page, decisions, is_over),
        open_points=texts_of(page.open_points),
        fixed_points=texts_of(page.fixed_points),
        phases=phases,
        first_way=next((way for way in ways if way.href), ways[0] if ways else None),
        stages=stages,
        stage=str(Stage(stage_word(page)).label),
        decisions=decisions,
        adopted=texts_of(page.adopted),
        not_adopted=[(child.value["what"], child.value["why"]) for child in page.not_adopted],
        ratings=ratings_of(page, targets),
        balance=balance_of(page),
        has_outcome=has_outcome,
        changes=changes_of(page)[::-1],
        map=_map(page, status, districts),
        districts=districts,
        city_wide=page.city_wide,
        methods=targets_of(page, "methods", "method_id", targets),
        topics=topics_shown(page, targets),
        documents=documents_of(page, targets),
        initiator=_initiator(page),
        level=level_label(page.level),
        cost=wording.cost(page.cost_kind, page.cost_from, page.cost_to),
        cost_note=_cost_note(page),
        is_formal=page.form == Form.FORMAL,
        displayed=wording.display(page.display_from, page.display_until),
        is_listed_late=is_listed_late(page),
        is_stale=is_stale(page, timezone.localdate(now)),
        suspended=wording.suspended(page.suspended_until) if suspended else "",
        suspended_reason=page.suspended_reason if suspended else "",
    )


def _deadline(closes: datetime | None) -> str:
    """Until when people can take part, as a sentence; empty if they cannot, or no end is known."""
    return _("Until {moment}.").format(moment=wording.closing(closes)) if closes and closes < END else ""


def _cost_note(page: ProcedurePage) -> str:
    """HTML: what the amount rests on, whichever way its words run, and its day."""
    if not (page.cost_on and page.cost_basis):
        return ""
    basis = format_html("<bdi>{}</bdi>", page.cost_basis)
    return format_html(_("{basis}, as of {day}"), basis=basis, day=wording.day(page.cost_on))


def _map(page: ProcedurePage, status: str, own: Iterable[Target]) -> CityMap | None:
    """From the page, so that a preview shows the draft's own point and area; what is drawn around it is public.
    ``own``: its districts, in the language that the drawing has them in."""
    if page.point is None:
        return None
    districts = districts_of_city(page.locale.language_code)
    ids = {target.object_id for target in own}
    place = Place(page.pk or 0, page.title, status, *page.point, outline=page.area)
    return map_of_places([place], districts, {key_of(row) for row in districts if row.object_id in ids})


def phase_of(
    value: Any,
    time: Time,
    now: datetime,
    suspended: bool = False,
    *,
    methods: Iterable[Target] = (),
    result_at: str = "",
) -> Phase:
    """A phase at this moment: after its end each way says when it ended and where the result stands. ``suspended``:
    the suspension of the procedure stops it. ``result_at``: the place on the page that tells what came of it; empty as
    long as there is none."""
    state = "ahead" if time.is_ahead(now) else "over" if time.is_over(now) else "suspended" if suspended else "current"
    standing = _standing(value, now, result_at)
    ways = [_way(way, time, now, standing, is_current=state == "current", suspended=suspended) for way in value["ways"]]
    return Phase(
        title=value["title"],
        period=wording.period(value["begins"], value["ends"]),
        text=value["text"],
        state=state,
        ways=ways,
        methods=list(methods),
        result=value["result"],
        result_at=result_at if value["result"] else "",
    )


def _standing(value: Any, now: datetime, result_at: str) -> tuple[str, str]:
    """Where the result of a phase stands, for ways that have ended, and where on the page it can be read. A promise
    that has not been kept stays, whatever the page tells of other phases."""
    promised = value["promised_on"]
    if value["result"]:
        return _("Read the result"), result_at
    if promised is not None and promised < timezone.localdate(now):
        return _("The result was promised by {day} and is late.").format(day=wording.day(promised)), ""
    if promised is not None:
        words = _("The contributions are being evaluated. You will read the result here by {day}.")
        return words.format(day=wording.day(promised)), ""
    if result_at:
        return _("Read what came of it"), result_at
    return _("The contributions are being evaluated."), ""


def _way(value: Any, time: Time, now: datetime, standing: tuple[str, str], *, is_current: bool, suspended: bool) -> Way:
    closes = min(filter(None, (value["deadline"], time.ends)), default=None)
    is_open = is_current and (closes is None or now < closes)
    has_ended = closes is not None and closes <= now
    until = ""
    if suspended and not has_ended:
        until = str(Participation.SUSPENDED.label)
    elif closes is not None:
        one_day = time.begins is not None and wording.moment(time.begins) == wording.closing(closes)
        words = _("ended on {moment}") if has_ended else _("on {moment}") if one_day else _("until {moment}")
        until = words.format(moment=wording.closing(closes))
    said, result_at = standing if has_ended else ("", "")
    href = value["address"] if is_open else ""
    return Way(value["kind"], value["label"], until, href, value["place"], is_open, said, result_at)


def methods_of(phase: Any, targets: Targets) -> list[Target]:
    """The public ones among the methods of a phase, each once, in the editor's order."""
    ids = dict.fromkeys(phase["methods"])
    targets.preload(pages=ids)
    return [target for pk in ids if (target := targets.page(pk)) is not None]


def texts_of(stream: Any) -> list[str]:
    return [str(child.value) for child in stream]


def stages_of(page: ProcedurePage) -> list[StageEntry]:
    """By day, the newest last."""
    found = [
        StageEntry(str(Stage(child.value["stage"]).label), child.value["since"], child.value["note"])
        for child in page.stages
    ]
    return sorted(found, key=lambda entry: entry.since)


def stage_word(page: ProcedurePage) -> str:
    """The newest stage as a word for filters; an idea as long as nothing is said."""
    entries = sorted(page.stages, key=lambda child: child.value["since"])
    return entries[-1].value["stage"] if entries else Stage.IDEA


def decisions_of(page: ProcedurePage, targets: Targets) -> list[Decision]:
    """By day. One query, for the pages that they lead to."""
    today = timezone.localdate()
    targets.preload(pages=[child.value["page"] for child in page.decisions])
    found = [
        Decision(
            child.value["on"],
            child.value["body"],
            child.value["reference"],
            child.value["text"],
            child.value["on"] > today,
            _resolution(child.value, targets),
        )
        for child in page.decisions
    ]
    return sorted(found, key=lambda decision: decision.on)


def documents_of(page: ProcedurePage, targets: Targets) -> list[Attached]:
    """The public ones, in the editor's order. One query for them and one for the newer ones they lead to."""
    targets.preload(documents=[child.value["document"] for child in page.documents])
    found = [(child.value, targets.document(child.value["document"])) for child in page.documents]
    targets.preload(documents=[document.superseded_by_id for _value, document in found if document])
    return [
        Attached(**vars(DocumentsBlock.download(document, targets)), words=value["words"], on=value["on"])
        for value, document in found
        if document
    ]


def _resolution(value: Any, targets: Targets) -> Link | None:
    target = targets.page(value["page"])
    url = target.path if target else web_address(value["address"] or "")
    language = targets.foreign(target) if target else ""
    return Link(_("Read the resolution"), url, is_external(url), language) if url else None


def promise_of(page: ProcedurePage) -> date | None:
    """The first day on which a result is promised that is not there yet."""
    open_promises = [child.value["promised_on"] for child in page.phases if not child.value["result"]]
    return min(filter(None, open_promises), default=None)


def changes_of(page: ProcedurePage) -> list[Change]:
    """By day, the newest last."""
    found = [Change(*(child.value[name] for name in ("on", "what", "why", "cost", "days"))) for child in page.changes]
    return sorted(found, key=lambda change: change.on)


def initiatives_of(page: DistrictPage) -> list[Initiative]:
    """Those with consent, in the editor's order."""
    names = ("name", "what", "address", "accessibility", "contact", "website")
    return [
        Initiative(*(child.value[name] or "" for name in names)) for child in page.initiatives if child.value["consent"]
    ]


def topics_shown(page: ProcedurePage, targets: Targets) -> list[Any]:
    """The topics it is found under, the main one first, in the language of the page where they have it."""
    targets.preload(topics=page.topic_ids)
    found = (targets.topic(pk) for pk in page.topic_ids)
    return list({topic.pk: topic for topic in found if topic is not None}.values())


def targets_of(page: Any, relation: str, name: str, targets: Targets) -> list[Target]:
    """The public ones among the pages of a relation, each once, in the editor's order."""
    ids = list(dict.fromkeys(getattr(row, name) for row in getattr(page, relation).all()))
    targets.preload(pages=ids)
    return [target for pk in ids if (target := targets.page(pk)) is not None]
