"""The words a procedure is described with. Values are stable words for addresses, filters and the API."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Participation(models.TextChoices):
    """Whether people can take part. Follows from phases and the clock: :mod:`procedures.participation`."""

    OPEN = "open", pgettext_lazy("participation", "open")
    PLANNED = "planned", pgettext_lazy("participation", "planned")
    RUNNING = "running", pgettext_lazy("participation", "running")
    EVALUATING = "evaluating", pgettext_lazy("participation", "being evaluated")
    FINISHED = "finished", pgettext_lazy("participation", "finished")
    SUSPENDED = "suspended", pgettext_lazy("participation", "suspended")
    NONE = "none", pgettext_lazy("participation", "without participation")


class Stage(models.TextChoices):
    """How far the project itself is. It goes on when participation has ended."""

    IDEA = "idea", pgettext_lazy("stage", "idea")
    PLANNING = "planning", pgettext_lazy("stage", "being planned")
    RESOLVED = "resolved", pgettext_lazy("stage", "resolved")
    BUILDING = "building", pgettext_lazy("stage", "being built")
    DONE = "done", pgettext_lazy("stage", "done")
    POSTPONED = "postponed", pgettext_lazy("stage", "postponed")
    DROPPED = "dropped", pgettext_lazy("stage", "dropped")


#: Stages in which nothing is planned any more.
OVER = (Stage.DONE, Stage.DROPPED)


class Initiator(models.TextChoices):
    """Who began it: the city from above, or people from below."""

    ADMINISTRATION = "administration", _("the administration")
    COUNCIL = "council", _("the city council")
    RESIDENTS = "residents", _("residents")
    INITIATIVE = "initiative", _("an initiative or association")

    @property
    def direction(self) -> Promise:
        """Which way it came, as the rules of procedure call it."""
        return _("top-down") if self in {Initiator.ADMINISTRATION, Initiator.COUNCIL} else _("bottom-up")


class Form(models.TextChoices):
    """Whether the law prescribes the participation."""

    INFORMAL = "informal", _("informal: offered voluntarily")
    FORMAL = "formal", _("formal: prescribed by law")


class WayKind(models.TextChoices):
    """How people take part."""

    ONLINE = "online", _("online")
    EVENT = "event", _("at an event")
    PHONE = "phone", _("by phone")
    LETTER = "letter", _("by letter")
    PLACE = "place", _("at a place")


class CostKind(models.TextChoices):
    """What is known of the cost."""

    AMOUNT = "amount", _("an amount")
    RANGE = "range", _("a range")
    UNKNOWN = "unknown", _("not known yet")
    WITHHELD = "withheld", _("not public yet")


class Degree(models.TextChoices):
    """How far a principle was kept."""

    MET = "met", pgettext_lazy("principle", "met")
    PARTLY = "partly", pgettext_lazy("principle", "partly met")
    NOT_MET = "not_met", pgettext_lazy("principle", "not met")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("principle", "not applicable")
