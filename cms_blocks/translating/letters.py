"""A letter to those who review Leichte Sprache when words become public that none of them has read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import DNS_NAME, EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from wagtail.users.models import UserProfile

from cms_blocks.easy_language import PERMISSION, unreviewed
from cms_blocks.publication.outbox import Event, consumes


def reviewers() -> Any:
    """Active accounts that were given the right to review; superusers have every right and are not asked."""
    backend = "django.contrib.auth.backends.ModelBackend"
    return get_user_model().objects.with_perm(PERMISSION, include_superusers=False, backend=backend).exclude(email="")


@consumes("easy_language", "easy_language.unreviewed")
def tell_reviewers(event: Event) -> None:
    """One letter to each for all that became public together. What was reviewed or taken away meanwhile is left out.

    If the worker is killed and writes the letters twice, they have the same Message-ID.
    """
    records = unreviewed().filter(pk__in=event.payload["records"]).order_by("tree_path")
    pages = [(record.title, _absolute(reverse("languages:page", args=[record.object_id]))) for record in records]
    if not pages:
        return
    for user in reviewers():
        with override(UserProfile.get_for_user(user).get_preferred_language()):
            words = {"user": user, "pages": pages, "title": pages[0][0], "count": len(pages)}
            subject = " ".join(render_to_string("cms_blocks/mail/unreviewed_subject.txt", words).split())
            text = render_to_string("cms_blocks/mail/unreviewed.txt", words).strip()
        headers = {
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<easy-language-{event.key}-{user.pk}@{DNS_NAME}>",
        }
        EmailMessage(subject, text, to=[user.email], headers=headers).send()


def _absolute(path: str) -> str:
    return str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")) + path
