"""“Where does this appear?”: what the public meets, what drafts will show, and no title that a person may not see."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Collection, CollectionViewRestriction, Page

from cms_blocks.models import Contact, Topic
from cms_blocks.publication.records import PublicationClock, PublicRecord, PublicReference
from cms_blocks.writing.appearances import Appearances, Place
from tests.cms_blocks.blocks.conftest import make_document, make_image
from tests.governance.office import desk, open_office, person
from tests.toolkit.factories import home, method, with_tools
from website.models import HomePage, StandardPage


@pytest.fixture
def office(db: None) -> None:
    home()
    home("en")
    open_office()


@pytest.fixture
def page(office: None) -> StandardPage:
    return add("Gärten", "gaerten")


def add(title: str, slug: str, parent: Page | None = None, **fields: Any) -> StandardPage:
    parent = parent or home()
    return parent.add_child(instance=StandardPage(title=title, slug=slug, locale=parent.locale, **fields))


def link(page: Page) -> tuple[str, str]:
    return ("paragraph", f'<p>Mehr dazu: <a linktype="page" id="{page.pk}">hier</a>.</p>')


def picture(image: Any) -> tuple[str, dict[str, Any]]:
    return ("image", {"image": image.pk, "decorative": True, "alt": "", "caption": "", "size": "text"})


def titles(places: list[Place]) -> list[str]:
    return [place.title for place in places]


def appearances(kind: str, obj: Any, who: str = "anna") -> Appearances:
    return Appearances(kind, obj, person(who))


def told(kind: str, obj: Any, who: str = "anna") -> str:
    answer = desk(who).get(reverse("appearances", args=[kind, obj.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_public_pages_that_link_to_a_page_are_named_with_their_address(page: StandardPage) -> None:
    source = add("Stadtteile", "stadtteile", body=[link(page)])
    assert titles(appearances("page", page).quoting) == ["Stadtteile"]
    assert f'href="{source.url}"' in told("page", page)


def test_a_link_that_stands_only_in_a_draft_is_among_the_drafts(page: StandardPage) -> None:
    source = add("Stadtteile", "stadtteile")
    source.body = [link(page)]
    source.save_revision()
    add("Nie gezeigt", "nie-gezeigt", live=False, body=[link(page)]).save_revision()
    add("Ohne Link", "ohne-link", live=False).save_revision()
    found = appearances("page", page)
    assert found.quoting == []
    assert {"Stadtteile", "Nie gezeigt"} == {title.partition(" (")[0] for title in titles(found.drafts)}
    assert reverse("wagtailadmin_pages:edit", args=[source.pk]) in told("page", page)


def test_a_link_that_a_draft_takes_away_is_public_until_then(page: StandardPage) -> None:
    source = add("Stadtteile", "stadtteile", body=[link(page)])
    source.body = []
    source.save_revision()
    found = appearances("page", page)
    assert titles(found.quoting) == ["Stadtteile"] and found.drafts == []


def test_drafts_that_a_person_may_not_see_are_counted_and_not_named(page: StandardPage) -> None:
    board = Page.objects.get(slug="beirat")
    add("Geheimer Plan", "geheimer-plan", live=False, body=[link(board)]).save_revision()
    assert "Geheimer Plan" in told("page", board)
    found = appearances("page", board, "board")
    assert found.drafts == [] and found.hidden == 1
    html = told("page", board, "board")
    assert "Geheimer Plan" not in html and "geheimer-plan" not in html


@pytest.mark.parametrize("who", ["board", "translator", "easy"])
def test_who_does_not_find_the_page_in_the_explorer_gets_no_answer(who: str, page: StandardPage) -> None:
    assert desk(who).get(reverse("appearances", args=["page", page.pk])).status_code == 302
    assert desk("nobody").get(reverse("appearances", args=["page", page.pk])).status_code == 302


def test_a_page_is_found_in_menu_lists_search_and_print(office: None) -> None:
    front = home().add_child(instance=HomePage(title="Haus", slug="haus"))
    index = front.add_child(instance=_index())
    with_tools(index)
    walk = method(index, "Spaziergang")
    listed = {(place.title, place.url) for place in appearances("page", walk).listed}
    assert {("Haus", front.url), ("Methoden", index.url), ("Methodenfinder", f"{index.url}finder/")} <= listed
    urls = {url for _title, url in listed}
    assert f"{walk.url.rstrip('/')}.pdf" in urls and f"{index.url.rstrip('/')}.pdf" in urls
    assert any(url.startswith("/suche/?q=Spaziergang") or "?q=Spaziergang" in url for url in urls)


def _index() -> Any:
    from toolkit.models import MethodIndexPage

    return MethodIndexPage(title="Methoden", slug="methoden")


def test_top_level_pages_stand_in_the_menu_or_at_the_foot_and_lower_ones_as_cards(page: StandardPage) -> None:
    menu = add("Mitmachen", "mitmachen", show_in_menus=True)
    below = add("Ideen", "ideen", menu)
    with translation.override("de"):
        notes = {one.pk: [place.note for place in appearances("page", one).listed] for one in (menu, page, below)}
        assert gettext("in the main menu of every page") in notes[menu.pk]
        assert gettext("at the foot of every page") in notes[page.pk]
        assert gettext("as a card below the text") in notes[below.pk]


def test_an_unpublished_page_is_in_no_list_and_says_why(page: StandardPage) -> None:
    page.unpublish()
    found = appearances("page", page)
    assert found.record is None and found.listed == [] and found.is_empty
    with translation.override("de"):
        assert gettext("It is not published.") in told("page", page)


def test_in_a_language_with_a_translation_the_translation_is_shown_instead(page: StandardPage) -> None:
    source = add("Districts", "districts", home("en"), body=[link(page)])
    assert titles(appearances("page", page).quoting) == ["Districts"]
    english = add("Gardens", "gardens", home("en"), translation_key=page.translation_key)
    found = appearances("page", page)
    assert found.quoting == [] and titles(found.languages) == ["Gardens"]
    assert titles(appearances("page", english).quoting) == [source.title]


def test_a_picture_is_found_on_pages_with_contacts_and_in_drafts(office: None) -> None:
    image = make_image("Marktplatz", Collection.get_first_root_node())
    contact = Contact.objects.create(name="Anlaufstelle", photo=image, locale=home().locale)
    add("Mit Bild", "mit-bild", body=[picture(image)])
    add("Mit Kontakt", "mit-kontakt", contact=contact)
    add("Entwurf", "entwurf", live=False, body=[picture(image)]).save_revision()
    found = appearances("image", image)
    assert sorted(titles(found.quoting)) == ["Mit Bild", "Mit Kontakt"]
    assert titles(found.contacts) == ["Anlaufstelle"] and len(found.drafts) == 1


def test_a_picture_in_a_protected_collection_says_that_it_is_left_out(office: None) -> None:
    collection = Collection.get_first_root_node().add_child(name="Intern")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert appearances("image", make_image("Plan", collection)).is_protected


@pytest.mark.parametrize("kind", ["document", "contact", "topic"])
def test_documents_contacts_and_topics_name_their_pages(kind: str, office: None) -> None:
    german = home().locale
    thing = {
        "document": lambda: make_document("Plan", Collection.get_first_root_node(), summary="Was gebaut wird."),
        "contact": lambda: Contact.objects.create(name="Anlaufstelle", locale=german),
        "topic": lambda: Topic.objects.create(name="Grün", slug="green", locale=german),
    }[kind]()
    fields = {"body": [("documents", {"title": "", "documents": [thing.pk]})]} if kind == "document" else {kind: thing}
    add("Gärten", "gaerten", **fields)
    assert titles(appearances(kind, thing).quoting) == ["Gärten"]
    assert "Gärten" in told(kind, thing)


def test_what_appears_nowhere_says_so(office: None) -> None:
    contact = Contact.objects.create(name="Anlaufstelle", locale=home().locale)
    assert "places__nothing" in told("contact", contact)


def test_the_editor_leads_there_from_page_picture_document_and_contact(page: StandardPage) -> None:
    image = make_image("Marktplatz", Collection.get_first_root_node())
    document = make_document("Plan", Collection.get_first_root_node())
    contact = Contact.objects.create(name="Anlaufstelle", locale=home().locale)
    for kind, obj, edit in (
        ("page", page, reverse("wagtailadmin_pages:edit", args=[page.pk])),
        ("image", image, reverse("wagtailimages:edit", args=[image.pk])),
        ("document", document, reverse("wagtaildocs:edit", args=[document.pk])),
    ):
        assert reverse("appearances", args=[kind, obj.pk]) in desk("anna").get(edit).content.decode()
    usage = reverse("wagtailsnippets_cms_blocks_contact:usage", args=[contact.pk])
    assert (
        usage
        in desk("anna").get(reverse("wagtailsnippets_cms_blocks_contact:edit", args=[contact.pk])).content.decode()
    )
    assert desk("anna").get(usage)["Location"] == reverse("appearances", args=["contact", contact.pk])
    pages = reverse("wagtailadmin_pages:usage", args=[page.pk])
    assert desk("anna").get(pages)["Location"] == reverse("appearances", args=["page", page.pk])
    assert desk("anna").get(pages, {"describe_on_delete": "1"}).status_code == 200


def test_asking_writes_nothing_and_costs_the_same_for_one_page_and_for_ten(page: StandardPage) -> None:
    def ask() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = appearances("page", page)
            assert found.quoting and not found.is_empty
        return len(queries)

    add("Quelle", "quelle", body=[link(page)])
    before = [
        list(table.objects.order_by("pk").values()) for table in (PublicRecord, PublicReference, PublicationClock)
    ]
    once = ask()
    assert before == [
        list(table.objects.order_by("pk").values()) for table in (PublicRecord, PublicReference, PublicationClock)
    ]
    for number in range(9):
        add(f"Quelle {number}", f"quelle-{number}", body=[link(page)])
    assert ask() == once
