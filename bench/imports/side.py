"""A site with an empty list: ``python -m bench.imports.side import`` answers how long its rows take."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.side import answer, set_up

SETTINGS = "bench.ours_settings"


class Lists:
    """An office with editors of both halves, districts, a topic and a list to import into."""

    def __init__(self) -> None:
        from django.contrib.auth import get_user_model
        from django.core.management import call_command
        from wagtail.models import Page, Site

        from cms_blocks.models import Topic
        from procedures.models import DistrictIndexPage, DistrictPage, ProcedureIndexPage
        from website.models import HomePage

        for page in Page.objects.get(depth=1).get_children():
            page.delete()
        home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Start", slug="start"))
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
        Topic.objects.create(slug="mobility", name="Mobilität", locale=home.locale)
        places = home.add_child(instance=DistrictIndexPage(title="Stadtteile", slug="stadtteile"))
        for title, slug in (("Nord", "nord"), ("Süd", "sued")):
            places.add_child(instance=DistrictPage(title=title, slug=slug, lead=title))
        call_command("setup_office", verbosity=0, stdout=io.StringIO())
        self.user = get_user_model().objects.create_superuser("bench", "bench@example.org", "bench")
        self.home, self.index_model = home, ProcedureIndexPage

    def drafts(self, number: int) -> float:
        """Seconds of an import whose rows become drafts."""
        return self._import(self._rows(number))

    def published(self, number: int) -> float:
        """Seconds of an import whose rows become public."""
        return self._import(self._rows(number), publish_as="bench")

    def changed(self, number: int) -> float:
        """Seconds of an import that changes what people rely on in every procedure of the last one."""
        from procedures.models import ImportRun

        rows = [row | {"Ort": f"Platz {at}"} for at, row in enumerate(self._rows(number))]
        index = ImportRun.objects.finished().latest("pk").index
        return self._import(rows, index, publish_as="bench", news="Der Ort ist ein anderer.")

    def undone(self, _number: int) -> float:
        """Seconds until the last import is taken back."""
        from django.core.management import call_command

        from procedures.models import ImportRun

        run = ImportRun.objects.finished().latest("pk")
        started = time.perf_counter()
        call_command("import_procedures", undo=run.pk, stdout=io.StringIO())
        return time.perf_counter() - started

    def one_by_one(self, number: int) -> float:
        """Seconds in which the same procedures are created and published by Wagtail's own calls, each by itself."""
        from cms_blocks.publication.unit import unit
        from procedures.models import ProcedurePage

        index = self._list(f"einzeln-{time.monotonic_ns()}")
        known = ProcedurePage.objects.select_related("locale").order_by("pk")[:number]
        pages = [self._again(page, at) for at, page in enumerate(known)]
        if len(pages) < number:
            raise AssertionError("there is nothing imported to be made once more")
        started = time.perf_counter()
        for page in pages:
            with unit():
                index.add_child(instance=page)
                page.save_revision(user=self.user).publish(user=self.user)
        took = time.perf_counter() - started
        index.delete()
        return took

    def _again(self, page: Any, at: int) -> Any:
        """The same page before it was saved, under another number and address."""
        given = ("path", "depth", "numchild", "translation_key", "latest_revision", "live_revision", "live")
        own = {name: value for name, value in page.serializable_data().items() if name not in given}
        rows = {name: [{**one, "pk": None} for one in own[name]] for name in ("districts", "methods")}
        names = {"reference": f"2031-{at:04}", "slug": f"einzeln-{at}", "live": False}
        return type(page).from_serializable_data({**own, **rows, **names, "pk": None}, check_fks=False)

    def _list(self, slug: str) -> Any:
        return self.home.add_child(instance=self.index_model(title=slug.title(), slug=slug))

    def _rows(self, number: int) -> list[dict[str, Any]]:
        from tests.procedures.sheets import long_list

        return long_list(number)

    def _import(self, rows: list[dict[str, Any]], index: Any = None, **options: Any) -> float:
        """Into ``index``, else into a list of its own."""
        from django.core.management import call_command

        from tests.procedures.sheets import xlsx

        index = index or self._list(f"liste-{time.monotonic_ns()}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "liste.xlsx")
            path.write_bytes(xlsx(rows))
            started = time.perf_counter()
            call_command(
                "import_procedures", str(path), parent=str(index.pk), stdout=io.StringIO(), stderr=io.StringIO(),
                **options,
            )  # fmt: skip
            return time.perf_counter() - started


def main() -> None:
    def lists() -> Lists:
        set_up("ours", SETTINGS)
        return Lists()

    answer(lists)


if __name__ == "__main__":
    main()
