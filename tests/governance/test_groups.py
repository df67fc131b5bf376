"""Groups and rights as the policies say, no more and no less."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page

from cms_blocks.models import Contact
from governance.groups import set_up_groups
from governance.policies import ADMINISTRATION_EDITORS, BOARD, CARRIER_EDITORS, GROUPS, TRANSLATORS, GroupPolicy
from tests.toolkit.factories import home
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)


def group_of(policy: GroupPolicy) -> Group:
    from django.utils import translation

    with translation.override("de"):
        return Group.objects.get(name=translation.gettext(policy.name))


def rights(policy: GroupPolicy) -> set[tuple]:
    group = group_of(policy)
    return {
        *(("right", *key) for key in group.permissions.values_list("content_type__app_label", "codename")),
        *(
            ("page", *key)
            for key in GroupPagePermission.objects.filter(group=group).values_list("page_id", "permission__codename")
        ),
        *(
            ("file", *key)
            for key in GroupCollectionPermission.objects.filter(group=group).values_list(
                "collection_id", "permission__codename"
            )
        ),
    }


@pytest.fixture
def office() -> None:
    home("en")
    call_command("setup_office", verbosity=0)


def member(policy: GroupPolicy) -> Client:
    user = get_user_model().objects.create_user(policy.key, password="x")
    user.groups.set([group_of(policy)])
    client = Client()
    client.force_login(user)
    return client


def test_editors_of_both_halves_have_equal_rights(office: None) -> None:
    assert rights(ADMINISTRATION_EDITORS) == rights(CARRIER_EDITORS)
    assert ("page", Page.objects.get(depth=1).pk, "publish_page") in rights(CARRIER_EDITORS)


def test_a_second_run_changes_nothing(office: None) -> None:
    before = {policy.key: rights(policy) for policy in GROUPS}
    assert set_up_groups() == []
    assert {policy.key: rights(policy) for policy in GROUPS} == before


@pytest.mark.parametrize("policy", GROUPS, ids=lambda policy: policy.key)
def test_rights_given_by_hand_are_taken_away_again(policy: GroupPolicy, office: None) -> None:
    before = rights(policy)
    group = group_of(policy)
    deeper = Collection.get_first_root_node().add_child(name="Tiefer")
    GroupCollectionPermission.objects.create(
        group=group,
        collection=deeper,
        permission=Permission.objects.get(codename="change_image", content_type__app_label="wagtailimages"),
    )
    group.permissions.add(Permission.objects.get(codename="delete_locale"))
    assert set_up_groups()
    assert rights(policy) == before


def test_nobody_below_the_administrators_manages_users_or_rights(office: None) -> None:
    for policy in GROUPS:
        manages = {right for right in rights(policy) if right[0] == "right" and right[1] == "auth"}
        assert bool(manages) == (policy.key == "administrators")


def test_the_board_writes_in_its_own_area_and_nowhere_else(office: None) -> None:
    parent = home()
    about = parent.add_child(instance=StandardPage(title="Über uns", slug="ueber-uns"))
    board = about.add_child(instance=StandardPage(title="Beirat", slug="beirat"))
    elsewhere = parent.add_child(instance=StandardPage(title="Beirat", slug="beirat"))
    set_up_groups()
    user = get_user_model().objects.create_user("member")
    user.groups.set([group_of(BOARD)])
    assert board.permissions_for_user(user).can_publish()
    for page in (elsewhere, about, parent):
        assert not page.permissions_for_user(user).can_edit()


def test_translators_cannot_publish(office: None) -> None:
    english = home("en")
    user = get_user_model().objects.create_user("translator")
    user.groups.set([group_of(TRANSLATORS)])
    assert english.permissions_for_user(user).can_edit()
    assert not english.permissions_for_user(user).can_publish()
    assert not home().permissions_for_user(user).can_edit()


def test_translators_send_no_draft_and_no_contact_into_translation(office: None) -> None:
    client = member(TRANSLATORS)
    parent = home()
    public = parent.add_child(instance=StandardPage(title="Offen", slug="offen"))
    draft = parent.add_child(instance=StandardPage(title="Geheim", slug="geheim", live=False))
    contact = Contact.objects.create(name="Anlaufstelle", locale=parent.locale)
    view = "wagtail_localize:submit_page_translation"
    assert client.get(reverse(view, args=[public.pk])).status_code == 200
    locale = Locale.objects.get(language_code="en")
    for address in (
        reverse(view, args=[draft.pk]),
        reverse("wagtail_localize:submit_snippet_translation", args=["cms_blocks", "contact", contact.pk]),
    ):
        client.post(address, {"locales": [locale.pk]})
    assert not StandardPage.objects.filter(translation_key=draft.translation_key, locale=locale).exists()
    assert not Contact.objects.filter(locale=locale).exists()


def test_the_board_does_not_read_titles_of_drafts_in_the_report_of_translations(office: None) -> None:
    answer = member(BOARD).get(reverse("wagtail_localize:translations_report"))
    assert answer.status_code in {302, 403}
