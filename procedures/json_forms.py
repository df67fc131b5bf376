"""The JSON form of procedures and districts as types: what the content API promises."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from cms_blocks.blocks.json_forms import DownloadForm
from cms_blocks.content_api.documents import PageDocument, TopicForm


class NamedPageForm(BaseModel):
    """A public page that is named here."""

    title: str
    path: str


class WayForm(BaseModel):
    """One way to take part. ``deadline`` null: as long as its phase. ``kind``: online, event, phone, letter, place."""

    kind: str
    label: str
    deadline: datetime | None
    address: str
    place: str


class PhaseForm(BaseModel):
    """From ``begins`` up to and without ``ends``. ``begins`` null: the date is open; ``ends`` null: it goes on.
    ``methods``: the public ones that it uses."""

    title: str
    begins: datetime | None
    ends: datetime | None
    text: str
    ways: list[WayForm]
    methods: list[NamedPageForm]
    promised_on: date | None
    result: str


class StageForm(BaseModel):
    """From ``since`` on the project is that far."""

    stage: str
    since: date
    note: str


class DecisionForm(BaseModel):
    """``url``: where the resolution stands, empty where nobody has said so."""

    on: date
    body: str
    reference: str
    text: str
    url: str


class AttachedForm(DownloadForm):
    """A public document of the procedure. ``words``: the editor's own for the link, empty where its ``title`` says it;
    ``on``: the day that its content is of, null where nobody has said so."""

    words: str
    on: date | None


class NotAdoptedForm(BaseModel):
    """What was proposed and not followed, and why."""

    what: str
    why: str


class RatingForm(BaseModel):
    """How far a principle was kept. ``degree``: met, partly, not_met, not_applicable."""

    principle: str
    question: str
    degree: str
    reason: str


class OutcomeForm(BaseModel):
    """What came of it. ``contributions`` null: nobody has counted yet."""

    contributions: int | None
    adopted: list[str]
    not_adopted: list[NotAdoptedForm]
    ratings: list[RatingForm]


class ChangeForm(BaseModel):
    """What was new on a day. ``cost_difference`` in euros and ``delay_days``: more and later are positive."""

    on: date
    what: str
    why: str
    cost_difference: float | None
    delay_days: int | None


class CostForm(BaseModel):
    """In euros. ``kind``: amount (``least`` alone), range, unknown, withheld."""

    kind: str
    least: float | None
    most: float | None
    currency: str
    on: date | None
    basis: str


class GeometryForm(BaseModel):
    """A GeoJSON geometry (RFC 7946) in WGS84: Polygon or MultiPolygon."""

    type: str
    coordinates: list[Any]


class ProcedureDocument(PageDocument):
    """A procedure. Whether people can take part now is the record's ``status``, which follows the clock. ``topics``:
    all that it is found under, the main one first. ``area``: null where the editors have given none."""

    reference: str
    listed_on: date
    brief: list[str]
    open_points: list[str]
    fixed_points: list[str]
    initiator: str
    business_area: str
    level: str
    no_participation_reason: str
    form: str
    legal_basis: str
    official_address: str
    display_from: date | None
    display_until: date | None
    announcement: str
    announced_on: date | None
    announcement_url: str
    affected: str
    city_wide: bool
    districts: list[NamedPageForm]
    place: str
    area: GeometryForm | None
    cost: CostForm
    phases: list[PhaseForm]
    stages: list[StageForm]
    decisions: list[DecisionForm]
    outcome: OutcomeForm
    changes: list[ChangeForm]
    first_reading: date | None
    next_steps: str
    methods: list[NamedPageForm]
    topics: list[TopicForm]
    documents: list[AttachedForm]
    board_recommended: bool | None
    suspended_from: datetime | None
    suspended_until: datetime | None
    suspended_reason: str
    review_date: date | None


class InitiativeForm(BaseModel):
    """An initiative or institution that has agreed to be listed."""

    name: str
    what: str
    address: str
    accessibility: str
    contact: str
    website: str


class DistrictDocument(PageDocument):
    """A district. ``key`` stands among the ``districts`` of records. ``outline`` null: none is stored."""

    key: str
    outline: GeometryForm | None
    initiatives: list[InitiativeForm]


class NewsDocument(PageDocument):
    """A piece of news. ``on`` is its day."""

    on: date
    procedures: list[NamedPageForm]
    districts: list[NamedPageForm]


class ListedForm(BaseModel):
    """A procedure as it stood on the list when the edition was published."""

    reference: str
    title: str
    status: str
    stage: str
    places: list[str]


class EditionDocument(BaseModel):
    """An edition of the list. ``pdf``: its paper, which stays as it is; ``new``, ``changed``, ``ended``: numbers of
    procedures, compared with the edition before; empty for the first one."""

    title: str
    pdf: str
    list_key: UUID
    number: int
    cut_off: date
    adopted_by: str
    adopted_on: date
    adopted_number: str
    published_at: datetime
    new: list[str]
    changed: list[str]
    ended: list[str]
    procedures: list[ListedForm]
