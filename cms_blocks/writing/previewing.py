"""How a draft looks before anybody else sees it: as page, as card in lists, in the layout of Leichte Sprache, and on a
front end that reads the content API.

The first three come from the templates and the code that the public gets. Nothing is written, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.coreutils import get_content_languages
from wagtail.models import Locale, Page

from cms_blocks.chrome import Marks
from cms_blocks.content_api.preview import front_end, front_end_address
from cms_blocks.languages import EASY, original_language
from cms_blocks.publication.declaration import Publication, declaration_for, declaration_of, kind_label
from cms_blocks.publication.records import PublicRecord

PAGE, CARD, LEICHT, FRONT_END = "", "card", "easy", "front-end"
#: A telephone, a tablet, a desk. ``name`` and ``icon`` are Wagtail's.
SIZES: list[dict[str, Any]] = [
    {"name": "mobile", "icon": "mobile-alt", "device_width": 360, "label": gettext_lazy("On a telephone")},
    {"name": "tablet", "icon": "tablet-alt", "device_width": 768, "label": gettext_lazy("On a tablet")},
    {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": gettext_lazy("On a large screen")},
]
#: Cards of public pages that the draft's own stands among.
NEIGHBOURS = 2


def modes(page: Page) -> list[tuple[str, str]]:
    """Names and labels of the previews of this page. Only German text can be shown as Leichte Sprache."""
    offered = [(PAGE, _("The page")), (CARD, _("As a card in lists"))]
    if EASY in get_content_languages() and _language(page) == original_language():
        offered.append((LEICHT, _("As Leichte Sprache")))
    if front_end():
        offered.append((FRONT_END, _("On the other website")))
    return offered


def preview(page: Page, request: HttpRequest, mode: str, show: Callable[[], TemplateResponse]) -> TemplateResponse:
    """The draft in one of its :func:`modes`; an unknown one shows the page. ``show`` renders it as a page."""
    if page.locale_id is None:  # a new page, which Wagtail makes without one
        page.locale = page.get_parent().locale
    if mode == CARD:
        response = _as_card(page, request)
    elif mode == LEICHT and mode in dict(modes(page)):
        response = _in_easy_layout(page, show)
    elif mode == FRONT_END and front_end():
        response = _on_front_end(page, request)
    else:
        response = show()
    patch_cache_control(response, private=True, no_store=True)
    return response


def draft_record(page: Page, declaration: Publication) -> PublicRecord:
    """What the public record would say if the draft were published now. Not saved, and leading nowhere."""
    record = PublicRecord(
        kind=declaration.kind,
        object_id=page.pk or 0,
        locale=page.locale.language_code,
        translation_key=page.translation_key,
        path="#",
        title=page.title,
        lead=declaration.lead(page),
        **declaration.columns(page),
    )
    now = timezone.now()
    following = (status for status, since, until in declaration.spans(page) if since <= now < until)
    record.status = next(following, record.fixed_status)
    if declaration.facts is not None:
        declaration.facts(record=record, **declaration.facts_for(page))
    return record


def _as_card(page: Page, request: HttpRequest) -> TemplateResponse:
    declaration = declaration_for(type(page))
    if declaration is None:
        raise LookupError(f"{type(page).__name__} has no declaration, so no list shows it (cms_blocks.E001).")
    record = draft_record(page, declaration)
    others = PublicRecord.objects.listed().of_kind(record.kind).in_locale(record.locale).exclude(object_id=page.pk or 0)
    context = page.get_context(request) | {
        "draft": record,
        "cards": [card_html(row) for row in (record, *others.order_by("tree_path")[:NEIGHBOURS])],
        "kind": kind_label(record.kind),
        "searchable": declaration.searchable,
        "words": original_language(),
    }
    return TemplateResponse(request, "cms_blocks/writing/card_preview.html", context)


def card_html(record: PublicRecord) -> SafeString:
    """The card of a record as the lists of its kind show it."""
    declaration = declaration_of(record.kind)
    return render_to_string(declaration.card_template, declaration.card(record))


def _on_front_end(page: Page, request: HttpRequest) -> TemplateResponse:
    """The front end that reads the content API shows the draft as it was saved last, in a frame of its own."""
    revision = page.latest_revision if page.pk else None
    address = front_end_address(revision) if revision else ""
    context = page.get_context(request) | {"address": address, "front_end": front_end(), "words": original_language()}
    response = TemplateResponse(request, "cms_blocks/writing/front_end_preview.html", context)
    # The one frame that this answer may hold beyond those of every page; the project's policy adds it.
    response._csp_update = {"frame-src": [front_end()]}  # type: ignore[attr-defined]
    return response


def _in_easy_layout(page: Page, show: Callable[[], TemplateResponse]) -> TemplateResponse:
    """One sentence a line, larger type, pictures beside the text. It says what every unreviewed page says."""
    page.locale = Locale.objects.get(language_code=EASY)
    with translation.override(EASY):
        response = show()
        if response.context_data is not None and "chrome" in response.context_data:
            response.context_data["chrome"].marks = Marks(easy=True)
        response.render()
        return response


def _language(page: Page) -> str:
    if page.locale_id is None:
        parent = page.get_parent() if page.path else None
        return parent.locale.language_code if parent else original_language()
    return str(page.locale.language_code)
