"""The parity report: both halves side by side, numbers of halves, quick however much there is."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.deadlines import overdue_from, overdue_since
from governance.parity import parity
from governance.policies import ADMINISTRATION_EDITORS, CARRIER_EDITORS
from tests.governance.office import desk, draft, form, let_time_pass, open_office, person, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office() -> None:
    open_office()


def write(slug: str, who: str = "anna") -> None:
    page = draft(by=who, slug=slug)
    desk(who).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(slug=slug) | {"action-submit": "1"})


def row(half: str) -> dict[str, int]:
    """The report's line for a half, as far as it is not zero."""
    found = next(line for line in parity() if line.half == half)
    names = ("written", "submitted", "approved", "sent_back", "waiting", "overdue", "alone", "to_confirm", "objected")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


def test_what_each_half_wrote_reviewed_and_has_waiting() -> None:
    write("eins")
    write("zwei")
    write("drei", "carla")
    assert row("administration") == {"written": 2, "submitted": 2, "waiting": 1}
    assert row("carrier") == {"written": 1, "submitted": 1, "waiting": 2}


def test_answers_count_for_the_half_that_gave_them() -> None:
    for name, who in (("approve", "carla"), ("reject", "carlo")):
        review = submit(draft(slug=name))
        review.task.specific.on_action(review, person(who), name)
    let_time_pass(submit(draft(slug="liegt")))
    assert row("carrier") == {"approved": 1, "sent_back": 1, "waiting": 1, "overdue": 1}


def test_what_was_done_alone_stands_with_whoever_did_it_and_whoever_is_asked() -> None:
    page = draft(live=True)
    desk("anna").post(reverse("governance:urgent", args=[page.pk]), {"reason": "Es eilt."})
    assert row("administration") == {"written": 1, "alone": 1}
    assert row("carrier") == {"to_confirm": 1}


def test_a_period_counts_only_what_happened_in_it() -> None:
    write("neu")
    with time_machine.travel(datetime(2026, 3, 2, 10, tzinfo=timezone.get_current_timezone()), tick=False):
        write("alt")
    address = reverse("governance:parity")
    today = date.today()
    answer = desk("anna").get(address, {"period_from": "2026-03-01", "period_to": "2026-03-31", "export": "csv"})
    assert submitted(answer) == ["1", "0"]
    answer = desk("anna").get(address, {"period_from": today, "period_to": today, "export": "csv"})
    assert submitted(answer) == ["1", "0"]


def submitted(answer: Any) -> list[str]:
    """The versions each half has sent, as the exported table says."""
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    return [row[2] for row in rows[1:]]


def test_it_can_be_taken_along_as_a_table() -> None:
    write("eins")
    for kind in ("csv", "xlsx"):
        answer = desk("carla").get(reverse("governance:parity"), {"export": kind})
        assert answer.status_code == 200
        assert answer["Content-Disposition"].endswith(f'.{kind}"')


def test_it_asks_as_often_with_ten_pages_as_with_one() -> None:
    def queries() -> int:
        browser = desk("anna")
        browser.get(reverse("governance:parity"))
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("governance:parity")).status_code == 200
            assert browser.get(reverse("governance:approvals")).status_code == 200
        return len(asked)

    submit(draft(slug="eins"))
    with_one = queries()
    for number in range(9):
        submit(draft(slug=f"seite-{number}"))
    assert queries() == with_one


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("anna", True),
        ("carla", True),
        ("admin", True),
        ("operator", True),
        ("translator", False),
        ("board", False),
        ("easy", False),
    ],
)
def test_both_halves_see_the_same_and_nobody_else_sees_it(who: str, sees: bool) -> None:
    for name in ("parity", "approvals"):
        assert (desk(who).get(reverse(f"governance:{name}")).status_code == 200) == sees


def test_working_days_have_no_weekends() -> None:
    monday, friday = datetime(2026, 11, 23, 9), datetime(2026, 11, 20, 9)
    zone = timezone.get_current_timezone()
    assert overdue_from(friday.replace(tzinfo=zone)).date() == date(2026, 11, 27)
    assert overdue_from(monday.replace(tzinfo=zone)).date() == date(2026, 11, 30)
    assert overdue_since(datetime(2026, 11, 30, 9, tzinfo=zone)).date() == date(2026, 11, 23)


def test_the_groups_behind_the_two_columns_are_the_two_groups_of_editors() -> None:
    from governance.halves import group_name

    assert [line.name for line in parity()] == [group_name(ADMINISTRATION_EDITORS), group_name(CARRIER_EDITORS)]
