"""One side of ``make bench-api``: ``python -m bench.api.side ours|stock`` fills its database and counts queries."""

from __future__ import annotations

import io
import json
import random
import sys
from itertools import cycle
from typing import Any
from uuid import uuid4

from bench.side import PARAGRAPH, Bench, answer, set_up

SETTINGS = {"ours": "bench.api.ours_settings", "stock": "bench.api.stock_settings"}
#: The page type as stock Wagtail names it.
STOCK_TYPE = "stock.StandardPage"
#: Pictures that the pages share.
PICTURES = 6
#: Pages below one section.
SECTION = 200
TOPICS = ("housing", "mobility", "green", "culture", "budget", "youth")
HALVES = ("administration", "carrier", "joint")
LEVELS = ("inform", "consult", "involve", "collaborate", "decide")
DISTRICTS = ("north", "east", "south", "west", "centre", "harbour", "hill", "lake")
STATES = ("planned", "running", "evaluation", "done")


class ApiBench(Bench):
    """Pages with seven blocks, four of them pictures."""

    menu, children = 2, 3

    def __init__(self, name: str) -> None:
        self.pictures: list[int] = []
        self.published: list[Any] = []
        self.chance = random.Random(5)
        super().__init__(name)

    def _body(self, link: int) -> list[tuple[str, Any]]:
        text = PARAGRAPH.format(link=link)
        return [
            ("paragraph", text * 3),
            ("image", self._picture(0)),
            ("heading", {"text": "Was geplant ist", "level": "2"}),
            ("image", self._picture(1)),
            ("image", self._picture(2)),
            ("paragraph", text * 3),
            ("image", self._picture(3)),
        ]

    def _picture(self, number: int) -> dict[str, Any]:
        if not self.pictures:
            self.pictures = [_image(number).pk for number in range(PICTURES)]
        pk = self.pictures[number % PICTURES]
        return {"image": pk, "alt": "Zwei Halbkreise mit einer Lücke", "caption": f"Bild {number}"}

    def fill(self, number: int) -> float:
        """Add public pages up to ``number``. Rows are written at once: 20,000 pages one by one would take an hour."""

        def work(_n: int) -> None:
            missing = number - self.standard.objects.count()
            while missing > 0:
                section = self._page(f"Archiv {uuid4().hex[:8]}", self.home.pk)
                top = self.home.add_child(instance=section)
                pages = self._add(top, min(SECTION, missing - 1))
                if self.name == "ours":
                    self._publish(pages)
                missing -= len(pages) + 1
                print(f"{self.name}: {number - missing} of {number} pages", file=sys.stderr, flush=True)
            with connection.cursor() as cursor:
                # As the autovacuum daemon does by itself after so many new rows.
                cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

        from django.db import connection

        return self._timed(1, work)

    def _add(self, parent: Any, number: int) -> list[Any]:
        """Pages below this one, as far as Wagtail is concerned."""
        from django.contrib.contenttypes.models import ContentType
        from django.db import transaction
        from django.utils import timezone
        from wagtail.models import Page

        topics = _topics() if self.name == "ours" else []
        pages, bases, now = [], [], timezone.now()
        for n in range(number):
            page = self._page(f"Seite {n} aus {parent.title}", parent.pk)
            page.half = HALVES[n % len(HALVES)]
            if topics:
                page.topic = topics[n % len(topics)]
            page.content_type = ContentType.objects.get_for_model(self.standard)
            page.locale_id = parent.locale_id
            page.depth = parent.depth + 1
            page.path = Page._get_path(parent.path, page.depth, n + 1)
            page.draft_title = page.title
            page.set_url_path(parent)
            page.first_published_at = page.last_published_at = page.latest_revision_created_at = now
            pages.append(page)
            values = {field.attname: getattr(page, field.attname) for field in Page._meta.concrete_fields}
            bases.append(Page(**values))
        own = self.standard._meta.local_concrete_fields
        with transaction.atomic():
            for page, base in zip(pages, Page.objects.bulk_create(bases), strict=True):
                page.pk = page.page_ptr_id = base.pk
            # Django has no public way to write the own half of many inherited rows.
            self.standard._base_manager._insert(pages, fields=own, using="default")
            Page.objects.filter(pk=parent.pk).update(numchild=number)
        return pages

    def _publish(self, pages: list[Any]) -> None:
        """The first section goes through the gate, with documents rendered; the others are given copies of its rows."""
        from cms_blocks.publication.records import PublicDocument, PublicRecord
        from cms_blocks.publication.unit import mark_page, unit

        if not self.published:
            with unit():
                for page in pages:
                    mark_page(page.pk, subtree=False)
            ids = [page.pk for page in pages]
            self.published = list(
                PublicRecord.objects.filter(kind="page", object_id__in=ids).select_related("document")
            )
            for record in self.published:
                self._file(record)
            PublicRecord.objects.bulk_update(self.published, ["levels", "districts", "fixed_status"], batch_size=50)
            return
        records, documents = [], []
        for known, page in zip(cycle(self.published), pages, strict=False):
            own = {
                "object_id": page.pk,
                "translation_key": page.translation_key,
                "tree_path": page.path,
                "path": page.url_path.removeprefix(self.home.url_path.rstrip("/")),
                "title": page.title,
                "lead": page.lead,
                "topics": (page.topic.slug,),
                "half": page.half,
            }
            columns = {field.name: getattr(known, field.name) for field in PublicRecord._meta.concrete_fields}
            record = PublicRecord(**{**columns, **own, "id": None})
            self._file(record)
            records.append(record)
            body = known.document.body.replace(json.dumps(known.title), json.dumps(page.title))
            documents.append(PublicDocument(record=record, body=body))
        PublicRecord.objects.bulk_create(records)
        PublicDocument.objects.bulk_create(documents)

    def _file(self, record: Any) -> None:
        """Under what no page type of the website can be filed, so that all facets have something to count."""
        record.levels = tuple(self.chance.sample(LEVELS, self.chance.randint(1, 2)))
        record.districts = tuple(self.chance.sample(DISTRICTS, self.chance.randint(1, 2)))
        record.fixed_status = self.chance.choice(STATES)

    def some_page(self, number: int) -> float:
        """The id of a page, a different one for each number."""
        ids = self.standard.objects.order_by("pk").values_list("pk", flat=True)
        pk: int = ids[number * 7919 % len(ids)]
        if self.name == "stock":
            return pk
        from cms_blocks.publication.records import PublicRecord

        record: int = PublicRecord.objects.values_list("pk", flat=True).get(kind="page", object_id=pk)
        return record

    def list_queries(self, limit: int) -> float:
        """Queries of an expanded list."""
        ours = f"/api/content/v1/pages/?fields=*&limit={limit}"
        return self._queries(ours, f"/api/v2/pages/?type={STOCK_TYPE}&fields=*&limit={min(limit, 20)}")

    def detail_queries(self, number: int) -> float:
        pk = int(self.some_page(number))
        return self._queries(f"/api/content/v1/pages/{pk}/", f"/api/v2/pages/{pk}/")

    def _queries(self, ours: str, stock: str) -> int:
        from django.core.cache import caches
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        path = ours if self.name == "ours" else stock
        self._expect("200", self._get(path))  # what is kept from now on is kept, but for whole answers
        for cache in caches.all():
            if cache is not caches["default"]:
                cache.clear()
        with CaptureQueriesContext(connection) as queries:
            self._expect("200", self._get(path))
        return len(queries)


def _image(number: int) -> Any:
    """A small file as wide as a photo."""
    from django.core.files.images import ImageFile
    from PIL import Image as Pixels
    from wagtail.images import get_image_model

    content = io.BytesIO()
    Pixels.linear_gradient("L").resize((2000, 1300 + number)).save(content, "JPEG", quality=50)
    Image = get_image_model()
    own = {"alt_text": "Ein Verlauf", "credit": "Messung", "licence": "own"} if hasattr(Image, "alt_text") else {}
    return Image.objects.create(title=f"Bild {number}", file=ImageFile(content, name=f"bild-{number}.jpg"), **own)


def _topics() -> list[Any]:
    from wagtail.models import Locale

    from cms_blocks.models import Topic

    locale = Locale.get_default()
    return [
        Topic.objects.get_or_create(slug=slug, locale=locale, defaults={"name": slug.title()})[0] for slug in TOPICS
    ]


def main() -> None:
    def bench() -> ApiBench:
        set_up(name, SETTINGS[name])
        return ApiBench(name)

    name = sys.argv[1]
    answer(bench)


if __name__ == "__main__":
    main()
