"""An import writes many pages at once. Each is as if an editor had made it, and nobody is in another's way."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections
from wagtail.models import Page

from cms_blocks.models import Topic
from cms_blocks.publication.outbox import Delivery
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from governance.acts import UnilateralAct
from procedures.importing.writing import ImportProcedures, Refused, UndoImport
from procedures.models import ProcedureIndexPage, ProcedurePage
from tests.governance.office import open_office, person
from tests.procedures.factories import district, district_list, procedure, procedure_list
from tests.procedures.imports import differing, imported, moments, prepared, tables, taken_back
from tests.procedures.sheets import long_list, row
from tests.toolkit.factories import method, toolkit

OUTBOX = "cms_blocks.publication.mail.OutboxEmailBackend"


# As if by hand


@pytest.mark.gate
@pytest.mark.django_db
@pytest.mark.parametrize("publish", [True, False])
def test_an_imported_page_is_in_every_table_what_one_made_by_hand_is(settings: Any, publish: bool) -> None:
    settings.EMAIL_BACKEND = OUTBOX
    open_office()
    places = district_list()
    north, south = district(places, "Nord"), district(places, "Süd", slug="sued")
    workshop = method(toolkit(), slug="zukunftswerkstatt")
    index = procedure_list()
    Topic.objects.create(name="Mobilität", slug="mobility", locale=index.locale)
    [cells] = long_list(1)
    cells |= {"Stadtteile": "Nord; Süd", "Methoden": "zukunftswerkstatt", "Nummer": ""}
    run = prepared([cells], index, publish=publish)
    before = moments()
    empty = tables(before)
    with taken_back():
        with unit():
            ImportProcedures(run, person("operator")).execute()
        page = ProcedurePage.objects.get()
        assert [row.district_id for row in page.districts.all()] == [north.pk, south.pk]
        assert [row.method_id for row in page.methods.all()] == [workshop.pk]
        assert page.live is publish and page.latest_revision.content["title"] == page.title
        content, slug, reference = page.serializable_data(), page.slug, page.reference
        batch = tables(before)
        assert Page.find_problems() == ([], [], [], [], [])
    with taken_back():
        operator, fresh = person("operator"), _unsaved(content)
        with unit():
            ProcedureIndexPage.objects.get().add_child(instance=fresh)
            version = fresh.save_revision(user=operator)
            if publish:
                version.publish(user=operator)
        assert (fresh.slug, fresh.reference) == (slug, reference)
        by_hand = tables(before)
    assert differing(batch, by_hand) == {}
    written = differing(empty, batch).keys()
    assert {"wagtailcore_revision", "wagtailcore_pagelogentry", "wagtailcore_referenceindex"} <= written
    assert ("cms_blocks_publicrecord" in written) is publish


#: What only saving gives a page.
GIVEN = {
    "path", "depth", "numchild", "url_path", "translation_key", "latest_revision", "live_revision", "draft_title",
    "latest_revision_created_at", "first_published_at", "last_published_at", "has_unpublished_changes", "reference",
}  # fmt: skip


def _unsaved(content: dict[str, Any]) -> ProcedurePage:
    """The same page before it was saved."""
    own = {name: value for name, value in content.items() if name not in GIVEN}
    rows = {name: [{**one, "pk": None} for one in own[name]] for name in ("districts", "methods", "further_topics")}
    page: ProcedurePage = ProcedurePage.from_serializable_data(
        {**own, **rows, "pk": None, "live": False}, check_fks=False
    )
    return page


@pytest.mark.django_db
def test_what_editor_and_rules_refuse_nobody_publishes_by_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan finds what is wrong with cells. The page itself is asked too, whoever imports."""
    open_office()
    index = procedure_list()
    monkeypatch.setattr("procedures.importing.planning.check_procedure", lambda page: {})
    with pytest.raises(Refused):
        imported([row(), row(Nummer="2026-0002", Titel="Steg", Kosten="unbekannt", Kosten_von="5")], index)
    assert not ProcedurePage.objects.exists()


# One letter


def letters() -> int:
    return Delivery.objects.filter(topic="mail.send").count()


@pytest.mark.django_db(transaction=True)
def test_each_editor_gets_one_letter_about_an_import_however_long_it_is(settings: Any) -> None:
    settings.EMAIL_BACKEND = OUTBOX
    open_office()
    index = procedure_list()
    imported([row()], index)
    short = letters()
    assert short == 4, "two editors in each half"
    run = imported([row(Nummer=f"2026-1{n:03}", Titel=f"Weg {n}") for n in range(30)], index)
    assert letters() == 2 * short
    assert UnilateralAct.objects.filter(kind="direct").count() == 31 * 2
    UndoImport(run, person("operator")).execute()
    assert letters() == 3 * short
    assert UnilateralAct.objects.filter(kind="deleted").count() == 30 * 2


# At the same moment

#: Seconds after which what hangs is given up.
PATIENCE = 60


class Actor(Thread):
    """Does something with a connection of its own, and stops once before a statement with this text."""

    def __init__(self, work: Callable[[], object], stop: str = "") -> None:
        super().__init__(daemon=True)
        self.work, self.stop = work, stop
        self.arrived, self.go = Event(), Event()
        self.error: BaseException | None = None
        self.pid = 0

    def run(self) -> None:
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            with connection.execute_wrapper(self.execute):
                self.work()
        except BaseException as error:
            self.error = error
        finally:
            self.arrived.set()
            connections.close_all()

    def execute(self, execute: Any, sql: Any, *rest: Any) -> Any:
        if self.stop and self.stop in str(sql) and not self.arrived.is_set():
            self.arrived.set()
            assert self.go.wait(PATIENCE)
        return execute(sql, *rest)

    def is_waiting(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [self.pid])
            found = cursor.fetchone()
        return found is not None and found[0] == "Lock"


def meet(first: Callable[[], object], stop: str, second: Callable[[], object]) -> None:
    """``second`` comes as far as it can while ``first`` stands before this statement; then both go on to their end."""
    one, other = Actor(first, stop), Actor(second)
    one.start()
    assert one.arrived.wait(PATIENCE)
    other.start()
    until = time.monotonic() + PATIENCE
    while other.is_alive() and not other.is_waiting():
        assert time.monotonic() < until
        time.sleep(0.05)
    one.go.set()
    for actor in (one, other):
        actor.join(PATIENCE)
        assert not actor.is_alive()
    assert (one.error, other.error) == (None, None)


def by_hand(index: ProcedureIndexPage) -> None:
    with unit():
        page = ProcedurePage(title="Von Hand", slug="von-hand", city_wide=True, locale=index.locale, live=False)
        ProcedureIndexPage.objects.get(pk=index.pk).add_child(instance=page)


#: Before the first page is written, before the list is written, and before the flush: each with all locks until then.
STOPS = ['INSERT INTO "wagtailcore_page"', 'UPDATE "wagtailcore_page"', 'INSERT INTO "cms_blocks_publicrecord"']


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("second", ["an editor", "an import into the same list", "an import into another list"])
@pytest.mark.parametrize("order", ["the import first", "the import second"])
def test_numbers_are_given_once_and_nobody_waits_for_ever(stop: str, second: str, order: str) -> None:
    open_office()
    index, other = procedure_list(), procedure_list(slug="vorhaben")
    rows = [row(Nummer="", Titel=f"Weg {n}") for n in range(3)]
    more = [row(Nummer="", Titel=f"Steg {n}") for n in range(3)]
    partner = {
        "an editor": lambda: by_hand(index),
        "an import into the same list": lambda: imported(more, index),
        "an import into another list": lambda: imported(more, other),
    }[second]
    pair: list[Callable[[], object]] = [lambda: imported(rows, index), partner]
    if order == "the import second":
        pair.reverse()
        stop = 'INSERT INTO "wagtailcore_page"' if second == "an editor" else stop
    meet(pair[0], stop, pair[1])
    numbers = list(ProcedurePage.objects.values_list("reference", flat=True))
    assert len(numbers) == len(set(numbers)) == (4 if second == "an editor" else 6)
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", ['INSERT INTO "wagtailcore_revision"', 'INSERT INTO "cms_blocks_publicdocument"'])
@pytest.mark.parametrize("others", [0, 1])
def test_an_editor_and_an_import_at_the_same_page(stop: str, others: int) -> None:
    """With and without a new page in the sheet: the page has not been read yet, or is going to be written."""
    open_office()
    index = procedure_list()
    page = procedure(index, title="Alt", reference="2026-0003")
    page.save_revision().publish()

    def edit() -> None:
        with unit():
            mine = ProcedurePage.objects.get(pk=page.pk)
            mine.next_steps = "Von Hand."
            mine.save_revision().publish()

    rows = [row(Nummer="2026-0003", Titel="Neu"), *[row(Nummer="", Titel="Steg")] * others]
    meet(lambda: imported(rows, index, editorial_only=True), stop, edit)
    assert ProcedurePage.objects.get(pk=page.pk).next_steps == "Von Hand."
    assert PublicRecord.objects.visible().of_kind("procedure").count() == 1 + others
