"""The methods: imported in German, then told in easy language (five) and announced in English (all).

A translation has its own title, lead and text; numbers and facts are those of the German page. The English pages have
no text: the toolkit itself says on such a page that the details are in German, and leads there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils.text import slugify
from wagtail.models import Locale, Page, ReferenceIndex

from cms_blocks.publication.unit import unit
from demo.media import image_id
from demo.source import METHODS, read
from toolkit.models import MethodIndexPage, MethodPage
from toolkit.translation import copy_neutral_fields


@dataclass(frozen=True, slots=True)
class MethodText:
    """A method in another language than German. ``slug`` is the German page's, ``address`` its own.

    ``lines`` become paragraphs; :data:`LINK` in them stands for a link to the German page. ``image`` is a key.
    """

    slug: str
    locale: str
    address: str
    title: str
    lead: str
    lines: list[str] = field(default_factory=list)
    image: str = ""


def import_german(index: int) -> int:
    """All methods below the German toolkit, if it holds none yet: the importer would undo what editors changed.

    The importer does all or nothing, so there is no half-filled toolkit to complete. Returns how many are new.
    """
    below = Page.objects.get(pk=index)
    if MethodPage.objects.child_of(below).exists():
        return 0
    with unit():
        call_command("import_methods", str(METHODS), parent=str(index), stdout=StringIO())
        methods = MethodPage.objects.child_of(below)
        for method in methods:
            ReferenceIndex.create_or_update_for_object(method)
    return len(methods)


def translations() -> Iterator[MethodText]:
    """What ``methods.json`` says in easy language and in English."""
    simple = read("methods_simple.json")
    for method in read("methods.json"):
        slug = method["slug"]
        if slug in simple:
            plain = method["plain"]
            yield MethodText(slug, "de-simple", slug, plain["title"], lines=plain["text"] + SIMPLE_END, **simple[slug])
        english = method["en"]
        yield MethodText(slug, "en", slugify(english["title"]), english["title"], english["summary"])


LINK = "{link}"
SIMPLE_END = [
    "Mehr lesen Sie hier: {link}.",
    "Der Text dort ist schwerer.",
    "Dieser Text ist ein Entwurf in Leichter Sprache.",
    "Noch hat keine Prüf-Gruppe den Text gelesen.",
]


class Translations:
    """Method pages in other languages below the toolkits of those languages (``indexes``: page ids by language)."""

    def __init__(self, locales: dict[str, Locale], indexes: dict[str, int], german: int) -> None:
        self.locales = locales
        self.indexes = indexes
        below = Page.objects.get(pk=german)
        self.originals = {page.slug: page for page in MethodPage.objects.child_of(below).live()}

    def load(self, step: Callable[[int, int], None] = lambda done, total: None) -> int:
        """Create what is missing, then publish it; returns how many pages were published.

        Two passes as for the other pages: combinations need the other methods to be there.
        """
        texts = [text for text in translations() if text.slug in self.originals and text.locale in self.indexes]
        for text in texts:
            self.place(text)
        published = 0
        for done, text in enumerate(texts, start=1):
            published += self.publish(text)
            step(done, len(texts))
        return published

    def place(self, text: MethodText) -> None:
        """Make the page as an empty draft, unless there is one."""
        index = MethodIndexPage.objects.get(pk=self.indexes[text.locale])
        if self._found(text) or Page.objects.child_of(index).filter(slug=text.address).exists():
            return
        original = self.originals[text.slug]
        page = MethodPage(
            locale=self.locales[text.locale],
            translation_key=original.translation_key,
            title=text.title,
            slug=text.address,
            lead=text.lead,
            live=False,
        )
        copy_neutral_fields(original, page)
        page.combinations = []  # not all of them are there yet
        with unit():
            index.add_child(instance=page)

    def publish(self, text: MethodText) -> bool:
        """Give a draft of ours its text and publish it; ``False`` if the page was there before."""
        page = self._found(text)
        if page is None or page.live or page.latest_revision_id or page.body:
            return False
        original = self.originals[text.slug]
        with unit():
            copy_neutral_fields(original, page)
            page.body = json.dumps(body_of(text, original))  # type: ignore[assignment]
            page.save_revision().publish()
            ReferenceIndex.create_or_update_for_object(page)
        return True

    def _found(self, text: MethodText) -> MethodPage | None:
        key = self.originals[text.slug].translation_key
        return MethodPage.objects.filter(translation_key=key, locale=self.locales[text.locale]).first()


def body_of(text: MethodText, original: MethodPage) -> list[dict[str, Any]]:
    """The text as one block, each line a paragraph, after the picture if there is one."""
    link = f'<a linktype="page" id="{original.pk}">{escape(original.title)}</a>'
    lines = [escape(line).replace(LINK, link) for line in text.lines]
    body: list[dict[str, Any]] = []
    if text.image:
        picture = {"image": image_id(text.image), "decorative": True, "alt": "", "caption": "", "size": "text"}
        body.append({"type": "image", "value": picture})
    if lines:
        body.append({"type": "paragraph", "value": "".join(f"<p>{line}</p>" for line in lines)})
    return body
