"""What the page of a procedure says about influence, law, reasons and promises, and what it must not say."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms_blocks.models import Office
from procedures import wording
from procedures.models import ProcedurePage
from tests.procedures.factories import STREAMS, phase, procedure, procedure_list, way
from toolkit.enums import Level

pytestmark = pytest.mark.django_db(transaction=True)

HEADINGS = {
    Level.INFORMATION: "Was Sie wissen sollten",
    Level.CONSULTATION: "Wozu wir Sie fragen",
    Level.INVOLVEMENT: "Was Sie mitgestalten können",
    Level.COLLABORATION: "Was Sie mit uns erarbeiten",
    Level.EMPOWERMENT: "Was Sie entscheiden",
}
#: The sentence of the law, word by word: it is no editor's to soften.
NO_OBJECTION = (
    "What you say here or on other pages of the office is no formal submission and no objection. By law only what arrives"
    " in time at this address counts:"
)
FORMAL: dict[str, Any] = {
    "form": "formal", "legal_basis": "§ 3 BauGB", "official_address": "Stadtplanungsamt", "display_from": "2026-03-02",
    "display_until": "2026-04-02", "announcement": "Amtsblatt 7/2026",
}  # fmt: skip
BEGIN, END = datetime(2026, 6, 1, 8, tzinfo=UTC), datetime(2026, 6, 30, 8, tzinfo=UTC)


def words_of(client: Client, page: ProcedurePage) -> str:
    """The words of the main part of a page, each gap one space."""
    answer = client.get(page.url)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def decision(body: str, on: str) -> dict[str, Any]:
    return {"on": on, "body": body, "reference": "", "text": "Welcher Entwurf gebaut wird."}


# In short


@pytest.mark.parametrize(
    ("today", "deadline", "until"),
    [
        (BEGIN, datetime(2026, 6, 23, 22, tzinfo=UTC), "23. Juni 2026"),
        (BEGIN, None, "30. Juni 2026, 10:00 Uhr"),
        (datetime(2026, 5, 31, tzinfo=UTC), None, ""),
        (END, None, ""),
    ],
)
def test_in_short_says_until_when_as_long_as_people_can_take_part(
    today: datetime, deadline: datetime | None, until: str, client: Client
) -> None:
    page = procedure(procedure_list(), phases=[phase(BEGIN, END, ways=[way(deadline)])])
    endless = procedure(page.get_parent().specific, phases=[phase(BEGIN, ways=[way()])])
    with translation.override("de"):
        sentence = gettext("Until {moment}.").format(moment=until) if until else ""
    with time_machine.travel(today, tick=False):
        assert client.get(page.url).context["procedure"].brief[-1] == (
            "Was kann ich tun?",
            "Zeichnen Sie mit.",
            sentence,
        )
        assert f"Zeichnen Sie mit. {sentence}".strip() in words_of(client, page)
        assert client.get(endless.url).context["procedure"].brief[-1][2] == ""


# Influence


@pytest.mark.parametrize(("level", "heading"), HEADINGS.items())
def test_the_heading_over_what_is_open_follows_the_level(level: str, heading: str, client: Client) -> None:
    words = words_of(client, procedure(procedure_list(), level=level))
    assert heading in words
    assert not [other for other in HEADINGS.values() if other != heading and other in words]


@pytest.mark.parametrize("on", ["2026-01-01", "2099-01-01"], ids=["taken", "planned"])
@pytest.mark.parametrize("level", HEADINGS)
def test_residents_do_not_decide_where_a_body_decides(level: str, on: str, client: Client) -> None:
    words = words_of(client, procedure(procedure_list(), level=level, decisions=[decision("Bauausschuss", on)]))
    assert HEADINGS[Level.EMPOWERMENT] not in words
    assert HEADINGS[Level.COLLABORATION if level == Level.EMPOWERMENT else level] in words
    assert "Bauausschuss" in words


def test_without_a_level_the_page_says_why_nobody_can_take_part_and_only_then(client: Client) -> None:
    index = procedure_list()
    reason = {"level": "", "no_participation_reason": "Eine Leitung wird ersetzt."}
    without = words_of(client, procedure(index, open_points=[], **reason))
    assert "Warum es keine Beteiligung gibt Eine Leitung wird ersetzt." in without
    assert "Was feststeht" in without and "Ohne Beteiligung" in without
    assert not [heading for heading in HEADINGS.values() if heading in without]
    assert "Warum es keine Beteiligung gibt" not in words_of(client, procedure(index))


@pytest.mark.parametrize(("result", "status"), [("", "evaluating"), ("Die Bank bleibt.", "finished")])
def test_once_people_can_take_part_no_more_the_page_says_what_was_open(
    result: str, status: str, client: Client
) -> None:
    page = procedure(procedure_list(), phases=[phase(BEGIN, END, ways=[way()], result=result)])
    was = "What was open and what was fixed", "This was open", "This was fixed"
    is_open = HEADINGS[Level.INVOLVEMENT], "Noch offen", "Steht schon fest"
    for now, said, unsaid in ((BEGIN, is_open, was), (END, was, is_open)):
        with time_machine.travel(now, tick=False), translation.override("de"):
            words = words_of(client, page)
            assert [gettext(text) in words for text in (*said, *unsaid)] == [True] * 3 + [False] * 3
    assert client.get(page.url).context["procedure"].status == status


def test_without_a_level_no_heading_says_that_everything_is_fixed_while_something_is_open(client: Client) -> None:
    words = words_of(
        client, procedure(procedure_list(), level="", no_participation_reason="Eine Leitung wird ersetzt.")
    )
    with translation.override("de"):
        assert f"{gettext('What is open and what is fixed')} Noch offen Sitzplätze" in words
    assert " Was feststeht " not in words


def test_the_office_s_own_names_of_levels_reach_procedures_that_are_public_already(client: Client) -> None:
    page = procedure(procedure_list(), level="involvement")
    assert "Mitsprache" not in words_of(client, page)
    office = Office.objects.create(locale=Locale.get_default(), name="Büro", level_involvement="Mitsprache")
    assert "Einfluss Mitsprache" in words_of(client, page)
    levels = client.get("/verfahren/", {"level": "involvement"}).context["listing"]
    assert [chip.label for chip in levels.chips] == ["Mitsprache"]
    office.level_involvement = "Mitreden"
    office.save()
    assert "Einfluss Mitreden" in words_of(client, page)


def test_whether_the_board_is_recommended_is_said_once_somebody_has_said_it(client: Client) -> None:
    index = procedure_list()
    assert "Beirat Mitwirkung empfohlen" in words_of(client, procedure(index, board_recommended=True))
    assert "Beirat Mitwirkung nicht empfohlen" in words_of(client, procedure(index, board_recommended=False))
    assert "Beirat" not in words_of(client, procedure(index, board_recommended=None))


def test_the_page_says_the_stage_that_the_list_counts_the_procedure_under(client: Client) -> None:
    index = procedure_list()
    entries = [
        {"stage": stage, "since": f"2026-0{month}-01", "note": ""} for month, stage in ((2, "done"), (1, "planning"))
    ]
    for word, label, stages in (("idea", "Idee", []), ("done", "umgesetzt", entries)):
        page = procedure(index, stages=stages)
        assert f"Auf einen Blick Stand {label} " in words_of(client, page)
        [card] = client.get("/verfahren/", {"stage": word}).context["listing"].cards
        assert card.record.title == page.title


# Law


def test_a_formal_procedure_says_that_what_is_said_here_is_no_objection_and_an_informal_one_does_not(
    client: Client,
) -> None:
    index = procedure_list()
    with translation.override("de"):
        sentence = gettext(NO_OBJECTION)
    assert "rechtlich nicht als Stellungnahme oder Einwendung" in sentence
    assert f"{sentence} Stadtplanungsamt" in words_of(client, procedure(index, **FORMAL))
    assert sentence not in words_of(client, procedure(index))


@pytest.mark.parametrize("language", ["uk", "ar", "pl"])
def test_the_sentence_of_the_law_is_there_in_every_language_of_the_public(language: str) -> None:
    with translation.override(language):
        assert gettext(NO_OBJECTION) != NO_OBJECTION


def test_no_field_of_an_editor_changes_the_sentence_of_the_law(client: Client, admin_client: Client) -> None:
    page = procedure(procedure_list(), "Bahnhofsviertel", city_wide=True, **FORMAL)
    texts = {
        field.name: "Hier zählt alles."[: field.max_length]
        for field in ProcedurePage._meta.local_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices and field.name != "reference"
        and not isinstance(field, models.URLField) and hasattr(field, "max_length") and not hasattr(field, "stream_block")
    }  # fmt: skip
    assert {"official_address", "legal_basis", "announcement", "affected", "brief_how"} <= texts.keys()
    data = nested_form_data(
        {
            **texts, "title": page.title, "slug": page.slug, "lead": "Hier zählt alles.", "initiator": "council",
            "form": "formal", "cost_kind": "unknown", "half": "carrier", "listed_on": "2026-01-15",
            "display_from": "2026-03-02", "display_until": "2026-04-02", "reference": page.reference, "city_wide": "on",
            "level": "", "suspended_from": "", "editorial_only": "on", "action-publish": "yes",
            "districts": inline_formset([]), "methods": inline_formset([]), "further_topics": inline_formset([]), "comments": inline_formset([]),
            **dict.fromkeys(STREAMS, streamfield([])),
        }
    )  # fmt: skip
    answer = admin_client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    words = words_of(client, page)
    assert words.count("Hier zählt alles.") > 5
    with translation.override("de"):
        assert f"{gettext(NO_OBJECTION)} Hier zählt alles." in words


# Languages


def test_words_of_editors_in_another_direction_leave_the_dates_beside_them_whole(client: Client) -> None:
    day = "2026-01-15"
    page = procedure(
        procedure_list("ar"), "طريق الضفة", cost_kind="amount", cost_from=9, cost_on=date(2026, 1, 15),
        cost_basis="Schätzung <1>", changes=[{"on": day, "what": "Später.", "why": "Urteil.", "cost": None, "days": None}],
        stages=[{"stage": stage, "since": day, "note": f"Notiz {stage}."} for stage in ("planning", "postponed")],
        decisions=[{"on": day, "body": "Bauausschuss", "reference": "26/SVV/1", "text": "Pause."}], place="Am Kai 3",
        phases=[phase(-1, 5, ways=[way(place="17 Uhr, Kai 4")])], **FORMAL,
    )  # fmt: skip
    html = client.get(page.url).content.decode()
    for words in (
        "Schätzung &lt;1&gt;", "Später.", "Urteil.", "Notiz planning.", "Notiz postponed.", "Bauausschuss", "26/SVV/1", "Pause.",
        "Am Kai 3", "17 Uhr, Kai 4", "§ 3 BauGB", "Stadtplanungsamt", "Amtsblatt 7/2026",
    ):  # fmt: skip
        main = html.partition("<main")[2]
        assert main.count(f"<bdi>{words}</bdi>") == main.count(words) > 0, words


def test_large_amounts_are_read_in_groups_in_every_language(client: Client) -> None:
    for language, amount in (("de", "2.400.000"), ("en", "2,400,000"), ("ar", "2.400.000"), ("pl", "2\xa0400\xa0000")):
        with translation.override(language):
            assert amount in wording.cost("amount", Decimal(2_400_000), None)


def test_the_day_of_an_announcement_does_not_run_into_its_page_number(client: Client) -> None:
    page = procedure(procedure_list(), **FORMAL, announced_on="2026-02-23")
    html = client.get(page.url).content.decode()
    assert '<bdi>Amtsblatt 7/2026</bdi><br><span class="muted"><time' in html


# Suspended


def test_a_suspended_procedure_says_until_when_and_why_and_offers_nothing_until_it_goes_on(client: Client) -> None:
    pause, again = datetime(2026, 6, 10, 8, tzinfo=UTC), datetime(2026, 6, 20, 8, tzinfo=UTC)
    page = procedure(
        procedure_list(), phases=[phase(BEGIN, END, ways=[way()])], suspended_from=pause, suspended_until=again,
        suspended_reason="Ein Gutachten fehlt.",
    )  # fmt: skip
    with translation.override("de"):
        until = wording.suspended(again)
    assert until.endswith("20. Juni 2026, 10:00 Uhr")
    for moment, suspended in ((BEGIN, False), (pause, True), (again, False)):
        with time_machine.travel(moment, tick=False):
            words, html = words_of(client, page), client.get(page.url).content.decode()
            assert (f"{until}: Ein Gutachten fehlt." in words) is suspended
            assert ("Offen für Beteiligung" in words) is not suspended
            assert ("https://mitreden.example/" in html) is not suspended
            assert ('aria-current="step"' in html) is not suspended
            assert ('data-state="suspended"' in html) is suspended
            assert words.count("ausgesetzt") == (2 if suspended else 0), "its phase and the way to take part"
            assert words.count("bis 30. Juni 2026") == (1 if suspended else 2), (
                "its phase, and the way as long as it goes on"
            )


def test_a_phase_after_the_known_end_of_a_suspension_keeps_its_dates(client: Client) -> None:
    page = procedure(
        procedure_list(), phases=[phase(BEGIN, END, ways=[way()])], suspended_reason="Ein Gutachten fehlt.",
        suspended_from=datetime(2026, 5, 1, 8, tzinfo=UTC), suspended_until=datetime(2026, 5, 20, 22, tzinfo=UTC),
    )  # fmt: skip
    with time_machine.travel(datetime(2026, 5, 10, 8, tzinfo=UTC), tick=False):
        words = words_of(client, page)
        assert "20. Mai 2026: Ein Gutachten fehlt." in words, "what ends at midnight ends with the day before"
        assert "bis 30. Juni 2026" in words and "ausgesetzt" not in words


# Promises


@pytest.mark.parametrize(
    ("today", "result", "says"),
    [
        ("2026-06-29", "", None),
        ("2026-07-01", "", "Das Ergebnis lesen Sie hier bis zum 15. Juli 2026."),
        ("2026-07-15", "", "Das Ergebnis lesen Sie hier bis zum 15. Juli 2026."),
        ("2026-07-16", "", "Das Ergebnis war bis zum 15. Juli 2026 zugesagt und verspätet sich."),
        ("2026-07-16", "Mehr Bänke.", "Ergebnis Mehr Bänke."),
    ],
)
def test_after_a_way_has_ended_the_page_says_where_the_result_stands(
    today: str, result: str, says: str | None, client: Client
) -> None:
    page = procedure(
        procedure_list(), phases=[phase(BEGIN, END, ways=[way()], promised_on="2026-07-15", result=result)]
    )
    with time_machine.travel(datetime.combine(date.fromisoformat(today), BEGIN.timetz()), tick=False):
        words = words_of(client, page)
        late = "verspätet sich" in words
        assert late is (says is not None and "verspätet sich" in says)
        assert says is None or says in words
        assert ("beendet" in words or "endete" in words) is (says is not None)
        overview = client.get("/verfahren/", {"view": "outcomes"}).context["listing"].outcomes
        assert [row.is_late for row in overview] == [late]


def test_without_a_promise_the_page_says_that_the_contributions_are_evaluated(client: Client) -> None:
    page = procedure(procedure_list(), phases=[phase(BEGIN, END, ways=[way()])])
    with time_machine.travel(datetime(2026, 7, 1, 8, tzinfo=UTC), tick=False):
        assert "Die Beiträge werden ausgewertet." in words_of(client, page)


@pytest.mark.parametrize(
    ("language", "says"),
    [("de", "4. Mai 2026, 18:30 Uhr"), ("en", "4 May 2026, 18:30"), ("pl", "4 maja 2026, godz. 18:30")],
)
def test_a_moment_is_written_as_people_here_write_it(language: str, says: str) -> None:
    with translation.override(language):
        assert wording.moment(datetime(2026, 5, 4, 16, 30, tzinfo=UTC)) == says
