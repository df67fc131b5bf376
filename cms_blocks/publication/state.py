"""The only place that says whether an object is public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from wagtail.coreutils import get_content_languages
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)

from cms_blocks.publication.declaration import Publication, ThingPublication, declaration_for
from cms_blocks.publication.prepared import always
from cms_blocks.publication.records import FOREVER, NEVER

STEP = Page.steplen


@dataclass(frozen=True, slots=True)
class PublicState:
    """Whether an object is public, for how long, and where. ``reason`` says why it is not, in one word."""

    public: bool
    reason: str = ""
    visible_from: datetime = NEVER
    visible_until: datetime = FOREVER
    path: str = ""
    site_id: int | None = None
    locale: str = ""
    declaration: Publication | None = None


class Ancestor(NamedTuple):
    """What counts of a page above."""

    live: bool
    go_live_at: datetime | None
    expire_at: datetime | None


@dataclass(frozen=True, slots=True)
class Root:
    """A site's root page in one language: its place in the tree and the address that stands for it."""

    tree_path: str
    url_path: str
    site_id: int
    language_code: str
    prefix: str


def public_state(page: Page) -> PublicState:
    """The state of one page, read from the database (the page in memory may be a draft)."""
    rows = list(Page.objects.filter(pk=page.pk))
    return public_states(rows).get(page.pk, PublicState(False, "unsaved"))


def public_states(pages: Iterable[Page]) -> dict[int, PublicState]:
    """The states of many pages in a constant number of queries.

    A page is public exactly if its type is declared, it and all its ancestors are live and in their time, none of
    them is restricted, it stands below a site's root in an offered language, and it is no alias that shows one
    language under the name of another.
    """
    pages = list(pages)
    ancestors = _ancestors(pages)
    restrictions = always("restricted pages", lambda: PageViewRestriction.objects.values("page__path"))
    restricted = tuple(row["page__path"] for row in restrictions)
    roots = site_roots()
    languages = always("locales", lambda: Locale.all_objects.values("pk", "language_code"))
    locales = {row["pk"]: row["language_code"] for row in languages}
    originals = {page.alias_of_id for page in pages if page.alias_of_id}
    found = Page.objects.filter(pk__in=originals).values_list("pk", "locale_id") if originals else ()
    alias_locales = dict(found)
    types = ContentType.objects.get_for_models(*(model for model in _page_models()), for_concrete_models=False)
    declared = {types[model].pk: declaration_for(model) for model in types}

    states = {}
    for page in pages:
        above = [page.path[:end] for end in range(STEP * 2, len(page.path), STEP)]
        lineage = [ancestors[path] for path in above if path in ancestors]
        root = next((root for root in roots if page.path.startswith(root.tree_path)), None)
        locale = locales.get(page.locale_id, "")
        declaration = declared.get(page.content_type_id)
        visible_from = max(row.go_live_at or NEVER for row in (*lineage, page))
        visible_until = min(row.expire_at or FOREVER for row in (*lineage, page))
        reason = ""
        if declaration is None:
            reason = "undeclared"
        elif root is None:
            reason = "no-site"
        elif not page.live:
            reason = "draft"
        elif len(lineage) < len(above):
            reason = "ancestor-missing"
        elif not all(row.live for row in lineage):
            reason = "ancestor-draft"
        elif page.path.startswith(restricted):
            reason = "restricted"
        elif page.alias_of_id and alias_locales.get(page.alias_of_id) != page.locale_id:
            reason = "alias-of-other-language"
        elif locale not in get_content_languages():
            reason = "language-not-offered"
        elif visible_from >= visible_until:
            reason = "window-empty"
        if reason or root is None:
            states[page.pk] = PublicState(False, reason, locale=locale, declaration=declaration)
            continue
        states[page.pk] = PublicState(
            True,
            visible_from=visible_from,
            visible_until=visible_until,
            path=root.prefix + page.url_path[len(root.url_path) :],
            site_id=root.site_id,
            locale=locale,
            declaration=declaration,
        )
    return states


def thing_state(obj: Any, declaration: ThingPublication) -> PublicState:
    """The state of an object that is no page: public in an offered language, within its window."""
    begins, ends = declaration.window(obj)
    locale = obj.locale.language_code
    if locale not in get_content_languages():
        return PublicState(False, "language-not-offered", locale=locale, declaration=declaration)
    if begins >= ends:
        return PublicState(False, "window-empty", locale=locale, declaration=declaration)
    path = declaration.address(obj, _prefix(locale))
    return PublicState(True, "", begins, ends, path, None, locale, declaration)


def site_roots() -> list[Root]:
    """Every site's root page and its translations, the deepest first. Read afresh: Wagtail's own list is cached."""
    rows = always(
        "sites",
        lambda: Site.objects.order_by("-is_default_site", "hostname").values("pk", "root_page__translation_key"),
    )
    sites = [(row["pk"], row["root_page__translation_key"]) for row in rows]
    if not sites:
        return []
    translations: dict[object, list[tuple[str, str, str]]] = {}
    for row in always("roots", _translated_roots):
        translations.setdefault(row["translation_key"], []).append(
            (row["path"], row["url_path"], row["locale__language_code"])
        )
    roots = [
        Root(tree_path, url_path, site_id, code, _prefix(code))
        for site_id, key in sites
        for tree_path, url_path, code in translations.get(key, [])
    ]
    return sorted(roots, key=lambda root: len(root.tree_path), reverse=True)


def _translated_roots() -> Any:
    keys = Site.objects.values("root_page__translation_key")
    names = ("translation_key", "path", "url_path", "locale__language_code")
    return Page.objects.filter(translation_key__in=keys).values(*names)


def private_collections() -> frozenset[int]:
    """Ids of the collections that are restricted, or lie in one that is: their files are not public."""
    restrictions = always(
        "restricted collections", lambda: CollectionViewRestriction.objects.values("collection__path")
    )
    paths = tuple(row["collection__path"] for row in restrictions)
    if not paths:
        return frozenset()
    collections = Collection.objects.values_list("pk", "path")
    return frozenset(pk for pk, path in collections if path.startswith(paths))


def _prefix(language_code: str) -> str:
    """The address of the root page in this language, for example ``/en/``."""
    with translation.override(language_code):
        try:
            return reverse("wagtail_serve", args=("",))
        except NoReverseMatch:  # a headless installation serves no pages; the address is still the key of a record
            return "/"


def _ancestors(pages: list[Page]) -> dict[str, Ancestor]:
    paths = {page.path[:end] for page in pages for end in range(STEP * 2, len(page.path), STEP)}
    found: dict[str, Ancestor] = {}
    wanted = sorted(paths)
    for start in range(0, len(wanted), 500):
        rows = Page.objects.filter(path__in=wanted[start : start + 500]).values_list("path", *Ancestor._fields)
        found.update((path, Ancestor(*values)) for path, *values in rows)
    return found


def _page_models() -> list[type[Page]]:
    from wagtail.models import get_page_models

    return list(get_page_models())
