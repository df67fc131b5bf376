"""Two editors on one page: whoever comes second overwrites nothing, loses nothing and sees both texts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from cms_blocks.drafts.kept import ACTION
from tests.cms_blocks.drafts.windows import Window, page_of, texts
from tests.governance.office import desk, fresh, open_office, person
from tests.infrastructure.database import Kept

pytestmark = pytest.mark.django_db(transaction=True)
OFFICE = Kept()


@pytest.fixture
def page(transactional_db: None) -> Any:
    return fresh(OFFICE.get(build))


def build() -> Any:
    open_office()
    return page_of()


def newest(page: Any) -> Any:
    return fresh(page).latest_revision


def test_who_saves_over_a_newer_version_is_shown_both_and_nothing_is_overwritten(page: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    assert his.save("Albert war schneller", "Albert schreibt Bäume.").status_code == 302

    answer = hers.save("Anna schrieb länger", "Anna schreibt Bänke.")

    assert newest(page).content["title"] == "Albert war schneller"
    kept = PageLogEntry.objects.get(page_id=page.pk, action=ACTION).revision
    assert answer.url == reverse("drafts:both", args=[page.pk, kept.pk])
    assert kept.content["title"] == "Anna schrieb länger" and "Bänke" in str(kept.as_object().body)
    assert kept.user == person("anna")
    assert newest(page).is_latest_revision() and not kept.is_latest_revision()
    html = desk("anna").get(answer.url).content.decode()
    assert "Bänke" in html and "Bäume" in html
    assert reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, kept.pk]) in html


@pytest.mark.parametrize("button", ["action-publish", "action-submit"])
def test_no_button_publishes_or_sends_a_text_that_is_not_the_newest(page: Any, button: str) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    his.save("Albert")
    assert "/drafts/" in hers.save("Anna", **{button: "1"}).url
    assert not fresh(page).live and fresh(page).current_workflow_state is None
    assert newest(page).content["title"] == "Albert"


def test_a_form_that_saves_itself_is_refused_and_its_text_kept_once(page: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    his.autosave("Albert")
    said = hers.autosave("Anna, angefangen")
    assert (said["success"], said["error_code"]) == (False, "invalid_revision")
    versions = len(texts(page))

    answer = hers.save("Anna, fertig", kept_revision_id=said["kept_revision_id"])

    assert answer.url == said["both_texts_url"]
    assert len(texts(page)) == versions and any("Anna, fertig" in text for text in texts(page))


def test_a_form_goes_on_saving_itself_as_long_as_nobody_else_does(page: Any) -> None:
    hers = Window(desk("anna"), page)
    assert hers.autosave("Eins")["success"] and hers.autosave("Zwei")["success"]
    assert hers.save("Drei").url.endswith("/edit/")
    assert newest(page).content["title"] == "Drei"


def test_the_same_person_in_two_windows_loses_nothing_either(page: Any) -> None:
    first, second = Window(desk("anna"), page), Window(desk("anna"), page)
    first.autosave("Im ersten Fenster")
    answer = second.save("Im zweiten Fenster")
    assert reverse("drafts:both", args=[page.pk, 0])[:-2] in answer.url
    assert newest(page).content["title"] == "Im ersten Fenster"
    assert any("Im zweiten Fenster" in text for text in texts(page))


def test_who_changed_nothing_is_shown_the_newest_version(page: Any) -> None:
    with_title = {"title": page.title, "words": ""}
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    his.save("Albert")
    fields = hers.fields(**with_title) | {"body-count": "0", "action-publish": "1"}
    for name in [name for name in fields if name.startswith("body-0")]:
        del fields[name]
    answer = desk("anna").post(f"/admin/pages/{page.pk}/edit/", fields)
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert not PageLogEntry.objects.filter(action=ACTION).exists() and not fresh(page).live


def test_a_text_with_mistakes_is_kept_as_it_was_written(page: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    his.save("Albert")
    too_long = "Wort " * 100
    hers.save("Anna", lead=too_long)
    kept = PageLogEntry.objects.get(action=ACTION).revision
    assert kept.content["lead"].strip() == too_long.strip()


def test_a_text_written_on_a_page_that_was_locked_meanwhile_is_kept(page: Any) -> None:
    hers = Window(desk("anna"), page)
    desk("albert").post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    said = hers.autosave("Anna")
    assert said["error_code"] == "locked"
    assert hers.save("Anna und mehr", kept_revision_id=said["kept_revision_id"]).url == said["both_texts_url"]
    assert newest(page).content["title"] == "Seite" and any("Anna und mehr" in text for text in texts(page))


def test_who_is_unlocked_by_somebody_else_loses_nothing(page: Any) -> None:
    lock, unlock = (reverse(f"wagtailadmin_pages:{name}", args=[page.pk]) for name in ("lock", "unlock"))
    desk("anna").post(lock)
    hers = Window(desk("anna"), page)
    hers.autosave("Anna, gesperrt")
    desk("operator").post(unlock)
    Window(desk("operator"), page).save("Entsperrt und geändert")
    assert "/drafts/" in hers.save("Anna, zu spät").url
    words = {text.split(":")[0] for text in texts(page)}
    assert {"Anna, gesperrt", "Entsperrt und geändert", "Anna, zu spät"} <= words


def test_a_page_without_any_version_has_one_first_editor(page: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    page.revisions.all().delete()
    hers.loaded = his.loaded = "none"
    assert his.save("Albert").url.endswith("/edit/")
    assert "/drafts/" in hers.save("Anna").url
    assert newest(page).content["title"] == "Albert"


def test_a_kept_text_can_be_taken_up_again_and_becomes_the_newest(page: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    his.save("Albert", "Albert schreibt.")
    hers.save("Anna", "Anna schreibt.")
    kept = PageLogEntry.objects.get(action=ACTION).revision
    take_up = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, kept.pk])
    html = desk("anna").get(take_up).content.decode()
    assert "Anna schreibt." in html
    loaded = re.search(r'name="loaded_revision_id" value="(\d+)"', html)
    assert loaded and loaded[1] == str(newest(page).pk)
    again = Window(desk("anna"), page)
    assert desk("anna").post(take_up, again.fields("Anna", "Anna schreibt.")).url.endswith("/edit/")
    assert newest(page).content["title"] == "Anna"
    assert any("Albert schreibt." in text for text in texts(page))


def test_both_texts_are_shown_only_to_those_who_may_edit_the_page(page: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    his.save("Albert")
    both = hers.save("Anna").url
    first = page.revisions.order_by("pk").first()
    assert desk("carla").get(both).status_code in (200, 302)
    for name in ("board", "nobody"):
        answer = desk(name).get(both)
        assert answer.status_code == 302 and "Anna" not in answer.content.decode()
    assert desk("anna").get(reverse("drafts:both", args=[page.pk, first.pk])).status_code == 404
    assert desk("anna").get(reverse("drafts:both", args=[page.pk + 1000, first.pk])).status_code == 404


def test_nobody_writes_into_what_somebody_else_had_kept(page: Any) -> None:
    hers, his = Window(desk("anna"), page), Window(desk("albert"), page)
    Window(desk("operator"), page).save("Erste")
    hers.save("Anna")
    annas = PageLogEntry.objects.get(action=ACTION).revision
    his.save("Albert", kept_revision_id=str(annas.pk))
    annas.refresh_from_db()
    assert annas.content["title"] == "Anna" and any("Albert:" in text for text in texts(page))


def test_the_editor_asks_whether_it_could_save_and_gets_a_fresh_token(page: Any) -> None:
    ask = reverse("drafts:page_standing", args=[page.pk])
    said = desk("anna").get(ask, headers={"X-Requested-With": "XMLHttpRequest"}).json()
    assert said["state"] == "fine" and said["user"] == person("anna").pk and len(said["token"]) == 64
    assert desk("board").get(ask).json()["state"] == "refused"
    assert desk("anna").get(reverse("drafts:page_standing", args=[page.pk + 1000])).json()["state"] == "gone"
    assert Client().get(ask, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 403
