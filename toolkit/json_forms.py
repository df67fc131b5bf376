"""The JSON form of a method as a type: what the content API promises. Units as on the page, cost level 1 to 5."""

from __future__ import annotations

from pydantic import BaseModel

from cms_blocks.blocks.json_forms import PictureForm
from cms_blocks.content_api.documents import PageDocument


class MethodStepForm(BaseModel):
    """``minutes`` 0: a step before, between or after the dates."""

    title: str
    text: str
    minutes: int


class MethodSourceForm(BaseModel):
    title: str
    publisher: str


class CombinedMethodForm(BaseModel):
    """A public method that goes well with this one."""

    title: str
    lead: str
    path: str


class MethodDocument(PageDocument):
    """A method. ``group_size_max`` null: no upper limit. Minutes are those of the event, weeks those before it."""

    levels: list[str]
    purposes: list[str]
    settings: list[str]
    recruitment: list[str]
    group_size_min: int
    group_size_max: int | None
    duration_minutes_min: int
    duration_minutes_max: int
    preparation_weeks_min: int
    preparation_weeks_max: int
    cost_level: int
    cost_note: str
    staff: str
    origin: str
    materials: list[str]
    strengths: list[str]
    limits: list[str]
    accessibility: list[str]
    target_groups: list[str]
    steps: list[MethodStepForm]
    sources: list[MethodSourceForm]
    combines_with: list[CombinedMethodForm]
    image: PictureForm | None
