"""How a kind says that and how it is published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import gettext_lazy, override
from wagtail.models import Page

from cms_blocks.checks import every_page_type_says_how_it_is_published
from cms_blocks.publication import declaration
from cms_blocks.publication.declaration import (
    PagePublication,
    Publication,
    declaration_for,
    declaration_of,
    declarations,
    kind_label,
    page_kinds,
    register,
    register_page,
)
from cms_blocks.publication.records import PublicationClock, PublicDocument, PublicRecord, PublicReference
from cms_blocks.publication.targets import Targets
from website.models import HomePage, StandardPage


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Publication]]:
    """Declarations may be changed; afterwards they are as before."""
    kept = dict(declaration._by_kind)
    monkeypatch.setattr(declaration, "_by_kind", kept)
    declaration._forget()
    yield kept
    monkeypatch.undo()
    declaration._forget()


def test_a_page_type_is_declared_by_itself_and_not_through_its_bases() -> None:
    assert declaration_for(StandardPage) is declaration_of("page")
    assert declaration_for(Page) is None
    assert {"home", "page", "method"} <= set(page_kinds())
    assert declaration_of("page") in declarations()
    with pytest.raises(KeyError):
        declaration_of("unheard-of")


def test_a_kind_cannot_stand_for_two_things(declared: dict[str, Publication]) -> None:
    class Another(PagePublication):
        model = StandardPage
        kind = "home"

    with pytest.raises(ValueError, match="The kind 'home' is declared twice: by .*HomePublication.* and .*Another"):
        register(Another)


def test_a_model_may_be_named_by_its_label(declared: dict[str, Publication]) -> None:
    @register
    class Named(PagePublication):
        model = "website.StandardPage"
        kind = "named"

    assert declaration_of("named").model is StandardPage
    assert isinstance(declaration_of("named"), Named)


def test_a_declaration_may_be_loaded_twice(declared: dict[str, Publication]) -> None:
    known = type(declaration_of("page"))
    assert register(known) is known


def test_a_page_type_of_the_host_project_is_published_by_its_title_and_description(
    declared: dict[str, Publication], home: Page
) -> None:
    """A type that knows nothing of our base page; here Wagtail's own."""
    register_page("wagtailcore.Page", "plain")
    plain = home.add_child(instance=Page(title="Plain", slug="plain", search_description="In a few words"))
    record = PublicRecord.objects.get(kind="plain")
    assert (record.object_id, record.title, record.lead, record.path) == (
        plain.pk,
        "Plain",
        "In a few words",
        "/plain/",
    )
    assert (record.topics, record.half, record.illustration) == ((), "", "")
    publication = declaration_of("plain")
    assert publication.document(plain, Targets()) == {
        "title": "Plain",
        "lead": "In a few words",
        "seo_title": "Plain",
        "description": "In a few words",
    }
    assert publication.body_text(plain, Targets()) == ""
    assert kind_label("plain") == str(Page._meta.verbose_name)


def test_the_label_of_a_kind_is_in_the_readers_language_and_an_old_kind_is_its_own_label() -> None:
    with override("en"):
        assert (kind_label("page"), kind_label("page", plural=True)) == ("Page", "Pages")
    with override("de"):
        assert kind_label("page") == "Seite"
    assert kind_label("of-a-plugin-that-is-gone") == "of-a-plugin-that-is-gone"


def test_a_kind_says_little_by_default() -> None:
    class Thing(Publication):
        model = StandardPage
        kind = "thing"
        label = label_plural = gettext_lazy("Page")

    thing = Thing()
    assert (thing.lead(None), thing.columns(None), thing.facts_for(None)) == ("", {}, {})
    assert (tuple(thing.search_text(None)), thing.body_text(None, Targets()), thing.searchable) == ((), "", True)
    with pytest.raises(NotImplementedError):
        thing.document(None, Targets())


def test_a_column_that_no_record_has_is_an_error_that_names_it(
    declared: dict[str, Publication], home: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declaration_of("page"), "columns", lambda page: {"colour": "blue"})
    with pytest.raises(AttributeError, match="colour"):
        home.add_child(instance=StandardPage(title="Page", slug="page"))
    assert not Page.objects.filter(slug="page").exists()


def test_a_page_type_without_a_declaration_fails_the_system_check(declared: dict[str, Publication]) -> None:
    assert every_page_type_says_how_it_is_published(None) == []
    del declared["home"]
    declaration._forget()
    (error,) = every_page_type_says_how_it_is_published(None)
    assert (error.id, error.obj) == ("cms_blocks.E001", HomePage)
    assert 'register_page("website.HomePage", kind="homepage")' in error.hint


def test_a_type_whose_declaration_is_taken_away_leaves_the_public(declared: dict[str, Publication], home: Page) -> None:
    page = home.add_child(instance=StandardPage(title="Page", slug="page"))
    del declared["page"]
    declaration._forget()
    from cms_blocks.publication import reconcile

    assert reconcile.repair().leaked == [f"page {page.pk}"]
    assert not PublicRecord.objects.get(object_id=page.pk).is_live


def test_records_say_what_they_are() -> None:
    record: Any = PublicRecord(kind="page", object_id=7, title="Garden")
    assert str(record) == "page 7: Garden"
    assert str(PublicRecord(kind="page", object_id=7)) == "page 7: –"
    assert str(PublicDocument(record_id=3)) == "document of record 3"
    assert str(PublicReference(source_id=3, target_kind="image", target_id=5)) == "record 3 quotes image 5"
    assert str(PublicationClock(sequence=9)) == "9"
