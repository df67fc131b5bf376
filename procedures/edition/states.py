"""How far an edition is, and what has become of a procedure since the last one, in words of the desk."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Follows from the edition's times, and is nowhere stored."""

    DRAFT = "draft", pgettext_lazy("edition", "in preparation")
    PLANNED = "planned", pgettext_lazy("edition", "planned")
    DUE = "due", pgettext_lazy("edition", "being published")
    FAILED = "failed", pgettext_lazy("edition", "not published: something went wrong")
    PUBLISHED = "published", pgettext_lazy("edition", "published")
    WITHDRAWN = "withdrawn", pgettext_lazy("edition", "withdrawn")


class Kind(models.TextChoices):
    """What has become of a procedure since the last edition."""

    NEW = "new", pgettext_lazy("edition", "new")
    CHANGED = "changed", pgettext_lazy("edition", "changed")
    ENDED = "ended", pgettext_lazy("edition", "ended")
    SAME = "same", pgettext_lazy("edition", "as before")
