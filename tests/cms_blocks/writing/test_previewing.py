"""A draft as its editor sees it before anybody else: by the public's own templates and policy, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from wagtail.models import Page, Revision

from cms_blocks.publication.records import PublicationClock, PublicDocument, PublicRecord, PublicReference
from cms_blocks.writing.previewing import CARD, LEICHT, PAGE
from tests.governance.office import desk, form, open_office
from tests.toolkit.factories import home, method, toolkit
from toolkit.models import MethodPage
from website.models import StandardPage

MODES = [PAGE, CARD, LEICHT]
SENTENCES = "<p>Wir graben ein Beet. Alle helfen mit.</p>"


@pytest.fixture
def office(db: None) -> None:
    home()
    home("de-simple")
    open_office()


@pytest.fixture
def page(office: None) -> StandardPage:
    """Public, with a newer draft of other words."""
    found = home().add_child(instance=StandardPage(title="Gärten", slug="gaerten", lead="Wo wir graben."))
    found.title, found.lead = "Beete für alle", "Neue Beete."
    found.body = [("paragraph", SENTENCES)]
    found.save_revision()
    return found


def draft_of(page: Page, mode: str = PAGE, who: str = "anna") -> Any:
    return desk(who).get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]), {"mode": mode})


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def public_state() -> list[Any]:
    tables = (PublicRecord, PublicDocument, PublicReference, PublicationClock, Revision)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize("mode", MODES)
def test_an_editor_sees_the_draft_and_the_public_does_not(mode: str, page: StandardPage) -> None:
    assert "Beete für alle" in text_of(draft_of(page, mode))
    public = Client().get(page.url)
    assert "Gärten" in text_of(public) and "Beete für alle" not in public.content.decode()
    assert Client().get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]), {"mode": mode}).status_code == 302
    assert draft_of(page, mode, who="nobody").status_code == 302
    assert draft_of(page, mode, who="board").status_code in {302, 403}


@pytest.mark.parametrize("mode", MODES)
def test_a_preview_has_the_policy_of_the_public_page_and_no_cache_keeps_it(mode: str, page: StandardPage) -> None:
    answer = draft_of(page, mode)
    assert directives(answer) == directives(Client().get(page.url))
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert {"private", "no-store"} <= {part.strip() for part in answer["Cache-Control"].split(",")}
    assert "ETag" not in answer
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def directives(answer: Any) -> set[str]:
    return {part.strip() for part in answer["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize("mode", MODES)
def test_looking_writes_nothing(mode: str, page: StandardPage) -> None:
    before = public_state()
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    answer = desk("anna").post(address, form("Noch ein anderer Titel", "gaerten"))
    assert answer.json() == {"is_valid": True, "is_available": True}
    assert "Noch ein anderer Titel" in text_of(desk("anna").get(address, {"mode": mode, "in_preview_panel": "true"}))
    assert public_state() == before
    assert "Noch ein anderer Titel" not in Client().get(page.url).content.decode()


def test_the_sizes_are_a_telephone_a_tablet_and_a_large_screen(page: StandardPage) -> None:
    assert [size["device_width"] for size in page.preview_sizes] == [360, 768, 1280]
    html = desk("anna").get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    with translation.override("de"):
        labels = [str(size["label"]) for size in page.preview_sizes]
    assert all(f'aria-label="{label}"' in html for label in labels)


def test_as_a_card_the_draft_stands_among_public_pages_of_its_kind(page: StandardPage) -> None:
    html = text_of(draft_of(page, CARD))
    assert html.index("Beete für alle") < html.index("Über uns")
    assert "Neue Beete." in html


def test_a_method_is_previewed_as_the_card_that_the_list_of_methods_shows(office: None) -> None:
    index = toolkit()
    method(index, "Fishbowl")
    walk = method(index, "Spaziergang", group_size_min=7, group_size_max=9)
    walk.group_size_max = 11
    walk.save_revision()
    html = text_of(draft_of(walk, CARD))
    assert "method-card" in html and "7 bis 11" in html and "Fishbowl" in html
    assert "7 bis 9" in Client().get(index.url).content.decode()


def test_a_draft_with_open_facts_can_be_previewed_as_a_card(office: None) -> None:
    walk = MethodPage(title="Spaziergang", slug="spaziergang", live=False)
    toolkit().add_child(instance=walk)
    assert "Spaziergang" in text_of(draft_of(walk, CARD))


def test_german_text_is_shown_in_the_layout_of_leichte_sprache(page: StandardPage) -> None:
    html = text_of(draft_of(page, LEICHT))
    assert '<html lang="de-simple"' in html
    assert "Wir graben ein Beet.<br>" in html.replace("<br />", "<br>")
    assert "Wir graben ein Beet. Alle helfen mit." in text_of(draft_of(page, PAGE))


def test_it_never_calls_itself_reviewed_though_a_reviewed_version_is_public(page: StandardPage) -> None:
    home("de-simple").add_child(
        instance=StandardPage(
            title="Garten", slug="garten", locale=home("de-simple").locale, translation_key=page.translation_key
        )
    )
    PublicRecord.objects.filter(locale="de-simple").update(reviewed_on=timezone.localdate())
    html = text_of(draft_of(page, LEICHT))
    assert "easy-label--reviewed" not in html
    with translation.override("de-simple"):
        assert gettext("Plain language, not reviewed") in html


def test_only_german_pages_offer_leichte_sprache(page: StandardPage) -> None:
    parent = home("en")
    english = parent.add_child(instance=StandardPage(title="Gardens", slug="gardens", locale=parent.locale))
    assert [name for name, _label in page.preview_modes] == MODES
    assert [name for name, _label in english.preview_modes] == [PAGE, CARD]
    assert '<html lang="en"' in text_of(draft_of(english, LEICHT))


@pytest.mark.parametrize("mode", MODES)
def test_a_page_that_is_not_saved_yet_can_be_previewed(mode: str, office: None) -> None:
    address = reverse("wagtailadmin_pages:preview_on_add", args=["website", "standardpage", home().pk])
    assert desk("anna").post(address, form("Ganz neu", "ganz-neu")).json()["is_valid"]
    assert "Ganz neu" in text_of(desk("anna").get(address, {"mode": mode}))
