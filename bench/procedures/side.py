"""A site with so many procedures: ``python -m bench.procedures.side 10000`` fills it and answers the list's pages."""

from __future__ import annotations

import random
import sys
import time
from datetime import timedelta
from itertools import cycle
from typing import Any

from bench.side import answer, set_up

SETTINGS = "bench.ours_settings"
#: Procedures that go through the gate. The others are copies of their rows: 10,000 pages one by one take an hour.
SEEDS = 30
DISTRICTS = tuple(f"Ortsteil {number}" for number in range(1, 13))
TOPICS = ("housing", "mobility", "green", "culture", "budget", "youth")
WORDS = ("Radweg", "Spielplatz", "Schule", "Uferweg", "Bebauungsplan", "Marktplatz", "Turnhalle", "Brücke", "Garten")

#: Asked with everything forgotten that was kept: the first reader after something was published.
FORGOTTEN = "first page, nothing kept"
#: What is asked, in words and as the list's query.
QUESTIONS = {
    "first page": "",
    FORGOTTEN: "",
    "open ones": "status=open",
    "one district": "district=ortsteil-3",
    "two districts, open or planned": "district=ortsteil-3&district=ortsteil-4&status=open&status=planned",
    "three facets": "topic=green&topic=youth&level=involvement&half=carrier&half=joint",
    "by name": "sort=title",
    "page 7 by number": "sort=number&page=7",
    "full text": "q=radweg",
    "full text in one district": "q=ortsteil&district=ortsteil-7",
    "what came of it": "view=outcomes",
    "months": "view=calendar",
}
#: Those with a goal for their time: the first page, and facets.
AIMED_AT = tuple(QUESTIONS)[:1] + tuple(QUESTIONS)[2:8]


class Lists:
    """One list of ``size`` public procedures in twelve districts."""

    def __init__(self, size: int) -> None:
        from django.core.wsgi import get_wsgi_application
        from wagtail.models import Page, Site

        from cms_blocks.models import Topic
        from procedures.models import DistrictIndexPage, DistrictPage, ProcedureIndexPage
        from website.models import HomePage

        self.chance = random.Random(6)
        for page in Page.objects.get(depth=1).get_children():
            page.delete()
        home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Start", slug="start"))
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
        self.topics = [Topic.objects.create(slug=slug, name=slug.title(), locale=home.locale) for slug in TOPICS]
        places = home.add_child(instance=DistrictIndexPage(title="Stadtteile", slug="stadtteile"))
        self.districts = [
            places.add_child(instance=DistrictPage(title=title, slug=title.lower().replace(" ", "-"), lead=title))
            for title in DISTRICTS
        ]
        self.index = home.add_child(instance=ProcedureIndexPage(title="Verfahren", slug="verfahren"))
        self.application = get_wsgi_application()
        self._fill(size)

    def seconds(self, number: int) -> float:
        """How long the page of that question takes. A word that nobody knows makes it one that was never asked for, so
        that no kept page helps."""
        from django.core.cache import cache

        words, query = list(QUESTIONS.items())[number]
        query = f"{query}&x={time.monotonic_ns()}"
        if words == FORGOTTEN:
            cache.clear()
        started = time.perf_counter()
        self._get(query)
        return time.perf_counter() - started

    def queries(self, number: int) -> float:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        query = list(QUESTIONS.values())[number]
        self._get(query)
        with CaptureQueriesContext(connection) as queries:
            self._get(f"{query}&x=queries-{number}")
        return len(queries)

    def _get(self, query: str) -> None:
        from django.test import RequestFactory

        environ = RequestFactory().get(f"/verfahren/?{query}").environ
        status: list[str] = []
        body = self.application(environ, lambda words, _fields: status.append(words))
        content = b"".join(body)
        body.close()
        if not status[0].startswith("200") or (b"month__entries" if "calendar" in query else b"<h1") not in content:
            raise AssertionError(f"{query}: {status[0]}")

    def _fill(self, size: int) -> None:
        from django.db import connection

        from cms_blocks.publication.records import PublicDocument, PublicRecord, StatusSpan
        from cms_blocks.publication.unit import unit
        from cms_blocks.search.engine import IndexEntry, engine
        from procedures.models import ProcedureFacts

        with unit():
            for number in range(min(SEEDS, size)):
                self.index.add_child(instance=self._procedure(number))
        seeds = list(PublicRecord.objects.filter(kind="procedure").select_related("procedure_facts", "document"))
        spans = {seed.pk: list(seed.spans.all()) for seed in seeds}
        taken, rows = [], []
        for number, seed in zip(range(len(seeds), size), cycle(seeds), strict=False):
            taken.append(seed)
            rows.append(self._copy(seed, number))
        for start in range(0, len(rows), 1000):
            some = range(start, min(start + 1000, len(rows)))
            records = PublicRecord.objects.bulk_create([rows[n][0] for n in some])
            facts = [rows[n][1] for n in some]
            for one, record in zip(facts, records, strict=True):
                one.record_id = record.pk
            ProcedureFacts.objects.bulk_create(facts)
            pairs = [(taken[n], record) for n, record in zip(some, records, strict=True)]
            PublicDocument.objects.bulk_create(
                PublicDocument(record=record, body=seed.document.body) for seed, record in pairs
            )
            StatusSpan.objects.bulk_create(
                StatusSpan(record=record, status=span.status, since=span.since, until=span.until)
                for seed, record in pairs
                for span in spans[seed.pk]
            )
            engine().index(IndexEntry(r.pk, r.locale, r.kind, r.title, r.lead, r.lead) for r in records)
            print(f"{start + len(records)} of {len(rows)} copies", file=sys.stderr, flush=True)
        with connection.cursor() as cursor:
            # As the autovacuum daemon does by itself after so many new rows.
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    def _procedure(self, number: int) -> Any:
        import json

        from django.utils import timezone

        from procedures.enums import Form, Initiator, Stage
        from procedures.models import ProcedureDistrict, ProcedurePage
        from toolkit.enums import Level

        begins = timezone.now() + timedelta(days=self.chance.randint(-200, 90))
        phase = {
            "title": "Mitreden",
            "text": "",
            "begins": begins.isoformat(),
            "ends": (begins + timedelta(days=self.chance.randint(10, 120))).isoformat(),
            "ways": [{"kind": "online", "label": "Mitzeichnen", "deadline": None, "address": "", "place": "Rathaus"}],
            "promised_on": None,
            "result": self.chance.choice(["", "Es wurde so gebaut."]),
        }
        stage = {"stage": self.chance.choice(Stage.values), "since": "2026-01-15", "note": ""}
        here = self.chance.sample(self.districts, self.chance.choice([0, 1, 1, 2]))
        page = ProcedurePage(
            title=self._title(number, here),
            slug=f"verfahren-{number}",
            lead="Wer an einer Straße wohnt, weiß, wo es eng ist.",
            brief_what="Der Weg wird breiter.",
            brief_where="Am Kanal.",
            brief_how="Zeichnen Sie mit.",
            topic=self.chance.choice(self.topics),
            half=self.chance.choice(["administration", "carrier", "joint"]),
            level=self.chance.choice(Level.values),
            initiator=self.chance.choice(Initiator.values),
            form=Form.INFORMAL,
            city_wide=not here,
            latitude=52.35 + self.chance.random() / 10,
            longitude=13.0 + self.chance.random() / 10,
            phases=json.dumps([{"type": "phase", "value": phase}]),
            stages=json.dumps([{"type": "stage", "value": stage}]),
            listed_on=timezone.localdate() - timedelta(days=self.chance.randint(0, 2000)),
        )
        page.districts = [ProcedureDistrict(district=one, sort_order=order) for order, one in enumerate(here)]
        return page

    def _title(self, number: int, here: list[Any]) -> str:
        return f"{self.chance.choice(WORDS)} {here[0].title if here else 'überall'} {number}"

    def _copy(self, seed: Any, number: int) -> tuple[Any, Any]:
        """Rows for a procedure that is like this one but in another place, of another topic and under its own name."""
        from cms_blocks.publication.records import PublicRecord
        from procedures.models import ProcedureFacts

        here = self.chance.sample(self.districts, 1)
        own = {
            "id": None,
            "object_id": 1_000_000 + number,
            "translation_key": None,
            "tree_path": f"{self.index.path}{number:04X}",
            "path": f"/verfahren/verfahren-{number}/",
            "title": self._title(number, here),
            "topics": (self.chance.choice(TOPICS),),
            "districts": (here[0].slug,),
            "levels": (self.chance.choice(["information", "consultation", "involvement", "collaboration"]),),
        }
        columns = {field.attname: getattr(seed, field.attname) for field in PublicRecord._meta.concrete_fields}
        facts = {
            field.attname: getattr(seed.procedure_facts, field.attname)
            for field in ProcedureFacts._meta.concrete_fields
        }
        facts |= {"record_id": None, "reference": f"{facts['year']}-{number % 10_000:04}"}
        return PublicRecord(**{**columns, **own}), ProcedureFacts(**facts)


def main() -> None:
    def lists() -> Lists:
        set_up("ours", SETTINGS)
        return Lists(int(sys.argv[1]))

    answer(lists)


if __name__ == "__main__":
    main()
