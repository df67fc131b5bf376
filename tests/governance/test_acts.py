"""What one half does alone: public or gone at once, in the queue of the other half, and answered there."""

from __future__ import annotations

import base64
import email
import email.policy
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from cms_blocks.publication.outbox import Delivery
from cms_blocks.publication.unit import unit
from governance.acts import UnilateralAct
from tests.governance.office import desk, draft, form, fresh, person, submit
from tests.toolkit.factories import home
from website.models import StandardPage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("office")]

OUTBOX = "cms_blocks.publication.mail.OutboxEmailBackend"
REASON = "Der Termin ist falsch, heute Abend kommen sonst alle umsonst."


def urgent(page: StandardPage, who: str, reason: str = REASON) -> int:
    return desk(who).post(reverse("governance:urgent", args=[page.pk]), {"reason": reason}).status_code


def answer(act: UnilateralAct, who: str, said: str, note: str = "") -> None:
    desk(who).post(reverse("governance:answer", args=[act.pk]), {"answer": said, "note": note})


def mails() -> list[tuple[str, str, str]]:
    """Recipient, subject and text of what waits in the outbox."""
    found = []
    for delivery in Delivery.objects.filter(topic="mail.send").order_by("pk"):
        message = email.message_from_bytes(base64.b64decode(delivery.payload["message"]), policy=email.policy.default)
        found.append((message["To"], message["Subject"], message.get_content()))
    return found


def queue(who: str) -> str:
    return desk(who).get(reverse("governance:approvals")).content.decode()


def test_an_urgent_correction_is_public_at_once_and_in_the_other_halfs_queue() -> None:
    page = draft(live=True)
    data = form(title="Um 19 Uhr") | {"action-urgent": "1"}
    answered = desk("anna").post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    assert answered.url == reverse("governance:urgent", args=[page.pk])
    assert fresh(page).title == "Seite"
    urgent(page, "anna")
    assert fresh(page).title == "Um 19 Uhr"
    act = UnilateralAct.objects.get()
    assert (act.kind, act.half, act.reason) == ("urgent", "carrier", REASON)
    assert REASON in queue("carla")
    assert 'value="seen"' in queue("carla")
    assert 'value="seen"' not in queue("albert")


def test_without_a_reason_nothing_happens() -> None:
    page = draft(live=True)
    for reason in ("", "   "):
        urgent(page, "anna", reason)
    assert fresh(page).title == "Seite"
    assert not UnilateralAct.objects.exists()


def test_what_is_not_complete_is_not_published_urgently_either() -> None:
    page = draft()
    page.title = ""
    page.save_revision(user=person("anna"), clean=False)
    urgent(page, "anna")
    assert not fresh(page).live
    assert not UnilateralAct.objects.exists()


def test_an_urgent_correction_of_what_waits_ends_the_waiting() -> None:
    page = draft(live=True)
    submit(page)
    urgent(page, "albert")
    assert fresh(page).title == "Seite, neu"
    assert fresh(page).current_workflow_state is None


def test_administrators_publish_urgently_only_and_ask_both_halves() -> None:
    page = draft(live=True)
    desk("admin").post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form() | {"action-publish": "1"})
    assert not UnilateralAct.objects.exists()
    urgent(page, "admin")
    assert set(UnilateralAct.objects.values_list("half", flat=True)) == {"administration", "carrier"}


@pytest.mark.parametrize("who", ["translator", "easy", "board", "both", "nobody"])
def test_nobody_else_publishes_urgently(who: str) -> None:
    page = draft(live=True)
    urgent(page, who)
    assert fresh(page).title == "Seite"


def test_the_other_half_agrees_or_objects_once_and_with_a_word() -> None:
    page = draft(live=True)
    urgent(page, "anna")
    act = UnilateralAct.objects.get()
    answer(act, "albert", "seen")
    answer(act, "carla", "objected")
    answer(act, "carla", "whatever", "x")
    act.refresh_from_db()
    assert act.answer == ""
    answer(act, "carla", "objected", "So war es nicht besprochen.")
    answer(act, "carlo", "seen")
    act.refresh_from_db()
    assert (act.answer, act.answered_by) == ("objected", person("carla"))
    assert fresh(page).title == "Seite, neu"
    assert "So war es nicht besprochen." in queue("anna")


def test_taking_offline_moving_and_deleting_is_possible_at_once_and_told() -> None:
    page = draft(live=True)
    elsewhere = home().add_child(instance=StandardPage(title="Anderswo", slug="anderswo"))
    desk("anna").post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, elsewhere.pk]))
    assert fresh(page).get_parent().pk == elsewhere.pk
    desk("anna").post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert not fresh(page).live
    other = draft(live=True, slug="andere")
    desk("anna").post(reverse("wagtailadmin_pages:delete", args=[other.pk]))
    assert not StandardPage.objects.filter(pk=other.pk).exists()
    acts = UnilateralAct.objects.order_by("pk").values_list("kind", "half")
    assert list(acts) == [("moved", "carrier"), ("unpublished", "carrier"), ("deleted", "carrier")]
    assert UnilateralAct.objects.get(kind="deleted").page is None
    assert "Seite" in queue("carla")


def test_pages_of_ones_own_half_are_nobody_elses_business() -> None:
    page = draft("administration", live=True)
    desk("anna").post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert not UnilateralAct.objects.exists()


def test_the_right_people_get_mail_in_german(settings: Any) -> None:
    settings.EMAIL_BACKEND = OUTBOX
    page = draft()
    submit(page)
    assert {to for to, _subject, _text in mails()} == {
        "carla@office.example", "carlo@office.example", "operator@office.example",
    }  # fmt: skip
    _to, subject, text = next(mail for mail in mails() if mail[0].startswith("carla"))
    assert "Seite" in subject
    assert reverse("governance:review", args=[page.pk]) in text
    assert "Please" not in subject + text


def test_the_author_hears_of_the_answer(settings: Any) -> None:
    settings.EMAIL_BACKEND = OUTBOX
    page = draft(live=True)
    urgent(page, "anna")
    answer(UnilateralAct.objects.get(), "carla", "seen")
    assert mails()[-1][0] == "anna@office.example"


def test_what_was_done_with_many_pages_at_once_is_told_in_one_letter(settings: Any) -> None:
    settings.EMAIL_BACKEND = OUTBOX
    pages = [draft(live=True, slug=f"seite-{number}") for number in range(23)]
    already = len(mails())
    ids = "&".join(f"id={page.pk}" for page in pages)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"])
    desk("anna").post(f"{address}?{ids}")
    assert not any(fresh(page).live for page in pages)
    assert UnilateralAct.objects.filter(kind="unpublished", half="carrier").count() == 23
    told = mails()[already:]
    assert sorted(to for to, _subject, _text in told) == ["carla@office.example", "carlo@office.example"]
    [(_to, subject, text), _other] = told
    assert "23 Seiten" in subject
    assert text.count(": offline genommen") == 20 and "3 weitere" in text


def test_what_was_taken_back_inside_is_told_to_nobody(settings: Any) -> None:
    settings.EMAIL_BACKEND = OUTBOX
    page = draft(live=True)
    with unit(), suppress(ZeroDivisionError), transaction.atomic():
        page.unpublish(user=person("anna"))
        assert UnilateralAct.objects.exists()
        raise ZeroDivisionError
    assert not UnilateralAct.objects.exists() and mails() == []
