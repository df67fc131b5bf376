"""Languages by address: German at the root, the others below their prefix; no cookie, no Accept-Language."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language_info
from wagtail.coreutils import get_supported_content_language_variant

EASY = "de-simple"

# Django would show "de-simple" as "Deutsch".
LANG_INFO.setdefault(
    EASY, {"bidi": False, "code": EASY, "name": "German (easy language)", "name_local": "Leichte Sprache"}
)


class PathLanguageMiddleware:
    """The language of a request is the prefix of its address; without one it is the default language.

    In place of Django's ``LocaleMiddleware``, which adds ``Vary: Accept-Language`` or reads a cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
            return response


def direction(code: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if get_language_info(code)["bidi"] else "ltr"


def local_name(code: str) -> str:
    """The language's own name for itself."""
    return get_language_info(code)["name_local"]


def original_language() -> str:
    """The language that the others are translations of: the site's default, as the languages of content name it."""
    return get_supported_content_language_variant(settings.LANGUAGE_CODE)
