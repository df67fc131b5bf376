"""How far a round is with a procedure, in words of the desk."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Answer(models.TextChoices):
    """What the department said. Given once."""

    CONFIRMED = "confirmed", pgettext_lazy("update round", "unchanged, confirmed")
    CHANGED = "changed", pgettext_lazy("update round", "changed")


class State(models.TextChoices):
    """What an editor sees beside a procedure. Follows from answer, letter and delivery, and is nowhere stored."""

    SENT = "sent", pgettext_lazy("update round", "asked")
    REMINDED = "reminded", pgettext_lazy("update round", "reminded")
    FAILED = "failed", pgettext_lazy("update round", "mail has not arrived")
    CONFIRMED = "confirmed", pgettext_lazy("update round", "unchanged, confirmed")
    CHANGED = "changed", pgettext_lazy("update round", "changed")


class Outcome(models.TextChoices):
    """What came of a change."""

    WAITING = "waiting", pgettext_lazy("update round", "not in a draft yet")
    DRAFT = "draft", pgettext_lazy("update round", "draft waits for you")
    PUBLISHED = "published", pgettext_lazy("update round", "published")
    DISCARDED = "discarded", pgettext_lazy("update round", "discarded")
    REMARK = "remark", pgettext_lazy("update round", "remark only")
    SEEN = "seen", pgettext_lazy("update round", "remark seen")
