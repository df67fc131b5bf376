"""What a rendering may quote of other objects: public things only, looked up in batches, each look-up recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page

from cms_blocks.publication.declaration import page_kinds
from cms_blocks.publication.records import FOREVER, PublicRecord

_current: ContextVar[Targets | None] = ContextVar("targets", default=None)


@dataclass(frozen=True, slots=True)
class Target:
    """What may be quoted of a public record."""

    id: int
    object_id: int
    kind: str
    title: str
    lead: str
    path: str
    locale: str
    translation_key: Any
    illustration: str
    half: str
    visible_from: datetime
    visible_until: datetime


FIELDS = tuple(Target.__dataclass_fields__)

#: Sort of target → function(ids, targets) returning the public ones among them by id. Plugins add their own.
Loader = Callable[[set[int], "Targets"], dict[int, Any]]
LOADERS: dict[str, Loader] = {}
#: Sort of target → function(ids, targets, language code) returning the public translations of the ones with these ids.
TRANSLATIONS: dict[str, Callable[[set[int], Targets, str], dict[int, Any]]] = {}


def loads_targets(kind: str) -> Callable[[Loader], Loader]:
    """Register the look-up for one sort of target."""

    def remember(loader: Loader) -> Loader:
        LOADERS[kind] = loader
        return loader

    return remember


@cache
def read_along(model: Any) -> tuple[tuple[str, str], ...]:
    """Relations that a page of this model is read together with, and what sort of target each leads to."""
    from wagtail.images import get_image_model

    from cms_blocks.office import Contact, Topic

    sorts = {"topic": Topic, "contact": Contact, "image": get_image_model()}
    found = []
    for path, kind in (("topic", "topic"), ("contact", "contact"), ("contact__photo", "image"), ("image", "image")):
        end = model
        for name in path.split("__"):
            fields = {field.name: field for field in end._meta.concrete_fields} if end else {}
            end = fields[name].related_model if name in fields else None
        if end is sorts[kind]:
            found.append((path, kind))
    return tuple(found)


class Targets:
    """The look-ups of one rendering.

    Pages, contacts and topics are answered in the language of what is rendered (``locale``, by default the active
    language): the translation of the one asked for if there is one to show, else the very one.

    ``references`` collects every ``(kind, id)`` asked for, found or not, and every translation answered instead: they
    become :class:`PublicReference` rows. ``valid_until`` is the next moment at which one of the answers would be
    another.
    """

    def __init__(
        self, now: datetime | None = None, locale: str = "", pages: dict[int, Target | None] | None = None
    ) -> None:
        """``pages``: live ones by id, ``None`` for those that are not, of renderings that share what they look up."""
        self.now = now or timezone.now()
        self.references: set[tuple[str, int]] = set()
        self.valid_until = FOREVER
        #: The translation key of the page that is rendered: a link to another language of itself stays one.
        self.shown: Any = None
        self._locale = locale
        self._found: dict[tuple[str, int, str], Any] = {}
        self._along: dict[tuple[str, int], Any] = {}
        self._remembered: dict[str, Any] = {}
        self.pages_by_id: dict[int, Target | None] = {} if pages is None else pages

    @property
    def locale(self) -> str:
        """The language that answers are preferred in."""
        return self._locale or content_language()

    def get(self, kind: str, pk: int | None) -> Any:
        """The target if it is public, else ``None``."""
        return self._get(kind, pk, self.locale)

    def exactly(self, kind: str, pk: int | None) -> Any:
        """The target asked for and no translation of it, if it is public."""
        return self._get(kind, pk, "")

    def _get(self, kind: str, pk: int | None, locale: str) -> Any:
        if not pk:
            return None
        key = (kind, int(pk), locale)
        if key not in self._found:
            self._load(kind, {key[1]}, locale)
        return self._found[key]

    def take_along(self, page: Any) -> None:
        """Keep what was read together with ``page``, so that asking for it costs no further query."""
        self.shown = getattr(page, "translation_key", None)
        for path, kind in read_along(type(page)):
            related = page
            for name in path.split("__"):
                related = related and related._state.fields_cache.get(name)
            # One in another language is left to the look-up, which asks for its translation.
            if related is not None and (kind == "image" or related.locale_id == page.locale_id):
                self._along[(kind, related.pk)] = related

    def preload(self, **ids: Iterable[int | None]) -> None:
        """Look up many at once: ``preload(pages=[1, 2], images=[3])``, one query for each sort."""
        locale = self.locale
        for plural, wanted in ids.items():
            kind = plural.removesuffix("s")
            missing = {int(pk) for pk in wanted if pk and (kind, int(pk), locale) not in self._found}
            if missing:
                self._load(kind, missing, locale)

    def foreign(self, target: Target) -> str:
        """The language of a target that is not the one of this rendering; empty if it is."""
        return target.locale if target.locale != self.locale else ""

    def page(self, pk: int | None) -> Target | None:
        return self.get("page", pk)

    def image(self, pk: int | None) -> Any:
        return self.get("image", pk)

    def document(self, pk: int | None) -> Any:
        return self.get("document", pk)

    def contact(self, pk: int | None) -> Any:
        return self.get("contact", pk)

    def topic(self, pk: int | None) -> Any:
        return self.get("topic", pk)

    def in_time(self, row: Target | PublicRecord) -> bool:
        """Whether a live row may be seen now. Notes when the answer will be another."""
        if row.visible_from > self.now:
            self.valid_until = min(self.valid_until, row.visible_from)
            return False
        if row.visible_until > self.now:
            self.valid_until = min(self.valid_until, row.visible_until)
            return True
        return False

    def remember(self, name: str, make: Callable[[], Any]) -> Any:
        """The answer of ``make()``, asked for once in a rendering: what every page needs and no document quotes."""
        if name not in self._remembered:
            self._remembered[name] = make()
        return self._remembered[name]

    @cached_property
    def private_collections(self) -> frozenset[int]:
        """Collections that are restricted themselves or lie in one that is."""
        from cms_blocks.publication.state import private_collections

        return private_collections()

    def _load(self, kind: str, ids: set[int], locale: str) -> None:
        found = {pk: self._along[(kind, pk)] for pk in ids if (kind, pk) in self._along}
        if kind == "image":
            found = {pk: image for pk, image in found.items() if image.collection_id not in self.private_collections}
        if missing := {pk for pk in ids if (kind, pk) not in self._along}:
            asked = LOADERS[kind](missing, self)
            found |= asked
            if locale and kind in TRANSLATIONS and (foreign := missing - _in_locale(asked, locale)):
                translated = TRANSLATIONS[kind](foreign, self, locale)
                found |= translated
                self.references |= {(kind, _id(target)) for target in translated.values()}
        for pk in ids:
            self._found[(kind, pk, locale)] = found.get(pk)
            self.references.add((kind, pk))


def content_language() -> str:
    """The active language as the languages of content name it; empty if it is none of them."""
    try:
        return get_supported_content_language_variant(translation.get_language() or settings.LANGUAGE_CODE)
    except LookupError:
        return ""


def _in_locale(found: dict[int, Any], locale: str) -> set[int]:
    return {pk for pk, target in found.items() if _locale_of(target) == locale}


def _locale_of(target: Any) -> str:
    return target.locale if isinstance(target, Target) else target.locale.language_code


def _id(target: Any) -> int:
    return target.object_id if isinstance(target, Target) else target.pk


def current_targets() -> Targets:
    """The look-ups of the rendering that is going on, or new ones."""
    return _current.get() or Targets()


@contextmanager
def rendering(targets: Targets | None = None) -> Iterator[Targets]:
    """All look-ups inside share one :class:`Targets`; within another rendering they join it."""
    outer = _current.get()
    if outer is not None and targets is None:
        yield outer
        return
    targets = targets or Targets()
    token = _current.set(targets)
    try:
        yield targets
    finally:
        _current.reset(token)


@loads_targets("page")
def _pages(ids: set[int], targets: Targets) -> dict[int, Target]:
    known = targets.pages_by_id
    if missing := ids - known.keys():
        known |= dict.fromkeys(missing) | {target.object_id: target for target in _live(object_id__in=missing)}
    return {pk: target for pk in ids if (target := known[pk]) is not None and targets.in_time(target)}


def _translated_pages(ids: set[int], targets: Targets, locale: str) -> dict[int, Target]:
    """The page asked for may be no longer, or not yet, public; its translation counts all the same."""
    keys = dict(Page.objects.filter(pk__in=ids).values_list("pk", "translation_key"))
    wanted = set(keys.values()) - {targets.shown}
    if not wanted:
        return {}
    found = _live(translation_key__in=wanted, locale=locale)
    translations = {target.translation_key: target for target in found if targets.in_time(target)}
    return {pk: translations[key] for pk, key in keys.items() if key in translations}


def _live(**filters: Any) -> Iterator[Target]:
    """Whether they are in their time says :meth:`Targets.in_time`."""
    rows = PublicRecord.objects.live().filter(kind__in=page_kinds(), **filters).values(*FIELDS)
    return (Target(**row) for row in rows)


TRANSLATIONS["page"] = _translated_pages


def _in_public_collections(model: type, ids: set[int], targets: Targets) -> dict[int, Any]:
    rows = model.objects.filter(pk__in=ids)  # type: ignore[attr-defined]
    return {row.pk: row for row in rows if row.collection_id not in targets.private_collections}


@loads_targets("image")
def _images(ids: set[int], targets: Targets) -> dict[int, Any]:
    from wagtail.images import get_image_model

    return _in_public_collections(get_image_model(), ids, targets)


@loads_targets("document")
def _documents(ids: set[int], targets: Targets) -> dict[int, Any]:
    from wagtail.documents import get_document_model

    return _in_public_collections(get_document_model(), ids, targets)


@loads_targets("contact")
def _contacts(ids: set[int], targets: Targets) -> dict[int, Any]:
    from cms_blocks.office import Contact

    return Contact.objects.select_related("locale").in_bulk(ids)


@loads_targets("topic")
def _topics(ids: set[int], targets: Targets) -> dict[int, Any]:
    from cms_blocks.office import Topic

    return Topic.objects.select_related("locale").in_bulk(ids)


def _translated_rows(model: Any, ids: set[int], locale: str) -> dict[int, Any]:
    keys = dict(model.objects.filter(pk__in=ids).values_list("pk", "translation_key"))
    rows = model.objects.filter(translation_key__in=keys.values(), locale__language_code=locale)
    translations = {row.translation_key: row for row in rows.select_related("locale")}
    return {pk: translations[key] for pk, key in keys.items() if key in translations}


def _translated_contacts(ids: set[int], targets: Targets, locale: str) -> dict[int, Any]:
    from cms_blocks.office import Contact

    return _translated_rows(Contact, ids, locale)


def _translated_topics(ids: set[int], targets: Targets, locale: str) -> dict[int, Any]:
    from cms_blocks.office import Topic

    return _translated_rows(Topic, ids, locale)


TRANSLATIONS |= {"contact": _translated_contacts, "topic": _translated_topics}
