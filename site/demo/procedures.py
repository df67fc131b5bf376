"""Districts and procedures of the demo: made once below their lists, and never touched again.

Days in ``procedures.json`` count from the day on which the demo is loaded, so that every state of participation is
there; a text like ``2012-03-16`` is that day.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import escape
from typing import Any
from uuid import uuid4

from django.utils import timezone
from wagtail.models import Locale, Page, ReferenceIndex

from cms_blocks.publication.unit import unit
from demo.names import find_contact, find_topic, key_of
from demo.references import Find, resolve
from demo.source import ORIGINAL, read
from procedures.models import DistrictPage, Principle, ProcedureDistrict, ProcedureMethod, ProcedurePage, ProcedureTopic
from procedures.outlines import outline_from
from toolkit.models import MethodPage

Step = Callable[[int, int], None]
NOTE = "<p><b>Dies ist ein Beispiel.</b> Das Verfahren ist erfunden und zeigt, wie eine Seite aussieht.</p>"


def load_procedures(districts: int, procedures: int, find: Find, step: Step = lambda done, total: None) -> int:
    """Everything below the two lists (ids of their pages), if they are empty; returns how many pages are new.

    ``find`` knows the pages that decisions lead to.
    """
    places, plans = Page.objects.get(pk=districts), Page.objects.get(pk=procedures)
    locale = Locale.objects.get(language_code=ORIGINAL)
    made = 0
    if not places.get_children().exists():
        for entry in read("districts.json"):
            publish(places, _district(entry, locale))
            made += 1
    if not plans.get_children().exists():
        entries = resolve(read("procedures.json"), find)
        for done, entry in enumerate(entries, start=1):
            publish(Page.objects.get(pk=plans.pk), _procedure(entry, locale, is_example=done > 1))
            step(done, len(entries))
        made += len(entries)
    return made


def publish(parent: Page, page: Any) -> None:
    with unit():
        parent.add_child(instance=page)
        page.save_revision().publish()
        ReferenceIndex.create_or_update_for_object(page)


def _district(entry: dict[str, Any], locale: Locale) -> DistrictPage:
    return DistrictPage(
        locale=locale,
        title=entry["title"],
        slug=entry["slug"],
        lead=entry["lead"],
        half=entry["half"],
        contact=find_contact(entry["contact"], locale),
        illustration="neighbourhood",
        outline=outline_from(json.dumps(entry["outline"]).encode()),
        initiatives=json.dumps([{"type": "initiative", "value": one} for one in entry["initiatives"]]),
        body=as_paragraphs(entry["text"]),
        live=False,
    )


def _procedure(entry: dict[str, Any], locale: Locale, *, is_example: bool) -> ProcedurePage:
    brief_what, brief_where, brief_how = entry["brief"]
    point, cost, suspended = entry.get("point", [None, None]), entry["cost"], entry.get("suspended", {})
    outcome, display = entry.get("outcome", {}), entry.get("display")
    methods = {page.slug: page.pk for page in MethodPage.objects.filter(locale=locale)}
    page = ProcedurePage(
        locale=locale,
        title=entry["title"],
        slug=entry["slug"],
        lead=entry["lead"],
        half=entry["half"],
        contact=find_contact(entry["contact"], locale) if "contact" in entry else None,
        topic=find_topic(entry["topic"], locale),
        body=as_paragraphs(entry["body"], NOTE if is_example else ""),
        brief_what=brief_what,
        brief_where=brief_where,
        brief_how=brief_how,
        open_points=_items(entry["open"]),
        fixed_points=_items(entry["fixed"]),
        initiator=entry["initiator"],
        business_area=entry["business_area"],
        level=entry.get("level", ""),
        no_participation_reason=entry.get("reason", ""),
        form=entry.get("form", "informal"),
        legal_basis=entry.get("legal_basis", ""),
        official_address=entry.get("official_address", ""),
        display_from=None if display is None else day_of(display[0]),
        display_until=None if display is None else day_of(display[1]),
        announcement=entry.get("announcement", {}).get("text", ""),
        announced_on=day_of(entry["announcement"]["on"]) if "announcement" in entry else None,
        affected=entry["affected"],
        city_wide=entry.get("city_wide", False),
        place=entry.get("place", ""),
        latitude=point[0],
        longitude=point[1],
        area=outline_from(json.dumps(entry["area"]).encode()) if "area" in entry else "",
        cost_kind=cost["kind"],
        cost_from=cost.get("from"),
        cost_to=cost.get("to"),
        cost_on=cost.get("on"),
        cost_basis=cost.get("basis", ""),
        phases=json.dumps([{"type": "phase", "value": _phase(phase, methods)} for phase in entry["phases"]]),
        suspended_from=_moment(suspended.get("from")),
        suspended_reason=suspended.get("reason", ""),
        stages=json.dumps([{"type": "stage", "value": _dated(stage, "since")} for stage in entry["stages"]]),
        documents=json.dumps([{"type": "document", "value": _document(one)} for one in entry.get("documents", ())]),
        decisions=json.dumps([{"type": "decision", "value": _dated(one, "on")} for one in entry.get("decisions", ())]),
        contributions=outcome.get("contributions"),
        adopted=_items(outcome.get("adopted", [])),
        not_adopted=json.dumps([{"type": "proposal", "value": one} for one in outcome.get("not_adopted", ())]),
        changes=json.dumps([{"type": "change", "value": _dated(one, "on")} for one in entry.get("changes", ())]),
        ratings=json.dumps([{"type": "rating", "value": _rating(one, locale)} for one in outcome.get("ratings", ())]),
        review_date=day_of(entry["review"]) if "review" in entry else None,
        next_steps=entry.get("next_steps", ""),
        board_recommended=entry.get("board_recommended"),
        listed_on=day_of(entry["listed"]),
        live=False,
    )
    districts = {page.slug: page.pk for page in DistrictPage.objects.filter(locale=locale)}
    page.districts = [
        ProcedureDistrict(district_id=districts[slug], sort_order=order)
        for order, slug in enumerate(entry.get("districts", ()))
    ]
    page.methods = [
        ProcedureMethod(method_id=methods[slug], sort_order=order)
        for order, slug in enumerate(entry.get("methods", ()))
        if slug in methods
    ]
    page.further_topics = [
        ProcedureTopic(topic=find_topic(slug, locale), sort_order=order)
        for order, slug in enumerate(entry.get("further_topics", ()))
    ]
    page.clean_fields(exclude=["path", "depth", "url_path", "content_type"])
    return page


def _phase(entry: dict[str, Any], methods: dict[str, int]) -> dict[str, Any]:
    promised = entry.get("promised")
    return {
        "title": entry["title"],
        "begins": _text(_moment(entry.get("begins"))),
        "ends": _text(_moment(entry.get("ends"))),
        "text": entry.get("text", ""),
        "ways": [{"type": "item", "value": _way(way), "id": str(uuid4())} for way in entry.get("ways", ())],
        "methods": [methods[slug] for slug in entry.get("methods", ()) if slug in methods],
        "promised_on": None if promised is None else day_of(promised).isoformat(),
        "result": entry.get("result", ""),
    }


def _way(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": entry["kind"],
        "label": entry["label"],
        "deadline": _text(_moment(entry.get("deadline"))),
        "address": entry.get("address", ""),
        "place": entry.get("place", ""),
    }


def _rating(entry: list[str], locale: Locale) -> dict[str, Any]:
    key, degree, *reason = entry
    principle = Principle.objects.best_for(locale.language_code, translation_key=key_of("principle", key))
    return {"principle": principle.pk, "degree": degree, "reason": "".join(reason)}


def _document(entry: dict[str, Any]) -> dict[str, Any]:
    on = entry.get("on")
    return {"words": "", **entry, "on": None if on is None else day_of(on).isoformat()}


def _dated(entry: dict[str, Any], name: str) -> dict[str, Any]:
    empty = {"note": ""} if name == "since" else {"reference": ""}
    return {**empty, **entry, name: day_of(entry[name]).isoformat()}


def day_of(value: int | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else timezone.localdate() + timedelta(days=value)


def _moment(value: int | str | None) -> datetime | None:
    """Midnight at the beginning of that day, in the office's time zone."""
    if value is None:
        return None
    return timezone.make_aware(datetime.combine(day_of(value), datetime.min.time()))


def _text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _items(texts: list[str]) -> str:
    return json.dumps([{"type": "item", "value": text} for text in texts])


def as_paragraphs(texts: list[str], before: str = "") -> str:
    html = before + "".join(f"<p>{escape(text)}</p>" for text in texts)
    return json.dumps([{"type": "paragraph", "value": html}])
