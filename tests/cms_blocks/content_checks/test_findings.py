"""What the editor's hints say about a page, and that they cost the same however long it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page, PageViewRestriction

from cms_blocks.content_checks.findings import Kind, check
from cms_blocks.media.models import Accessible
from cms_blocks.publication.unit import unit
from tests.cms_blocks.blocks.conftest import make_document, make_image
from tests.governance.office import desk, open_office
from tests.infrastructure.database import Kept
from tests.toolkit.factories import home
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)

OFFICE = Kept()


@pytest.fixture
def start(transactional_db: None) -> Page:
    return Page.objects.get(pk=OFFICE.get(build))


def build() -> int:
    open_office()
    home("de-simple")
    return home().pk


@pytest.fixture(autouse=True)
def german() -> Any:
    with translation.override("de"):
        yield


def page(*blocks: tuple[str, Any], locale: str = "de", **fields: Any) -> StandardPage:
    """A page in memory with this body. Places end with the number of the block."""
    body = [{"type": kind, "value": value, "id": f"block-{n}"} for n, (kind, value) in enumerate(blocks, 1)]
    return StandardPage(title="Seite", locale=Locale.objects.get(language_code=locale), body=json.dumps(body), **fields)


def found(checked: Any) -> dict[Kind, list[str]]:
    """Kind → places of its findings."""
    return {group.kind: [finding.place.path for finding in group.findings] for group in check(checked)}


def paragraph(html: str) -> tuple[str, str]:
    return "paragraph", html


def image(title: str, **fields: Any) -> Any:
    return make_image(title, Collection.get_first_root_node(), **fields)


def document(title: str, **fields: Any) -> Any:
    return make_document(title, fields.pop("collection", Collection.get_first_root_node()), **fields)


def public_page(parent: Page, slug: str) -> Page:
    with unit():
        added = parent.add_child(instance=StandardPage(title=slug, slug=slug))
        added.save_revision().publish()
    return added


def test_a_page_in_order_gets_no_hint(start: Page) -> None:
    target = public_page(start, "ziel")
    body = [
        ("heading", {"text": "Teil", "level": "2"}),
        paragraph(f'<p>Ein Satz mit <a linktype="page" id="{target.pk}">Plan des Festes</a>.</p><h3>Darin</h3>'),
        ("accordion", {"title": "Fragen", "items": [{"question": "Wann?", "answer": "<p>Am Montag.</p>"}]}),
        ("image", {"image": image("Bild", alt_text="Ein Baum").pk, "decorative": False, "alt": "", "caption": ""}),
    ]
    assert found(page(*body)) == {}


def test_pictures_need_words_or_a_mark(start: Page) -> None:
    bare = image("Ohne Worte", alt_text="").pk
    picture = {"image": bare, "decorative": False, "alt": "", "caption": ""}
    checked = page(
        ("image", picture),
        ("image", picture | {"decorative": True}),
        ("image", picture | {"alt": "Ein Platz"}),
        ("image", picture | {"image": 999_999}),
        ("video", {"title": "Film", "provider_url": "", "preview": bare, "transcript": ""}),
    )
    assert found(checked) == {Kind.PICTURE: ["body.block-1", "body.block-4"]}


def test_headings_follow_in_order_across_blocks_and_running_text(start: Page) -> None:
    checked = page(
        paragraph("<h3>Ohne Teil</h3><p>Text.</p>"),
        ("heading", {"text": "Teil", "level": "2"}),
        ("heading", {"text": "Darin", "level": "3"}),
        ("gallery", {"title": "Bilder", "images": []}),
        paragraph("<h3>Unter den Bildern</h3>"),
        ("heading", {"text": " ", "level": "2"}),
    )
    assert found(checked) == {Kind.HEADING: ["body.block-1", "body.block-6"]}


def test_words_of_links_say_where_they_lead(start: Page) -> None:
    checked = page(
        paragraph('<p><a href="https://a.example/">hier</a>, <a href="https://b.example/">https://b.example/</a></p>'),
        paragraph('<p><a href="https://a.example/">Der Plan</a>, <a href="https://a.example/">der Plan</a></p>'),
        paragraph('<p><a href="https://c.example/">Der Plan</a></p>'),
        ("call_to_action", {"title": "Los", "text": "", "button": "Mehr", "url": "https://a.example/", "tone": "blue"}),
    )
    assert found(checked) == {Kind.LINK_WORDS: ["body.block-3", "body.block-1", "body.block-1", "body.block-4"]}


def test_links_to_what_is_not_public_are_dead_and_why_is_said(start: Page) -> None:
    draft, hidden, gone = (public_page(start, slug) for slug in ("entwurf", "privat", "weg"))
    below = public_page(hidden, "darunter")
    public_page(start, "ziel")
    with unit():
        draft.unpublish()
    with unit():
        PageViewRestriction.objects.create(page=hidden, restriction_type="login")
    ids = {"draft": draft.pk, "below": below.pk, "gone": gone.pk}
    with unit():
        gone.delete()
    links = "".join(f'<p><a linktype="page" id="{pk}">Seite {name}</a></p>' for name, pk in ids.items())
    checked = page(
        paragraph(links),
        ("related_pages", {"title": "", "pages": [draft.pk]}),
        paragraph('<p><a href="/entwurf/">Eingefügt</a> <a href="/suche/">Suche</a> <a href="/ziel/">Ziel</a></p>'),
    )
    (group,) = [group for group in check(checked) if group.kind == Kind.DEAD_LINK]
    said = [finding.text for finding in group.findings]
    assert len(said) == 5
    assert "Seite draft" in said[0] and "Seite below" in said[1] and "Seite gone" in said[2]
    assert len({text.split(": ")[-1] for text in said[:3]}) == 3
    assert group.findings[3].place.path.startswith("body.block-2.pages.") and "Eingefügt" in said[4]


def test_documents_without_a_mark_and_private_ones_are_told(start: Page) -> None:
    checked_file = document("Geprüft", accessible=Accessible.YES)
    unchecked, closed = document("Ungeprüft"), document("Nicht lesbar", accessible=Accessible.NO)
    private = Collection.get_first_root_node().add_child(name="intern")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    secret = document("Geheim", accessible=Accessible.YES, collection=private)
    checked = page(
        ("documents", {"title": "", "documents": [checked_file.pk, unchecked.pk, closed.pk]}),
        paragraph(f'<p><a linktype="document" id="{secret.pk}">Ein Papier</a></p>'),
    )
    result = found(checked)
    assert len(result[Kind.DOCUMENT]) == 2 and result[Kind.DEAD_LINK] == ["body.block-2"]


def test_only_leichte_sprache_is_asked_for_short_active_sentences_without_abbreviations(start: Page) -> None:
    text = (
        "<p>Die SVV wird im Mai gewählt. Das sind sehr viele Wörter in einem einzigen Satz und es nimmt kein Ende.</p>"
    )
    assert found(page(paragraph(text))) == {}
    easy = found(page(paragraph(text), locale="de-simple"))
    assert easy == {
        Kind.SENTENCE: ["body.block-1"],
        Kind.PASSIVE: ["body.block-1"],
        Kind.ABBREVIATION: ["body.block-1"],
    }
    assert found(page(lead="Wort " * 30 + ".")) == {Kind.SENTENCE: ["lead"]}


def test_a_hint_leads_to_the_field_within_its_block(start: Page) -> None:
    items = [
        {
            "type": "item",
            "id": "item-1",
            "value": {"question": "Wo?", "answer": '<p><a href="https://a.example">hier</a></p>'},
        }
    ]
    (group,) = check(page(("accordion", {"title": "Fragen", "items": items})))
    (finding,) = group.findings
    assert finding.place.path == "body.block-1.items.item-1.answer"
    assert finding.place.label == "Inhalt, 1: Fragen und Antworten"


def test_the_number_of_queries_is_the_same_for_ten_links_as_for_one(start: Page) -> None:
    pages = [public_page(start, f"ziel-{n}") for n in range(10)]
    files = [document(f"Datei {n}") for n in range(10)]
    images = [image(f"Bild {n}", alt_text="") for n in range(10)]

    def queries(number: int) -> int:
        html = "".join(
            f'<p><a linktype="page" id="{target.pk}">Seite {target.pk}</a> <a linktype="document" id="{file.pk}">D{file.pk}</a>'
            f' <a href="/ziel-{n}/x/">Pfad {n}</a></p>'
            for n, (target, file) in enumerate(zip(pages[:number], files[:number], strict=True))
        )
        pictures = [("image", {"image": image.pk, "decorative": False, "alt": ""}) for image in images[:number]]
        checked = page(paragraph(html), *pictures)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert check(checked)
        return len(asked)

    assert queries(1) == queries(10)


def test_the_hints_are_for_those_who_may_edit_the_page_and_follow_the_draft(start: Page) -> None:
    with unit():
        written = start.add_child(
            instance=page(paragraph("<p>Kurz.</p>"), slug="seite", half="administration", live=False)
        )
        written.body = page(paragraph('<p><a href="https://a.example/">hier</a></p>')).body
        written.save_revision()
    address = reverse("content_checks", args=[written.pk])
    answer = desk("anna").get(address)
    assert 'data-number="1"' in answer.content.decode() and "hier" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert desk("board").get(address, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 403
    assert Client().get(address, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 403
    assert desk("anna").get(reverse("content_checks", args=[written.pk + 1000])).status_code == 404
