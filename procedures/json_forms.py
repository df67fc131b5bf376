"""The JSON form of procedures and districts as types: what the content API promises."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from cms_blocks.content_api.documents import PageDocument


class WayForm(BaseModel):
    """One way to take part. ``deadline`` null: as long as its phase. ``kind``: online, event, phone, letter, place."""

    kind: str
    label: str
    deadline: datetime | None
    address: str
    place: str


class PhaseForm(BaseModel):
    """From ``begins`` up to and without ``ends``. ``begins`` null: the date is open; ``ends`` null: it goes on."""

    title: str
    begins: datetime | None
    ends: datetime | None
    text: str
    ways: list[WayForm]
    promised_on: date | None
    result: str


class StageForm(BaseModel):
    """From ``since`` on the project is that far."""

    stage: str
    since: date
    note: str


class DecisionForm(BaseModel):
    on: date
    body: str
    reference: str
    text: str


class CostForm(BaseModel):
    """In euros. ``kind``: amount (``least`` alone), range, unknown, withheld."""

    kind: str
    least: float | None
    most: float | None
    currency: str
    on: date | None
    basis: str


class NamedPageForm(BaseModel):
    """A public page that is named here."""

    title: str
    path: str


class ProcedureDocument(PageDocument):
    """A procedure. Whether people can take part now is the record's ``status``, which follows the clock."""

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
    affected: str
    city_wide: bool
    districts: list[NamedPageForm]
    place: str
    cost: CostForm
    phases: list[PhaseForm]
    stages: list[StageForm]
    decisions: list[DecisionForm]
    next_steps: str
    methods: list[NamedPageForm]
    board_recommended: bool
    suspended_from: datetime | None
    suspended_until: datetime | None
    suspended_reason: str


class DistrictDocument(PageDocument):
    """A district. ``key`` stands among the ``districts`` of records."""

    key: str
