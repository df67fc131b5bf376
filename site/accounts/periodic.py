"""What the worker forgets: attempts that count no more, sessions that have ended, old entries of sign-ins."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.attempts import forget_old_attempts
from accounts.audit import SIGN_INS
from cms_blocks.publication.ticker import every


@every(hours=1)
def forget_accounts() -> None:
    forget_old_attempts()
    call_command("clearsessions")
    long_ago = timezone.now() - timedelta(days=settings.SIGN_IN_LOG_DAYS)
    ModelLogEntry.objects.filter(action__in=SIGN_INS, timestamp__lt=long_ago).delete()
