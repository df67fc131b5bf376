"""What is new, and what came of it: asked in the editor, told on the page, in the feed, in the list and by the API."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock
from wagtail.models import Collection
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms_blocks.office import Contact, Topic
from cms_blocks.publication.unit import unit
from procedures import wording
from procedures.changes import differences, plain
from procedures.models import ProcedurePage
from tests.cms_blocks.blocks.conftest import make_document
from tests.procedures.factories import phase, procedure, procedure_list
from tests.toolkit.factories import method, toolkit

API = "/api/content/v1/procedures/"
BERLIN_SUMMER = timezone(timedelta(hours=2))


def change(on: str, what: str, **fields: Any) -> dict[str, Any]:
    return {"on": on, "what": what, "why": "", "cost": None, "days": None, **fields}


# Pure: what has changed, and what it means


def test_the_same_values_written_differently_are_no_change() -> None:
    assert plain(datetime(2026, 7, 1, 12, tzinfo=BERLIN_SUMMER)) == plain(datetime(2026, 7, 1, 10, tzinfo=UTC))
    assert plain("") is None and plain(None) is None
    assert plain({"a": ("x", "")}) == {"a": ["x", None]}
    assert (plain(0), plain(False), plain(Decimal(0))) == (0, False, 0)


@pytest.mark.parametrize(
    ("before", "after", "cost"),
    [
        ((100, None), (150, None), 50),
        ((100, 200), (100, 180), -20),
        ((100, None), (90, 130), 30),
        ((100, None), (100, None), None),
        ((0, None), (100, None), 100),
        ((100, None), (0, None), -100),
        ((None, None), (100, None), None),
    ],
)
def test_the_difference_of_the_cost_counts_the_most_that_it_may_cost(before: Any, after: Any, cost: Any) -> None:
    old, new = (costing("range" if b else "amount" if a is not None else "unknown", a, b) for a, b in (before, after))
    assert differences(old, new) == (cost, None)


@pytest.mark.parametrize("kind", ["unknown", "withheld"])
def test_a_cost_that_is_not_public_makes_no_difference(kind: str) -> None:
    assert differences(costing("amount", 100), costing(kind, None, 900)) == (None, None)
    assert differences(costing(kind, 50, 900), costing("amount", 100)) == (None, None)
    assert differences(costing("amount", 100, 900), costing("amount", 150)) == (50, None), (
        "the old upper end is left over"
    )


def costing(kind: str, least: Any, most: Any = None) -> dict[str, Any]:
    return {"cost_kind": kind, "cost_from": plain(least), "cost_to": plain(most), "phases": []}


def test_the_delay_is_that_of_the_last_end() -> None:
    def ending(*days: int | None) -> dict[str, Any]:
        return ending_at(*(None if day is None else datetime(2026, 5, day, tzinfo=UTC) for day in days))

    assert differences(ending(3, 10), ending(3, 24)) == (None, 14)
    assert differences(ending(24), ending(3, 10)) == (None, -14)
    assert differences(ending(10), ending(10)) == (None, None)
    assert differences(ending(10), ending(10, None)) == (None, None)
    assert differences(ending(), ending(10)) == (None, None)


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        (datetime(2026, 7, 10, 18, tzinfo=BERLIN_SUMMER), datetime(2026, 7, 11, 0, 30, tzinfo=BERLIN_SUMMER), 1),
        (datetime(2026, 7, 10, 0, 30, tzinfo=BERLIN_SUMMER), datetime(2026, 7, 10, 23, 30, tzinfo=BERLIN_SUMMER), None),
        (datetime(2026, 7, 11, 0, 0, tzinfo=BERLIN_SUMMER), datetime(2026, 7, 10, 18, tzinfo=BERLIN_SUMMER), None),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 10, 25, 23, 30, tzinfo=UTC), 1),
    ],
    ids=[
        "half past midnight",
        "within one day",
        "midnight ends the day before",
        "the day on which the clock goes back",
    ],
)
def test_the_delay_counts_the_days_of_the_place(before: datetime, after: datetime, days: int | None) -> None:
    assert differences(ending_at(before), ending_at(after)) == (None, days)


def ending_at(*ends: datetime | None) -> dict[str, Any]:
    return costing("unknown", None) | {"phases": [("phase", {"ends": plain(end)}) for end in ends]}


def test_differences_are_told_in_words() -> None:
    assert (wording.cost_difference(Decimal(200000)), wording.cost_difference(Decimal(-5))) == (
        "200.000 € mehr",
        "5 € weniger",
    )
    assert [wording.delay(days) for days in (1, 14, -1, -3)] == [
        "1 Tag später", "14 Tage später", "1 Tag früher", "3 Tage früher",
    ]  # fmt: skip


# The public side


@pytest.mark.django_db
def test_page_and_api_tell_what_is_new_and_what_came_of_it(client: Client) -> None:
    index = procedure_list()
    procedure(
        index,
        "Uferweg",
        slug="uferweg",
        contributions=214,
        adopted=["Mehr Bänke"],
        not_adopted=[{"what": "Ein Kiosk", "why": "Das Ufer ist Schutzgebiet."}],
        changes=[
            change("2026-11-02", "Es dauert länger.", why="Hochwasser.", cost="1200.00", days=14),
            change("2026-10-01", "Ein zweiter Termin."),
        ],
    )
    page = client.get("/verfahren/uferweg/").content.decode()
    for words in ("214 Beiträge", "Mehr Bänke", "Ein Kiosk", "Das Ufer ist Schutzgebiet.", "Hochwasser."):
        assert words in page
    assert "1.200 € mehr" in page and "14 Tage später" in page
    assert page.index("Es dauert länger.") < page.index("Ein zweiter Termin.")

    record = client.get(API).json()["data"][0]
    assert (record["news"], record["news_on"]) == ("Es dauert länger.", "2026-11-02")
    document = client.get(f"{API}{record['id']}/").json()["document"]
    assert document["outcome"] == {
        "contributions": 214,
        "adopted": ["Mehr Bänke"],
        "not_adopted": [{"what": "Ein Kiosk", "why": "Das Ufer ist Schutzgebiet."}],
        "ratings": [],
    }
    assert [entry["what"] for entry in document["changes"]] == ["Ein zweiter Termin.", "Es dauert länger."]
    assert (document["changes"][1]["cost_difference"], document["changes"][1]["delay_days"]) == (1200.0, 14)
    found = client.get(API, {"q": "Hochwasser", "locale": "de"}).json()["data"]
    assert [row["id"] for row in found] == [record["id"]]


@pytest.mark.django_db
def test_new_is_what_changed_last_in_list_and_feed(client: Client) -> None:
    index = procedure_list()
    procedure(index, "Alt, mit Neuem", listed_on="2020-01-01", changes=[change("2026-11-20", "Es geht weiter.")])
    procedure(index, "Neu gelistet", listed_on="2026-11-10")
    procedure(index, "Alt", listed_on="2020-01-01")
    page = client.get("/verfahren/", {"sort": "new"}).content.decode()
    places = [page.index(f">{title}<") for title in ("Alt, mit Neuem", "Neu gelistet", "Alt")]
    assert places == sorted(places)
    [address] = {line.split('"')[0] for line in page.split('href="') if "procedure.atom" in line.split('"')[0]}
    feed = client.get(address.replace("&amp;", "&")).getvalue().decode()
    assert feed.index("Alt, mit Neuem") < feed.index("Neu gelistet")
    assert "Es geht weiter." in feed


@pytest.mark.django_db
def test_the_feed_tells_day_reason_and_differences_of_what_is_new(client: Client) -> None:
    entry = change("2026-11-02", "Es dauert länger.", why="Hochwasser <am> Kanal.", cost="1200.00", days=14)
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=UTC), tick=False):
        index = procedure_list()
        page = procedure(index, "Uferweg", changes=[change("2026-10-01", "Ein Termin."), entry])
        page.save_revision().publish()
        page = ProcedurePage.objects.get(pk=page.pk)
        procedure(index, "Ohne Neues", listed_on="2026-01-07")
    [told, plain_one] = feed_of(client)
    for words in ("2. November 2026", "Es dauert länger.", "Hochwasser <am> Kanal.", "1.200 € mehr", "14 Tage später"):
        assert words in told.summary
    assert "Ein Termin." not in told.summary
    assert plain_one.summary == "Der Weg wird neu gebaut."
    row = next(row for row in client.get(API).json()["data"] if row["title"] == "Uferweg")
    assert (row["news"], row["news_text"]) == ("Es dauert länger.", told.summary)
    assert told.updated == "2026-11-02T09:00:00+00:00"
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False):
        page.next_steps = "Nur ein Wort."
        page.save_revision().publish()
    [later] = [one for one in feed_of(client) if one.title == "Uferweg"]
    assert later.updated < "2026-11-03", "nothing new was said after that day"
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        page.changes.append(("change", {**entry, "on": date(2026, 11, 25), "what": "Es geht los."}))
        page.save_revision().publish()
    [newest] = [one for one in feed_of(client) if one.title == "Uferweg"]
    assert "Es geht los." in newest.summary
    assert newest.updated == "2026-11-25T09:00:00+00:00"


def feed_of(client: Client) -> list[SimpleNamespace]:
    """The entries of the feed below the list, the newest first."""
    page = client.get("/verfahren/", {"sort": "new"}).content.decode()
    [address] = {line.split('"')[0] for line in page.split('href="') if "procedure.atom" in line.split('"')[0]}
    root = ElementTree.fromstring(client.get(address.replace("&amp;", "&")).getvalue())
    names = ("title", "summary", "updated", "published")
    return [
        SimpleNamespace(**{name: one.findtext(f"{{http://www.w3.org/2005/Atom}}{name}") for name in names})
        for one in root.iter("{http://www.w3.org/2005/Atom}entry")
    ]


# The editor is asked once


@pytest.fixture
def desk(admin_client: Client) -> Any:
    """``desk(page, **changed)`` publishes the page's form with these values; ``draft=True`` keeps it."""

    def post(page: ProcedurePage, *, draft: bool = False, **changed: Any) -> Any:
        shown = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"]
        streams = dict.fromkeys(
            ("open_points", "fixed_points", "body", "stages", "decisions", "phases", "adopted", "not_adopted", "ratings", "documents"), streamfield([])
        )  # fmt: skip
        kept = streamfield(
            [("change", {k: v or "" for k, v in child.value.items()}) for child in shown.initial["changes"]]
        )
        asked = {name: shown.initial.get(name) or "" for name in ("news_what", "news_why")}
        data = {
            "title": page.title, "slug": page.slug, "lead": page.lead, "brief_what": page.brief_what,
            "brief_where": page.brief_where, "brief_how": page.brief_how, "initiator": "council", "form": "informal",
            "cost_kind": "unknown", "half": page.half, "level": "information", "city_wide": "on",
            "listed_on": page.listed_on, "reference": page.reference,
            "districts": inline_formset([]), "methods": inline_formset([]), "further_topics": inline_formset([]), "comments": inline_formset([]),
            "changes": kept, **asked, **streams, **changed,
        }  # fmt: skip
        action = {} if draft else {"action-publish": "yes"}
        return admin_client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), nested_form_data(data) | action)

    return post


#: What the desk's form posts where a test says nothing else.
PLAIN = {"initiator": "council", "level": "information", "half": "carrier", "open_points": [], "fixed_points": []}


@pytest.mark.django_db
def test_whatever_a_public_list_must_say_is_asked_about(desk: Any) -> None:
    index = procedure_list()
    body = json.dumps([{"type": "paragraph", "value": "<p>Das Ziel.</p>"}])
    page = procedure(index, "Uferweg", **PLAIN, body=body)
    same = streamfield([("paragraph", rich_text("<p>Das Ziel.</p>"))])
    topic = Topic.objects.create(name="Mobilität", slug="mobility", locale=page.locale)
    contact = Contact.objects.create(name="Anlaufstelle", email="stelle@stadt.example", locale=page.locale)
    bowl = method(toolkit(), "Fishbowl")
    plan = make_document("Lageplan", Collection.get_first_root_node())
    cost = {"cost_kind": "amount", "cost_from": 5, "cost_on": "2026-01-01", "cost_basis": "Schätzung"}
    for changed in (
        {"title": "Der Uferweg"}, {"lead": "Anders."}, {"brief_what": "Anders."}, {"brief_where": "Anderswo."},
        {"brief_how": "Anders."}, {"business_area": "Bauen"}, {"affected": "Anwohner"}, {"half": "administration"},
        {"latitude": "52.4", "longitude": "13.06"}, {"listed_on": "2026-01-07"}, {"topic": topic.pk},
        {"contact": contact.pk}, cost, {"body": streamfield([("paragraph", rich_text("<p>Ein anderes Ziel.</p>"))])},
        {"methods": inline_formset([{"method": bowl.pk}])},
        {"documents": streamfield([("document", {"document": plan.pk, "words": "", "on": ""})])},
    ):  # fmt: skip
        refused = desk(page, **{"body": same, **changed})
        assert refused.status_code == 200, changed
        assert set(refused.context["form"].errors) == {"news_what"}, changed
    assert desk(page, body=same, slug="anders", review_date="2027-01-01").status_code == 302, "no duty has changed"
    edited = ProcedurePage.objects.get(pk=page.pk)
    assert (edited.slug, "data-block-key" in str(edited.body.raw_data[0]["value"])) == ("anders", True)
    assert desk(edited, body=same).status_code == 302, "nor in what the editor's window wrote"


@pytest.mark.django_db
def test_a_day_that_lies_ahead_is_refused_and_that_of_a_planned_publication_is_not(desk: Any) -> None:
    index = procedure_list()
    today, tomorrow = clock.localdate(), clock.localdate() + timedelta(days=1)
    go_live = clock.localtime(clock.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")

    def stages(on: date) -> dict[str, Any]:
        return {"stages": streamfield([("stage", {"stage": "planning", "since": on.isoformat(), "note": ""})])}

    def log(on: date) -> dict[str, Any]:
        words = {"on": on.isoformat(), "what": "Es geht los.", "why": "", "cost": "", "days": ""}
        return {"changes": streamfield([("change", words)])}

    for field, values, named in (("stages", stages, "in Planung"), ("changes", log, "Es geht los.")):
        page = procedure(index, **PLAIN)
        refused = desk(page, **values(tomorrow), editorial_only="on")
        assert set(refused.context["form"].errors) == {field}
        message = str(refused.context["form"].errors[field])
        assert wording.day(tomorrow) in message and named in message
        assert desk(page, **values(today), editorial_only="on").status_code == 302
        assert len(getattr(ProcedurePage.objects.get(pk=page.pk), field)) == 1
        planned = procedure(index, **PLAIN)
        assert desk(planned, **values(tomorrow), editorial_only="on", go_live_at=go_live).status_code == 302
        newest = ProcedurePage.objects.get(pk=planned.pk).get_latest_revision_as_object()
        assert len(getattr(newest, field)) == 1


@pytest.mark.django_db
def test_what_is_new_on_a_page_that_goes_live_later_has_that_day(desk: Any) -> None:
    page = procedure(procedure_list(), "Uferweg", **PLAIN)
    tomorrow = clock.localtime(clock.now() + timedelta(days=1))
    told = {"next_steps": "Es geht los.", "news_what": "Es geht los."}
    assert desk(page, **told, go_live_at=tomorrow.strftime("%Y-%m-%d %H:%M")).status_code == 302
    planned = ProcedurePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert [child.value["on"] for child in planned.changes] == [tomorrow.date()]


@pytest.mark.django_db
def test_a_change_of_a_duty_is_asked_about_once(desk: Any) -> None:
    index = procedure_list()
    page = procedure(index, "Uferweg", **PLAIN)

    assert desk(page).status_code == 302, "nothing has changed"
    refused = desk(page, next_steps="Im Mai wird gebaut.")
    assert set(refused.context["form"].errors) == {"news_what"}
    assert ProcedurePage.objects.get(pk=page.pk).next_steps == ""

    assert desk(page, next_steps="Im Mai wird gebaut.", editorial_only="on").status_code == 302
    public = ProcedurePage.objects.get(pk=page.pk)
    assert (public.next_steps, len(public.changes)) == ("Im Mai wird gebaut.", 0)

    answer = {"next_steps": "Im Juni wird gebaut.", "news_what": "Es wird Juni.", "news_why": "Der Regen."}
    assert desk(page, draft=True, **answer).status_code == 302
    assert desk(page, next_steps="Im Juni wird gebaut.").status_code == 302  # the draft holds the answer
    public = ProcedurePage.objects.get(pk=page.pk)
    [entry] = [child.value for child in public.changes]
    assert (entry["what"], entry["why"], entry["on"]) == ("Es wird Juni.", "Der Regen.", clock.localdate())


@pytest.mark.django_db
def test_an_answer_that_is_not_public_yet_is_changed_where_it_was_given(desk: Any, admin_client: Client) -> None:
    page = procedure(procedure_list(), "Uferweg", **PLAIN, changes=[change("2026-10-01", "Ein zweiter Termin.")])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])

    def shown() -> tuple[Any, list[str]]:
        form = admin_client.get(edit).context["form"]
        return form["news_what"].value(), [child.value["what"] for child in form["changes"].value()]

    def said(version: Any) -> list[str]:
        return [child.value["what"] for child in version.changes]

    assert shown() == (None, ["Ein zweiter Termin."])
    for words in ("Es wird Juni.", "Es wird Juli."):
        assert desk(page, draft=True, next_steps="Später.", news_what=words).status_code == 302
        newest = ProcedurePage.objects.get(pk=page.pk).get_latest_revision_as_object()
        assert said(newest) == ["Ein zweiter Termin.", words]
        assert shown() == (words, ["Ein zweiter Termin."])
    assert desk(page, draft=True, next_steps="Später.", news_what="").status_code == 302
    assert shown() == (None, ["Ein zweiter Termin."])
    assert set(desk(page, next_steps="Später.").context["form"].errors) == {"news_what"}
    assert desk(page, next_steps="Später.", news_what="Es wird August.").status_code == 302
    assert said(ProcedurePage.objects.get(pk=page.pk)) == ["Ein zweiter Termin.", "Es wird August."]
    assert shown() == (None, ["Ein zweiter Termin.", "Es wird August."])


@pytest.mark.django_db
def test_differences_are_worked_out_from_what_is_public(desk: Any) -> None:
    index = procedure_list()
    cost = {"cost_kind": "amount", "cost_from": 1000, "cost_on": date(2026, 1, 1), "cost_basis": "Schätzung"}
    page = procedure(index, "Uferweg", **PLAIN, **cost)
    assert desk(page, **cost | {"cost_from": 1500}, news_what="Es wird teurer.").status_code == 302
    [entry] = [child.value for child in ProcedurePage.objects.get(pk=page.pk).changes]
    assert (entry["cost"], entry["days"]) == (Decimal(500), None)


@pytest.mark.django_db
def test_nobody_is_asked_about_what_is_not_public_yet(admin_client: Client) -> None:
    index = procedure_list()
    new = admin_client.get(reverse("wagtailadmin_pages:add", args=["procedures", "procedurepage", index.pk]))
    assert "news_what" not in new.context["form"].fields
    page = procedure(index, "Uferweg", phases=[phase(1, 5)])
    shown = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "news_what" in shown.context["form"].fields
    assert "Was ist neu?" in shown.content.decode()


# The overview


@pytest.mark.django_db
def test_the_overview_tells_what_came_of_all_procedures_of_the_selection(client: Client) -> None:
    index = procedure_list()
    refused = [{"what": "Ein Kiosk", "why": "Schutzgebiet."}]
    procedure(index, "Gehört", contributions=12, adopted=["Bänke", "Bäume"], not_adopted=refused, level="involvement")
    procedure(index, "Spät", phases=[phase(-20, -10, promised_on="2020-02-01")], level="involvement")
    procedure(index, "Gehalten", phases=[phase(-20, -10, promised_on="2020-02-01", result="Da.")], level="involvement")
    procedure(index, "Andere", level="information")
    page = client.get("/verfahren/", {"view": "outcomes", "level": "involvement", "sort": "title"})
    rows = {row.record.title: row for row in page.context["listing"].outcomes}
    assert list(rows) == ["Gehalten", "Gehört", "Spät"]
    heard = rows["Gehört"]
    assert (heard.contributions, heard.adopted, heard.not_adopted, heard.promise) == (12, 2, 1, "")
    assert (rows["Spät"].promise, rows["Spät"].is_late) == ("1. Februar 2020", True)
    assert rows["Gehalten"].promise == ""
    assert "überfällig" in page.content.decode()
    late = client.get(API, {"promised_on__lte": "2020-12-31", "locale": "de"}).json()["data"]
    assert [row["title"] for row in late] == ["Spät"]


@pytest.mark.django_db
def test_a_method_names_the_public_procedures_that_use_it(client: Client) -> None:
    methods = toolkit()
    cafe = method(methods, "World Café", slug="world-cafe")
    index = procedure_list()
    used = procedure(index, "Mit Café", methods=[cafe])
    procedure(index, "Ohne")
    assert "Mit Café" in client.get(cafe.get_url()).content.decode()
    record = client.get(API, {"methods": "world-cafe"}).json()["data"]
    assert [row["title"] for row in record] == ["Mit Café"]
    with unit():
        used.unpublish()
    assert "Mit Café" not in client.get(cafe.get_url()).content.decode()
