"""Translations by wagtail-localize: no public text without a right, no private text made public."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.models import GroupPagePermission, Locale, Page, PageViewRestriction
from wagtail_localize.models import Translation, TranslationSource

from cms_blocks.models import Topic
from cms_blocks.publication.records import PublicRecord
from cms_blocks.translation import may_translate, sync_view_restrictions
from governance.policies import ADMINISTRATION_EDITORS, CARRIER_EDITORS, GroupPolicy
from tests.cms_blocks.publication.editor import Editor
from tests.cms_blocks.publication.observer import Observer, watching
from website.models import StandardPage

pytestmark = pytest.mark.gate


@pytest.fixture
def page(home: Page) -> StandardPage:
    english = home.copy_for_translation(Locale.objects.get(language_code="en"))
    english.save_revision().publish()
    return home.add_child(instance=StandardPage(title="Seite", slug="seite"))


def someone(*rights: str, on: Page | None = None, translates: bool = True) -> Any:
    """Somebody with these rights on a page and below, who may translate and log in to the admin."""
    group = Group.objects.create(name=f"group {Group.objects.count()}")
    codes = ["access_admin", *(["submit_translation"] if translates else [])]
    group.permissions.set(Permission.objects.filter(codename__in=codes))
    for right in rights:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{right}_page")
        GroupPagePermission.objects.create(group=group, page=on or Page.get_first_root_node(), permission=permission)
    user = get_user_model().objects.create_user(f"user {group.pk}", password="x")
    user.groups.add(group)
    return user


def editor_of(policy: GroupPolicy) -> Any:
    """A member of one of the office's own groups."""
    user = someone()
    with override("de"):
        user.groups.add(Group.objects.get(name=gettext(policy.name)))
    return user


def translated(page: Page) -> Translation:
    source, _ = TranslationSource.get_or_create_from_instance(page)
    return Translation.objects.create(source=source, target_locale=Locale.objects.get(language_code="en"))


def english(page: Page) -> Page:
    return Page.objects.get(translation_key=page.translation_key, locale__language_code="en")


def test_a_translation_is_published_for_whoever_may_publish(page: StandardPage, observer: Observer) -> None:
    page.half = "administration"
    page.save()
    translation = translated(page)
    with watching(observer) as found:
        translation.save_target(user=someone("change"), publish=True)
        assert not english(page).live
        translation.save_target(user=someone("publish"), publish=False)
        assert not english(page).live
        translation.save_target(user=editor_of(CARRIER_EDITORS), publish=True)
        assert not english(page).live
        translation.save_target(user=editor_of(ADMINISTRATION_EDITORS), publish=True)
        assert english(page).live
    assert not found
    assert PublicRecord.objects.live().filter(object_id=english(page).pk, path="/en/seite/").exists()


def test_a_command_may_publish_a_translation(page: StandardPage) -> None:
    translated(page).save_target()
    assert english(page).live


def test_what_has_no_drafts_is_written_at_once(transactional_db: None, home: Page) -> None:
    topic = Topic.objects.create(name="Grün", slug="green", locale=Locale.get_default())
    translated(topic).save_target(user=someone("change"))
    assert Topic.objects.filter(translation_key=topic.translation_key, locale__language_code="en").exists()


def test_a_snippet_with_drafts_asks_for_the_right_to_publish_it(home: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of our snippets has drafts yet; a plugin's may."""
    from wagtail.models import DraftStateMixin

    from cms_blocks import translation as module

    class Draft(DraftStateMixin):
        class Meta:
            abstract = True

    published: list[object] = []

    class Source:
        class specific_content_type:  # noqa: N801
            @staticmethod
            def model_class() -> Any:
                return type("Notice", (), {"_meta": Topic._meta})

        def create_or_update_translation(self, *args: Any, **kwargs: Any) -> None:
            assert kwargs["publish"] is False

        def get_translated_instance(self, locale: Any) -> Any:
            revision = type("Revision", (), {"publish": lambda self, user: published.append(user)})
            return type("Instance", (), {"get_latest_revision": lambda self: revision()})()

    monkeypatch.setattr(module, "DraftStateMixin", object)
    translation = type("Translation", (), {"source": Source(), "target_locale": None})()
    module.save_target(translation, user=someone("change"))
    assert published == []
    module.save_target(translation, user=None)
    assert published == [None]


def test_a_private_page_is_private_in_every_language_and_stays_so(
    page: StandardPage, editor: Editor, observer: Observer
) -> None:
    assert editor.restrict(page.pk, "groups")
    with watching(observer) as found:
        assert editor.translate(page.pk, "en")
        target = english(page)
        assert target.view_restrictions.get().groups.get() == editor.group
        assert editor.publish_translation(target.pk)
        assert editor.restrict(page.pk, "none")
        assert editor.update_translations(
            TranslationSource.objects.get(object_id=page.translation_key).pk, publish=True
        )
    assert not found
    assert target.view_restrictions.exists()  # an editor takes it away, never a synchronisation
    assert not PublicRecord.objects.live().filter(object_id=target.pk).exists()


def test_a_restriction_of_the_translation_alone_is_kept(page: StandardPage) -> None:
    translated(page).save_target()
    target = english(page)
    PageViewRestriction.objects.create(page=target, restriction_type="login")
    sync_view_restrictions(None, page, target)
    assert target.view_restrictions.get().restriction_type == "login"
    sync_view_restrictions(None, Topic(), Topic())


def test_who_may_send_something_into_translation(page: StandardPage, home: Page) -> None:
    translator, editor = someone(), someone("change", on=page)
    draft = home.add_child(instance=StandardPage(title="Entwurf", slug="entwurf", live=False))
    topic = Topic.objects.create(name="Grün", slug="green", locale=Locale.get_default())
    assert may_translate(translator, page)
    assert not may_translate(translator, draft)
    assert not may_translate(editor, draft)
    assert may_translate(someone("change", on=draft), draft)
    assert not may_translate(someone("change", on=page, translates=False), page)
    assert not may_translate(translator, topic)
    translator.user_permissions.set(Permission.objects.filter(codename__in=["add_topic", "change_topic"]))
    assert may_translate(get_user_model().objects.get(pk=translator.pk), topic)


@pytest.mark.filterwarnings("ignore::django.core.paginator.UnorderedObjectListWarning")  # of wagtail-localize's report
def test_the_views_ask_who_may(page: StandardPage, home: Page, editor: Editor) -> None:
    draft = home.add_child(instance=StandardPage(title="Entwurf", slug="entwurf", live=False))
    assert editor.translate(draft.pk, "en")
    source = TranslationSource.objects.get(object_id=draft.translation_key)
    client = Client()
    client.force_login(someone())
    answers = {
        reverse("wagtail_localize:submit_page_translation", args=[draft.pk]): 302,
        reverse("wagtail_localize:submit_page_translation", args=[page.pk]): 200,
        reverse("wagtail_localize:update_translations", args=[source.pk]): 302,
        reverse("wagtail_localize:translations_report"): 200,
    }
    for address, status in answers.items():
        assert client.get(address).status_code == status, address
    client.force_login(someone("change", on=page, translates=False))
    for address in answers:
        assert client.get(address).status_code == 302, address


def test_without_wagtail_localize_nothing_is_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.apps import apps

    from cms_blocks import translation

    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    monkeypatch.setattr(translation, "_guarded", None)
    translation.apply()
