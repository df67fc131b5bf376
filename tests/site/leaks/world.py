"""A public site, in German and English, with one private thing of every sort, and the addresses an intruder would try."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import ForeignKey
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site, get_page_models

from cms_blocks.models import Contact, Document, Image, Notice, Topic
from cms_blocks.publication.declaration import declaration_for
from cms_blocks.publication.unit import unit
from procedures.models import Principle, ProcedureIndexPage, ProcedurePage, ProcedureTopic
from tests.site import house
from tests.site.leaks.aviary import Aviary
from tests.site.leaks.papers import Papers
from tests.toolkit.factories import SOUND, method, with_tools
from toolkit.models import MethodIndexPage, MethodPage
from website.models import AccessibilityStatementPage, HomePage, ImprintPage, StandardPage

DRAFT, RESTRICTED, EXPIRED = "draft", "restricted", "expired, worker asleep"
DRAFT_OF_PUBLIC = "draft of a public page"
#: Each page type is private in each of these ways, once in each language.
STATES = (DRAFT, RESTRICTED, EXPIRED, DRAFT_OF_PUBLIC)
LANGUAGES = {"de": "haus", "en": "house"}
#: What a page needs besides words.
NEEDED: dict[type[Page], dict[str, Any]] = {
    MethodPage: {name: value for name, value in SOUND.items() if name != "lead"},
    ProcedurePage: dict.fromkeys(("brief_what", "brief_where", "brief_how"), "Etwas"),
    AccessibilityStatementPage: {
        "conformance": "partly",
        "evaluation": "third_party",
        "evaluated_on": date(2026, 5, 1),
        "prepared_on": date(2026, 5, 1),
        "reviewed_on": date(2026, 5, 1),
    },
}


def declared_pages() -> list[type[Page]]:
    """The page types that can become public."""
    return [model for model in get_page_models() if declaration_for(model)]


class World:
    def __init__(self) -> None:
        self.aviary = aviary = Aviary()
        #: Addresses of private pages, and of private files.
        self.paths: list[str] = []
        self.files: list[str] = []
        #: The newest version of every page that was filled from its fields, by type, language and state.
        self.filled: dict[tuple[type[Page], str, str], Page] = {}
        self.user = get_user_model().objects.create_user(
            "someone",
            email=f"{aviary.word('user: address').lower()}@example.org",
            password="x",
            first_name=aviary.word("user: first name"),
            last_name=aviary.word("user: last name"),
        )
        with unit():
            self.homes = self._homes()
            self.home = self.homes["de"]
            self.papers = Papers(aviary)
            aviary.chosen[Page] = self.home.pk
            self._names()
            self.index = {language: self._toolkit(home) for language, home in self.homes.items()}
            for model in declared_pages():
                self._in_every_state(model)
            self._elsewhere()
            self._public_page()
            self.files = self.papers.addresses
            self.paths += self.papers.show(self.home)
            self.papers.write(self.public, self.filled[StandardPage, "de", DRAFT], self.user)
            self.papers.ask(self.filled[ProcedurePage, "de", DRAFT_OF_PUBLIC])
            self.papers.edit(self.filled[ProcedureIndexPage, "de", DRAFT_OF_PUBLIC])

    def _homes(self) -> dict[str, HomePage]:
        root, homes = Page.objects.get(depth=1), {}
        for language, slug in LANGUAGES.items():
            locale = Locale.objects.get_or_create(language_code=language)[0]
            key = {"translation_key": homes["de"].translation_key} if homes else {}
            homes[language] = root.add_child(instance=HomePage(title="Start", slug=slug, locale=locale, **key))
        Site.objects.filter(is_default_site=True).update(root_page=homes["de"])
        Site.objects.get(is_default_site=True).save()
        return homes

    def _names(self) -> None:
        """A topic and a contact that nothing but private pages shows, and some that are public."""
        locale = self.home.locale
        for model in (Topic, Contact, Principle):
            private = model(locale=locale, **self.aviary.fields(model, f"{model.__name__.lower()} of private pages"))
            private.save()
            self.aviary.chosen[model] = private.pk
        self.further = Topic(locale=locale, **self.aviary.fields(Topic, "topic of private pages: further"))
        self.further.save()
        for place, begins, ends in (("not yet", 1, 2), (EXPIRED, -2, -1)):
            words = self.aviary.fields(Notice, f"{place}: notice")
            now = timezone.now()
            window = {"begins": now + timedelta(days=begins), "ends": now + timedelta(days=ends)}
            Notice.objects.create(locale=locale, **words, **window)
        Topic.objects.create(name="Grün", slug="green", locale=locale)
        Contact.objects.create(name="Anlaufstelle", locale=locale)

    def _toolkit(self, home: HomePage) -> MethodIndexPage:
        index = home.add_child(instance=MethodIndexPage(title="Methoden", slug="methoden", locale=home.locale))
        with_tools(index)
        method(index)
        return index

    def _in_every_state(self, model: type[Page]) -> None:
        keys = []
        for language, home in self.homes.items():
            parent = self.index[language] if model is MethodPage else home
            for number, state in enumerate(STATES):
                if model is HomePage and state == DRAFT_OF_PUBLIC:
                    self._draft_of(home, language)
                    continue
                place = f"{state}: {language} {model._meta.model_name}"
                page = self._sound(model) if state == DRAFT_OF_PUBLIC else model(**self._words(model, place))
                # The public page in one language is the private one in the other: neither may tell of its sister.
                if language == "de":
                    keys.append(page.translation_key)
                elif number <= len(keys):
                    page.translation_key = keys[number - 1]
                self._place(page, parent, state, language)

    def _place(self, page: Page, parent: Page, state: str, language: str) -> None:
        page.locale = parent.locale
        page.live = state != DRAFT
        if state == EXPIRED:
            page.expire_at = timezone.now() - timedelta(minutes=5)
        parent.add_child(instance=page)
        if state == DRAFT_OF_PUBLIC:
            self._draft_of(page, language)
            return
        if state == RESTRICTED:
            PageViewRestriction.objects.create(
                page=page, restriction_type="login", password=self.aviary.word("password")
            )
        self.filled[type(page), language, state] = page
        self.paths.append(page.url)

    def _draft_of(self, page: Page, language: str) -> None:
        page.owner = self.user
        page.save_revision(user=self.user).publish()
        for name, value in self._words(
            type(page), f"{DRAFT_OF_PUBLIC}: {language} {type(page)._meta.model_name}"
        ).items():
            setattr(page, name, value)
        page.save_revision(user=self.user)
        self.filled[type(page), language, DRAFT_OF_PUBLIC] = page.get_latest_revision_as_object()

    def _words(self, model: type[Page], place: str) -> dict[str, Any]:
        chosen = {
            field.attname: self.aviary.chosen[field.related_model]
            for field in model._meta.get_fields()
            if isinstance(field, ForeignKey) and field.related_model in (Topic, Contact, Image, Document)
        }
        rows = {"further_topics": [ProcedureTopic(topic=self.further)]} if model is ProcedurePage else {}
        return {**NEEDED.get(model, {}), **chosen, **rows, **self.aviary.fields(model, place)}

    def _sound(self, model: type[Page]) -> Page:
        name = model._meta.model_name
        if model is ImprintPage:
            return house.imprint()
        if model is AccessibilityStatementPage:
            return house.accessibility_statement()
        return model(title=f"Offen {name}", slug=f"offen-{name}", **NEEDED.get(model, {}))

    def _add(self, parent: Page, place: str, **fields: Any) -> StandardPage:
        page = parent.add_child(instance=StandardPage(**{**self._words(StandardPage, place), **fields}))
        self.paths.append(page.url or f"/{page.slug}/")
        return page

    def _elsewhere(self) -> None:
        """Further ways of not being public, which do not depend on the type of the page."""
        self._add(self.filled[StandardPage, "de", DRAFT], "below a draft")
        self._add(self.filled[StandardPage, "de", RESTRICTED], "below a restricted page")
        self._add(self.home, "not yet", go_live_at=timezone.now() + timedelta(days=1))
        self.gone = self._add(self.home, "unpublished")
        self.gone.unpublish()
        self._add(self.home, "deleted").delete()
        root = Page.objects.get(depth=1)
        self._add(root, "outside of every site", locale=self.home.locale)

    def _public_page(self) -> None:
        """A page that quotes private ones."""
        private = [self.filled[StandardPage, "de", state].pk for state in (DRAFT, RESTRICTED, EXPIRED)] + [self.gone.pk]
        self.public = self.home.add_child(
            instance=StandardPage(
                title="Offen",
                slug="offen",
                show_in_menus=True,
                body=[
                    ("related_pages", {"title": "Mehr", "pages": private}),
                    ("paragraph", "".join(f'<p><a linktype="page" id="{pk}">hier</a></p>' for pk in private)),
                    ("contact", {"contact": Contact.objects.get(name="Anlaufstelle").pk}),
                ],
            )
        )
