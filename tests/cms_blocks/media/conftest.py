"""A small site with collections that are public, private, or lie inside a private one, and people with rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.base import ContentFile
from wagtail.models import Collection, CollectionViewRestriction, GroupCollectionPermission, Site

from cms_blocks.models import Document, Image
from tests.cms_blocks.media.samples import jpeg, pdf
from website.models import StandardPage


@pytest.fixture
def shelf(db: None) -> Collection:
    """A collection that anybody may see."""
    return Collection.get_first_root_node().add_child(name="Open")


@pytest.fixture
def make_image(shelf: Collection) -> Callable[..., Image]:
    def make(data: bytes | None = None, name: str = "marktplatz.jpg", **fields: Any) -> Image:
        options = {"title": "Market square", "alt_text": "Stalls on a square", "collection": shelf} | fields
        return Image.objects.create(file=ContentFile(data or jpeg(1200, 900), name=name), **options)

    return make


@pytest.fixture
def make_document(shelf: Collection) -> Callable[..., Document]:
    def make(data: bytes | None = None, name: str = "Plan für den Markt.pdf", **fields: Any) -> Document:
        options = {"title": "Plan", "summary": "What is planned.", "collection": shelf} | fields
        return Document.objects.create(file=ContentFile(data or pdf(), name=name), **options)

    return make


@pytest.fixture
def show(db: None) -> Callable[..., StandardPage]:
    """Publish a page that shows the given images and documents."""

    def publish(*items: Image | Document) -> StandardPage:
        body = [
            {"type": "image", "value": {"image": item.pk, "size": "text"}}
            if isinstance(item, Image)
            else {"type": "documents", "value": {"title": "Files", "documents": [item.pk]}}
            for item in items
        ]
        home = Site.objects.get(is_default_site=True).root_page
        page = home.add_child(instance=StandardPage(title="A page that shows files", body=body))
        page.save_revision().publish()
        return page

    return publish


@pytest.fixture
def restrict(db: None) -> Callable[[Collection], CollectionViewRestriction]:
    def make_private(collection: Collection) -> CollectionViewRestriction:
        return CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")

    return make_private


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Somebody with access to the admin and these permissions (codenames) on a collection."""

    def make(name: str, *permissions: str, collection: Collection | None = None, admin: bool = True) -> User:
        group = Group.objects.create(name=f"group of {name}")
        if admin:
            group.permissions.add(Permission.objects.get(codename="access_admin"))
        for codename in permissions:
            GroupCollectionPermission.objects.create(
                group=group,
                collection=collection or Collection.get_first_root_node(),
                permission=Permission.objects.get(
                    codename=codename, content_type__app_label__in=("wagtailimages", "wagtaildocs")
                ),
            )
        user = User.objects.create_user(name, password="a long password")
        user.groups.add(group)
        return user

    return make


@pytest.fixture
def editor(make_user: Callable[..., User]) -> User:
    kinds = ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document")
    return make_user("editor", *kinds)
