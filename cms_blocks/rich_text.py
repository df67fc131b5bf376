"""Rich text for the public: links lead to public things only, and nothing but plain, safe HTML comes out.

Stored rich text comes from the editor, from importers and from the write API, so it is never trusted: whatever is
shown passes an allow-list. A link to something that is not public keeps its words and loses its ``<a>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.db.models import BigIntegerField
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.rich_text import LinkHandler
from wagtail.rich_text.rewriters import FIND_A_TAG, extract_attrs

from cms_blocks.languages import EASY
from cms_blocks.publication.targets import current_targets
from cms_blocks.sentences import one_a_line

if TYPE_CHECKING:
    from cms_blocks.publication.targets import Targets

#: What the editor offers in running text, and in the text of answers, steps and entries.
FEATURES = ["bold", "italic", "h3", "ol", "ul", "link", "document-link"]
SMALL_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]

TAGS = {
    "a", "b", "blockquote", "br", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "strong", "sub", "sup", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "hreflang", "rel"}}
SCHEMES = {"http", "https", "mailto", "tel"}
#: Links that leave the site: they get no handle on our window and no referrer.
EXTERNAL_REL = "external noopener noreferrer"
#: The opening tag of a link that leads nowhere: the text stays, the link goes.
NOWHERE = "<a>"
#: Of a page that is published, most paragraphs are as they were, and each is asked for as HTML, as JSON and for search.
REMEMBERED = 2000

#: The opening tag of a document's link says where to ask for an accessible version; the link to there follows it.
_ASKING = re.compile(r"<a ([^>]*) data-ask=\"([^\"]*)\">(.*?)</a>", re.DOTALL)
_ASKED = re.compile(r" <a [^>]*rel=\"help\"[^>]*>.*?</a>", re.DOTALL)
_LINK_TO_NOWHERE = re.compile(r"<a(?: (?:rel|hreflang)=\"[^\"]*\")*>(.*?)</a>", re.DOTALL)
_END_OF_BLOCK = re.compile(r"</(?:p|h[1-6]|li|blockquote)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class RichHtml:
    """One rich text as the public sees it. Empty texts are false."""

    html: SafeString

    @cached_property
    def text(self) -> str:
        return to_text(self.html)

    def __bool__(self) -> bool:
        return bool(self.html)

    def __html__(self) -> SafeString:
        return self.html

    __str__ = __html__

    def as_json(self) -> dict[str, str]:
        return {"html": str.__str__(self.html), "text": self.text}


def to_html(source: Any, targets: Targets | None = None) -> SafeString:
    """Safe HTML of a stored rich text (a string or Wagtail's ``RichText``), links resolved through ``targets``.

    ``targets`` defaults to the look-ups of the rendering that is going on. One query for each sort of target.
    """
    source = getattr(source, "source", source) or ""
    if not isinstance(source, str):
        return SafeString("")
    targets = targets if targets is not None else current_targets()
    html = _ASKING.sub(_with_asking, _resolve_links(source, targets))
    html = _clean(html)
    return mark_safe(one_a_line(html)) if targets.locale == EASY else html


def to_rich_html(source: Any, targets: Targets | None = None) -> RichHtml:
    """The same with its plain text, as blocks show it and as the content API delivers it; empty without words."""
    html = to_html(source, targets)
    return RichHtml(html if to_text(html) else SafeString(""))


def to_text(source: Any) -> str:
    """The words of a rich text: one line for each paragraph, heading or list item, no tags. What we add is left out."""
    source = getattr(source, "source", source) or ""
    return _words(source) if isinstance(source, str) else ""


def written(html: str) -> str:
    """HTML of a rich text without the links that we add to it: for search and for paper."""
    return _ASKED.sub("", html)


@lru_cache(maxsize=REMEMBERED)
def _clean(html: str) -> SafeString:
    html = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    html = _LINK_TO_NOWHERE.sub(r"\1", html)
    for old, new in (("b", "strong"), ("i", "em")):
        html = html.replace(f"<{old}>", f"<{new}>").replace(f"</{old}>", f"</{new}>")
    return mark_safe(html)


@lru_cache(maxsize=REMEMBERED)
def _words(html: str) -> str:
    text = unescape(strip_tags(_END_OF_BLOCK.sub("\n", written(html))))
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def is_external(url: str) -> bool:
    """Whether an address leaves this site: absolute, and not on the host of ``WAGTAILADMIN_BASE_URL``."""
    try:
        parts = urlsplit(url)
        own = urlsplit(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "").hostname
        return parts.scheme in ("http", "https") and parts.hostname != own
    except ValueError:
        return True


def _resolve_links(source: str, targets: Targets) -> str:
    """Replace the opening tags of all links by real ones, or by :data:`NOWHERE`."""
    links = [extract_attrs(match) for match in FIND_A_TAG.findall(source)]
    if not links:
        return source
    for sort, handler in HANDLERS.items():
        targets.preload(**{f"{sort}s": [handler.id_of(attrs) for attrs in links if attrs.get("linktype") == sort]})
    opened = iter([_opening_tag(attrs, targets) for attrs in links])
    return FIND_A_TAG.sub(lambda match: next(opened), source)


def _with_asking(link: re.Match[str]) -> str:
    """A link to a document, and behind it the link that asks for an accessible version."""
    words = escape(_("(ask for an accessible version)"))
    return f'<a {link[1]}>{link[3]}</a> <a rel="help" href="{link[2]}">{words}</a>'


def _opening_tag(attrs: dict[str, str], targets: Targets) -> str:
    sort = attrs.get("linktype")
    if sort in HANDLERS:
        tag = HANDLERS[sort].opening_tag(attrs, targets)
        ask = HANDLERS[sort].asking(attrs, targets) if tag != NOWHERE else ""
        return f'{tag[:-1]} data-ask="{escape(ask)}">' if ask else tag
    href = attrs.get("href", "").strip()
    if sort not in (None, "external", "email", "anchor") or not href:
        return NOWHERE
    rel = f' rel="{EXTERNAL_REL}"' if is_external(href) else ""
    return f'<a href="{escape(href)}"{rel}>'


class PublicLinkHandler(LinkHandler):
    """A stored link to one of our objects. Only public ones get an address.

    Registered in place of Wagtail's own handlers, so that rich text outside our blocks cannot reveal a draft either.
    """

    @classmethod
    def id_of(cls, attrs: dict[str, str]) -> int | None:
        """The id in the stored tag; ``None`` if there is no usable one."""
        value = attrs.get("id", "")
        pk = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0
        return pk if 0 < pk <= BigIntegerField.MAX_BIGINT else None

    @classmethod
    def address(cls, pk: int | None, targets: Targets) -> tuple[str, str]:
        """The address and, where it leads to another language, its code; an empty address if nothing is public."""
        raise NotImplementedError

    @classmethod
    def asking(cls, attrs: dict[str, str], targets: Targets) -> str:
        """Where to ask for a version that everybody can read; empty where there is no need."""
        return ""

    @classmethod
    def opening_tag(cls, attrs: dict[str, str], targets: Targets) -> str:
        address, language = cls.address(cls.id_of(attrs), targets)
        if not address:
            return NOWHERE
        return f'<a href="{escape(address)}"' + (f' hreflang="{escape(language)}">' if language else ">")

    @classmethod
    def expand_db_attributes(cls, attrs: dict[str, str]) -> str:
        return cls.expand_db_attributes_many([attrs])[0]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: Iterable[dict[str, str]]) -> list[str]:
        attrs_list = list(attrs_list)
        targets = current_targets()
        targets.preload(**{f"{cls.identifier}s": [cls.id_of(attrs) for attrs in attrs_list]})
        return [cls.opening_tag(attrs, targets) for attrs in attrs_list]

    @classmethod
    def extract_references(cls, attrs: dict[str, str]) -> Iterator[tuple[Any, str, str, str]]:
        if pk := cls.id_of(attrs):
            yield cls.get_model(), str(pk), "", ""


class PageLinkHandler(PublicLinkHandler):
    identifier = "page"

    @staticmethod
    def get_model() -> type[Page]:
        return Page

    @classmethod
    def address(cls, pk: int | None, targets: Targets) -> tuple[str, str]:
        target = targets.page(pk)
        return (target.path, targets.foreign(target)) if target else ("", "")


class DocumentLinkHandler(PublicLinkHandler):
    identifier = "document"

    @staticmethod
    def get_model() -> Any:
        return get_document_model()

    @classmethod
    def address(cls, pk: int | None, targets: Targets) -> tuple[str, str]:
        document = targets.document(pk)
        return (document.url if document else "", "")

    @classmethod
    def asking(cls, attrs: dict[str, str], targets: Targets) -> str:
        from cms_blocks.media.asking import ask_path

        document = targets.document(cls.id_of(attrs))
        return ask_path(document) if document else ""


HANDLERS: dict[str, type[PublicLinkHandler]] = {
    handler.identifier: handler for handler in (PageLinkHandler, DocumentLinkHandler)
}


def register_links(features: Any) -> None:
    """Hook ``register_rich_text_features``: our link handlers take the place of Wagtail's."""
    for handler in HANDLERS.values():
        features.register_link_type(handler)
