"""Whom a round can ask about what: public procedures that the editor may change, and their contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cms_blocks.desk.pages import editable_pages
from cms_blocks.languages import original_language
from cms_blocks.publication.records import PublicRecord
from procedures.models import ProcedurePage


@dataclass(frozen=True, slots=True)
class Candidate:
    """A procedure that could be asked about. Without ``email`` nobody would get the letter."""

    page_id: int
    title: str
    business_area: str
    contact_id: int | None
    name: str
    email: str


def public_procedures() -> Any:
    """Records of all public procedures in the language that the others are translations of."""
    return PublicRecord.objects.listed().of_kind("procedure").in_locale(original_language())


def candidates(
    user: Any, *, wanted: Mapping[str, str] | None = None, ids: Iterable[int] | None = None
) -> list[Candidate]:
    """By contact and title. ``wanted``: ``half``, ``district``, ``stage`` and ``area``; ``ids``: these only."""
    records, wanted = public_procedures(), wanted or {}
    if half := wanted.get("half"):
        records = records.filter(half=half)
    if stage := wanted.get("stage"):
        records = records.filter(procedure_facts__stage=stage)
    if district := wanted.get("district"):
        records = records.filter(districts__has_any=[district])
    mine = editable_pages(user).order_by()
    pages = ProcedurePage.objects.filter(pk__in=records.order_by().values("object_id")).filter(pk__in=mine.values("pk"))
    if area := wanted.get("area"):
        pages = pages.filter(business_area=area)
    if ids is not None:
        pages = pages.filter(pk__in=list(ids))
    found = [
        Candidate(
            page.pk,
            page.title,
            page.business_area,
            page.contact_id,
            page.contact.name if page.contact else "",
            page.contact.email if page.contact else "",
        )
        for page in pages.select_related("contact").order_by("contact__name", "contact_id", "title", "pk")
    ]
    return sorted(found, key=lambda candidate: bool(candidate.email))


def business_areas() -> list[str]:
    """Those that public procedures name."""
    pages = ProcedurePage.objects.filter(pk__in=public_procedures().order_by().values("object_id"))
    areas = pages.exclude(business_area="").order_by("business_area").values_list("business_area", flat=True)
    return list(areas.distinct())
