"""The report of pages × languages, the two ways to a translation, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import Translation, TranslationSource

from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from cms_blocks.translating import matrix
from governance import policies
from tests.cms_blocks.publication.editor import Editor
from tests.cms_blocks.translating.conftest import add, record_of, rewrite, translated
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = "/admin/languages/"
KEYS = [policy.key for policy in policies.GROUPS]
TRANSLATING = {"administration_editors", "carrier_editors", "translators", "administrators"}
EDITING = TRANSLATING - {"translators"}


def states(page: Page) -> dict[str, str]:
    row = matrix.rows_of(matrix.originals().filter(object_id=page.pk))[0]
    return {cell.code: cell.state.value for cell in row.cells}


def titles(client: Client, **query: str) -> list[str]:
    response = client.get(REPORT, query)
    assert response.status_code == 200
    return [row.title for row in response.context["object_list"]]


def test_the_matrix_shows_what_is_current_behind_and_missing(home: Page, english: Page, simple: Page) -> None:
    german = add(home, "seite")
    translated(german, english)
    translated(german, simple)
    rewrite(german, title="Anders")
    assert states(german) == {"de-simple": "behind", "en": "behind", "uk": "missing", "ar": "missing", "pl": "missing"}
    assert states(home)["en"] == "current"


def test_the_report_is_filtered_by_section_half_state_and_language(
    home: Page, english: Page, member: Callable[[str], Client]
) -> None:
    section = add(home, "bereich", title="Bereich")
    below = add(section, "unten", title="Unten", half="carrier")
    old = add(home, "alt", title="Alt")
    translated(old, english)
    rewrite(old, lead="Neu")
    client = member("carrier_editors")
    assert titles(client) == ["Start", "Bereich", "Unten", "Alt"]
    assert titles(client, section=record_of(section).tree_path) == ["Bereich", "Unten"]
    assert titles(client, half="carrier") == ["Unten"]
    assert titles(client, state="behind") == ["Alt"]
    assert titles(client, state="behind", language="uk") == []
    assert titles(client, state="current") == ["Start"]
    assert titles(client, state="missing", language="en") == ["Bereich", "Unten"]
    assert below.pk in [row.page_id for row in matrix.rows_of(matrix.originals())]


def test_the_report_names_drafts_and_leads_on(home: Page, english: Page, member: Callable[[str], Client]) -> None:
    german = add(home, "seite", title="Seite")
    draft = german.copy_for_translation(english.locale)
    html = member("translators").get(REPORT).content.decode()
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[draft.pk])}"' in html
    assert f'href="{reverse("languages:page", args=[german.pk])}"' in html
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[german.pk])}"' not in html


def test_the_report_is_exported(home: Page, english: Page, member: Callable[[str], Client]) -> None:
    from openpyxl import load_workbook

    german = add(home, "seite", title="Seite")
    translated(german, english)
    client = member("administration_editors")
    lines = b"".join(client.get(REPORT, {"export": "csv"})).decode().splitlines()
    assert len(lines) == 3
    assert "/seite/" in lines[2]
    sheet = load_workbook(BytesIO(b"".join(client.get(REPORT, {"export": "xlsx"})))).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)][1:] == ["Start", "Seite"]


def test_however_many_pages_there_are_the_report_asks_the_same_number_of_questions(
    home: Page, english: Page, member: Callable[[str], Client]
) -> None:
    client, counts = member("translators"), []
    made = 0
    for number in (1, 10):
        with unit():
            while made < number:
                translated(add(home, f"seite-{made}"), english)
                made += 1
        client.get(REPORT)
        for query in ({}, {"state": "behind"}):
            with CaptureQueriesContext(connection) as queries:
                client.get(REPORT, query)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


@pytest.mark.parametrize("key", KEYS)
def test_who_sees_the_report_and_begins_a_translation(key: str, home: Page, english: Page, member: Any) -> None:
    german, private = add(home, "seite"), add(home, "entwurf")
    private.unpublish()
    client = member(key)
    sees = key in TRANSLATING or key == "easy_language_reviewers"
    assert client.get(REPORT).status_code == (200 if sees else 302)
    client.post(reverse("languages:page", args=[german.pk]), {"locale": "en"})
    begun = StandardPage.objects.filter(translation_key=german.translation_key, locale=english.locale)
    assert begun.exists() == (key in TRANSLATING)
    client.post(reverse("languages:page", args=[private.pk]), {"locale": "en"})
    copied = StandardPage.objects.filter(translation_key=private.translation_key, locale=english.locale)
    assert copied.exists() == (key in EDITING)
    assert not begun.filter(live=True).exists()


def test_a_page_is_begun_by_hand_once_and_hidden_words_stay_hidden(
    home: Page, english: Page, editor: Editor, member: Callable[[str], Client]
) -> None:
    german = add(home, "seite")
    assert editor.restrict(german.pk, "groups")
    client = Client()
    client.force_login(get_user_model().objects.get(username="editor"))
    address = reverse("languages:page", args=[german.pk])
    client.post(address, {"locale": "en"})
    draft = StandardPage.objects.get(translation_key=german.translation_key, locale=english.locale)
    assert draft.view_restrictions.exists()
    client.post(address, {"locale": "en"})
    assert StandardPage.objects.filter(translation_key=german.translation_key, locale=english.locale).count() == 1
    draft.get_latest_revision().publish()
    assert not PublicRecord.objects.live().filter(object_id=draft.pk).exists()


def test_an_alias_becomes_a_draft_that_is_written_by_hand(home: Page, english: Page) -> None:
    german = add(home, "seite")
    alias = german.copy_for_translation(english.locale, alias=True)
    client = Client()
    client.force_login(get_user_model().objects.get(username="editor"))
    client.post(reverse("languages:page", args=[german.pk]), {"locale": "en"})
    page = Page.objects.get(pk=alias.pk)
    assert (page.alias_of_id, page.live) == (None, False)


@pytest.mark.parametrize("half", ["administration", "joint"])
@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_published_through_a_translation_by_those_who_may_not(
    key: str, half: str, home: Page, english: Page, editor: Editor, member: Any
) -> None:
    """wagtail-localize's editor, its synchronisation and Wagtail's own editor of a page written by hand."""
    german = add(home, "seite", half=half)
    source, _created = TranslationSource.get_or_create_from_instance(german)
    translation = Translation.objects.create(source=source, target_locale=english.locale)
    translation.save_target(publish=False)
    page = translation.get_target_instance()
    client = member(key)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])

    def is_published_exactly_by_those_who_may(address: str, data: dict[str, Any]) -> bool:
        may = fresh(page).permissions_for_user(client.user).can_publish()
        client.post(address, data)
        live = fresh(page).live
        assert live == may, address
        if live:
            fresh(page).unpublish()
        return live

    published = is_published_exactly_by_those_who_may(edit, {"action": "publish"})
    assert published == (key == "administration_editors" and half == "administration")
    update = reverse("wagtail_localize:update_translations", args=[source.pk])
    is_published_exactly_by_those_who_may(update, {"publish_translations": "on"})
    submit = reverse("wagtail_localize:submit_page_translation", args=[german.pk])
    client.post(submit, {"locales": [english.locale.pk], "publish": "on"})
    assert not fresh(page).live
    translation.enabled = False
    translation.save()
    by_hand = editor._form("Written over", page.slug, [], half=half) | {"action-publish": "1"}
    is_published_exactly_by_those_who_may(edit, by_hand)
    assert client.get(edit).status_code == (200 if key in TRANSLATING else 302)


def fresh(page: Page) -> StandardPage:
    return StandardPage.objects.get(pk=page.pk)
