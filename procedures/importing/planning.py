"""What an import would do: a step for each row, and every cell that is wrong. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision, WorkflowState

from procedures.changes import is_duty
from procedures.city_bounds import Bounds, city_bounds, misplaced
from procedures.importing import cells
from procedures.importing.cells import Wrong, fold, shown
from procedures.importing.columns import BY_KEY, COLUMNS, CurrentStage, complaint, find_headings, says_whole_city
from procedures.importing.names import Names
from procedures.importing.records import STAGE_LIST
from procedures.importing.sheet import FIRST_ROWS, Row, Sheet, Unreadable, Value, cell_name
from procedures.models.imports import ImportedPage
from procedures.models.procedure import ProcedurePage
from procedures.presentation import stage_word
from procedures.rules import check_procedure, missing

#: What of a row is looked at together: a message about one field is kept back as long as these cannot be read.
RESTS_ON = {
    "no_participation_reason": {"level"},
    "legal_basis": {"form"},
    "official_address": {"form"},
    "display_from": {"form"},
    "display_until": {"form", "display_from"},
    "announcement": {"form"},
    "latitude": {"longitude"},
    "longitude": {"latitude"},
    "cost_from": {"cost_kind"},
    "cost_to": {"cost_kind", "cost_from"},
    "cost_on": {"cost_kind"},
    "cost_basis": {"cost_kind"},
    "city_wide": {"districts"},
}
#: The columns that fill a field where the sheet has none of its own name.
STANDS_IN = {"city_wide": ("districts",), "stages": ("stage_since", "stage")}
#: Fields that the rules between fields ask about and no column fills.
ASKED = ("suspended_from", "suspended_until", "suspended_reason", "go_live_at", "changes")
#: What the page itself says of its place and state, whatever a version holds.
STANDING = (
    "pk", "path", "depth", "numchild", "live", "has_unpublished_changes", "latest_revision_id", "live_revision_id",
    "first_published_at", "locked", "locked_by_id", "owner_id", "reference", "alias_of_id",
)  # fmt: skip
CREATE, CHANGE, UNCHANGED = "create", "change", "unchanged"


@dataclass(frozen=True, slots=True)
class CellError:
    """One cell that is wrong: where, what stands there, why that is wrong, what to do."""

    cell: str
    heading: str
    value: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.cell}, {self.heading}" if self.heading else self.cell
        value = f" “{self.value}”" if self.value else ""
        return f"{place}{value}: {self.reason} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, in words."""

    key: str
    label: str
    before: str
    after: str


@dataclass(slots=True)
class Step:
    """What happens to one row. ``values``: what could be read, by column; ``base``: the page as it is now."""

    row: int
    kind: str
    reference: str
    title: str
    values: dict[str, Any]
    base: ProcedurePage | None = None
    differences: list[Difference] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    #: Its newest version came from an import and was never public: this import may go on with it.
    is_ours: bool = False
    #: Nothing may be written for it, not even a draft.
    is_blocked: bool = False

    @property
    def is_faulty(self) -> bool:
        return bool(self.errors)

    @property
    def changes_duty(self) -> bool:
        """Whether something changes that people rely on."""
        return any(is_duty(one.key) for one in self.differences)


@dataclass(slots=True)
class Plan:
    """``ignored``: headings that fill nothing."""

    steps: list[Step] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[CellError]:
        return [error for step in self.steps for error in step.errors]

    def of_kind(self, kind: str) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    @property
    def asks_what_is_new(self) -> bool:
        """Whether a public page changes in something that people rely on."""
        return any(step.base is not None and step.base.live and step.changes_duty for step in self.steps)


def headings_of(sheet: Sheet) -> tuple[Row, list[str]]:
    """The row of headings, and its words by column; empty ones where there is none. Raises :class:`Unreadable`."""
    row = find_headings(sheet.rows, FIRST_ROWS)
    if row is None:
        raise Unreadable(
            _("No heading is known. Put a row with headings above the list, such as “Number” and “Title”.")
        )
    return row, [_heading(value) for value in row.values]


def _heading(value: Value) -> str:
    """One that cannot be read is no column; it is shown as far as it can be."""
    try:
        return " ".join(cells.text(value).split())
    except Wrong:
        return shown(value)


def make_plan(sheet: Sheet, mapping: Mapping[str, str], index: Any, *, complete: bool) -> Plan:
    """``mapping``: key of the column by heading. ``complete``: rows must be fit to be public.

    A constant number of queries. Raises :class:`Unreadable` for what concerns the whole sheet.
    """
    head, headings = headings_of(sheet)
    places = _places(headings, mapping)
    rows = [row for row in sheet.rows if row.number > head.number]
    plan = Plan(ignored=[heading for heading in headings if heading and not mapping.get(heading)])
    names = Names(index.locale)
    readings = [
        _Reading(row, headings, places, names)
        for row in rows
        if any(_at(row, at) is not None for at in places.values())
    ]
    pages, city = _Pages(index, readings), city_bounds()
    for reading in readings:
        plan.steps.append(_step(reading, pages, names, complete, city))
    return plan


def _places(headings: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Place of each column in the sheet."""
    places: dict[str, int] = {}
    for at, heading in enumerate(headings):
        key = mapping.get(heading, "") if heading else ""
        if key not in BY_KEY:
            continue
        if key in places:
            raise Unreadable(
                _("Two headings mean “%(column)s”: “%(one)s” and “%(other)s”. Choose one of them.")
                % {"column": BY_KEY[key].label, "one": headings[places[key]], "other": heading}
            )
        places[key] = at
    if not {"reference", "title"} & places.keys():
        raise Unreadable(_("No heading means “Number” or “Title”. One of them is needed to tell procedures apart."))
    if {"stage", "stages"} <= places.keys():
        raise Unreadable(_("The sheet has both “Present stage” and “Stages of the project”. Choose one of them."))
    return places


def _at(row: Row, at: int) -> Any:
    return row.values[at] if at < len(row.values) else None


class _Reading:
    """The cells of one row: what could be read, and what is wrong."""

    def __init__(self, row: Row, headings: list[str], places: dict[str, int], names: Names) -> None:
        self.row, self.headings, self.places = row, headings, places
        self.values: dict[str, Any] = {}
        self.errors: list[CellError] = []
        self.faulty: set[str] = set()
        self.is_blocked = False
        for key, at in places.items():
            column, value = BY_KEY[key], _at(row, at)
            try:
                self.values[key] = read = column.read(value, names)
                column.check(read)
            except Wrong as wrong:
                self.report(key, wrong)
            except ValidationError as error:
                self.report(key, complaint(error))
        if "districts" in places and "districts" in self.values:
            here = _at(row, places["districts"])
            if any(says_whole_city(word) for word in cells.words(here)):
                self.values["city_wide"] = True
            elif "city_wide" not in places:
                self.values["city_wide"] = False
        for key in ("reference", "listed_on", *(["title"] if not self.values.get("title") else [])):
            if self.values.get(key) in (None, ""):
                self.values.pop(key, None)

    @property
    def reference(self) -> str:
        return str(self.values.get("reference", ""))

    @property
    def title(self) -> str:
        return str(self.values.get("title", ""))

    def report(self, key: str, wrong: Wrong) -> None:
        """The cell of this column; where the sheet has none, the first one of the row stands for it."""
        self.faulty.add(key)
        self.values.pop(key, None)
        at = self.places.get(key)
        value = "" if at is None else shown(_at(self.row, at) if _at(self.row, at) is not None else "")
        heading = self.headings[at] if at is not None else BY_KEY[key].label if key in BY_KEY else ""
        self.errors.append(CellError(cell_name(self.row.number, at or 0), heading, value, wrong.reason, wrong.remedy))


class _Pages:
    """The pages that rows may mean, by number and by title, and what keeps them from being changed."""

    def __init__(self, index: Any, readings: Iterable[_Reading]) -> None:
        references = {reading.reference for reading in readings if reading.reference}
        titles = {reading.title for reading in readings if reading.title}
        wanted = Q(reference__in=references) | Q(title__in=titles) | Q(draft_title__in=titles)
        rows = ProcedurePage.objects.child_of(index).filter(wanted, alias_of=None)
        pages = list(rows.prefetch_related("districts", "methods", "further_topics"))
        newest = {page.latest_revision_id for page in pages if page.has_unpublished_changes or not page.live} - {None}
        contents = dict(Revision.objects.filter(pk__in=newest).values_list("pk", "content"))
        self.imported = set(ImportedPage.objects.filter(revision__in=newest).values_list("revision_id", flat=True))
        of_these = {
            "base_content_type": ProcedurePage(locale=index.locale).get_base_content_type(),
            "object_id__in": [str(page.pk) for page in pages],
        }
        reviewed = WorkflowState.objects.active().filter(**of_these)
        self.reviewed = {int(pk) for pk in reviewed.values_list("object_id", flat=True)}
        planned = Revision.objects.filter(**of_these, approved_go_live_at__isnull=False)
        self.planned = {int(pk) for pk in planned.values_list("object_id", flat=True)}
        #: As they are now, drafts as their newest version says.
        self.now = [_as_drafted(page, contents) for page in pages]
        self.by_reference = {page.reference: page for page in self.now if page.reference}
        self.by_title: dict[str, list[ProcedurePage]] = {}
        for page in self.now:
            self.by_title.setdefault(fold(page.title), []).append(page)
        elsewhere = ProcedurePage.objects.filter(reference__in=references - self.by_reference.keys())
        self.elsewhere = dict(elsewhere.values_list("reference", "title"))
        self.rows_by_page: dict[int, int] = {}
        self.rows_by_reference: dict[str, int] = {}
        self.rows_by_title: dict[str, int] = {}

    def find(self, reading: _Reading) -> ProcedurePage | None:
        """By number, else by title. Reports what makes it unclear."""
        page = self.by_reference.get(reading.reference)
        row = reading.row.number
        if page is None and reading.title and not reading.reference:
            found = self.by_title.get(fold(reading.title), [])
            if len(found) > 1:
                reading.is_blocked = True
                reading.report(
                    "title",
                    Wrong(_("Several procedures have this title."), _("Write the number of the one that is meant.")),
                )
            page = found[0] if len(found) == 1 else None
        if page is None and reading.reference in self.elsewhere:
            reading.report(
                "reference",
                Wrong(
                    _("Another list or language has this number: “%(title)s”.")
                    % {"title": self.elsewhere[reading.reference]},
                    _("Leave the cell empty: the next free number is taken."),
                ),
            )
        earlier = (
            self.rows_by_page.get(page.pk)
            if page is not None
            else self.rows_by_reference.get(reading.reference)
            or (not reading.reference and self.rows_by_title.get(fold(reading.title)))
        )
        if earlier:
            reading.is_blocked = True
            reading.report(
                "reference" if reading.reference else "title",
                Wrong(
                    _("Row %(row)d is about the same procedure.") % {"row": earlier},
                    _("Take one of the rows away, or give it another number."),
                ),
            )
        if page is not None:
            self.rows_by_page.setdefault(page.pk, row)
        elif reading.reference:
            self.rows_by_reference.setdefault(reading.reference, row)
        elif reading.title:
            self.rows_by_title.setdefault(fold(reading.title), row)
        return page


def _as_drafted(page: ProcedurePage, contents: Mapping[int, Any]) -> ProcedurePage:
    """The page with its newest version's text, if that is not public; without asking the database for each."""
    content = contents.get(page.latest_revision_id)
    if content is None:
        return page
    drafted = ProcedurePage.from_serializable_data(content, check_fks=False)
    for name in STANDING:
        setattr(drafted, name, getattr(page, name))
    return drafted


def _step(reading: _Reading, pages: _Pages, names: Names, complete: bool, city: Bounds | None) -> Step:
    base = pages.find(reading)
    if base is None and not reading.title and "title" not in reading.faulty:
        reading.report("title", Wrong(_("A new procedure needs a title."), _("Fill it in.")))
    elif "title" in reading.places and not reading.title and "title" not in reading.faulty:
        reading.report("title", Wrong(str(_blank("title")), _("Fill it in.")))
    _settle_stage(reading, base)
    before = {key: BY_KEY[key].of(base) for key in reading.values} if base is not None else {}
    changed = [key for key, value in reading.values.items() if base is None or not _same(before[key], value)]
    if base is not None and changed:
        _check_standing(reading, base, pages)
    if base is None or changed:
        _check_rules(reading, base, complete, city)
    kind = CREATE if base is None else CHANGE if changed else UNCHANGED
    step = Step(reading.row.number, kind, reading.reference, reading.title, reading.values, base, errors=reading.errors)
    step.is_blocked = reading.is_blocked
    if base is not None:
        step.reference, step.title = base.reference, reading.title or base.title
        step.is_ours = base.first_published_at is None and base.latest_revision_id in pages.imported
        step.differences = [
            Difference(key, BY_KEY[key].label, _words(key, before[key], names), _words(key, reading.values[key], names))
            for key in (column.key for column in COLUMNS)
            if key in changed and key in reading.values
        ]
        if not step.differences:
            step.kind = UNCHANGED
    return step


def _same(before: Any, after: Any) -> bool:
    return (before or None) == (after or None) if not isinstance(after, bool | int | float) else before == after


def _words(key: str, value: Any, names: Names) -> str:
    written = BY_KEY[key].write(value, names)
    if key in {"cost_from", "cost_to"}:
        return cells.amount_text(written)
    return cells.text(written)


def _settle_stage(reading: _Reading, base: ProcedurePage | None) -> None:
    """“Present stage” joins the earlier stages of the page; the same stage once more changes nothing."""
    stage, since = reading.values.pop("stage", ""), reading.values.pop("stage_since", None)
    if not stage or {"stage", "stage_since"} & reading.faulty:
        return
    known = STAGE_LIST.values(base.stages) if base is not None else []
    newest = max(known, key=lambda one: one["since"], default={"since": None})
    if base is not None and stage == stage_word(base) and since in (None, newest["since"]):
        return
    since = since or reading.values.get("listed_on") or timezone.localdate()
    entry = {"stage": stage, "since": since, "note": ""}
    try:
        STAGE_LIST.check(1, entry)
    except Wrong as wrong:
        reading.report("stage", wrong)
        return
    reading.values["stages"] = [one for one in known if one["since"] < since] + [entry]


def _check_standing(reading: _Reading, base: ProcedurePage, pages: _Pages) -> None:
    """What an editor or a reviewer is busy with is left alone."""
    key = "reference" if "reference" in reading.places else "title"
    if base.locked:
        wrong = Wrong(_("The page is locked."), _("Unlock it first, then import again."))
    elif base.pk in pages.reviewed:
        wrong = Wrong(_("The page is waiting for its approval."), _("Wait for the answer, then import again."))
    elif base.pk in pages.planned:
        wrong = Wrong(
            _("The page is to be published at a set time."), _("Wait until then or cancel the time, then import again.")
        )
    elif base.live and base.has_unpublished_changes and base.latest_revision_id not in pages.imported:
        wrong = Wrong(
            _("The page has changes that are not published; the sheet says something else."),
            _("Publish or discard them first, then import again."),
        )
    else:
        return
    reading.is_blocked = True
    reading.report(key, wrong)


def _check_rules(reading: _Reading, base: ProcedurePage | None, complete: bool, city: Bounds | None) -> None:
    """The rules of the editor between fields, on the page as it would be."""
    blank = base if base is not None else ProcedurePage()
    after = {column.key: reading.values.get(column.key, column.of(blank)) for column in COLUMNS if _is_plain(column)}
    after |= {name: getattr(blank, name) for name in ASKED}
    districts = reading.values.get(
        "districts", [row.district_id for row in base.districts.all()] if base is not None else []
    )
    errors: dict[str, Any] = misplaced(after["latitude"], after["longitude"], "", city)
    errors |= check_procedure(SimpleNamespace(**after))
    blank_cells = set()
    if complete:
        for name in ("brief_what", "brief_where", "brief_how"):
            if not after[name]:
                blank_cells.add(name)
        for name, message in missing(after).items():
            errors.setdefault(name, message)
        if not districts and not after["city_wide"]:
            errors["city_wide"] = _("Say where it is: write “ja” for the whole city, or name a district.")
    errors |= {name: _blank(name) for name in blank_cells}
    for name, message in errors.items():
        remedy = _("Fill it in.") if name in blank_cells else ""  # rules name theirs themselves
        if name in reading.faulty or RESTS_ON.get(name, set()) & reading.faulty:
            continue
        if name not in reading.places:
            name = next((other for other in STANDS_IN.get(name, ()) if other in reading.places), name)
        reading.report(name, Wrong(str(message), remedy))


def _blank(name: str) -> Any:
    return ProcedurePage._meta.get_field(name).error_messages["blank"]


def _is_plain(column: Any) -> bool:
    return column.field is not None and not column.field.is_relation and not isinstance(column, CurrentStage)
