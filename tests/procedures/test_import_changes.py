"""Pages that an import changes, and that are set back: in each table as if an editor had done it by Wagtail's calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.log_actions import LogContext
from wagtail.models import Comment, Locale, Page, PageLogEntry, Revision
from wagtail.signals import page_published, published

from cms_blocks.models import Contact, Topic
from cms_blocks.publication.unit import unit
from procedures.importing.batch import NEWEST, read_to_change
from procedures.importing.versions import as_versions, newest_versions
from procedures.importing.writing import ImportProcedures, Refused, UndoImport
from procedures.models import (
    DistrictPage,
    ImportRun,
    ProcedureDistrict,
    ProcedureIndexPage,
    ProcedurePage,
    ProcedureTopic,
)
from tests.governance.office import open_office, person
from tests.procedures.factories import district, district_list, phase, procedure, procedure_list
from tests.procedures.imports import differing, imported, moments, prepared, tables, taken_back
from tests.procedures.sheets import long_list, row
from tests.toolkit.factories import method, toolkit
from toolkit.models import MethodPage

NUMBER = "2026-0003"
CELLS = {"Nummer": NUMBER, "Titel": "Neuer Weg", "Ort": "Markt", "Stadtteile": "Süd", "Methoden": ""}


@pytest.fixture
def index(settings: Any) -> ProcedureIndexPage:
    settings.EMAIL_BACKEND = "cms_blocks.publication.mail.OutboxEmailBackend"
    open_office()
    places, found = district_list(), procedure_list()
    district(places, "Nord")
    district(places, "Süd", slug="sued")
    method(toolkit(), slug="zukunftswerkstatt")
    Topic.objects.create(name="Mobilität", slug="mobility", locale=found.locale)
    return found


def place(slug: str) -> Any:
    return DistrictPage.objects.get(slug=slug)


def stored(index: ProcedureIndexPage, **fields: Any) -> ProcedurePage:
    """With rows of each kind beside it."""
    values = {"title": "Weg", "slug": "weg", "reference": NUMBER, **fields}
    return procedure(
        index, districts=[place("nord")], methods=[MethodPage.objects.get()], phases=[phase(1, 9)],
        further_topics=[Topic.objects.get(slug="mobility")], **values,
    )  # fmt: skip


def public(index: ProcedureIndexPage) -> None:
    stored(index).save_revision(user=person("anna")).publish(user=person("anna"), skip_permission_checks=True)


def without_a_version(index: ProcedureIndexPage) -> None:
    stored(index)


def renamed_before(index: ProcedureIndexPage) -> None:
    """Its title was changed in the draft of an import that lies beside the public page."""
    public(index)
    imported([{"Nummer": NUMBER, "Titel": "Steg", "Stadtteile": "Nord; Süd"}], index, publish=False)


def never_public(index: ProcedureIndexPage) -> None:
    imported([row(Nummer=NUMBER, Titel="Weg", Stadtteile="Nord", Stadtweit="")], index, publish=False)


def taken_off(index: ProcedureIndexPage) -> None:
    public(index)
    ProcedurePage.objects.get().unpublish()


def waiting(index: ProcedureIndexPage) -> None:
    public(index)
    page = ProcedurePage.objects.get()
    page.get_workflow().start(page, person("anna"))


def planned(index: ProcedureIndexPage) -> None:
    """An older version is to be public tomorrow."""
    stored(index).save_revision(user=person("anna"))
    ProcedurePage.objects.get().save_revision(user=person("anna")).publish()
    scheduled()


def to_be_public(index: ProcedureIndexPage) -> None:
    """Never public, and to be so tomorrow."""
    never_public(index)
    tomorrow = timezone.now() + timedelta(days=1)
    version = ProcedurePage.objects.get().latest_revision
    Revision.objects.filter(pk=version.pk).update(content={**version.content, "go_live_at": tomorrow.isoformat()})


def commented(index: ProcedureIndexPage) -> None:
    public(index)
    page = ProcedurePage.objects.get()
    page.wagtail_admin_comments.add(Comment(user=person("carla"), text="Warum?", contentpath="place"))
    page.save_revision(user=person("carla")).publish()


def mirrored(index: ProcedureIndexPage) -> None:
    """An alias of it stands in another language."""
    public(index)
    english = Locale.objects.get(language_code="en")
    ProcedurePage.objects.get().copy_for_translation(english, copy_parents=True, alias=True)


STATES = [
    public, without_a_version, renamed_before, never_public, taken_off, waiting, planned, to_be_public, commented,
    mirrored,
]  # fmt: skip


def by_hand(publish: bool) -> None:
    """Wagtail's own calls for each page."""
    page, user = ProcedurePage.objects.get(reference=NUMBER, alias_of=None), person("operator")
    was_public, had_changes = page.live, page.has_unpublished_changes
    before = page.get_latest_revision() or page.save_revision(clean=False)
    page = before.as_object() if had_changes or not was_public else page
    page.title, page.place, page.methods, page.city_wide = "Neuer Weg", "Markt", [], False
    page.districts = [ProcedureDistrict(district=place("sued"), sort_order=0)]
    if was_public:
        news = {"on": timezone.localdate(), "what": "Ein anderer Ort.", "why": "", "cost": None, "days": None}
        page.changes.append(("change", news))
        page.duties()  # reads every stream, as the editor's form does
    version = page.save_revision(user=user, clean=publish, log_action=True)
    if publish and (was_public or page.first_published_at is None):
        version.publish(user=user)


@pytest.mark.gate
@pytest.mark.django_db
@pytest.mark.parametrize("publish", [True, False], ids=["published", "draft"])
@pytest.mark.parametrize("state", STATES)
def test_a_changed_page_is_in_every_table_what_one_changed_by_hand_is(
    index: ProcedureIndexPage, monkeypatch: pytest.MonkeyPatch, state: Callable[[Any], None], publish: bool
) -> None:
    monkeypatch.setattr("procedures.importing.planning._check_standing", lambda *_rest: None)  # also what waits
    state(index)
    run = prepared([CELLS], index, publish=publish, news_what="Ein anderer Ort.")
    before = moments()
    untouched = tables(before)
    with taken_back():
        with unit():
            ImportProcedures(run, person("operator")).execute()
        page = ProcedurePage.objects.get(reference=NUMBER, alias_of=None)
        version = page.get_latest_revision_as_object()
        assert (version.title, version.place, version.methods.count()) == ("Neuer Weg", "Markt", 0)
        assert [one.district.slug for one in version.districts.all()] == ["sued"]
        batch = tables(before)
        assert Page.find_problems() == ([], [], [], [], [])
    with taken_back():
        with unit():
            by_hand(publish)
        hand = tables(before)
    assert differing(batch, hand) == {}
    assert {"wagtailcore_revision", "wagtailcore_pagelogentry", "wagtailcore_page"} <= differing(
        untouched, batch
    ).keys()


def set_back_by_hand(run: ImportRun) -> None:
    """Wagtail's own calls for each page."""
    user = person("operator")
    for note in run.pages.filter(is_new=False):
        page = ProcedurePage.objects.get(pk=note.page_id)
        if not note.is_published:
            page.latest_revision, page.draft_title = note.before, note.before.content["title"]
            page.latest_revision_created_at = note.before.created_at
            page.has_unpublished_changes = note.had_changes
            page.save(clean=False, update_fields=NEWEST)
            note.revision.delete()
            continue
        again = note.public_before or note.before
        version = again.as_object().save_revision(user=user, clean=False, log_action=True, previous_revision=again)
        version.publish(user=user, previous_revision=again, skip_permission_checks=True)
        page = ProcedurePage.objects.get(pk=note.page_id)
        if note.public_before is None and not page.live:
            version.approved_go_live_at = None
            version.save(user=user, update_fields=["approved_go_live_at"])
        elif note.public_before is None:
            page.unpublish(user=user)
        elif note.before != note.public_before:
            draft = note.before.as_object()
            draft.save_revision(user=user, clean=False, log_action=True, previous_revision=note.before)


def nothing() -> None:
    pass


def submitted() -> None:
    page = ProcedurePage.objects.get()
    page.get_workflow().start(page, person("anna"))


def scheduled() -> None:
    oldest = ProcedurePage.objects.get().revisions.earliest("pk")
    oldest.approved_go_live_at = timezone.now() + timedelta(days=1)
    oldest.save()


@pytest.mark.gate
@pytest.mark.django_db
@pytest.mark.parametrize("publish", [True, False], ids=["published", "draft"])
@pytest.mark.parametrize(
    ("state", "since"),
    [*((state, nothing) for state in STATES), (public, submitted), (public, scheduled)],
)
def test_a_page_set_back_is_in_every_table_what_one_set_back_by_hand_is(
    index: ProcedureIndexPage, monkeypatch: pytest.MonkeyPatch, state: Any, since: Callable[[], None], publish: bool
) -> None:
    monkeypatch.setattr("procedures.importing.planning._check_standing", lambda *_rest: None)
    state(index)
    run = imported([CELLS], index, publish=publish, news_what="Ein anderer Ort.")
    since()
    before = moments()
    untouched = tables(before)
    with taken_back():
        UndoImport(run, person("operator")).execute()
        batch = tables(before)
        assert Page.find_problems() == ([], [], [], [], [])
    with taken_back():
        with unit():
            set_back_by_hand(run)
        hand = tables(before)
    assert differing(batch, hand) == {}
    assert {"wagtailcore_revision", "wagtailcore_page"} <= differing(untouched, batch).keys()


# What no table shows


@pytest.mark.django_db
def test_what_is_public_is_its_newest_version_and_all_who_listen_are_told(index: ProcedureIndexPage) -> None:
    public(index)
    told: list[tuple[str, Any, Any]] = []

    def hear(sender: Any, instance: Any, revision: Any, signal: Any, **_kwargs: Any) -> None:
        told.append((signal, instance.title, revision))

    for signal in (page_published, published):
        signal.connect(hear)
    try:
        imported([CELLS], index, news_what="Ein anderer Ort.")
    finally:
        for signal in (page_published, published):
            signal.disconnect(hear)
    page = ProcedurePage.objects.get()
    version = page.latest_revision
    assert told == [(page_published, "Neuer Weg", version), (published, "Neuer Weg", version)]
    said = {name: page.serializable_data()[name] for name in ("phases", "changes", "open_points", "title", "place")}
    assert said == {name: version.content[name] for name in said}
    assert page.live_revision == version and page.last_published_at > page.first_published_at


@pytest.mark.django_db
def test_the_history_shows_what_one_request_did_as_one(index: ProcedureIndexPage) -> None:
    public(index)
    run = prepared([row(Nummer=NUMBER, Titel="Neu"), row(Nummer="2026-0009")], index, publish=True, editorial_only=True)
    PageLogEntry.objects.all().delete()
    with LogContext(user=person("operator")) as context, unit():
        ImportProcedures(run, person("operator")).execute()
    assert set(PageLogEntry.objects.values_list("uuid", flat=True)) == {context.uuid}


@pytest.mark.django_db
def test_a_draft_that_is_taken_back_leaves_a_page_without_changes(index: ProcedureIndexPage) -> None:
    stored(index)
    UndoImport(imported([CELLS], index, publish=False), person("operator")).execute()
    assert ProcedurePage.objects.get().has_unpublished_changes is False


@pytest.mark.django_db
def test_versions_are_read_as_wagtail_reads_them(index: ProcedureIndexPage) -> None:
    """Also those that name what is gone, and those with another address."""
    contact = Contact.objects.create(name="Anna", phone="0331 1", locale=index.locale)
    topic = Topic.objects.create(slug="gone", name="Weg", locale=index.locale)
    pages = [stored(index, slug=f"weg-{number}", reference=f"2026-000{number}") for number in range(4)]
    pages[1].contact, pages[1].topic, pages[2].slug = contact, topic, "anders"
    pages[3].further_topics = [ProcedureTopic(topic=topic)]
    for page in pages:
        page.title += ", neu"
        page.save_revision(user=person("anna"))
    contact.delete()
    topic.delete()
    found = read_to_change(pages)
    versions = newest_versions(found)
    for page, version in zip(as_versions(found, versions), versions.values(), strict=True):
        wanted = version.as_object()
        assert page.serializable_data() == wanted.serializable_data()
        fields = [field.attname for field in ProcedurePage._meta.fields]
        assert [getattr(page, name) for name in fields] == [getattr(wanted, name) for name in fields]


# Who may, and what is refused


def drafts(index: ProcedureIndexPage, count: int = 1, **fields: Any) -> None:
    """Never public, made by an import; the newest version of each says this besides."""
    imported([row(Nummer=f"2026-000{number}", Titel=f"Entwurf {number}") for number in range(1, count + 1)], index,
             publish=False)  # fmt: skip
    for version in Revision.objects.filter(object_str__startswith="Entwurf"):
        version.content |= fields
        version.save()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["anna", "carla", "both", "operator"])
def test_each_page_is_published_as_far_as_this_person_may_publish_it_alone(index: ProcedureIndexPage, who: str) -> None:
    halves, numbers = ("administration", "carrier", "joint"), ("2026-0001", "2026-0002", "2026-0003")
    for half, number in zip(halves, numbers, strict=True):
        page = procedure(index, title=half, reference=number, half=half)
        page.save_revision(user=person("carlo")).publish(skip_permission_checks=True)
    run = prepared([row(Nummer=number, Titel=f"{number} neu") for number in numbers], index, publish=True,
                   editorial_only=True)  # fmt: skip
    may = {"anna": {"administration"}, "carla": {"carrier"}, "both": set(), "operator": set(halves)}
    with unit():
        ImportProcedures(run, person(who)).execute()
    pages = ProcedurePage.objects.order_by("reference")
    assert {page.half for page in pages if not page.has_unpublished_changes} == may[who]
    assert {page.half for page in pages if page.title.endswith("neu")} == may[who]
    assert {note.page.half for note in ImportRun.objects.get().pages.all() if note.is_published} == may[who]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["slug", "reference"])
def test_no_change_brings_an_address_or_number_that_another_has(index: ProcedureIndexPage, field: str) -> None:
    """Of a draft that an import has made; its own cells say nothing of it."""
    value = {"slug": "weg", "reference": "2026-0009"}[field]
    stored(index, **{} if field == "slug" else {"slug": "weg-9", "reference": value})
    drafts(index, **{field: value})
    with pytest.raises(Refused, match="A2"):
        imported([{"Nummer": "2026-0001", "Titel": "Neu"}], index)
    assert ProcedurePage.objects.get(reference="2026-0001").live is False


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["slug", "reference"])
def test_no_two_changes_bring_the_same_address_or_number(index: ProcedureIndexPage, field: str) -> None:
    drafts(index, 2, **{field: {"slug": "weg-neu", "reference": "2026-0099"}[field]})
    rows = [{"Nummer": f"2026-000{number}", "Titel": f"Neu {number}"} for number in (1, 2)]
    with pytest.raises(Refused, match="A3"):
        imported(rows, index)
    assert not ProcedurePage.objects.live().exists()


# Together


def queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "a_row"), [("operator", 9), ("anna", 14)])
def test_ten_pages_are_changed_and_set_back_in_few_queries_more_than_one(
    index: ProcedureIndexPage, who: str, a_row: int
) -> None:
    """For each page those of its own ``save()``, two that look for the same address and number, the contact of its
    half, and its rights."""
    rows = [cells | {"Federführung": "Verwaltung"} for cells in long_list(11)]
    imported(rows, index, who)
    rows = [cells | {"Ort": f"Platz {number}"} for number, cells in enumerate(rows)]

    def change(part: list[dict[str, Any]]) -> ImportRun:
        return imported(part, index, who, news_what="Ein anderer Ort.")

    change(rows[:1])  # whatever is read once for all
    again = [cells | {"Ort": f"Markt {number}"} for number, cells in enumerate(rows)]
    one, ten = (queries(lambda part=part: change(part)) for part in (again[:1], again[1:]))
    assert ProcedurePage.objects.live().filter(place__startswith="Markt", has_unpublished_changes=False).count() == 11
    assert ten - one <= 9 * a_row
    runs = list(ImportRun.objects.order_by("-pk")[:2])
    ten, one = (queries(UndoImport(run, person(who)).execute) for run in runs)
    assert not ProcedurePage.objects.filter(place__startswith="Markt").exists()
    assert ten - one <= 9 * (a_row + 4), "the rows beside the page are read and written too"
