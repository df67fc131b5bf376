"""The desk on the admin's home page: who finds what on it, and deliveries that are tried again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext
from playwright.sync_api import Page as BrowserPage
from wagtail.models import ModelLogEntry, Page

from cms_blocks import freshness
from cms_blocks.desk.cards import SHORT, card_for, cards_for
from cms_blocks.desk.deliveries import error_in_words
from cms_blocks.freshness import Freshness
from cms_blocks.publication import outbox, ticker
from cms_blocks.publication.outbox import Delivery
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from cms_blocks.translating import matrix
from governance.review import half_label
from tests.cms_blocks.translating.conftest import add, rewrite, translated
from tests.governance.office import desk, draft, open_office, person, review_of, submit
from tests.toolkit.factories import home
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "/admin/"
DELIVERIES = "/admin/desk/deliveries/"
EDITING = {"drafts", "review", "schedule"}
#: What both halves do for the whole office.
OFFICE = {"notices", "rounds", "editions"}
MATRIX = {
    "anna": {"waiting", *EDITING, *OFFICE, "translations"},
    "carla": {"waiting", *EDITING, *OFFICE, "translations"},
    "board": EDITING,
    "translator": {*EDITING, "translations"},
    "easy": {*EDITING, "translations", "easy-language"},
    "admin": {"waiting", *EDITING, *OFFICE, "translations", "deliveries", "running"},
    "operator": {"waiting", *EDITING, *OFFICE, "translations", "easy-language", "deliveries", "running"},
}


@pytest.fixture
def office(db: None) -> None:
    home()
    home("de-simple")
    open_office()


def shown(name: str) -> set[str]:
    html = desk(name).get(HOME).content.decode()
    return set(re.findall(r'class="desk-card[^"]*" id="desk-([a-z-]+)" aria', html))


def german(words: str) -> str:
    """The words as they stand on a German page."""
    with translation.override("de"):
        return escape(gettext(words))


def titles(name: str, card: str) -> list[str]:
    found = card_for(person(name), card)
    assert found is not None
    return [entry.title for entry in found.entries(found.rows())]


def letter(**fields: Any) -> Delivery:
    """A letter on its way, by default given up."""
    given = {"failed_at": timezone.now(), "attempts": outbox.MAX_ATTEMPTS, "error": "ConnectionRefusedError: [111]"}
    return Delivery.objects.create(
        consumer="mail", topic="mail.send", key="<1@x>", payload={"to": ["secret@example.org"]}, **given | fields
    )


def taken() -> set[int]:
    """The letters that a worker takes now."""
    return {delivery.pk for delivery in outbox.claim() if delivery.consumer == "mail"}


def test_everybody_finds_on_the_desk_what_is_theirs(office: None) -> None:
    assert {name: shown(name) for name in MATRIX} == MATRIX
    assert shown("translator") == {card.name for card in cards_for(person("translator"))}
    assert desk("nobody").get(HOME).status_code == 302


def test_the_page_behind_a_card_is_for_those_who_have_the_card(office: None) -> None:
    for name in ("anna", "board", "translator"):
        for card in EDITING:
            assert desk(name).get(reverse("desk:card", args=[card])).status_code == 200
    for name, card in (
        ("board", "waiting"),
        ("anna", "easy-language"),
        ("anna", "running"),
        ("anna", "deliveries"),
        ("anna", "nothing"),
    ):
        assert desk(name).get(reverse("desk:card", args=[card])).status_code == 302


def test_my_drafts_are_mine_and_say_where_they_are(office: None) -> None:
    mine, other = draft(slug="meine"), draft(by="carla", slug="andere")
    assert titles("anna", "drafts") == [mine.draft_title]
    assert titles("carla", "drafts") == [other.draft_title]
    assert german("not public yet") in desk("anna").get(HOME).content.decode()
    submit(mine)
    html = desk("anna").get(HOME).content.decode()
    assert german("sent for approval") in html


def test_what_was_sent_back_says_who_wants_it_changed_and_why(office: None) -> None:
    young = draft(slug="jung")
    mine, english = draft(slug="meine"), draft(by="translator", parent=home("en"), slug="worte", half="administration")
    for page, by in ((mine, "anna"), (english, "translator")):
        submit(page, by=by)
    get_user_model().objects.filter(username="carla").update(first_name="Carla", last_name="Kurz")
    for page, reviewer in ((mine, "carla"), (english, "anna")):
        address = reverse("governance:review", args=[page.pk])
        answer = {"review": review_of(page).pk, "reject": "1", "comment": "Bitte <kürzer>."}
        assert desk(reviewer).post(address, answer).status_code == 302
    card = card_for(person("anna"), "drafts")
    assert card is not None
    first, second = card.entries(card.rows())
    assert (first.title, first.quote, first.late) == (mine.draft_title, "Bitte <kürzer>.", True)
    assert (second.url, second.quote, second.late) == (reverse("wagtailadmin_pages:edit", args=[young.pk]), "", False)
    with translation.override("de"):
        sender = f"Carla Kurz ({half_label('carrier')})"
    for name, address in (("anna", HOME), ("anna", first.url), ("translator", HOME)):
        html = desk(name).get(address).content.decode()
        assert "Bitte &lt;kürzer&gt;." in html, f"{name} reads the note on {address}"
        assert (sender in html) == (name == "anna")
    assert german("sent back by {who} on {day}: please change").partition("{who}")[0] in html
    assert titles("carla", "drafts") == []
    assert titles("translator", "drafts") == [english.draft_title]


def test_a_page_is_with_its_author_again_even_if_the_reviewer_mended_a_word(office: None) -> None:
    page = draft()
    review = submit(page)
    page.title = "Besser"
    page.save_revision(user=person("carla"))
    review.task.specific.on_action(review, person("carla"), "reject", comment="Ein Wort ist besser, der Rest nicht.")
    assert (titles("anna", "drafts"), titles("carla", "drafts")) == (["Besser"], [])


def test_what_waits_for_a_half_lies_on_its_desk_and_nowhere_twice(office: None) -> None:
    page = draft()
    submit(page)
    html = desk("carla").get(HOME).content.decode()
    assert reverse("governance:review", args=[page.pk]) in html
    assert titles("carla", "waiting") == [page.draft_title]
    assert titles("anna", "waiting") == []
    assert "wagtail/admin/js/workflow" not in html
    assert "workflow_action" not in html


def test_pages_are_looked_at_again_when_their_day_comes(office: None) -> None:
    today = timezone.localdate()
    for slug, days in (("gestern", -1), ("heute", 0), ("bald", 30), ("spaeter", 31)):
        add(home(), slug, review_date=today + timedelta(days=days))
    add(home(), "entwurf", review_date=today).unpublish()
    assert titles("anna", "review") == ["gestern", "heute", "bald"]
    assert titles("board", "review") == []
    card = card_for(person("anna"), "review")
    notes = [(entry.note, entry.late) for entry in card.entries(card.rows())]
    assert [late for _note, late in notes] == [True, False, False]
    assert "30" in notes[2][0]


def test_pages_that_appear_and_expire_by_themselves_are_announced(office: None) -> None:
    now = timezone.now()
    add(home(), "laeuft-ab", expire_at=now + timedelta(days=3))
    add(home(), "bleibt", expire_at=now + timedelta(days=40))
    planned = home().add_child(instance=StandardPage(title="kommt", slug="kommt", live=False))
    planned.go_live_at = now + timedelta(days=1)
    planned.save_revision().publish()
    assert titles("anna", "schedule") == ["kommt", "laeuft-ab"]


def test_translations_behind_are_those_of_the_report(office: None) -> None:
    english = Page.objects.get(slug=home("en").slug, locale__language_code="en")
    for slug in ("alt", "neu"):
        translated(add(home(), slug), english)
    rewrite(Page.objects.get(slug="alt"), title="Anders")
    assert titles("translator", "translations") == ["alt-en"]
    assert titles("easy", "translations") == []
    found = set(freshness.behind(PublicRecord.objects.live()).values_list("translation_key", flat=True))
    behind = matrix.in_state(matrix.originals(), Freshness.BEHIND)
    assert found == set(PublicRecord.objects.filter(pk__in=behind).values_list("translation_key", flat=True))
    address = card_for(person("translator"), "translations").all_url
    assert "alt" in desk("translator").get(address).content.decode()


def test_a_long_list_is_cut_and_its_page_shows_everything(office: None) -> None:
    for number in range(SHORT + 2):
        draft(slug=f"seite-{number}", half="administration")
    html = desk("anna").get(HOME).content.decode()
    assert len(re.findall('desk-entry"', html.partition('id="desk-drafts"')[2].partition("</section>")[0])) == SHORT
    address = reverse("desk:card", args=["drafts"])
    assert f'href="{address}"' in html
    assert desk("anna").get(address).content.decode().count('class="desk-entry"') == SHORT + 2


def test_however_much_lies_on_the_desk_it_asks_the_same_number_of_questions(office: None) -> None:
    english, counts, made = home("en"), [], 0
    for number in (1, 10):
        with unit():
            while made < number:
                soon = {"review_date": timezone.localdate(), "expire_at": timezone.now() + timedelta(days=1)}
                german = add(home(), f"fertig-{made}", **soon)
                translated(german, english)
                rewrite(german, title="Anders")
                submit(draft(by="carla", slug=f"fremd-{made}"), by="carla")
                add(home("de-simple"), f"leicht-{made}")
                submit(draft(by="easy", slug=f"leichter-{made}", parent=home("de-simple")), by="easy")
                draft(by="admin", slug=f"eigen-{made}")
                letter()
                made += 1
        for name in ("anna", "admin", "easy"):
            desk(name).get(HOME)
            with CaptureQueriesContext(connection) as queries:
                desk(name).get(HOME)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
    assert counts[4] < 85


# Deliveries


def test_failed_deliveries_are_told_in_words_and_without_what_letters_hold(office: None) -> None:
    letter(error="SMTPRecipientsRefused: {'secret@example.org': (550, b'no')}")
    letter(failed_at=None, attempts=3, created_at=timezone.now() - timedelta(hours=1))
    letter(failed_at=None, attempts=0, error="")  # young: nothing is wrong yet
    html = desk("admin").get(DELIVERIES).content.decode()
    assert german("The mail server does not accept the address of the recipient.") in html
    assert len(re.findall(r'action="/admin/desk/deliveries/\d+/retry/"', html)) == 2
    for address in (HOME, DELIVERIES):
        assert "secret@" not in desk("admin").get(address).content.decode()
    assert "OddError" in error_in_words("OddError: secret")
    assert "secret" not in error_in_words("OddError: secret")


def test_a_delivery_is_tried_again_by_an_administrator(office: None) -> None:
    one, other = letter(), letter()
    answer = desk("admin").post(reverse("desk:retry", args=[one.pk]), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]
    assert list(Delivery.objects.failed()) == [other]
    assert taken() == {one.pk}
    slow = letter(
        failed_at=None, created_at=timezone.now() - timedelta(hours=1), not_before=timezone.now() + timedelta(hours=1)
    )
    desk("admin").post(reverse("desk:retry_all"))
    assert not Delivery.objects.failed().exists()
    assert taken() == {other.pk, slow.pk}
    entry = ModelLogEntry.objects.filter(action="cms_blocks.delivery.retry").latest("timestamp")
    assert (entry.user, entry.data) == (person("admin"), {"number": 2})
    answer = desk("admin").post(reverse("desk:retry", args=[999]), follow=True)
    assert german("Nothing to do: it has arrived meanwhile.") in answer.content.decode()


def test_nobody_else_sees_or_moves_deliveries(office: None) -> None:
    delivery = letter()
    addresses = [reverse("desk:retry", args=[delivery.pk]), reverse("desk:retry_all")]
    for name in set(MATRIX) - {"admin", "operator"}:
        assert desk(name).get(DELIVERIES).status_code == 302
        for address in addresses:
            assert desk(name).post(address).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("admin"))
    for address in addresses:
        assert strict.post(address).status_code == 403
        assert desk("admin").get(address).status_code == 405
    assert list(Delivery.objects.failed()) == [delivery]


def test_the_command_tells_and_retries(office: None, capsys: pytest.CaptureFixture[str]) -> None:
    letter(error="ConnectionRefusedError: secret@example.org")
    with pytest.raises(CommandError, match="1 given up"):
        call_command("outbox")
    told = capsys.readouterr().out
    assert "mail" in told
    assert "ConnectionRefusedError" in told
    assert "secret" not in told
    call_command("outbox", "--retry-failed")
    assert not Delivery.objects.failed().exists()
    assert Delivery.objects.due().filter(consumer="mail").count() == 1
    call_command("outbox")


# For whoever runs the site


def test_administrators_see_whether_the_worker_is_at_work(office: None) -> None:
    assert german("has never run. Letters and planned pages wait for it.") in desk("admin").get(HOME).content.decode()
    ticker.run_due()
    assert timezone.now() - ticker.last_ran() < timedelta(minutes=1)
    assert german("at work, last seen less than three minutes ago") in desk("admin").get(HOME).content.decode()
    for tick in ticker.Tick.objects.all():
        tick.due_at -= timedelta(hours=2)
        tick.save()
    html = desk("admin").get(HOME).content.decode()
    silent = german("last seen {time} ago. Letters and planned pages wait for it.").replace("{time}", "2.Stunden")
    assert re.search(silent, html)


def test_the_desk_is_accessible_wide_and_narrow(
    office: None, site_server: Any, open_page: Callable[..., BrowserPage], axe: Callable[..., list[str]]
) -> None:
    draft(by="admin")
    letter()
    cookie = {"name": "sessionid", "value": desk("admin").cookies["sessionid"].value, "url": site_server.url}
    for width, theme in ((1280, "dark"), (360, "light")):
        page = open_page(None, width=width, theme=theme)
        page.context.add_cookies([cookie])
        for address in (HOME, DELIVERIES):
            page.goto(address)
            assert page.locator(".desk").is_visible()
            assert axe(page, exclude=("#wagtail-sidebar", "header", ".w-dashboard > .w-panel")) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
