"""Wherever a picture is shown, its author and licence stand with it: pages, stored documents, print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from cms_blocks.media.models import Licence
from cms_blocks.models import Contact, Image, PublicRecord
from cms_blocks.publication.reader import document_text
from cms_blocks.publication.unit import unit
from tests.cms_blocks.blocks.conftest import make_image
from tests.site.house import MISSING, PLACES, House
from toolkit.models import MethodPage

SHOWN = re.compile(r"/images/(\d+)/")
CC = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def authors(house: House) -> dict[int, str]:
    """Every picture of the site has an author of its own; the contact has a portrait and the method a lead picture."""
    with unit():
        shelf = Image.objects.get(pk=house.image).collection
        contact = Contact.objects.get(pk=house.contact)
        contact.photo = make_image("Portrait", shelf, alt_text="Am Tresen")
        contact.save()
        method = MethodPage.objects.get(pk=house.method)
        method.image = make_image("Lead", shelf, alt_text="Tische")
        method.save_revision().publish()
        for image in Image.objects.all():
            image.credit, image.licence = f"Urheberin {image.pk}.", Licence.CC_BY
            image.save()
    return {image.pk: image.rights for image in Image.objects.all()}


def test_every_page_names_the_author_of_each_picture_it_shows(authors: dict[int, str]) -> None:
    seen: set[int] = set()
    for place, path in PLACES.items():
        if place in MISSING:
            continue
        html = Client().get(path).content.decode()
        shown = {int(pk) for pk in SHOWN.findall(html)}
        for pk in shown:
            assert authors[pk] in html, f"{place} shows image {pk} without its author"
        assert bool(shown) == (CC in html), place
        seen |= shown
    portrait, lead = Image.objects.get(title="Portrait").pk, Image.objects.get(title="Lead").pk
    assert {portrait, lead} < seen


def pictures(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a document that has the address of a picture."""
    if isinstance(value, dict):
        if isinstance(value.get("src"), str):
            yield value
        for part in value.values():
            yield from pictures(part)
    elif isinstance(value, list):
        for part in value:
            yield from pictures(part)


def test_every_document_holds_the_author_beside_the_address(authors: dict[int, str]) -> None:
    seen: set[int] = set()
    for record in PublicRecord.objects.live():
        text = document_text(record)
        found = [(int(SHOWN.search(one["src"])[1]), one) for one in pictures(json.loads(text))]
        for pk, one in found:
            assert (one["credit"], one["licence_url"]) == (authors[pk], CC), record
        shown = {int(pk) for pk in SHOWN.findall(text)}
        assert {pk for pk, _one in found} == shown, record
        seen |= shown
    assert {image.pk for image in Image.objects.filter(title__in=("Portrait", "Lead"))} < seen


def test_paper_names_them_too_and_leads_to_the_licence(authors: dict[int, str], house: House) -> None:
    gallery = make_image("Gallery", Image.objects.get(title="Lead").collection, credit="Fotografin im Heft")
    page = MethodPage.objects.get(pk=house.method)
    page.body = [{"type": "image", "value": {"image": gallery.pk, "decorative": True, "size": "text"}}]
    page.save_revision().publish()
    sheets = PdfReader(BytesIO(Client().get("/methoden/world-cafe.pdf").content)).pages
    words = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    links = [note.get_object().get("/A", {}).get("/URI") for sheet in sheets for note in sheet.get("/Annots", [])]
    assert "Fotografin im Heft" in words
    assert authors[Image.objects.get(title="Lead").pk] in words
    assert CC in links
