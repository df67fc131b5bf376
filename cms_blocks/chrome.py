"""What stands around every page: names of the office, menu, breadcrumb, languages. Read from the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from wagtail.coreutils import get_content_languages
from wagtail.models import Page, Site

from cms_blocks.freshness import Freshness, freshness
from cms_blocks.languages import EASY, direction, local_name, original_language
from cms_blocks.notices import Tone
from cms_blocks.office import Office, office_for
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.state import STEP


@dataclass(frozen=True, slots=True)
class MenuEntry:
    title: str
    path: str
    active: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the switch. ``path`` leads to this page in it if that ``exists``, or to its home page."""

    code: str
    label: str
    path: str
    dir: str
    current: bool
    exists: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """``behind``: since when the German text at ``original`` is newer; ``easy``: whether the page is in easy language,
    and ``reviewed_on`` when a reviewer approved it."""

    original: str = ""
    behind: datetime | None = None
    easy: bool = False
    reviewed_on: date | None = None


@dataclass(slots=True)
class Chrome:
    office: Office
    lang: str
    dir: str
    home_path: str
    search_path: str
    origin: str
    canonical: str
    menu: list[MenuEntry] = field(default_factory=list)
    breadcrumb: list[MenuEntry] = field(default_factory=list)
    #: Pages at the top level that are not in the menu: imprint, privacy, accessibility.
    footer: list[MenuEntry] = field(default_factory=list)
    languages: list[Language] = field(default_factory=list)
    #: Public notices in this language, warnings first.
    notices: list[PublicRecord] = field(default_factory=list)
    #: What a page in another language says about its own text.
    marks: Marks | None = None
    preview: bool = False
    signed_in: bool = False
    #: Where to report a barrier of this very page; empty where the project has no such form (named ``report_barrier``).
    barrier_path: str = ""

    @property
    def easy_language_path(self) -> str | None:
        """Where this page, or else the home page, stands in Leichte Sprache; ``None`` on a page in it."""
        return next((entry.path for entry in self.languages if entry.code == EASY and not entry.current), None)


def chrome_for(request: HttpRequest, *, page: Page | None = None, paths: dict[str, str] | None = None) -> Chrome:
    """The frame of one page. Three queries, however many entries there are.

    ``page`` is the page shown, if it is one; ``paths`` are the addresses of the same view in other languages.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    if page is not None and page.locale_id:
        language = page.locale.language_code
    visible = PublicRecord.objects.listed()
    site = Site.find_for_request(request)
    site_id = site.pk if site else None
    tree_path = page.path if page is not None and page.path else ""
    rows = _frame_rows(visible.filter(Q(site_id=site_id) | Q(site_id=None)), page, tree_path, language)
    notices = [row for row in rows if row.kind == "notice"]
    rows = [row for row in rows if row.kind != "notice"]
    roots = {row.locale: row for row in rows if row.depth == 2}
    root = roots.get(language)
    home_path = root.path if root else _home(language)
    top = [row for row in rows if root and row.depth == 3 and row.tree_path.startswith(root.tree_path)]
    chrome = Chrome(
        office=office_for(language),
        lang=language,
        dir=direction(language),
        home_path=home_path,
        search_path=_search_path(language),
        origin=f"{request.scheme}://{request.get_host()}",
        canonical=request.build_absolute_uri(request.path),
        # Without the cookie nobody asks for the user: that would open a session for every visitor.
        signed_in=settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated,
        preview=getattr(request, "is_preview", False),
        barrier_path=_barrier_path(language, request.path),
    )
    notices.sort(key=lambda row: (row.notice_facts.tone != Tone.WARNING, -row.visible_from.timestamp(), -row.pk))
    chrome.notices = notices
    for row in sorted(top, key=lambda row: row.tree_path):
        entry = MenuEntry(row.title, row.path, tree_path.startswith(row.tree_path))
        (chrome.menu if row.in_menu else chrome.footer).append(entry)
    for row in sorted(rows, key=lambda row: row.depth):
        if tree_path and tree_path != row.tree_path and tree_path.startswith(row.tree_path):
            chrome.breadcrumb.append(MenuEntry(row.title, row.path))
    same = {row.locale: row.path for row in rows if page is not None and row.translation_key == page.translation_key}
    same |= paths or {}
    if page is not None:
        chrome.marks = _marks([row for row in rows if row.translation_key == page.translation_key], language)
    for code in get_content_languages():
        exists = code in same
        target = same.get(code) or (roots[code].path if code in roots else None)
        if target is not None:
            chrome.languages.append(Language(code, local_name(code), target, direction(code), code == language, exists))
    return chrome


def _marks(versions: list[PublicRecord], language: str) -> Marks | None:
    """What is said above the text, from the records of the page in all languages."""
    code = original_language()
    own = next((row for row in versions if row.locale == language), None)
    if own is None or language == code:
        return None
    original = next((row for row in versions if row.locale == code), None)
    behind = original is not None and freshness(own, original) == Freshness.BEHIND
    return Marks(
        original=original.path if original else "",
        behind=original.wording_since if original and behind else None,
        easy=language == EASY,
        reviewed_on=own.reviewed_on,
    )


def _frame_rows(visible: Any, page: Page | None, tree_path: str, language: str) -> list[PublicRecord]:
    """Home pages of all languages, their children, ancestors, translations and notices: all in one query."""
    ancestors = [tree_path[:end] for end in range(STEP * 2, len(tree_path) + 1, STEP)]
    wanted = Q(depth=2) | Q(depth=3) | Q(tree_path__in=ancestors) | Q(kind="notice", locale=language)
    if page is not None:
        wanted |= Q(translation_key=page.translation_key)
    return list(
        visible.filter(wanted)
        .select_related("notice_facts")
        .only(
            "kind",
            "visible_from",
            "notice_facts__tone",
            "notice_facts__link",
            "notice_facts__link_text",
            "title",
            "path",
            "depth",
            "in_menu",
            "locale",
            "tree_path",
            "translation_key",
            "wording",
            "wording_since",
            "made_from",
            "reviewed_on",
        )
    )


def _home(language: str) -> str:
    with translation.override(language):
        try:
            return reverse("wagtail_serve", args=("",))
        except NoReverseMatch:
            return "/"


def _search_path(language: str) -> str:
    with translation.override(language):
        try:
            return reverse("search")
        except NoReverseMatch:
            return ""


def _barrier_path(language: str, path: str) -> str:
    with translation.override(language):
        try:
            return f"{reverse('report_barrier')}?{urlencode({'page': path})}"
        except NoReverseMatch:
            return ""
