"""Lists, districts and procedures for tests: everything sound and public unless a test says otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone
from wagtail.models import Locale

from cms_blocks.models import Topic
from cms_blocks.publication.unit import unit
from procedures.models import (
    DistrictIndexPage,
    DistrictPage,
    Edition,
    EditionPaper,
    NewsDistrict,
    NewsIndexPage,
    NewsPage,
    NewsProcedure,
    Principle,
    ProcedureDistrict,
    ProcedureIndexPage,
    ProcedureMethod,
    ProcedurePage,
    ProcedureTopic,
    Street,
)
from procedures.streets.names import fold
from tests.toolkit.factories import home
from toolkit.models import MethodPage

_number = count(1)

#: Fields of a procedure that the editor's form sends as streams.
STREAMS = (
    "open_points", "fixed_points", "body", "stages", "decisions", "phases", "adopted", "not_adopted", "changes", "ratings",
    "documents",
)  # fmt: skip
SOUND = {
    "lead": "Der Weg wird neu gebaut.",
    "brief_what": "Der Uferweg wird breiter.",
    "brief_where": "Am Kanal.",
    "brief_how": "Zeichnen Sie mit.",
    "initiator": "administration",
    "level": "involvement",
    "open_points": ["Sitzplätze", "Bäume"],
    "fixed_points": ["Die Brücke bleibt."],
}


def district_list(language: str = "de", **fields: Any) -> DistrictIndexPage:
    parent = home(language)
    page = DistrictIndexPage(**{"title": "Stadtteile", "slug": "stadtteile", "locale": parent.locale, **fields})
    return parent.add_child(instance=page)


def district(index: DistrictIndexPage, title: str = "Nord", **fields: Any) -> DistrictPage:
    values = {"title": title, "slug": title.lower(), "lead": f"In {title}.", "locale": index.locale, **fields}
    return index.add_child(instance=DistrictPage(**values))


def procedure_list(language: str = "de", **fields: Any) -> ProcedureIndexPage:
    """A public list of procedures at ``/verfahren/`` (below the language's prefix)."""
    parent = home(language)
    page = ProcedureIndexPage(**{"title": "Verfahren", "slug": "verfahren", "locale": parent.locale, **fields})
    return parent.add_child(instance=page)


def procedure(
    index: ProcedureIndexPage,
    title: str = "",
    *,
    districts: Iterable[DistrictPage] = (),
    methods: Iterable[MethodPage] = (),
    further_topics: Iterable[Topic] = (),
    **fields: Any,
) -> ProcedurePage:
    """A public procedure below ``index``; city-wide without a district. Streams are lists of their values."""
    number = next(_number)
    values = {"title": title or f"Verfahren {number:03}", "slug": f"verfahren-{number}", **SOUND, **fields}
    for name, kind in (
        ("open_points", "item"),
        ("fixed_points", "item"),
        ("phases", "phase"),
        ("stages", "stage"),
        ("decisions", "decision"),
        ("adopted", "item"),
        ("not_adopted", "proposal"),
        ("changes", "change"),
        ("ratings", "rating"),
        ("documents", "document"),
    ):
        values[name] = json.dumps([{"type": kind, "value": _with_ids(value)} for value in values.get(name, ())])
    for name in ("listed_on", "first_reading", "display_from", "display_until", "announced_on", "review_date"):
        if isinstance(values.get(name), str):
            values[name] = date.fromisoformat(values[name])
    here = list(districts)
    page = ProcedurePage(locale=index.locale, **{"city_wide": not here, **values})
    page.districts = [ProcedureDistrict(district=one, sort_order=order) for order, one in enumerate(here)]
    page.methods = [ProcedureMethod(method=one, sort_order=order) for order, one in enumerate(methods)]
    page.further_topics = [ProcedureTopic(topic=one, sort_order=order) for order, one in enumerate(further_topics)]
    return index.add_child(instance=page)


def street(name: str = "Lindenstraße", **fields: Any) -> Street:
    """A row of the street directory."""
    return Street.objects.create(**{"name": name, "key": fold(name), "latitude": 52.4, "longitude": 13.06, **fields})


def news_list(language: str = "de", **fields: Any) -> NewsIndexPage:
    """A public list of news at ``/aktuelles/`` (below the language's prefix)."""
    parent = home(language)
    page = NewsIndexPage(**{"title": "Aktuelles", "slug": "aktuelles", "locale": parent.locale, **fields})
    return parent.add_child(instance=page)


def news(
    index: NewsIndexPage,
    title: str = "",
    *,
    procedures: Iterable[ProcedurePage] = (),
    districts: Iterable[DistrictPage] = (),
    **fields: Any,
) -> NewsPage:
    """A public piece of news below ``index``."""
    number = next(_number)
    values = {
        "title": title or f"Nachricht {number:03}",
        "slug": f"nachricht-{number}",
        "lead": "Etwas ist neu.",
        **fields,
    }
    page = NewsPage(locale=index.locale, **values)
    page.procedures = [NewsProcedure(procedure=one, sort_order=order) for order, one in enumerate(procedures)]
    page.districts = [NewsDistrict(district=one, sort_order=order) for order, one in enumerate(districts)]
    return index.add_child(instance=page)


def principle(name: str = "Offen für alle", language: str = "de", **fields: Any) -> Principle:
    locale = Locale.objects.get_or_create(language_code=language)[0]
    return Principle.objects.create(name=name, question="War es leicht?", locale=locale, **fields)


def published_edition(index: ProcedureIndexPage, number: int = 1, pdf: bytes = b"%PDF-1.7", **fields: Any) -> Edition:
    """A public edition of a list, with a paper that is none."""
    values = {
        "title": f"Vorhabenliste {number}", "cut_off": date(2026, 3, 1), "adopted_by": "Hauptausschuss",
        "adopted_on": date(2026, 3, 4), "adopted_number": "26/SVV/0001", "number": number,
        "address": f"{index.url}ausgabe-{number}.pdf", "published_at": timezone.now(), **fields,
    }  # fmt: skip
    made = Edition(index=index, locale=index.locale, list_key=index.translation_key, **values)
    with unit():
        made.save()
        EditionPaper.objects.create(edition=made, pdf=pdf, digest=sha256(pdf).hexdigest())
    return made


def rating(principle: Principle, degree: str = "met", reason: str = "") -> dict[str, Any]:
    """A rating as it is stored."""
    return {"principle": principle.pk, "degree": degree, "reason": reason}


def phase(begins: int | datetime | None = None, ends: int | datetime | None = None, **fields: Any) -> dict[str, Any]:
    """A phase as it is stored. Numbers are days from now."""
    values = {"title": "Mitreden", "text": "", "ways": [], "promised_on": None, "result": "", **fields}
    return {**values, "begins": _moment(begins), "ends": _moment(ends)}


def way(deadline: int | datetime | None = None, **fields: Any) -> dict[str, Any]:
    """A way to take part as it is stored."""
    values = {"kind": "online", "label": "Mitzeichnen", "address": "https://mitreden.example/", "place": "", **fields}
    return {**values, "deadline": _moment(deadline)}


def _with_ids(value: Any) -> Any:
    """As the editor stores it: each way of a phase has an id. One that has its own keeps it."""
    if not isinstance(value, dict) or "ways" not in value:
        return value
    ways = [one if "value" in one else {"type": "item", "value": one, "id": str(uuid4())} for one in value["ways"]]
    return {**value, "ways": ways}


def _moment(value: int | datetime | None) -> str | None:
    if isinstance(value, int):
        value = timezone.now() + timedelta(days=value)
    return None if value is None else value.isoformat()
