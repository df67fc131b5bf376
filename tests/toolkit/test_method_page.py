"""A method: what an editor may enter, what the public reads, what stands in the gate."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms_blocks.office import Contact
from cms_blocks.publication.records import PublicDocument, PublicRecord
from cms_blocks.publication.unit import unit
from tests.toolkit.factories import method, toolkit, with_tools
from toolkit.models import MethodIndexPage, MethodPage
from toolkit.presentation import purpose_sentence

pytestmark = pytest.mark.django_db


@pytest.fixture
def index() -> MethodIndexPage:
    return toolkit()


def errors_of(page: MethodPage) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        page.full_clean()
    return caught.value.message_dict


def record_of(page: MethodPage) -> PublicRecord:
    return PublicRecord.objects.visible().select_related("method_facts").get(kind="method", object_id=page.pk)


def document_of(page: MethodPage) -> dict[str, Any]:
    return json.loads(PublicDocument.objects.get(record=record_of(page)).body)


# What may be entered


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"group_size_min": 30, "group_size_max": 12}, "group_size_max"),
        ({"duration_minutes_min": 90, "duration_minutes_max": 60}, "duration_minutes_max"),
        ({"preparation_weeks_min": 8, "preparation_weeks_max": 4}, "preparation_weeks_max"),
        ({"group_size_min": 0}, "group_size_min"),
        ({"cost_level": 6}, "cost_level"),
        ({"duration_minutes_min": None}, "duration_minutes_min"),
        ({"purposes": ()}, "purposes"),
        ({"settings": ("onsite", "moon")}, "settings"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_at_its_field(
    index: MethodIndexPage, numbers: dict[str, Any], field: str
) -> None:
    page = method(index)
    for name, value in numbers.items():
        setattr(page, name, value)
    assert list(errors_of(page)) == [field]


@pytest.mark.parametrize(("minutes", "allowed"), [(60, True), (180, True), (59, False), (181, False), (0, True)])
def test_the_steps_fit_into_the_duration(index: MethodIndexPage, minutes: int, allowed: bool) -> None:
    page = method(index, duration_minutes_min=60, duration_minutes_max=180)
    step = {"title": "Reden", "text": "", "minutes": minutes}
    outside = {"title": "Einladen", "text": "", "minutes": 0}
    page.steps = [{"type": "step", "value": outside}, {"type": "step", "value": step}]
    if allowed:
        page.full_clean()
    else:
        assert list(errors_of(page)) == ["steps"]


def test_no_upper_limit_of_people_is_allowed(index: MethodIndexPage) -> None:
    method(index, group_size_min=100, group_size_max=None).full_clean()


def test_a_revision_keeps_every_field(index: MethodIndexPage) -> None:
    other = method(index)
    page = method(
        index,
        purposes=("plan", "decide"),
        steps=[("Reden", 60)],
        strengths=["Fair.", "Schnell."],
        group_size_max=None,
        goes_with=(other,),
    )
    again = page.save_revision().as_object()
    assert again.purposes == ("plan", "decide")
    assert again.group_size_max is None
    assert [block.value for block in again.strengths] == ["Fair.", "Schnell."]
    assert [row.method_id for row in again.combinations.all()] == [other.pk]


def form_data(**changes: Any) -> dict[str, Any]:
    """What the browser sends. Ticked words are lists, which stay as they are."""
    words = {
        "purposes": ["deliberate", "inform"],
        "levels": ["consultation"],
        "settings": ["onsite"],
        "recruitment": ["open"],
    }
    ticked = {name: changes.pop(name, value) for name, value in words.items()}
    return ticked | nested_form_data(
        {
            "title": "Fishbowl",
            "slug": "fishbowl",
            "lead": "Wenige reden, viele hören zu.",
            "group_size_min": "15",
            "group_size_max": "100",
            "duration_minutes_min": "45",
            "duration_minutes_max": "120",
            "preparation_weeks_min": "1",
            "preparation_weeks_max": "3",
            "cost_level": "1",
            "cost_note": "",
            "staff": "",
            "origin": "",
            "half": "joint",
            "body": streamfield([("paragraph", rich_text("<p>Stühle im Kreis.</p>"))]),
            "steps": streamfield([("step", {"title": "Reden", "text": "", "minutes": "60"})]),
            "strengths": streamfield([("item", "Lebendig.")]),
            **{name: streamfield([]) for name in ("materials", "limits", "accessibility", "target_groups", "sources")},
            "combinations": inline_formset([]),
            "comments": inline_formset([]),
            **changes,
        }
    )


@pytest.fixture
def editor(admin_client: Client) -> Client:
    return admin_client


def test_an_editor_publishes_a_method_that_people_can_read(
    editor: Client, client: Client, index: MethodIndexPage
) -> None:
    address = f"/admin/pages/add/toolkit/methodpage/{index.pk}/"
    form = editor.get(address).content.decode()
    assert form.count('name="purposes" value=') == 8
    answer = editor.post(address, form_data() | {"action-publish": "1"})
    assert answer.status_code == 302
    page = MethodPage.objects.get(slug="fishbowl")
    assert page.live
    assert page.purposes == ("deliberate", "inform")
    html = client.get("/methoden/fishbowl/").content.decode()
    assert "Stühle im Kreis." in html
    assert "Lebendig." in html


def test_a_draft_may_leave_open_what_a_public_method_needs(editor: Client, index: MethodIndexPage) -> None:
    address = f"/admin/pages/add/toolkit/methodpage/{index.pk}/"
    open_fields = {"group_size_min": "", "duration_minutes_min": "", "cost_level": "", "purposes": []}
    assert editor.post(address, form_data(**open_fields)).status_code == 302
    page = MethodPage.objects.get(slug="fishbowl")
    assert page.group_size_min is None
    answer = editor.post(f"/admin/pages/{page.pk}/edit/", form_data(**open_fields) | {"action-publish": "1"})
    assert set(answer.context["form"].errors) == {"group_size_min", "duration_minutes_min", "cost_level", "purposes"}


def test_the_editor_says_at_the_steps_that_they_do_not_fit(editor: Client, index: MethodIndexPage) -> None:
    too_long = streamfield([("step", {"title": "Reden", "text": "", "minutes": "600"})])
    data = form_data(steps=too_long) | {"action-publish": "1"}
    answer = editor.post(f"/admin/pages/add/toolkit/methodpage/{index.pk}/", data)
    assert "600" in str(answer.context["form"].errors["steps"])


def test_saving_a_method_in_the_editor_keeps_the_order_of_its_words(editor: Client, index: MethodIndexPage) -> None:
    page = method(index, slug="fishbowl", purposes=("deliberate", "inform"))
    editor.post(
        f"/admin/pages/{page.pk}/edit/", form_data(purposes=["inform", "plan", "deliberate"]) | {"action-publish": "1"}
    )
    page.refresh_from_db()
    assert page.purposes == ("deliberate", "inform", "plan")


@pytest.mark.parametrize(("chosen", "words"), [(["itself"], "selbst"), (["other", "other"], "doppelt")])
def test_a_combination_leads_to_another_method(
    editor: Client, index: MethodIndexPage, chosen: list[str], words: str
) -> None:
    page = method(index, slug="fishbowl")
    ids = {"itself": page.pk, "other": method(index).pk}
    rows = inline_formset([{"method": ids[name], "id": ""} for name in chosen])
    answer = editor.post(f"/admin/pages/{page.pk}/edit/", form_data(combinations=rows) | {"action-publish": "1"})
    errors = [row.errors for row in answer.context["form"].formsets["combinations"]]
    assert words in str(errors[-1]["method"])


def test_an_editor_sees_a_preview_before_and_after_the_first_saving(editor: Client, index: MethodIndexPage) -> None:
    other = method(index, "Zukunftswerkstatt")
    rows = inline_formset([{"method": other.pk, "id": ""}])
    for address in (
        f"/admin/pages/add/toolkit/methodpage/{index.pk}/preview/",
        f"/admin/pages/{method(index, slug='fishbowl').pk}/edit/preview/",
    ):
        assert editor.post(address, form_data(combinations=rows, slug="neu")).json()["is_valid"]
        html = editor.get(address).content.decode()
        assert "Stühle im Kreis." in html
        assert "Zukunftswerkstatt" in html


@pytest.mark.parametrize("kind", ["methodindexpage", "methodfinderpage", "methodcomparisonpage"])
def test_the_pages_around_methods_can_be_previewed_before_they_exist(
    editor: Client, index: MethodIndexPage, kind: str
) -> None:
    parent = index.get_parent() if kind == "methodindexpage" else index
    address = f"/admin/pages/add/toolkit/{kind}/{parent.pk}/preview/"
    empty = {"body": streamfield([]), "comments": inline_formset([])}
    data = nested_form_data({"title": "Neu", "slug": "neu", "lead": "", "half": "joint", **empty})
    assert editor.post(address, data).json()["is_valid"]
    assert "<h1>Neu</h1>" in editor.get(address).content.decode()


def test_two_revisions_can_be_compared(editor: Client, index: MethodIndexPage) -> None:
    page = method(index, purposes=("deliberate",))
    first = page.save_revision()
    page.purposes = ("deliberate", "plan")
    second = page.save_revision()
    html = editor.get(f"/admin/pages/{page.pk}/revisions/compare/{first.pk}...{second.pk}/").content.decode()
    assert "('" not in html
    assert "plan" in html


# What the public reads


def test_the_page_shows_every_part_that_is_there(client: Client, index: MethodIndexPage) -> None:
    with_tools(index)
    other = method(index, "Zukunftswerkstatt")
    page = method(
        index,
        "Fishbowl",
        steps=[("Einladen", 0), ("Reden", 90), ("Auswerten", 0)],
        strengths=["Lebendig."],
        limits=["Nicht für Hunderte."],
        accessibility=["Freie Plätze."],
        target_groups=["Vereine"],
        materials=["Stühle"],
        staff="1 Moderation",
        cost_note="bis 300 Euro",
        origin="Aus den Niederlanden.",
        sources=json.dumps([{"type": "source", "value": {"title": "Von A bis Z", "publisher": "Stiftung"}}]),
        goes_with=(other,),
    )
    html = client.get(f"/methoden/{page.slug}/").content.decode()
    for words in ("Einladen", "Lebendig.", "Nicht für Hunderte.", "Freie Plätze.", "Vereine", "Stühle", "1 Moderation",
                  "bis 300 Euro", "Aus den Niederlanden.", "Von A bis Z", "Zukunftswerkstatt"):  # fmt: skip
        assert words in html, words
    assert f"/methoden/vergleich/?m={page.slug}" in html
    for heading in ("steps", "strengths", "accessibility", "reach", "needs", "combinations", "origin"):
        assert f'id="{heading}"' in html


def test_parts_without_content_are_left_out(client: Client, index: MethodIndexPage) -> None:
    page = method(index)
    html = client.get(f"/methoden/{page.slug}/").content.decode()
    for heading in ("steps", "strengths", "accessibility", "reach", "needs", "combinations", "origin"):
        assert f'id="{heading}"' not in html


def test_steps_outside_the_event_are_never_shown_with_zero_minutes(client: Client, index: MethodIndexPage) -> None:
    page = method(index, steps=[("Einladen", 0), ("Reden", 60), ("Pause", 0), ("Reden", 60), ("Danken", 0)])
    html = client.get(f"/en/{index.slug}/").status_code, client.get(f"/methoden/{page.slug}/").content.decode()
    from toolkit.presentation import steps_of

    with translation.override("en"):
        assert [step.time for step in steps_of(page)] == [
            "before the event",
            "60 minutes",
            "between the dates",
            "60 minutes",
            "after the event",
        ]
    assert ">0 " not in html[1].split("<main")[1]


def test_combinations_that_are_not_public_are_not_shown(client: Client, index: MethodIndexPage) -> None:
    shown, hidden = method(index, "Offenes Treffen"), method(index, "Geheimes Treffen")
    page = method(index, goes_with=(hidden, shown))
    hidden.unpublish()
    html = client.get(f"/methoden/{page.slug}/").content.decode()
    assert "Offenes Treffen" in html
    assert "Geheimes Treffen" not in html


def test_deleting_a_method_takes_it_out_of_the_combinations(client: Client, index: MethodIndexPage) -> None:
    gone = method(index, "Abschied")
    page = method(index, goes_with=(gone,))
    page.save_revision()
    gone.delete()
    assert "Abschied" not in client.get(f"/methoden/{page.slug}/").content.decode()
    page.get_latest_revision().publish()
    assert not MethodPage.objects.get(pk=page.pk).combinations.exists()


def test_a_new_method_starts_with_the_contact_of_its_toolkit(editor: Client, index: MethodIndexPage) -> None:
    index.contact = Contact.objects.create(name="Anlaufstelle im Rathaus", locale=index.locale)
    index.half = "carrier"
    index.save()
    form = editor.get(f"/admin/pages/add/toolkit/methodpage/{index.pk}/").context["form"]
    assert form["contact"].value() == index.contact_id
    assert form["half"].value() == "carrier"


def test_the_purpose_is_one_sentence() -> None:
    with translation.override("en"):
        assert purpose_sentence(("plan",)) == "Good if you want to plan something."
        assert purpose_sentence(("plan", "decide", "inform")) == (
            "Good if you want to plan something, prepare or make a decision and inform people."
        )
        assert purpose_sentence(("gone",)) == ""


def test_one_combination_costs_as_many_queries_as_ten_and_never_more_than_twelve(
    client: Client, index: MethodIndexPage
) -> None:
    with_tools(index)
    with unit():
        others = tuple(method(index) for _ in range(10))
        one = method(index, goes_with=others[:1])
        ten = method(index, goes_with=others)

    def queries(page: MethodPage) -> list[str]:
        client.get("/methoden/finder/")  # whatever the site keeps between requests is kept
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/methoden/{page.slug}/").status_code == 200
        return [query["sql"] for query in captured]

    few, many = queries(one), queries(ten)
    assert len(few) == len(many) <= 12, "\n".join(many)


# What stands in the gate


def test_the_gate_holds_the_facts_of_a_method(index: MethodIndexPage) -> None:
    page = method(index, "Öffentliches Treffen", purposes=("plan",), levels=("involvement",), group_size_max=None)
    record = record_of(page)
    assert record.levels == ("involvement",)
    assert record.illustration == "plan"
    facts = record.method_facts
    assert facts.sort_key == "offentliches treffen"
    assert facts.purposes == ("plan",)
    assert facts.group_size_max is None
    assert facts.cost_level == page.cost_level


def test_the_document_speaks_the_words_of_the_methods_file(index: MethodIndexPage) -> None:
    other = method(index, "Zukunftswerkstatt")
    page = method(index, steps=[("Reden", 60)], strengths=["Fair."], goes_with=(other,))
    document = document_of(page)
    assert document["steps"] == [{"title": "Reden", "text": "So geht Reden.", "minutes": 60}]
    assert document["strengths"] == ["Fair."]
    assert document["group_size_min"] == 10
    assert document["purposes"] == ["collect_ideas"]
    assert [entry["title"] for entry in document["combines_with"]] == ["Zukunftswerkstatt"]
    assert document["image"] is None


def test_a_renamed_method_is_quoted_by_its_new_name(index: MethodIndexPage) -> None:
    other = method(index, "Alter Name")
    page = method(index, goes_with=(other,))
    other.title = "Neuer Name"
    other.save_revision().publish()
    assert record_of(page).stale


def test_a_method_that_leaves_the_public_leaves_no_facts(index: MethodIndexPage) -> None:
    from toolkit.models import MethodFacts

    page = method(index)
    page.unpublish()
    assert not MethodFacts.objects.exists()
