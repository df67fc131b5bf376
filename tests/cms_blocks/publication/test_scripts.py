"""Calls of models outside any unit, as scripts and shells make them: right after each call, and where not before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.signals import pre_save
from django.utils import timezone
from wagtail.actions.copy_page import CopyPageAction
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, PageViewRestriction, Site

from cms_blocks.models import Document, Image
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.unit import unit
from tests.cms_blocks.publication.editor import Editor, link, make_document, make_image, stored
from tests.cms_blocks.publication.observer import Observer, watching
from tests.infrastructure.database import Kept
from website.models import StandardPage

pytestmark = pytest.mark.gate

SCENE = Kept()


@pytest.fixture
def scene(home: Page) -> dict[str, Any]:
    ids = SCENE.get(lambda: build(home))
    return {name: Page.objects.get(pk=pk).specific for name, pk in ids.items()}


def build(home: Page) -> dict[str, int]:
    """A section with two pages, one of them private, and a page beside it that quotes all, a picture and a paper."""
    shelf = Collection.get_first_root_node().add_child(name="Shelf")
    picture, paper = make_image("picture", shelf), make_document("paper", shelf)
    pages = {"home": home}
    for name, parent in (("section", "home"), ("page", "section"), ("private", "section"), ("beside", "home")):
        pages[name] = pages[parent].add_child(instance=StandardPage(title=name.title(), slug=name))
    PageViewRestriction.objects.create(page=pages["private"], restriction_type="login")
    words = "".join(link("page", page.pk) for page in pages.values()) + link("document", paper.pk)
    pages["beside"].body = stored([("paragraph", f"<p>{words}</p>"), ("image", picture.pk)])
    pages["beside"].save()
    return {name: page.pk for name, page in pages.items()}


def shelf() -> Collection:
    return Collection.objects.get(name="Shelf")


def rename(page: Page, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.save()


def locale(code: str) -> Locale:
    return Locale.objects.get(language_code=code)


SCRIPTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "save": lambda pages: rename(pages["page"], title="Other", slug="other"),
    "save a section": lambda pages: rename(pages["section"], slug="other"),
    "save a plain page": lambda pages: rename(Page.objects.get(pk=pages["section"].pk), slug="other"),
    "unpublish": lambda pages: pages["section"].unpublish(),
    "publish again": lambda pages: (pages["page"].unpublish(), pages["page"].save_revision().publish()),
    "schedule": lambda pages: rename(pages["page"], go_live_at=timezone.now() + timedelta(hours=1)),
    "expire": lambda pages: rename(pages["section"], expire_at=timezone.now() - timedelta(hours=1)),
    "move": lambda pages: pages["page"].move(pages["home"], pos="first-child"),
    "move a section below a private page": lambda pages: pages["beside"].move(pages["private"], pos="last-child"),
    "move a private page out": lambda pages: pages["private"].move(pages["home"], pos="last-child"),
    "reorder": lambda pages: pages["beside"].move(pages["section"], pos="left"),
    "copy": lambda pages: pages["page"].copy(update_attrs={"slug": "copy"}, to=pages["home"]),
    "copy a section": lambda pages: pages["section"].copy(recursive=True, update_attrs={"slug": "copy"}),
    "alias": lambda pages: pages["page"].create_alias(parent=pages["home"]),
    "translate": lambda pages: pages["page"].copy_for_translation(locale("en"), copy_parents=True),
    "delete": lambda pages: pages["section"].delete(),
    "delete by queryset": lambda pages: Page.objects.filter(pk=pages["section"].pk).delete(),
    "restrict": lambda pages: PageViewRestriction.objects.create(page=pages["section"], restriction_type="login"),
    "unrestrict": lambda pages: PageViewRestriction.objects.get().delete(),
    "unrestrict by queryset": lambda pages: PageViewRestriction.objects.all().delete(),
    "restrict a collection": lambda pages: CollectionViewRestriction.objects.create(
        collection=shelf(), restriction_type="login"
    ),
    "delete a collection": lambda pages: shelf().delete(),
    "delete a file": lambda pages: (Image.objects.get().delete(), Document.objects.get().delete()),
    "another root": lambda pages: rename_site(pages["section"]),
    "no site": lambda pages: Site.objects.all().delete(),
    "another code of a language": lambda pages: Locale.objects.filter(language_code="pl").first().delete(),
}


def rename_site(root: Page) -> None:
    site = Site.objects.get()
    site.root_page = Page.objects.get(pk=root.pk)
    site.save()


@pytest.mark.parametrize("script", SCRIPTS)
def test_after_each_call_exactly_that_is_public_which_should_be(
    script: str, scene: dict[str, Any], observer: Observer
) -> None:
    SCRIPTS[script](scene)
    assert not observer.look().violations


@pytest.mark.parametrize("script", SCRIPTS)
def test_in_a_unit_it_is_so_at_every_commit(script: str, scene: dict[str, Any], observer: Observer) -> None:
    with watching(observer) as found, unit():
        SCRIPTS[script](scene)
    assert not found


def test_a_copy_of_a_private_page_outside_a_unit_is_public_for_a_moment(
    scene: dict[str, Any], observer: Observer
) -> None:
    """Wagtail saves the copy first and its restriction afterwards. Scripts that copy have to use a unit."""
    seen: list[str] = []

    def look(**kwargs: Any) -> None:
        """Just before the restriction is saved."""
        seen.extend(row["path"] for row in observer.look()["record"] if row["is_live"])

    def copy(slug: str) -> None:
        CopyPageAction(scene["private"], to=scene["home"], update_attrs={"slug": slug}).execute()
        assert not PublicRecord.objects.live().filter(path=f"/{slug}/").exists()

    pre_save.connect(look, sender=PageViewRestriction)
    try:
        copy("once")
        assert "/once/" in seen
        with unit():
            copy("in-a-unit")
        assert "/in-a-unit/" not in seen
    finally:
        pre_save.disconnect(look, sender=PageViewRestriction)


def test_a_collection_that_moves_below_a_private_one_takes_its_files_along(
    scene: dict[str, Any], home: Page, observer: Observer
) -> None:
    """Treebeard's move sends no signal; Wagtail's view saves the collection first and moves it then, in one unit."""
    editor = Editor()
    hidden = Collection.get_first_root_node().add_child(name="Hidden")
    assert editor.restrict_collection(hidden.pk, "login")
    with watching(observer) as found:
        assert editor.move_collection(shelf().pk, hidden.pk)
    assert not found
    assert PublicRecord.objects.get(object_id=scene["beside"].pk).stale
