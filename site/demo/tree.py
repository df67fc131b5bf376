"""The demo's pages: created once, in two passes so that they may link to one another, and never touched again.

The first pass makes a missing page as an empty draft, the second fills and publishes it. A draft of ours without any
revision is one whose second pass is still to come: an interrupted run is completed by the next one. Whatever an
editor saves has a revision.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale, Page, ReferenceIndex, Site

from cms_blocks.freshness import TranslationBasis, original_of, state_basis
from cms_blocks.pages import BasePage
from cms_blocks.publication.unit import unit
from cms_blocks.wording import digest
from demo import media
from demo.names import find_contact, find_topic, key_of
from demo.references import resolve
from demo.source import ORIGINAL, PageText
from procedures.models import DistrictIndexPage, NewsIndexPage, ProcedureIndexPage
from toolkit.models import MethodComparisonPage, MethodFinderPage, MethodIndexPage
from website.models import AccessibilityStatementPage, HomePage, ImprintPage, StandardPage

TYPES: dict[str, type[BasePage]] = {
    "home": HomePage,
    "standard": StandardPage,
    "imprint": ImprintPage,
    "accessibility_statement": AccessibilityStatementPage,
    "procedure_index": ProcedureIndexPage,
    "district_index": DistrictIndexPage,
    "news_index": NewsIndexPage,
    "method_index": MethodIndexPage,
    "method_finder": MethodFinderPage,
    "method_comparison": MethodComparisonPage,
}


class Tree:
    """The pages of the content files in the database. ``locales`` by code."""

    def __init__(self, locales: dict[str, Locale]) -> None:
        self.locales = locales
        #: (key, locale code) → id of the page, ours or the one found in its place.
        self.ids: dict[tuple[str, str], int] = {}
        self._keys: dict[str, Any] = {}

    def load(self, texts: list[PageText], step: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Create, fill and publish what is missing; returns how many pages were published.

        ``step`` is told after each page how many of all are done.
        """
        for text in texts:
            self.place(text)
        published = 0
        for done, text in enumerate(texts, start=1):
            published += self.fill(text)
            step(done, len(texts))
        return published

    def place(self, text: PageText) -> None:
        """Find the page of ``text``, or make it as an empty draft."""
        locale = self.locales[text.locale]
        parent = self._parent(text)
        page = self._found(text, parent, locale)
        if page is None:
            page = self._draft(text, locale)
            with unit():
                parent.add_child(instance=page)
        if text.parent is None and text.locale == ORIGINAL:
            _give_site(page)
        self._keys.setdefault(text.key, page.translation_key)
        self.ids[text.key, text.locale] = page.pk

    def fill(self, text: PageText) -> bool:
        """Give a draft of ours its body and publish it; ``False`` if the page was there before."""
        page = Page.objects.get(pk=self.ids[text.key, text.locale]).specific
        if page.live or page.latest_revision_id or page.body:
            return False
        with unit():
            page.body = json.dumps(resolve(text.body, lambda sort, key: self.id_of(sort, key, text.locale)))
            revision = page.save_revision()
            if original := original_of(page):
                state_basis(page, digest(original), TranslationBasis.Source.EDITOR, revision=revision)
            revision.publish()
            ReferenceIndex.create_or_update_for_object(page)
        return True

    def _found(self, text: PageText, parent: Page, locale: Locale) -> Page | None:
        """The page of this key in this language, or one an editor has put in its place."""
        key = self._keys.get(text.key, key_of("page", text.key))
        if page := Page.objects.filter(translation_key=key, locale=locale).first():
            return page
        if text.parent is None:
            site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
            if text.locale == ORIGINAL and site and isinstance(site.root_page.specific, HomePage):
                return site.root_page
            return None
        return Page.objects.child_of(parent).filter(slug=text.slug, locale=locale).first()

    def _parent(self, text: PageText) -> Page:
        if text.parent is None:
            return Page.get_first_root_node()
        return Page.objects.get(pk=self.ids[text.parent, text.locale])

    def _draft(self, text: PageText, locale: Locale) -> BasePage:
        page = TYPES[text.type](
            locale=locale,
            translation_key=self._keys.get(text.key, key_of("page", text.key)),
            title=text.title,
            slug=text.slug,
            lead=text.lead,
            half=text.half,
            contact=find_contact(text.contact, locale) if text.contact else None,
            topic=find_topic(text.topic, locale) if text.topic else None,
            illustration=text.illustration,
            show_in_menus=text.in_menu,
            live=False,
            **{name: json.dumps(value) if isinstance(value, list) else value for name, value in text.fields.items()},
        )
        if text.headline:
            page.headline = text.headline
        return page

    def id_of(self, sort: str, key: str, code: str) -> int:
        """The id a reference stands for; a page that has no translation is meant in German."""
        if sort == "image":
            return media.image_id(key)
        if sort == "document":
            return media.document_id(key)
        if sort == "contact":
            contact = find_contact(key, self.locales[code])
            if contact is not None:
                return contact.pk
        elif (found := self.ids.get((key, code)) or self.ids.get((key, ORIGINAL))) is not None:
            return found
        raise LookupError(f"There is no {sort} {key!r} (language {code!r}).")


def _give_site(home: Page) -> None:
    """Make ``home`` the root of the default site, and remove the page Wagtail's own installation put there."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is not None and site.root_page_id == home.pk:
        return
    with unit():
        if site is None:
            Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
            return
        if not _is_welcome_page(site.root_page):
            return
        welcome = site.root_page
        site.root_page = home
        site.save()
        welcome.delete()


def _is_welcome_page(page: Page) -> bool:
    """Whether this is the page without a type that Wagtail's first migration makes, with nothing below it."""
    return page.content_type_id == ContentType.objects.get_for_model(Page).pk and page.is_leaf()
