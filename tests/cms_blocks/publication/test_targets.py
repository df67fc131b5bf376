"""What a rendering may quote: public things, looked up in batches, each look-up recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, Locale, Page

from cms_blocks.models import Contact, Topic
from cms_blocks.publication import targets as module
from cms_blocks.publication.declaration import declaration_of
from cms_blocks.publication.records import FOREVER
from cms_blocks.publication.targets import Targets, current_targets, loads_targets, rendering
from tests.cms_blocks.publication.editor import make_document, make_image
from website.models import StandardPage

HOUR = timedelta(hours=1)


def add(home: Page, slug: str, **fields: Any) -> StandardPage:
    return home.add_child(instance=StandardPage(title=slug.title(), slug=slug, lead=f"About {slug}", **fields))


def test_a_public_page_is_quoted_by_its_record_and_others_are_not(home: Page) -> None:
    page, draft = add(home, "page"), add(home, "draft", live=False)
    targets = Targets()
    found = targets.page(page.pk)
    assert (found.title, found.lead, found.path, found.locale, found.kind) == (
        "Page",
        "About page",
        "/page/",
        "de",
        "page",
    )
    assert found.object_id == page.pk
    assert targets.page(draft.pk) is None
    assert targets.page(12345) is None
    assert targets.references == {("page", page.pk), ("page", draft.pk), ("page", 12345)}


def test_nothing_asked_for_is_no_reference(home: Page) -> None:
    targets = Targets()
    assert targets.page(None) is targets.image(None) is targets.topic(0) is None
    targets.preload(pages=[None, 0], images=[])
    assert targets.references == set()


def test_many_are_looked_up_in_one_query_of_each_sort(home: Page, django_assert_num_queries: Any) -> None:
    pages = [add(home, f"page-{number}").pk for number in range(5)]
    shelf = Collection.get_first_root_node()
    images = [make_image(f"picture {number}", shelf).pk for number in range(3)]
    targets = Targets()
    with django_assert_num_queries(3):  # pages, images, private collections
        targets.preload(pages=pages, images=images)
        assert all(map(targets.page, pages))
        assert all(map(targets.image, images))
    with django_assert_num_queries(2):  # the missing one, and whether it has a translation
        targets.preload(pages=[*pages, 999])
        assert targets.page(999) is None


def test_files_of_private_collections_are_not_quoted(home: Page) -> None:
    shelf = Collection.get_first_root_node().add_child(name="Shelf")
    box = shelf.add_child(name="Box")
    picture, paper = make_image("picture", box), make_document("paper", box)
    assert Targets().image(picture.pk) == picture
    assert Targets().document(paper.pk) == paper
    CollectionViewRestriction.objects.create(collection=shelf, restriction_type="login")
    assert Targets().image(picture.pk) is Targets().document(paper.pk) is None


def test_contacts_and_topics_are_quoted_while_they_exist(home: Page) -> None:
    locale = Locale.get_default()
    contact = Contact.objects.create(name="Desk", locale=locale)
    topic = Topic.objects.create(name="Green", slug="green", locale=locale)
    targets = Targets()
    assert targets.contact(contact.pk) == contact
    assert targets.topic(topic.pk) == topic
    assert targets.contact(999) is targets.topic(999) is None


@pytest.mark.parametrize(
    ("starts", "ends", "shown", "until"),
    [
        (None, None, True, None),
        (None, 2, True, 2),
        (-1, 2, True, 2),
        (1, 2, False, 1),
        (-2, -1, False, None),
        (0, 2, True, 2),
        (-1, 0, False, None),
    ],
)
def test_an_answer_holds_until_the_window_of_what_it_quotes_opens_or_closes(
    home: Page, clock: Any, starts: int | None, ends: int | None, shown: bool, until: int | None
) -> None:
    now = timezone.now()
    at = {"go_live_at": starts, "expire_at": ends}
    page = add(home, "page", **{name: now + hours * HOUR for name, hours in at.items() if hours is not None})
    targets = Targets()
    assert (targets.page(page.pk) is not None) == shown
    assert targets.valid_until == (FOREVER if until is None else now + until * HOUR)
    assert (Targets(now + 100 * HOUR).page(page.pk) is not None) == (ends is None)


def test_the_nearest_of_several_boundaries_counts(home: Page, clock: Any) -> None:
    now = timezone.now()
    pages = [add(home, f"page-{hours}", expire_at=now + hours * HOUR) for hours in (3, 1, 2)]
    targets = Targets()
    targets.preload(pages=[page.pk for page in pages])
    assert targets.valid_until == now + HOUR


def test_renderings_that_share_what_they_look_up_quote_and_record_it_each(
    home: Page, clock: Any, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    page, coming = add(home, "page", expire_at=now + HOUR), add(home, "coming", go_live_at=now + 2 * HOUR)
    pages: dict[int, Any] = {}
    first = Targets(pages=pages)
    first.preload(pages=[page.pk, coming.pk, 999])
    second = Targets(pages=pages)
    with django_assert_num_queries(2):  # for a translation of what cannot be seen
        second.preload(pages=[page.pk, coming.pk, 999])
    assert (second.page(page.pk).title, second.page(coming.pk), second.page(999)) == ("Page", None, None)
    assert (second.references, second.valid_until) == (first.references, first.valid_until)
    assert second.valid_until == now + HOUR


def test_all_look_ups_of_one_rendering_are_one_and_others_are_apart() -> None:
    assert current_targets() is not current_targets()
    with rendering() as outer:
        assert current_targets() is outer
        with rendering() as joined:
            assert joined is outer
        with rendering(Targets()) as inner:
            assert current_targets() is inner is not outer
        assert current_targets() is outer
    with pytest.raises(ZeroDivisionError), rendering() as failed:
        raise ZeroDivisionError
    assert current_targets() is not failed


def test_a_plugin_adds_a_sort_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOADERS", {})
    loads_targets("number")(lambda ids, targets: {pk: pk * 10 for pk in ids if pk < 3})
    targets = Targets()
    targets.preload(numbers=[1, 2, 3])
    assert [targets.get("number", pk) for pk in (1, 2, 3)] == [10, 20, None]
    with pytest.raises(KeyError):
        targets.get("unknown", 1)


def test_what_is_read_along_with_a_page_costs_no_query_and_is_quoted_under_the_same_conditions(
    home: Page, django_assert_num_queries: Any
) -> None:
    shelf = Collection.get_first_root_node().add_child(name="Shelf")
    contact = Contact.objects.create(name="Contact", locale=home.locale, photo=make_image("Face", shelf))
    page = add(home, "page", contact=contact, topic=Topic.objects.create(name="T", slug="t", locale=home.locale))
    declaration = declaration_of("page")
    for private in (False, True):
        if private:
            CollectionViewRestriction.objects.create(collection=shelf, restriction_type="login")
        targets = Targets()
        # The page with all of it, and which collections are private.
        with django_assert_num_queries(3 if private else 2):
            targets.take_along(declaration.objects().get(pk=page.pk))
            assert targets.references == set()
            assert targets.contact(page.contact_id) == contact
            assert targets.topic(page.topic_id) == page.topic
            assert targets.image(contact.photo_id) == (None if private else contact.photo)
        assert targets.references == {("contact", contact.pk), ("topic", page.topic_id), ("image", contact.photo_id)}
