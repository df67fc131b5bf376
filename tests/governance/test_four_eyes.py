"""Four eyes across the two halves, as the people at the desk meet them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms_blocks.publication.records import PublicRecord
from governance.acts import UnilateralAct
from governance.models import HalfReview
from governance.rights import Phase
from governance.standing import Standing
from tests.governance.office import desk, draft, form, fresh, let_time_pass, person, review_of, submit
from website.models import StandardPage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("office")]


def edit(page: StandardPage, who: str, action: str = "", **fields: object) -> None:
    data = form(**fields) | ({f"action-{action}": "1"} if action else {})
    desk(who).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)


def approve(page: StandardPage, who: str, name: str = "approve", **data: str) -> int:
    review = review_of(page)
    address = reverse("governance:review", args=[page.pk])
    return desk(who).post(address, {"review": review.pk, name: "1", "comment": "", **data}).status_code


def about() -> StandardPage:
    return StandardPage.objects.get(slug="ueber-uns")


def is_public(page: StandardPage) -> bool:
    return PublicRecord.objects.visible().filter(kind="page", object_id=page.pk).exists()


def test_what_one_half_writes_is_public_when_the_other_approves() -> None:
    page = draft()
    edit(page, "anna", "publish")
    assert not fresh(page).live
    edit(page, "anna", "submit")
    assert review_of(page).half == "carrier"
    approve(page, "albert")
    assert not fresh(page).live
    assert not is_public(page)
    approve(page, "carla")
    assert is_public(page)
    assert HalfReview.objects.get().finished_by == person("carla")


def test_it_is_the_same_the_other_way_round() -> None:
    page = draft(by="carla")
    edit(page, "carla", "submit")
    assert review_of(page).half == "administration"
    approve(page, "carlo")
    assert not fresh(page).live
    approve(page, "anna")
    assert fresh(page).live


def test_whoever_mends_something_in_the_review_hands_it_back_to_the_other_half() -> None:
    page = draft()
    submit(page)
    review = review_of(page)
    data = form(title="Besser") | {"action-workflow-action": "1", "workflow-action-name": "approve"}
    desk("carla").post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    assert not fresh(page).live
    assert review_of(page) != review
    assert review_of(page).half == "administration"
    approve(page, "carlo")
    assert not fresh(page).live
    approve(page, "anna")
    assert fresh(page).title == "Besser"


def test_a_colleague_of_the_reviewer_does_not_approve_what_the_reviewer_changed() -> None:
    page = draft()
    submit(page)
    edit(page, "carla", title="Besser")
    assert Standing(fresh(page)).phase is Phase.CHANGED
    approve(page, "anna")
    assert Standing(fresh(page)).phase is Phase.CHANGED  # carla may still be writing
    for name in ("carlo", "carla"):
        approve(page, name)
        assert not fresh(page).live
    assert review_of(page).half == "administration"


def test_a_version_that_came_in_by_another_way_is_not_approved_unread() -> None:
    page = draft()
    review = submit(page)
    page.title = "Heimlich"
    page.save_revision(user=person("albert"))
    approve(page, "carla")
    assert not fresh(page).live
    assert review_of(page) != review
    approve(page, "carla")
    assert fresh(page).title == "Heimlich"


def test_while_it_waits_the_half_that_wrote_it_cannot_change_it() -> None:
    page = draft()
    submit(page)
    edit(page, "anna", title="Anders")
    edit(page, "albert", title="Anders")
    assert fresh(page).get_latest_revision_as_object().title == "Seite"


def test_the_author_takes_it_back_and_goes_on_writing() -> None:
    page = draft()
    submit(page)
    edit(page, "anna", "cancel-workflow")
    edit(page, "anna", title="Anders")
    assert fresh(page).get_latest_revision_as_object().title == "Anders"
    assert not HalfReview.objects.waiting().exists()


def test_a_request_for_changes_needs_a_word_and_comes_back_to_the_same_half() -> None:
    page = draft()
    submit(page)
    review, address = review_of(page), reverse("governance:review", args=[page.pk])
    answer = desk("carla").post(address, {"review": review.pk, "reject": "1", "comment": ""})
    assert answer.status_code == 200
    desk("carla").post(address, {"review": review.pk, "reject": "1", "comment": "Bitte kürzer."})
    assert Standing(fresh(page)).phase is Phase.RETURNED
    edit(page, "anna", "submit", title="Kurz")
    assert review_of(page).half == "carrier"


def test_a_deputy_steps_in_when_the_other_half_is_silent_and_says_so() -> None:
    page = draft()
    review = submit(page)
    let_time_pass(review)
    approve(page, "anna")
    assert not fresh(page).live
    approve(page, "albert")
    assert fresh(page).live
    act = UnilateralAct.objects.get()
    assert (act.kind, act.half, act.user) == ("deputy", "carrier", person("albert"))


def test_a_page_of_one_half_is_published_by_its_editors_and_not_by_the_other_half() -> None:
    page = draft("carrier", by="carla")
    edit(page, "anna", "publish", half="carrier")
    assert not fresh(page).live
    edit(page, "carlo", "publish", half="carrier")
    assert fresh(page).live
    assert not UnilateralAct.objects.exists()


def test_what_a_guest_changes_on_the_page_of_the_other_half_is_approved_by_that_half() -> None:
    page = draft("carrier", by="carla")
    edit(page, "carla", "publish", half="carrier")
    edit(page, "anna", "submit", half="carrier", title="Von Anna")
    assert review_of(page).half == "carrier"
    approve(page, "albert")
    assert fresh(page).title == "Seite"
    approve(page, "carla")
    assert fresh(page).title == "Von Anna"


def test_nobody_takes_a_public_joint_page_for_their_half_alone() -> None:
    page = draft(live=True)
    edit(page, "anna", half="administration")
    edit(page, "anna", "publish", half="administration")
    assert fresh(page).half == "joint"
    desk("anna").post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    edit(page, "anna", half="administration")
    edit(page, "anna", "publish", half="administration")
    assert not fresh(page).live
    edit(page, "anna", "submit", half="administration")
    approve(page, "carla")
    assert (fresh(page).live, fresh(page).half) == (True, "administration")


def test_nobody_publishes_for_both_by_changing_the_half_in_the_same_step() -> None:
    page = draft("administration")
    for half in ("joint", "carrier"):
        edit(page, "anna", "publish", half=half)
        assert not fresh(page).live
        edit(page, "anna", half="administration")
    edit(page, "anna", "publish", half="administration")
    assert fresh(page).live


def test_a_new_page_is_not_published_in_one_go() -> None:
    address = reverse("wagtailadmin_pages:add", args=["website", "standardpage", about().pk])
    for half in ("joint", "carrier", "administration"):
        desk("anna").post(address, form(slug=f"neu-{half}", half=half) | {"action-publish": "1"})
        assert not StandardPage.objects.get(slug=f"neu-{half}").live
    desk("anna").post(address, form(slug="gleich") | {"action-submit": "1"})
    assert review_of(StandardPage.objects.get(slug="gleich")).half == "carrier"


def test_a_home_page_below_the_root_begins_as_a_draft_too() -> None:
    from wagtail.models import Page

    address = reverse("wagtailadmin_pages:add", args=["website", "homepage", Page.objects.get(depth=1).pk])
    desk("anna").post(address, form(slug="zweite") | {"headline": "", "action-publish": "1"})
    assert not Page.objects.get(slug="zweite").live


def test_a_planned_day_holds_for_what_was_approved_only() -> None:
    page = draft()
    edit(page, "anna", "publish", go_live_at="2040-01-01 08:00")
    assert fresh(page).scheduled_revision is None
    edit(page, "anna", "submit", go_live_at="2040-01-01 08:00")
    approve(page, "carla")
    assert fresh(page).scheduled_revision is not None
    assert not fresh(page).live


def test_a_translator_sends_and_an_editor_of_either_half_approves() -> None:
    from tests.toolkit.factories import home

    page = draft(by="translator", parent=home("en"))
    review = submit(page, by="translator")
    assert review.half == "joint"
    approve(page, "translator")
    assert not fresh(page).live
    approve(page, "albert")
    assert fresh(page).live


def test_a_translator_is_no_way_around_the_other_half() -> None:
    from tests.toolkit.factories import home

    page = draft(by="anna", parent=home("en"))
    page.save_revision(user=person("translator"))
    assert submit(page, by="translator").half == "carrier"


def test_what_is_translated_with_wagtail_localize_is_sent_from_its_editor_and_published_by_the_other_half() -> None:
    from wagtail.models import Locale
    from wagtail_localize.models import Translation, TranslationSource

    from cms_blocks.publication.unit import unit

    source = about()
    source.save_revision().publish()
    with unit():
        kept, _new = TranslationSource.get_or_create_from_instance(source)
        english = Locale.objects.get(language_code="en")
        translation = Translation.objects.create(source=kept, target_locale=english)
        translation.save_target(publish=False)
    page = fresh(source).get_translation(english)
    edit_page = reverse("wagtailadmin_pages:edit", args=[page.pk])
    send = reverse("governance:submit", args=[page.pk])
    desk("anna").post(edit_page, {"action": "publish"})
    assert not fresh(page).live
    assert send in desk("anna").get(edit_page).content.decode()
    desk("anna").post(send)
    assert review_of(page).half == "carrier"
    approve(page, "albert")
    assert not fresh(page).live
    approve(page, "carla")
    assert fresh(page).live


def test_a_member_of_both_halves_reviews_nothing_and_publishes_nothing() -> None:
    page = draft()
    edit(page, "both", "publish")
    submit(page)
    approve(page, "both")
    assert not fresh(page).live


def test_a_lock_of_one_half_does_not_keep_the_other_out() -> None:
    page = draft()
    desk("anna").post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    assert fresh(page).locked
    desk("carla").post(reverse("wagtailadmin_pages:unlock", args=[page.pk]))
    assert not fresh(page).locked
    desk("anna").post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    edit(page, "anna", "submit")
    assert not fresh(page).locked


def test_the_board_publishes_in_its_own_area_without_the_halves() -> None:
    area = StandardPage.objects.get(slug="beirat")
    page = draft(by="board", parent=area, slug="protokoll")
    edit(page, "board", "publish", slug="protokoll")
    assert fresh(page).live
    assert not UnilateralAct.objects.exists()
    edit(page, "anna", "publish", slug="protokoll", title="Anders")
    assert fresh(page).title == "Seite"


def test_what_a_superuser_publishes_is_told_to_both_halves() -> None:
    page = draft()
    edit(page, "operator", "publish")
    assert fresh(page).live
    assert sorted(UnilateralAct.objects.values_list("kind", "half")) == [
        ("direct", "administration"),
        ("direct", "carrier"),
    ]


def test_a_command_publishes_as_nobody() -> None:
    page = draft()
    page.get_latest_revision().publish()
    assert fresh(page).live
    assert not UnilateralAct.objects.exists()
