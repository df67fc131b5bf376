"""The step before a new page: every type is offered with a picture and a sentence, under the name of its group."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from wagtail.models import Page, get_page_models

from cms_blocks.illustrations import svg
from cms_blocks.pages import BasePage
from cms_blocks.writing.choosing import type_cards
from tests.governance.office import desk, open_office
from tests.toolkit.factories import home
from website.models import AccessibilityStatementPage, HomePage, ImprintPage, StandardPage

OURS = [model for model in get_page_models() if issubclass(model, BasePage)]


@pytest.fixture
def office(db: None) -> None:
    open_office()


@pytest.fixture
def front(office: None) -> HomePage:
    return home().add_child(instance=HomePage(title="Start", slug="start"))


def choice(parent: Page) -> str:
    return desk("anna").get(reverse("wagtailadmin_pages:add_subpage", args=[parent.pk])).content.decode()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_page_type_has_a_sentence_and_a_drawn_sign(model: type[BasePage]) -> None:
    with translation.override("de"):
        german = model.get_page_description()
    with translation.override("en"):
        english = model.get_page_description()
    assert german and german != english
    assert svg(model.page_sign)


def test_types_stand_in_groups_from_the_most_usual_to_the_rarest() -> None:
    names = [name for name, _cards in type_cards(OURS)]
    assert names == [str(group.label) for group in sorted({m.page_group for m in OURS}, key=lambda group: group.order)]


def test_an_editor_chooses_among_cards_and_is_led_to_the_form(front: HomePage) -> None:
    html = choice(front)
    for model in (StandardPage, ImprintPage, AccessibilityStatementPage):
        address = reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, front.pk])
        assert f'href="{address}"' in html
        with translation.override("de"):
            assert escape(model.get_page_description()) in html
    cards = html[html.index("type-choice__lead") :]
    assert cards.count('class="type-card"') == cards.count('viewBox="0 0 96 96"') == 4


def test_what_is_needed_only_once_is_named_as_there_already(front: HomePage) -> None:
    assert "type-choice__note" not in choice(front)
    front.add_child(instance=ImprintPage(title="Impressum", slug="impressum"))
    html = choice(front)
    assert reverse("wagtailadmin_pages:add", args=["website", "imprintpage", front.pk]) not in html
    with translation.override("de"):
        assert str(ImprintPage.get_verbose_name()) in html[html.index("type-choice__note") :]


def test_a_single_possible_type_needs_no_choice(front: HomePage) -> None:
    below = front.add_child(instance=StandardPage(title="Über uns", slug="wir"))
    answer = desk("anna").get(reverse("wagtailadmin_pages:add_subpage", args=[below.pk]))
    assert answer["Location"] == reverse("wagtailadmin_pages:add", args=["website", "standardpage", below.pk])


def test_who_may_not_add_pages_has_no_choice(office: None) -> None:
    address = reverse("wagtailadmin_pages:add_subpage", args=[home().pk])
    assert desk("translator").get(address).status_code == 302
