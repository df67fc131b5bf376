"""Browsers that somebody has signed in with before.

Their failed attempts are counted apart, so that strangers who guess at an account never lock out its owner:
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE, SALT = "known_browser", "accounts.known-browser"
KEPT_SECONDS = 180 * 24 * 60 * 60
#: Accounts of one browser, for desks that several people share.
ACCOUNTS = 5


def browser_known_to(request: HttpRequest, user_id: int) -> str:
    """The browser's own mark if this account has signed in with it before, else nothing."""
    mark, accounts = _read(request)
    return mark if user_id in accounts else ""


def remember_browser(request: HttpRequest, response: HttpResponse, user: AbstractBaseUser) -> None:
    mark, accounts = _read(request)
    accounts = [user.pk, *(one for one in accounts if one != user.pk)][:ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps([mark or secrets.token_urlsafe(9), accounts], salt=SALT),
        max_age=KEPT_SECONDS,
        path=f"/{settings.ADMIN_PATH}",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[int]]:
    try:
        mark, accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return "", []
    return mark, accounts
