"""What waits for the reviewers of Leichte Sprache, and how they hear of it."""

from __future__ import annotations

import base64
import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from wagtail.models import Page

from cms_blocks.desk.cards import card_for
from cms_blocks.publication import outbox, reconcile
from cms_blocks.publication.outbox import Delivery
from cms_blocks.publication.unit import unit
from tests.cms_blocks.translating.conftest import add, rewrite, translated
from tests.cms_blocks.translating.test_easy_language import REVIEWERS, approve

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = "/admin/languages/"


@pytest.fixture
def reviewer(simple: Page, member: Callable[[str], Client]) -> Client:
    """The only one; the home page in easy language is reviewed already."""
    client = member(REVIEWERS)
    client.user.email = "pruefung@office.example"  # type: ignore[attr-defined]
    client.user.save()  # type: ignore[attr-defined]
    approve(client, simple)
    letters()
    return client


def letters() -> list[EmailMessage]:
    """What the worker would send now, and the outbox is empty."""
    with override_settings(EMAIL_BACKEND="cms_blocks.publication.mail.OutboxEmailBackend"):
        for delivery in Delivery.objects.waiting().filter(consumer="easy_language"):
            [mine] = [one for one in outbox.claim(limit=500) if one.pk == delivery.pk]
            assert outbox.deliver(mine)
            Delivery.objects.waiting().update(lease_until=None)
    sent = [
        email.message_from_bytes(base64.b64decode(one.payload["message"]), policy=email.policy.default)
        for one in Delivery.objects.waiting().filter(consumer="mail").order_by("pk")
    ]
    Delivery.objects.all().delete()
    return sent  # type: ignore[return-value]


def queue(client: Any) -> list[tuple[str, str]]:
    card = card_for(client.user, "easy-language")
    assert card is not None
    return [(entry.title, entry.url.partition("#")[0]) for entry in card.entries(card.rows())]


def place(page: Page) -> str:
    return reverse("languages:page", args=[page.pk])


def test_what_is_public_unreviewed_lies_on_the_desk_of_reviewers_until_they_approve_it(
    simple: Page, reviewer: Any, member: Any
) -> None:
    page = add(simple, "seite", lead="Ein Satz.")
    add(simple, "entwurf").unpublish()
    assert queue(reviewer) == [("seite", place(page))]
    html = reviewer.get("/admin/").content.decode()
    assert "Als Leichte Sprache zu prüfen" in html and place(page) in html
    for other in ("carrier_editors", "translators", "administrators"):
        assert card_for(member(other).user, "easy-language") is None
    approve(reviewer, page)
    assert queue(reviewer) == []
    rewrite(page, lead="Ein anderer Satz.")
    assert queue(reviewer) == [("seite", place(page))]


def test_a_draft_that_was_sent_waits_as_long_as_nobody_approved_its_words(simple: Page, reviewer: Any) -> None:
    page = add(simple, "seite", lead="Ein Satz.")
    approve(reviewer, page)
    page.lead = "Ein neuer Satz."
    page.save_revision()
    assert queue(reviewer) == [], "somebody is still writing"
    page.get_workflow().start(page, reviewer.user)
    assert queue(reviewer) == [("seite", place(page))]
    approve(reviewer, page)
    assert queue(reviewer) == []


def test_a_letter_tells_reviewers_of_each_wording_that_becomes_public_unreviewed(
    home: Page, simple: Page, reviewer: Any
) -> None:
    add(home, "deutsch")
    assert letters() == [], "nobody reviews German"
    page = add(simple, "seite", title="Mit <Recht> & Fug", lead="Ein Satz.")
    [letter] = letters()
    assert letter["To"] == "pruefung@office.example"
    assert letter["Subject"].strip() == "Bitte als Leichte Sprache prüfen: „Mit <Recht> & Fug“"
    assert place(page) in letter.get_content() and "Mit <Recht> & Fug" in letter.get_content()
    rewrite(page, half="carrier")
    draft = page.__class__.objects.get(pk=page.pk)
    draft.lead = "Ein Entwurf."
    draft.save_revision()
    assert letters() == [], "the same words, or words that are not public"
    approve(reviewer, page)
    draft.get_latest_revision().publish()
    assert letters() == [], "reviewed before they were public"
    rewrite(page, lead="Ein dritter Satz.")
    assert len(letters()) == 1
    reconcile.rebuild()
    assert letters() == [], "nothing new for people"


def test_what_becomes_public_together_is_one_letter_and_none_if_it_was_reviewed_meanwhile(
    simple: Page, reviewer: Any
) -> None:
    with unit():
        pages = [add(simple, slug) for slug in ("eins", "zwei")]
    [letter] = letters()
    assert letter["Subject"].strip() == "Bitte als Leichte Sprache prüfen: 2 Seiten"
    assert all(place(page) in letter.get_content() for page in pages)
    page = add(simple, "drei")
    approve(reviewer, page)
    assert letters() == []


def test_the_report_shows_what_is_not_reviewed(home: Page, simple: Page, reviewer: Any) -> None:
    done, open_ = add(home, "fertig"), add(home, "offen")
    add(home, "ohne")
    approve(reviewer, translated(done, simple))
    translated(open_, simple)

    def titles(**query: str) -> list[str]:
        return [row.title for row in reviewer.get(REPORT, query).context["object_list"]]

    assert titles(review="missing") == ["offen"]
    assert titles(review="given") == ["Start", "fertig"]
    assert titles(review="missing", state="behind") == []
