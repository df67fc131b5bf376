"""A small public site to refer to: pages, pictures, documents and a contact, some public and some not."""

from __future__ import annotations

from collections.abc import Generator
from copy import deepcopy
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image as Pixels
from wagtail.models import Collection, CollectionViewRestriction, Locale, Site

from cms_blocks.blocks import BodyBlock
from cms_blocks.models import Contact, Document, Image
from cms_blocks.publication.unit import unit

BODY = BodyBlock()


def drawing(colour: str = "steelblue") -> bytes:
    output = BytesIO()
    Pixels.new("RGB", (800, 500), colour).save(output, "JPEG")
    return output.getvalue()


def make_image(title: str, collection: Collection, **fields: Any) -> Image:
    return Image.objects.create(
        title=title, file=ImageFile(BytesIO(drawing()), name="picture.jpg"), collection=collection, **fields
    )


def make_document(title: str, collection: Collection, **fields: Any) -> Document:
    return Document.objects.create(
        title=title, file=ContentFile(b"one sentence\n", name="note.txt"), collection=collection, **fields
    )


def make_page(title: str, live: bool = True) -> Any:
    from website.models import StandardPage

    parent = Site.objects.get(is_default_site=True).root_page
    page = parent.add_child(instance=StandardPage(title=title, lead=f"About {title}", live=False))
    if live:
        page.save_revision().publish()
    page.refresh_from_db()
    return page


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: Any) -> Generator[SimpleNamespace]:
    """Built once for each module, in a transaction around those of its tests."""
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
        with unit():
            built = build()
    yield built
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def house(_built: SimpleNamespace, db: None) -> SimpleNamespace:
    """``page``, ``image``, ``photo``, ``document``, ``newer`` and ``contact`` are public.

    ``draft``, ``secret_image`` and ``secret_document`` are not.
    """
    return deepcopy(_built)


def build() -> SimpleNamespace:
    open_shelf = Collection.get_first_root_node()
    closed_shelf = open_shelf.add_child(name="Only for us")
    restriction = CollectionViewRestriction.objects.create(collection=closed_shelf, restriction_type="groups")
    restriction.groups.add(Group.objects.create(name="Insiders"))
    newer = make_document("Checklist, second edition", open_shelf)
    photo = make_image("A friendly face", open_shelf, alt_text="Somebody at a desk")
    return SimpleNamespace(
        page=make_page("Ways to join in"),
        draft=make_page("Canary of a draft", live=False),
        image=make_image(
            "Market square", open_shelf, alt_text="Stalls on a square", credit="City of Example", licence="cc-by/4.0"
        ),
        photo=photo,
        secret_image=make_image("Canary of a picture", closed_shelf, alt_text="Canary in words"),
        document=make_document("Checklist", open_shelf, summary="What to think of.", superseded_by=newer),
        newer=newer,
        secret_document=make_document("Canary of a document", closed_shelf),
        contact=make_contact("Contact point", photo),
    )


def make_contact(name: str, photo: Image | None = None) -> Contact:
    return Contact.objects.create(
        name=name, role="Finds the right desk", email="office@example.org", phone="030 1", photo=photo,
        locale=Locale.get_default(),
    )  # fmt: skip


def stored(page: int, image: int, document: int, contact: int) -> dict[str, Any]:
    """What the database holds for each block, in the shape docs and importers use. Takes ids to refer to."""
    link = f'<p>Read <a linktype="page" id="{page}">this</a> <b>now</b>.</p>'
    picture = {"image": image, "decorative": False, "alt": "", "caption": "On a Saturday", "size": "wide"}
    return {
        "paragraph": link,
        "heading": {"text": "What is open", "level": "2"},
        "quote": {"text": "At last somebody asks.", "name": "Resident", "source": "Review"},
        "image": picture,
        "gallery": {"title": "Out and about", "images": [picture, {**picture, "decorative": True}]},
        "accordion": {"title": "Questions", "items": [{"question": "Who may come?", "answer": link}]},
        "steps": {"title": "How to start", "steps": [{"title": "Tell us", "text": link}]},
        "timeline": {
            "title": "Dates",
            "entries": [
                {"date": "2026-05-04", "label": "", "title": "Walk", "text": link, "state": "done"},
                {"date": None, "label": "Autumn", "title": "Decision", "text": "", "state": "planned"},
            ],
        },
        "table": {
            "caption": "Who does what",
            "header_row": True,
            "header_column": True,
            "rows": [["", "Task"], ["Office", "advises"], ["Council", "decides"]],
        },
        "call_to_action": {
            "title": "Unsure?", "text": "Write to us.", "button": "Write", "page": page, "url": "", "tone": "sun",
        },
        "related_pages": {"title": "Go on", "pages": [page]},
        "documents": {"title": "To take away", "documents": [document]},
        "contact": {"contact": contact},
        "video": {
            "title": "A walk",
            "provider_url": "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
            "preview": image,
            "transcript": "<p>People walk.</p>",
        },
        "dialogue": {"title": "Talk", "text": "Until May.", "url": "https://mitreden.example.org/square"},
    }  # fmt: skip


@pytest.fixture
def raw(house: SimpleNamespace) -> dict[str, Any]:
    """A filled value of each block, by its name, as it is stored."""
    return stored(house.page.pk, house.image.pk, house.document.pk, house.contact.pk)


@pytest.fixture
def read() -> Any:
    """Function from ``(name, stored value)`` pairs to a stream as it is read from the database."""

    def stream(*items: tuple[str, Any]) -> Any:
        return BODY.to_python(
            [{"type": name, "value": value, "id": f"id-{n}"} for n, (name, value) in enumerate(items)]
        )

    return stream
