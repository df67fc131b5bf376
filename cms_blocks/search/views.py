"""The search page: everything it shows follows from its address, and it needs neither cookie nor script."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail.coreutils import get_content_languages
from wagtail.models import Site

from cms_blocks.chrome import chrome_for
from cms_blocks.publication.declaration import declarations
from cms_blocks.publication.reader import Moment, etag, moment
from cms_blocks.search.engine import Query, Result, engine
from cms_blocks.search.query import MAX_QUERY
from cms_blocks.search.results import items, kind_options

PAGE_SIZE = 10
#: No answer has more pages than this; a larger number in the address is as good as the last one.
MAX_PAGE = 10_000
#: The longest that a shared cache may answer a search by itself, in seconds.
SHARED_SECONDS = 60
_UNSEEN = {"Cc", "Cs"}
_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """``q`` what was typed, ``kind`` (any number) which sorts of content, ``page`` from 1. Bad values are put right."""
    own_look = settings.SESSION_COOKIE_NAME in request.COOKIES
    present = moment()
    tag = etag("search", present.token, request.get_host(), request.scheme, request.get_full_path())
    if not own_look and tag in request.headers.get("If-None-Match", ""):
        return _for_caches(HttpResponseNotModified(), tag, present)
    response = render(request, "cms_blocks/search/search.html", _context(request))
    response.headers["X-Robots-Tag"] = "noindex, follow"
    if own_look:
        patch_cache_control(response, private=True, no_store=True)
        return response
    return _for_caches(response, tag, present)


def _for_caches(response: HttpResponse, tag: str, present: Moment) -> HttpResponse:
    """A browser asks each time; a shared cache may answer for a moment, never past a change of what is public."""
    response.headers["ETag"] = tag
    shared = min(present.seconds, SHARED_SECONDS)
    patch_cache_control(response, public=True, max_age=0, s_maxage=shared, must_revalidate=True)
    return response


def _context(request: HttpRequest) -> dict[str, Any]:
    text = typed(request.GET.get("q", ""))
    known = {declaration.kind for declaration in declarations()}
    kinds = tuple(dict.fromkeys(kind for kind in request.GET.getlist("kind") if kind in known))
    site = Site.find_for_request(request)
    query = Query(text, request.LANGUAGE_CODE, kinds, site.pk if site else None, PAGE_SIZE)
    result, page = _answer(query, request.GET.get("page", ""))
    elsewhere = sum(result.counts.values()) if kinds and not result.total else 0
    chrome = chrome_for(request, paths=_addresses())
    options = kind_options(result, kinds)
    return {
        "chrome": chrome,
        "text": text,
        "shown_text": isolated(text),
        "result": result,
        "hits": items(result),
        "page_obj": page,
        "heading": _heading(result, text),
        "group": {"name": "kind", "label": _("Kind of content"), "options": options} if len(options) > 1 else None,
        "chips": [
            {"label": option.label, "href": _address(text, [kind for kind in kinds if kind != option.value])}
            for option in options
            if option.checked
        ],
        "carried": [("kind", kind) for kind in kinds],
        "without_filters": _address(text, []),
        "ways_on": _ways_on(text, elsewhere, chrome),
    }


def typed(text: str) -> str:
    """What somebody typed, on one line: no control characters, none that turn the direction of what follows."""
    kept = "".join(
        " " if unicodedata.category(character) in _UNSEEN else character
        for character in text[: 2 * MAX_QUERY]
        if character not in _DIRECTIONS
    )
    return " ".join(kept.split())[:MAX_QUERY].strip()


def _answer(query: Query, number: str) -> tuple[Result, Page]:
    """The hits of one page; a number that leads nowhere gives the nearest page there is."""
    try:
        wanted = min(max(1, int(number[:12])), MAX_PAGE)
    except ValueError:
        wanted = 1
    result = _search(query, wanted)
    page = Paginator(range(result.total), PAGE_SIZE).get_page(wanted)
    if page.number != wanted:
        result = _search(query, page.number)
    return result, page


def _search(query: Query, number: int) -> Result:
    return engine().search(replace(query, offset=(number - 1) * query.limit))


def _heading(result: Result, text: str) -> str:
    if not result.total:
        return ""
    return ngettext("%(number)d result for “%(text)s”", "%(number)d results for “%(text)s”", result.total) % {
        "number": result.total,
        "text": isolated(text),
    }


def isolated(text: str) -> str:
    """``text`` so that its direction does not touch the sentence around it (first strong isolate)."""
    return f"\u2068{text}\u2069"


def _ways_on(text: str, elsewhere: int, chrome: Any) -> list[dict[str, str]]:
    """Buttons of the empty state."""
    ways = []
    if elsewhere:
        label = ngettext("Show %(number)d result of another kind", "Show %(number)d results of other kinds", elsewhere)
        ways.append({"label": label % {"number": elsewhere}, "href": _address(text, [])})
    ways.append({"label": _("Go to the home page"), "href": chrome.home_path})
    return ways


def _address(text: str, kinds: list[str]) -> str:
    return "?" + urlencode({"q": text, "kind": kinds}, doseq=True)


def _addresses() -> dict[str, str]:
    """The search in every language."""
    addresses = {}
    for code in get_content_languages():
        with translation.override(code):
            addresses[code] = reverse("search")
    return addresses
