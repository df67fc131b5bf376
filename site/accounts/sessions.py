"""Sessions end: some time after the last thing somebody did, and at the latest a day's work after the sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

BEGAN, SEEN = "began_at", "seen_at"
#: The time of the last request is written this often at most: when something is read, and when something is changed.
#: A session is saved after the transaction of a change, whose answer should seldom depend on one more write.
STEP_SECONDS, STEP_SECONDS_CHANGING = 60, 600
SAFE = {"GET", "HEAD", "OPTIONS"}
#: Sent by an open editor on its own, whether somebody sits before it or not.
BACKGROUND = "editing-sessions/"


def note_the_beginning(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Signal ``user_logged_in``: the session's time begins."""
    if request is not None:
        request.session[BEGAN] = int(time.time())


class SessionStore(DatabaseSessionStore):
    """Sessions in the database that are over once somebody was idle for ``SESSION_IDLE_SECONDS``, or is signed in for
    ``SESSION_COOKIE_AGE``. It is asked when a view asks for the session: a view that does not, stays without."""

    #: Whether this session was found to be over.
    over = False

    def load(self) -> dict[str, Any]:
        data: dict[str, Any] = super().load()
        now = time.time()
        began = data.get(BEGAN, now)
        idle = now - data.get(SEEN, began)
        if SESSION_KEY not in data or (
            now - began <= settings.SESSION_COOKIE_AGE and idle <= settings.SESSION_IDLE_SECONDS
        ):
            return data
        self.delete(self.session_key)
        self._session_key = None
        self.over = True
        return {}


class SessionLimitMiddleware:
    """Notes when a session was last used, and says so when it is over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:
            self._look_at(request)
        return response

    @staticmethod
    def _look_at(request: HttpRequest) -> None:
        session, now = request.session, int(time.time())
        if getattr(session, "over", False):
            messages.info(
                request,
                _("You have been signed out, because you did nothing here for some time or signed in too long ago."),
            )
        if SESSION_KEY not in session:
            return
        began = session.get(BEGAN) or session.setdefault(BEGAN, now)
        step = STEP_SECONDS if request.method in SAFE else STEP_SECONDS_CHANGING
        background = request.path_info.startswith(f"/{settings.ADMIN_PATH}{BACKGROUND}")
        if now - session.get(SEEN, began) >= step and not background:
            session[SEEN] = now
