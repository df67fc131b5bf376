"""What is public, for how long and where: one place says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, PageViewRestriction, Site

from cms_blocks.publication.records import FOREVER, NEVER
from cms_blocks.publication.state import private_collections, public_state, public_states, site_roots
from website.models import HomePage, StandardPage


@pytest.fixture
def section(home: Page) -> StandardPage:
    return home.add_child(instance=StandardPage(title="Section", slug="section"))


@pytest.fixture
def page(section: StandardPage) -> StandardPage:
    return section.add_child(instance=StandardPage(title="Page", slug="page"))


def test_a_live_page_below_live_ancestors_is_public_for_ever_at_its_address(home: Page, page: Page) -> None:
    state = public_state(page)
    assert (state.public, state.reason, state.path) == (True, "", "/section/page/")
    assert (state.visible_from, state.visible_until) == (NEVER, FOREVER)
    assert (state.site_id, state.locale, state.declaration.kind) == (Site.objects.get().pk, "de", "page")
    assert public_state(home).path == "/"


def restrict(page: Page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def set_columns(page: Page, **columns: Any) -> None:
    Page.objects.filter(pk=page.pk).update(**columns)


HOUR = timedelta(hours=1)
REASONS: dict[str, Callable[[Page, Page], object]] = {
    "draft": lambda section, page: set_columns(page, live=False),
    "ancestor-draft": lambda section, page: set_columns(section, live=False),
    "ancestor-missing": lambda section, page: set_columns(section, path="0001000900010001", depth=4),
    "restricted": lambda section, page: restrict(section),
    "no-site": lambda section, page: Site.objects.all().delete(),
    "language-not-offered": lambda section, page: set_columns(
        page, locale_id=Locale.objects.create(language_code="fr").pk
    ),
    "window-empty": lambda section, page: (
        set_columns(section, expire_at=timezone.now()),
        set_columns(page, go_live_at=timezone.now() + HOUR),
    ),
}


@pytest.mark.parametrize("reason", REASONS)
def test_why_a_page_is_not_public_is_said_in_a_word(reason: str, section: Page, page: Page) -> None:
    REASONS[reason](section, page)
    state = public_state(page)
    assert (state.public, state.reason, state.path) == (False, reason, "")


def test_a_restricted_page_is_not_public_itself_and_its_sibling_is(home: Page, section: Page, page: Page) -> None:
    restrict(page)
    sibling = section.add_child(instance=StandardPage(title="Sibling", slug="sibling"))
    assert public_state(page).reason == "restricted"
    assert public_state(sibling).public
    restrict(Page.get_first_root_node())
    assert {state.reason for state in public_states([home, section, sibling]).values()} == {"restricted"}


def test_a_page_type_without_a_declaration_is_never_public(home: Page) -> None:
    plain = home.add_child(instance=Page(title="Plain", slug="plain"))
    assert public_state(plain).reason == "undeclared"
    assert public_state(Page.get_first_root_node()).reason == "undeclared"


def test_a_page_that_is_not_saved_is_not_public(home: Page) -> None:
    assert public_state(StandardPage(title="Nowhere")).reason == "unsaved"
    assert public_states([]) == {}


def test_the_state_is_read_from_the_database_whatever_the_draft_in_memory_says(page: Page) -> None:
    page.live = False
    assert public_state(page).public


def test_the_window_is_the_narrowest_of_the_page_and_its_ancestors(section: Page, page: Page) -> None:
    now = timezone.now()
    set_columns(section, go_live_at=now - HOUR, expire_at=now + HOUR)
    set_columns(page, go_live_at=now - 2 * HOUR, expire_at=now + 2 * HOUR)
    state = public_state(page)
    assert (state.visible_from, state.visible_until) == (now - HOUR, now + HOUR)


def test_an_alias_is_public_in_its_own_language_only(home: Page, section: Page, page: Page) -> None:
    same = page.create_alias(update_slug="again")
    english = Locale.objects.get(language_code="en")
    other = page.copy_for_translation(english, copy_parents=True, alias=True)
    assert public_state(same).public
    assert public_state(other).reason == "alias-of-other-language"


def test_a_translated_tree_stands_below_the_prefix_of_its_language(home: Page, page: Page) -> None:
    english = page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    for part in (*english.get_ancestors(inclusive=True).filter(depth__gt=1),):
        set_columns(part, live=True, alias_of=None)
    assert public_state(english).path == f"/en/{english.url_path.split('/', 2)[2]}"


def test_of_several_sites_the_one_whose_root_is_nearest_counts(home: Page, section: Page, page: Page) -> None:
    inner = Site.objects.create(hostname="inner.example", root_page=section)
    assert (public_state(page).site_id, public_state(page).path) == (inner.pk, "/page/")
    assert public_state(section).path == "/"
    assert public_state(home).site_id != inner.pk


def test_a_site_inside_a_translated_tree_is_nearer_than_that_tree(home: Page) -> None:
    """The address of the outer site's root sorts behind it, that of its translation before."""
    english = home.copy_for_translation(Locale.objects.get(language_code="en"))
    english.slug = "a"
    english.save()
    section = english.add_child(instance=StandardPage(title="S", slug="s", locale=english.locale))
    outer = Site.objects.get()
    inner = Site.objects.create(hostname="inner.example", root_page=section)
    assert home.url_path > section.url_path
    assert next(root.site_id for root in site_roots()) == inner.pk
    assert {root.site_id for root in site_roots()} == {outer.pk, inner.pk}


def test_of_two_sites_with_one_root_the_default_one_counts(page: Page, home: Page) -> None:
    Site.objects.create(hostname="aaa.example", root_page=home)
    assert public_state(page).site_id == Site.objects.get(is_default_site=True).pk


def test_the_state_of_many_pages_costs_as_many_queries_as_that_of_one(
    home: Page, section: Page, page: Page, django_assert_num_queries: Any
) -> None:
    more = [section.add_child(instance=StandardPage(title=f"P{n}", slug=f"p{n}")) for n in range(10)]
    alias = page.create_alias(update_slug="again")
    public_states([page])
    with django_assert_num_queries(6):
        public_states([page, alias])
    with django_assert_num_queries(6):
        assert all(state.public for state in public_states([home, section, page, alias, *more]).values())


@override_settings(ROOT_URLCONF="wagtail.admin.urls")
def test_where_no_page_is_served_the_address_is_still_the_key_of_a_record(page: Page) -> None:
    assert public_state(page).path == "/section/page/"


def test_files_are_private_in_a_restricted_collection_and_below(transactional_db: None) -> None:
    root = Collection.get_first_root_node()
    assert private_collections() == frozenset()
    outer = root.add_child(name="Outer")
    inner = outer.add_child(name="Inner")
    root.add_child(name="Open")
    CollectionViewRestriction.objects.create(collection=outer, restriction_type="login")
    assert private_collections() == {outer.pk, inner.pk}


def test_a_home_page_that_is_a_draft_hides_the_whole_house(home: HomePage, page: Page) -> None:
    set_columns(home, live=False)
    assert public_state(page).reason == "ancestor-draft"
