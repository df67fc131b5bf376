"""“Leichte Sprache” is what a reviewer has approved; everything else says that nobody has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageLogEntry

from cms_blocks.easy_language import EasyLanguageReview, GiveReview
from cms_blocks.publication import reconcile
from cms_blocks.wording import digest
from governance import policies
from tests.cms_blocks.publication.observer import Observer, watching
from tests.cms_blocks.translating.conftest import add, record_of, rewrite, translated

pytestmark = pytest.mark.gate
UNREVIEWED = "Einfache Sprache, ungeprüft"
LABEL = "<strong>Leichte Sprache</strong>"
REVIEWERS = "easy_language_reviewers"


def read(page: Page) -> str:
    response = Client().get(record_of(page).path)
    assert response.status_code == 200
    return response.content.decode().split("<main", 1)[1]


def approve(client: Client, page: Page, *, wording: str = "", approve: bool = True) -> Any:
    latest = page.specific_class.objects.get(pk=page.pk).get_latest_revision_as_object()
    data = {"wording": wording or digest(latest), "approve": "1" if approve else "0"}
    return client.post(reverse("languages:review", args=[page.pk]), data, follow=True)


def test_the_label_is_given_to_words_and_goes_with_them(
    home: Page, simple: Page, member: Callable[[str], Client], observer: Observer, clock: Any
) -> None:
    german = add(home, "seite")
    page = translated(german, simple, lead="Ein Satz.")
    reviewer = member(REVIEWERS)
    assert UNREVIEWED in read(page) and LABEL not in read(page)
    with watching(observer) as found:
        assert approve(reviewer, page).status_code == 200
        assert LABEL in read(page) and UNREVIEWED not in read(page)
        assert '<time datetime="2026-03-10">' in read(page)
        rewrite(page, half="carrier")
        assert LABEL in read(page)
        changed = page.__class__.objects.get(pk=page.pk)
        changed.lead = "Ein anderer Satz."
        changed.save_revision()
        assert LABEL in read(page)  # a draft is no publication
        changed.get_latest_revision().publish()
        assert UNREVIEWED in read(page)
        rewrite(page, lead="Ein Satz.")
        assert LABEL in read(page)
        approve(reviewer, page, approve=False)
        assert UNREVIEWED in read(page)
    assert not found
    assert not reconcile.check()
    actions = PageLogEntry.objects.filter(page=page.pk).values_list("action", flat=True)
    assert {"cms_blocks.easy_language.approve", "cms_blocks.easy_language.withdraw"} <= set(actions)


def test_an_approved_draft_has_the_label_from_its_publication_on(simple: Page, member: Any) -> None:
    page = add(simple, "seite")
    draft = page.__class__.objects.get(pk=page.pk)
    draft.lead = "Neu."
    draft.save_revision()
    approve(member(REVIEWERS), page)
    assert UNREVIEWED in read(page)
    draft.get_latest_revision().publish()
    assert LABEL in read(page)


@pytest.mark.parametrize("key", [policy.key for policy in policies.GROUPS])
def test_only_reviewers_approve(key: str, simple: Page, member: Any) -> None:
    page = add(simple, "seite")
    client = member(key)
    answer = approve(client, page)
    assert EasyLanguageReview.objects.exists() == (key == REVIEWERS)
    assert (LABEL in read(page)) == (key == REVIEWERS)
    assert answer.status_code == 200
    if key != REVIEWERS:
        with pytest.raises(PermissionDenied):
            GiveReview(page, digest(page), user=client.user).execute()


def test_only_what_was_read_is_approved_and_only_in_easy_language(home: Page, simple: Page, member: Any) -> None:
    reviewer = member(REVIEWERS)
    page, german = add(simple, "seite"), add(home, "andere")
    read_before = digest(page)
    rewrite(page, lead="Anders.")
    answer = approve(reviewer, page, wording=read_before)
    assert "changed while you were reading" in answer.content.decode() or "geändert" in answer.content.decode()
    with pytest.raises(ValidationError):
        GiveReview(page, read_before, user=reviewer.user).execute()
    with pytest.raises(PermissionDenied):
        GiveReview(german, digest(german), user=reviewer.user).execute()
    approve(reviewer, german)
    assert not EasyLanguageReview.objects.exists()
    approve(reviewer, page)
    approve(reviewer, page)
    assert EasyLanguageReview.objects.count() == 1


def test_the_reviewer_reads_the_words_and_finds_the_button_others_do_not(simple: Page, member: Any) -> None:
    page = add(simple, "seite", lead="Lesen Sie das.")
    address = reverse("languages:page", args=[page.pk])
    html = member(REVIEWERS).get(address).content.decode()
    assert "Lesen Sie das." in html
    assert reverse("languages:review", args=[page.pk]) in html
    assert reverse("languages:review", args=[page.pk]) not in member("carrier_editors").get(address).content.decode()
    assert member("board").get(address).status_code == 302
