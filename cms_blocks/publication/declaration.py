"""How a kind of object is published: one small declaration beside its model, in the app's ``publications.py``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.encoding import force_str
from django.utils.functional import Promise

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import BaseModel

    from cms_blocks.publication.records import PublicRecord, RecordFacts
    from cms_blocks.publication.targets import Targets

_by_kind: dict[str, Publication] = {}


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something of a record that stands in a calendar. ``key``: its own within the record, the same in later versions.

    ``ends`` ``None``: no end is known. ``text`` and ``place`` are plain words.
    """

    key: str
    title: str
    begins: datetime
    ends: datetime | None = None
    text: str = ""
    place: str = ""


class Publication:
    """Says how objects of ``model`` become public records.

    ``kind`` is the stable word in the API and the search; ``facts`` an optional :class:`RecordFacts` table.
    """

    model: Any
    kind: str
    label: str | Promise
    label_plural: str | Promise
    facts: type[RecordFacts] | None = None
    #: The status follows the clock: :meth:`spans` says when it is which. Else the column ``fixed_status`` says it.
    timed = False
    #: Found by search and shown in lists of everything. Off for pages that only lead on, such as a home page.
    searchable = True
    #: The last part of this kind's address in the content API; without one the kind with an "s".
    resource = ""
    #: The parts of the document that :meth:`occasions` are made of. Without any a record is one of its own, from its
    #: beginning to its end.
    occasion_parts: tuple[str, ...] = ()
    #: How lists show one; gets what :meth:`card` gives.
    card_template = "cms_blocks/components/card.html"

    def objects(self) -> Any:
        """The queryset that rendering starts from, with what :meth:`columns` needs joined."""
        return self.model._default_manager.all()

    def lead(self, obj: Any) -> str:
        """One or two plain sentences for lists."""
        return ""

    def card(self, record: PublicRecord) -> dict[str, Any]:
        """The context of :attr:`card_template`."""
        return {"record": record}

    def columns(self, obj: Any) -> dict[str, Any]:
        """Columns of the :class:`PublicRecord` beyond those every object has (fixed status, levels, dates, point …)."""
        return {}

    def facts_for(self, obj: Any) -> dict[str, Any]:
        """Columns of :attr:`facts`."""
        return {}

    def spans(self, obj: Any) -> Iterable[tuple[str, datetime, datetime]]:
        """Of a :attr:`timed` kind: status, since when and until when, for all time without gap or overlap."""
        return ()

    def occasions(self, title: str, document: Mapping[str, Any], now: datetime) -> Iterable[Occasion]:
        """What calendars show of a record at this moment, in the active language, from its title and the
        :attr:`occasion_parts` of its public document. Asked only of kinds that have some."""
        raise NotImplementedError

    def document(self, obj: Any, targets: Targets) -> dict[str, Any]:
        """The JSON document. Every look-up of another object goes through ``targets``."""
        raise NotImplementedError

    def document_form(self) -> type[BaseModel]:
        """The type of :meth:`document`, without the body: what the content API promises."""
        raise NotImplementedError

    def search_text(self, obj: Any) -> Iterable[str]:
        """Plain texts that are searched beyond title, lead and body."""
        return ()

    def body_text(self, obj: Any, targets: Targets) -> str:
        """The plain text of the body, for search."""
        return ""

    def wording(self, obj: Any) -> Iterable[str]:
        """All words that a translation translates, public or not what they are about. No dates, pictures, settings."""
        yield from self.search_text(obj)


class PagePublication(Publication):
    """Pages. Subclasses set ``model``, ``kind`` and labels; a :class:`cms_blocks.pages.BasePage` needs no more."""

    def objects(self) -> Any:
        """With everything joined that every rendering of a page needs."""
        from cms_blocks.publication.targets import read_along

        return super().objects().select_related("locale", *(path for path, _kind in read_along(self.model)))

    def columns(self, page: Any) -> dict[str, Any]:
        topic = getattr(page, "topic", None)
        return {
            "topics": (topic.slug,) if topic else (),
            "half": getattr(page, "half", ""),
            "illustration": getattr(page, "illustration", "") or (topic.illustration if topic else ""),
        }

    def document(self, page: Any, targets: Targets) -> dict[str, Any]:
        from cms_blocks.blocks.media import Picture
        from cms_blocks.freshness import language_marks

        document: dict[str, Any] = {
            "title": page.title,
            "lead": self.lead(page),
            "seo_title": page.seo_title or page.title,
            "description": page.search_description or self.lead(page),
        }
        if topic := targets.topic(getattr(page, "topic_id", None)):
            document["topic"] = {"slug": topic.slug, "name": topic.name}
        if contact := self.contact(page, targets):
            document["contact"] = {
                name: getattr(contact, name) for name in ("name", "role", "half", "email", "phone", "address", "hours")
            }
            if photo := targets.image(contact.photo_id):
                document["contact"]["photo"] = Picture.of(photo, "thumb").as_json()
        body = getattr(page, "body", None)
        if body is not None:
            document["body"] = body.stream_block.to_json(body, targets)
        if marks := language_marks(page, targets):
            document["language"] = marks
        return document

    def contact(self, page: Any, targets: Targets) -> Any:
        """Whom people can ask: pages that are not ours name nobody."""
        return page.contact_for(targets) if hasattr(page, "contact_for") else None

    def document_form(self) -> type[BaseModel]:
        from cms_blocks.content_api.documents import PageDocument

        return PageDocument

    def wording(self, page: Any) -> Iterable[str]:
        from cms_blocks.blocks.words import words

        yield from (page.title, self.lead(page))
        for child in getattr(page, "body", None) or ():
            yield from words(child.block, child.value)
        yield from super().wording(page)

    def lead(self, page: Any) -> str:
        return getattr(page, "lead", "") or page.search_description

    def body_text(self, page: Any, targets: Targets) -> str:
        body = getattr(page, "body", None)
        return body.stream_block.to_text(body, targets) if body is not None else ""


class ThingPublication(Publication):
    """Objects that are no pages and translatable: public in their language as long as their window is open.

    Their address is the home page of the language, where :attr:`anchor` says at which place, unless :meth:`address`
    says another.
    """

    anchor = ""

    def objects(self) -> Any:
        return super().objects().select_related("locale")

    def title(self, obj: Any) -> str:
        raise NotImplementedError

    def window(self, obj: Any) -> tuple[datetime, datetime]:
        """From when on, and until when."""
        raise NotImplementedError

    def address(self, obj: Any, home: str) -> str:
        """Where people find it. ``home``: the address of the home page in its language."""
        return f"{home}#{self.anchor}"


def register(declaration: type[Publication]) -> type[Publication]:
    """Class decorator: objects of this model are published as declared. Raises ``ValueError`` for a kind used twice."""
    if isinstance(declaration.model, str):
        declaration.model = apps.get_model(declaration.model)
    known = _by_kind.get(declaration.kind)
    if known is not None and type(known) is not declaration:
        raise ValueError(f"The kind {declaration.kind!r} is declared twice: by {type(known)} and {declaration}.")
    _by_kind[declaration.kind] = declaration()
    _forget()
    return declaration


def register_page(model: str, kind: str) -> None:
    """Publish a page type of the host project by its title and search description, without a class of its own."""
    page_model = apps.get_model(model)
    register(
        type(
            f"{page_model.__name__}Publication",
            (PagePublication,),
            {
                "model": page_model,
                "kind": kind,
                "label": page_model._meta.verbose_name,
                "label_plural": page_model._meta.verbose_name_plural,
            },
        )
    )


def declarations() -> list[Publication]:
    return list(_by_kind.values())


def page_kinds() -> list[str]:
    """The kinds whose objects are pages: their ``object_id`` is a page id."""
    from wagtail.models import Page

    return [declaration.kind for declaration in _by_kind.values() if issubclass(declaration.model, Page)]


def timed_kinds() -> list[str]:
    """The kinds whose status follows the clock."""
    return [kind for kind, declaration in _by_kind.items() if declaration.timed]


def declaration_of(kind: str) -> Publication:
    """Raises ``KeyError`` for an unknown kind."""
    return _by_kind[kind]


def declaration_for(model: type) -> Publication | None:
    """The declaration of exactly this model; ``None`` if objects of it are never public."""
    if not _by_model:
        _by_model.update({declaration.model: declaration for declaration in _by_kind.values()})
    return _by_model.get(model)


def kind_label(kind: str, plural: bool = False) -> str:
    """The words for a kind, in the active language; the kind itself for one that no plugin declares any more."""
    declaration = _by_kind.get(kind)
    if declaration is None:
        return kind
    return force_str(declaration.label_plural if plural else declaration.label)


_by_model: dict[type, Publication] = {}


def _forget() -> None:
    _by_model.clear()
