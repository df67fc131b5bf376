"""One draft for whoever holds a signed token, until it expires: the way a front end shows it to its editor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from django.conf import settings
from django.core import signing
from django.utils import translation
from wagtail.models import Page, Revision

from cms_blocks.content_api.problems import Problem
from cms_blocks.publication.declaration import declaration_for
from cms_blocks.publication.flush import render_document

SALT = "content-api.preview"
#: How long a token opens its draft.
VALID = timedelta(minutes=30)
TOKEN = "{token}"


def token_for(revision: Revision) -> str:
    return signing.dumps(revision.pk, salt=SALT)


def front_end() -> str:
    """The origin of the front end, for example ``https://www.example.org``; empty without one."""
    parts = urlsplit(str(getattr(settings, "HEADLESS_PREVIEW_URL", "")))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def front_end_address(revision: Revision) -> str:
    """Where the front end shows this draft; empty as long as the setting ``HEADLESS_PREVIEW_URL`` names none."""
    address = str(getattr(settings, "HEADLESS_PREVIEW_URL", ""))
    return address.replace(TOKEN, quote(token_for(revision))) if address else ""


def preview(token: str) -> dict[str, Any]:
    """The draft of a token as its document would be, were it published now. Raises a 404 for every other token.

    Quotes public things only, as every document does.
    """
    try:
        pk = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        raise _no_draft() from None
    revision = Revision.page_revisions.filter(pk=pk).first()
    page = revision.as_object() if revision else None
    declaration = declaration_for(type(page)) if page else None
    if revision is None or declaration is None or not Page.objects.filter(pk=page.pk).exists():
        raise _no_draft()
    locale = page.locale.language_code
    text, _targets = render_document(page, declaration, locale)
    with translation.override(locale):
        lead = declaration.lead(page)
    return {
        "kind": declaration.kind,
        "locale": locale,
        "title": page.title,
        "lead": lead,
        "revision": revision.pk,
        "document": orjson.Fragment(text),
    }


def _no_draft() -> Problem:
    return Problem(404, "This token opens no draft: it is wrong, older than half an hour, or the page is gone.")
