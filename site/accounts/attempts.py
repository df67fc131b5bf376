"""Failed sign-ins: counted by account and by address, and what somebody is told who has failed too often.

django-axes keeps the counts in the database. They are gone when the wait is over (``accounts.periodic``).
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.browsers import browser_known_to

#: Marks names that nobody has. People type their password there by mistake, so the name itself is not kept.
UNKNOWN = "unknown:"


def account_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What the attempts at an account are counted under: its name, with the browser's mark if the browser is known."""
    name = str((credentials or {}).get("username") or request.POST.get("username", ""))
    known = request.__dict__.setdefault("_account_keys", {})
    if name not in known:
        user = get_user_model().objects.filter(username=name).only("pk").first()
        if user is None:
            known[name] = UNKNOWN + salted_hmac("accounts.attempts", name).hexdigest()[:32]
        else:
            known[name] = f"{name} {browser_known_to(request, user.pk)}".strip()
    return known[name]


def forget_attempts(username: str) -> None:
    """Let the account's owner try again at once (after a reset of the password, or by an administrator)."""
    AccessAttempt.objects.filter(Q(username=username) | Q(username__startswith=f"{username} ")).delete()


def forget_old_attempts() -> None:
    """Names and addresses are kept no longer than they are counted."""
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - settings.AXES_COOLOFF_TIME).delete()


class Attempts(AxesDatabaseHandler):
    """An account is closed after ``LOGIN_ATTEMPTS``, an address, behind which a whole office may sit, after more."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Attempts at the account or, in proportion to their higher limit, from the address, whichever are more."""
        at_account, from_address = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(at_account, from_address * settings.AXES_FAILURE_LIMIT // settings.LOGIN_ATTEMPTS_PER_ADDRESS)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """After a success only that account's own count ends; the address has to answer for its other attempts."""
        return self.reset_attempts(username=account_key(request, credentials))


def too_many(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """The page that says how long to wait (429)."""
    wait: timedelta = settings.AXES_COOLOFF_TIME
    minutes = math.ceil(wait.total_seconds() / 60)
    answer = render(request, "accounts/too_many.html", {"minutes": minutes}, status=429)
    answer.headers["Retry-After"] = str(minutes * 60)
    answer.headers["Cache-Control"] = "no-store"
    return answer
