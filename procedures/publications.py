"""How procedures and districts are published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.declaration import Occasion, PagePublication, ThingPublication, register
from cms_blocks.publication.records import FOREVER, NEVER, PublicRecord
from cms_blocks.publication.targets import Target, Targets
from procedures.cards import card_of, news_card_of
from procedures.edition.comparing import compare, read
from procedures.json_forms import DistrictDocument, EditionDocument, NewsDocument, ProcedureDocument
from procedures.models import (
    DistrictFacts,
    DistrictIndexPage,
    DistrictPage,
    Edition,
    EditionFacts,
    NewsDistrict,
    NewsFacts,
    NewsIndexPage,
    NewsPage,
    ProcedureDistrict,
    ProcedureFacts,
    ProcedureIndexPage,
    ProcedurePage,
)
from procedures.occasions import occasions_in
from procedures.outlines import label_point
from procedures.participation import spans
from procedures.plan import PARTS, phase_methods, plan_of
from procedures.presentation import (
    changes_of,
    decisions_of,
    documents_of,
    initiatives_of,
    methods_of,
    promise_of,
    stage_word,
    targets_of,
    texts_of,
    topics_shown,
)
from procedures.principles import balance_of, ratings_of
from procedures.records import CITY_WIDE
from procedures.rules import cost_of

#: Fields that the document holds under their own names.
PLAIN = (
    "reference", "listed_on", "initiator", "business_area", "level", "no_participation_reason", "form", "legal_basis",
    "official_address", "affected", "city_wide", "place", "next_steps", "board_recommended", "suspended_from",
    "suspended_until", "suspended_reason", "first_reading", "display_from", "display_until", "announcement",
    "announced_on", "announcement_url", "review_date",
)  # fmt: skip
#: Facts of an edition that its record and its document share.
EDITION = ("list_key", "number", "cut_off", "adopted_by", "adopted_on")


@register
class ProcedurePublication(PagePublication):
    """The status follows the clock; the document holds what it is derived from."""

    model = ProcedurePage
    kind = "procedure"
    label = _("Procedure")
    label_plural = _("Procedures")
    facts = ProcedureFacts
    timed = True
    methods_path = "procedure_facts__methods"
    card_template = "procedures/components/procedure_card.html"
    occasion_parts = PARTS

    def objects(self) -> Any:
        return super().objects().prefetch_related(_with_slugs(ProcedureDistrict), "methods", "further_topics__topic")

    def card(self, record: PublicRecord) -> dict[str, Any]:
        return {"card": card_of(record, {})}

    def columns(self, page: ProcedurePage) -> dict[str, Any]:
        phases, (latitude, longitude) = plan_of(page).phases, page.point or (None, None)
        times = [time for phase in phases for time in (phase.begins, phase.ends) if time]
        goes_on = any(phase.begins and not phase.ends for phase in phases)
        return {
            **super().columns(page),
            "topics": _topics(page),
            "levels": (page.level,) if page.level else (),
            "districts": (*([CITY_WIDE] if page.city_wide else []), *_districts(page)),
            "starts_at": min(times, default=None),
            "ends_at": None if goes_on else max(times, default=None),
            "latitude": latitude,
            "longitude": longitude,
        }

    def facts_for(self, page: ProcedurePage) -> dict[str, Any]:
        news, balance = changes_of(page), balance_of(page)
        return {
            "reference": page.reference,
            "stage": stage_word(page),
            "initiator": page.initiator,
            "form": page.form,
            "year": page.listed_on.year,
            "listed_on": page.listed_on,
            "promised_on": promise_of(page),
            "contributions": page.contributions,
            "adopted": len(page.adopted),
            "not_adopted": len(page.not_adopted),
            "principles_met": balance.met,
            "principles_rated": balance.of,
            "methods": _methods(page),
            "news": news[-1].what if news else "",
            "news_on": news[-1].on if news else page.listed_on,
            "news_text": news[-1].in_words if news else "",
            "area": page.area,
        }

    def occasions(self, title: str, document: Mapping[str, Any], now: datetime) -> Iterable[Occasion]:
        return occasions_in(title, document, now)

    def spans(self, page: ProcedurePage) -> Iterable[tuple[str, datetime, datetime]]:
        return [(str(span.status), span.since, span.until) for span in spans(plan_of(page))]

    def document(self, page: ProcedurePage, targets: Targets) -> dict[str, Any]:
        return {
            **super().document(page, targets),
            **{name: getattr(page, name) for name in PLAIN},
            "brief": [text for text in (page.brief_what, page.brief_where, page.brief_how) if text],
            "open_points": texts_of(page.open_points),
            "fixed_points": texts_of(page.fixed_points),
            "area": _shape(page.area),
            "districts": _named(targets_of(page, "districts", "district_id", targets)),
            "methods": _named(targets_of(page, "methods", "method_id", targets)),
            "topics": [{"slug": topic.slug, "name": topic.name} for topic in topics_shown(page, targets)],
            "documents": [one.as_json() for one in documents_of(page, targets)],
            "cost": _cost(page),
            "phases": _phases(page, targets),
            "stages": [{name: child.value[name] for name in ("stage", "since", "note")} for child in page.stages],
            "decisions": [
                {name: getattr(decision, name) for name in ("on", "body", "reference", "text")}
                | {"url": decision.link.url if decision.link else ""}
                for decision in decisions_of(page, targets)
            ],
            "outcome": {
                "contributions": page.contributions,
                "adopted": texts_of(page.adopted),
                "not_adopted": [{name: child.value[name] for name in ("what", "why")} for child in page.not_adopted],
                "ratings": [
                    {"principle": one.name, "question": one.question, "degree": one.degree, "reason": one.reason}
                    for one in ratings_of(page, targets)
                ],
            },
            "changes": [
                {
                    "on": change.on,
                    "what": change.what,
                    "why": change.why,
                    "cost_difference": None if change.cost is None else float(change.cost),
                    "delay_days": change.days,
                }
                for change in changes_of(page)
            ],
        }

    def body_text(self, page: ProcedurePage, targets: Targets) -> str:
        """With the words of its documents, as far as these are public."""
        words = (document.words for document in documents_of(page, targets))
        return "\n".join(filter(None, (super().body_text(page, targets), *words)))

    def wording(self, page: ProcedurePage) -> Iterable[str]:
        yield from super().wording(page)
        for child in page.documents:
            yield child.value["words"]

    def document_form(self) -> type[ProcedureDocument]:
        return ProcedureDocument

    def search_text(self, page: ProcedurePage) -> Iterable[str]:
        yield from (page.brief_what, page.brief_where, page.brief_how, page.reference, page.place, page.affected)
        yield from (*texts_of(page.open_points), *texts_of(page.fixed_points), page.next_steps, page.business_area)
        for child in page.phases:
            yield from (child.value["title"], child.value["text"], child.value["result"])
        for child in page.decisions:
            yield from (child.value["body"], child.value["reference"], child.value["text"])
        yield from texts_of(page.adopted)
        for child in page.not_adopted:
            yield from (child.value["what"], child.value["why"])
        for child in page.ratings:
            yield child.value["reason"]
        yield page.announcement
        for change in changes_of(page):
            yield from (change.what, change.why)


@register
class ProcedureIndexPublication(PagePublication):
    model = ProcedureIndexPage
    kind = "procedure_index"
    resource = "procedure-lists"
    label = _("List of procedures")
    label_plural = _("Lists of procedures")


@register
class DistrictPublication(PagePublication):
    model = DistrictPage
    kind = "district"
    label = _("District")
    label_plural = _("Districts")
    facts = DistrictFacts

    def columns(self, page: DistrictPage) -> dict[str, Any]:
        latitude, longitude = label_point(page.outline) or (None, None)
        where = {"latitude": latitude, "longitude": longitude}
        return {**super().columns(page), "districts": (page.slug,), **where}

    def facts_for(self, page: DistrictPage) -> dict[str, Any]:
        return {"outline": page.outline}

    def document(self, page: DistrictPage, targets: Targets) -> dict[str, Any]:
        return {
            **super().document(page, targets),
            "key": page.slug,
            "outline": _shape(page.outline),
            "initiatives": [asdict(one) for one in initiatives_of(page)],
        }

    def search_text(self, page: DistrictPage) -> Iterable[str]:
        for one in initiatives_of(page):
            yield from (one.name, one.what, one.address)

    def document_form(self) -> type[DistrictDocument]:
        return DistrictDocument


@register
class DistrictIndexPublication(PagePublication):
    model = DistrictIndexPage
    kind = "district_index"
    resource = "district-lists"
    label = _("List of districts")
    label_plural = _("Lists of districts")


@register
class NewsPublication(PagePublication):
    model = NewsPage
    kind = "news"
    resource = "news"
    label = _("Piece of news")
    label_plural = _("News")
    facts = NewsFacts
    card_template = "procedures/components/news_card.html"

    def objects(self) -> Any:
        return super().objects().prefetch_related(_with_slugs(NewsDistrict), "procedures")

    def card(self, record: PublicRecord) -> dict[str, Any]:
        return {"card": news_card_of(record, {})}

    def columns(self, page: NewsPage) -> dict[str, Any]:
        return {**super().columns(page), "districts": tuple(_districts(page))}

    def facts_for(self, page: NewsPage) -> dict[str, Any]:
        return {"news_on": page.on, "procedures": _procedures(page)}

    def document(self, page: NewsPage, targets: Targets) -> dict[str, Any]:
        return {
            **super().document(page, targets),
            "on": page.on,
            "procedures": _named(targets_of(page, "procedures", "procedure_id", targets)),
            "districts": _named(targets_of(page, "districts", "district_id", targets)),
        }

    def document_form(self) -> type[NewsDocument]:
        return NewsDocument


@register
class NewsIndexPublication(PagePublication):
    model = NewsIndexPage
    kind = "news_index"
    resource = "news-lists"
    label = _("List of news")
    label_plural = _("Lists of news")


@register
class EditionPublication(ThingPublication):
    """An edition from its publication on, until it is withdrawn. Its address is that of its PDF."""

    model = Edition
    kind = "edition"
    label = _("Edition")
    label_plural = _("Editions")
    facts = EditionFacts
    searchable = False

    def objects(self) -> Any:
        return super().objects().select_related("previous")

    def title(self, edition: Edition) -> str:
        return str(edition.title)

    def window(self, edition: Edition) -> tuple[datetime, datetime]:
        if edition.published_at is None or edition.withdrawn_at is not None:
            return FOREVER, NEVER
        return edition.published_at, FOREVER

    def address(self, edition: Edition, home: str) -> str:
        return str(edition.address)

    def facts_for(self, edition: Edition) -> dict[str, Any]:
        return {name: getattr(edition, name) for name in EDITION}

    def document(self, edition: Edition, targets: Targets) -> dict[str, Any]:
        entries = read(edition.entries)
        compared = compare(read(edition.previous.entries) if edition.previous else None, entries)
        return {
            "title": edition.title,
            "pdf": edition.address,
            "adopted_number": edition.adopted_number,
            "published_at": edition.published_at,
            **{name: getattr(edition, name) for name in EDITION},
            "new": [entry.reference for entry in compared.new],
            "changed": [entry.reference for entry in compared.changed],
            "ended": [entry.reference for entry in compared.ended],
            "procedures": [
                {name: getattr(entry, name) for name in ("reference", "title", "status", "stage", "places")}
                for entry in entries
            ],
        }

    def document_form(self) -> type[EditionDocument]:
        return EditionDocument


def _with_slugs(model: type[ProcedureDistrict] | type[NewsDistrict]) -> Prefetch:
    """The districts of each page with their words, but without their outlines."""
    return Prefetch("districts", model._default_manager.select_related("district").only("page", "district__slug"))


def _districts(page: ProcedurePage | NewsPage) -> list[str]:
    return [row.district.slug for row in page.districts.all()]


def _topics(page: ProcedurePage) -> tuple[str, ...]:
    """The words of the main topic and the further ones, each once."""
    topics = (page.topic, *(row.topic for row in page.further_topics.all()))
    return tuple(dict.fromkeys(topic.slug for topic in topics if topic))


def _methods(page: ProcedurePage) -> list[str]:
    """Those of the procedure and of its phases."""
    ids = [row.method_id for row in page.methods.all()] + phase_methods(page)
    if not ids:
        return []
    public = PublicRecord.objects.visible().of_kind("method").filter(object_id__in=ids)
    slugs = {pk: path.rstrip("/").rpartition("/")[2] for pk, path in public.values_list("object_id", "path")}
    return [slugs[pk] for pk in dict.fromkeys(ids) if pk in slugs]


def _procedures(page: NewsPage) -> list[str]:
    """Numbers of the public ones; a translation of a procedure has the number of its original.

    They come from the pages: of what becomes public in the same moment there are no facts yet.
    """
    ids = [row.procedure_id for row in page.procedures.all()]
    if not ids:
        return []
    public = PublicRecord.objects.visible().of_kind("procedure").filter(object_id__in=ids).values("object_id")
    references = dict(ProcedurePage.objects.filter(pk__in=public).values_list("pk", "reference"))
    return [references[pk] for pk in dict.fromkeys(ids) if references.get(pk)]


def _named(targets: list[Target]) -> list[dict[str, str]]:
    return [{"title": target.title, "path": target.path} for target in targets]


def _shape(outline: str) -> Any:
    return json.loads(outline) if outline else None


def _cost(page: ProcedurePage) -> dict[str, Any]:
    least, most = (None if amount is None else float(amount) for amount in cost_of(page))
    words = {"kind": page.cost_kind, "currency": "EUR", "on": page.cost_on, "basis": page.cost_basis}
    return words | {"least": least, "most": most}


def _phases(page: ProcedurePage, targets: Targets) -> list[dict[str, Any]]:
    targets.preload(pages=phase_methods(page))
    return [_phase(child.value) | {"methods": _named(methods_of(child.value, targets))} for child in page.phases]


def _phase(value: Any) -> dict[str, Any]:
    names = ("title", "begins", "ends", "text", "promised_on", "result")
    ways = [{name: way[name] for name in ("kind", "label", "deadline", "address", "place")} for way in value["ways"]]
    return {**{name: value[name] for name in names}, "ways": ways}
