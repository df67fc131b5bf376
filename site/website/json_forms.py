"""The JSON forms of the website's own pages as types: what the content API promises."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel
from typing_extensions import TypedDict

from cms_blocks.content_api.documents import PageDocument


class HomeDocument(PageDocument):
    headline: str


class PublisherForm(TypedDict):  # a model has a method ``register`` already
    """Who publishes for one ``half``."""

    half: str
    name: str
    represented_by: str
    street: str
    postcode: str
    town: str
    phone: str
    email: str
    register: str
    vat_id: str
    responsible: str


class ImprintDocument(PageDocument):
    publishers: list[PublisherForm]


class BarrierForm(BaseModel):
    """What is not accessible, why, and what people can do instead."""

    content: str
    reason: str
    explanation: str
    alternative: str


class AccessibilityStatementDocument(PageDocument):
    covers: str
    law: str
    conformance: str
    evaluation: str
    evaluated_by: str
    evaluated_on: date | None
    prepared_on: date | None
    reviewed_on: date | None
    feedback_email: str
    feedback_phone: str
    enforcement_name: str
    enforcement_address: str
    enforcement_url: str
    barriers: list[BarrierForm]
