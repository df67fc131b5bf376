"""The words a method is described with. Values are those of the methods file; labels are what people read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Purpose(models.TextChoices):
    """What a method is good for."""

    INFORM = "inform", pgettext_lazy("purpose", "inform")
    ACTIVATE = "activate", pgettext_lazy("purpose", "activate")
    COLLECT_IDEAS = "collect_ideas", pgettext_lazy("purpose", "collect ideas")
    DELIBERATE = "deliberate", pgettext_lazy("purpose", "deliberate and weigh up")
    PLAN = "plan", pgettext_lazy("purpose", "plan")
    RESOLVE_CONFLICT = "resolve_conflict", pgettext_lazy("purpose", "settle conflicts")
    DECIDE = "decide", pgettext_lazy("purpose", "decide")
    EVALUATE = "evaluate", pgettext_lazy("purpose", "evaluate")


class Level(models.TextChoices):
    """How far people's influence goes: the spectrum of the International Association for Public Participation."""

    INFORMATION = "information", pgettext_lazy("level of participation", "inform")
    CONSULTATION = "consultation", pgettext_lazy("level of participation", "consult")
    INVOLVEMENT = "involvement", pgettext_lazy("level of participation", "involve")
    COLLABORATION = "collaboration", pgettext_lazy("level of participation", "collaborate")
    EMPOWERMENT = "empowerment", pgettext_lazy("level of participation", "hand over the decision")


class Setting(models.TextChoices):
    """Where people take part."""

    ONSITE = "onsite", pgettext_lazy("setting", "on site")
    ONLINE = "online", pgettext_lazy("setting", "online")
    HYBRID = "hybrid", pgettext_lazy("setting", "on site and online")
    OUTREACH = "outreach", pgettext_lazy("setting", "where people are")


class Recruitment(models.TextChoices):
    """How people come to take part."""

    OPEN = "open", pgettext_lazy("recruitment", "open to everyone")
    RANDOM = "random", pgettext_lazy("recruitment", "drawn by lot")
    TARGETED = "targeted", pgettext_lazy("recruitment", "invited personally")
    DELEGATED = "delegated", pgettext_lazy("recruitment", "delegated by organisations")


class CostLevel(models.IntegerChoices):
    """Material and external fees in euros, without the office's own staff."""

    UP_TO_500 = 1, _("up to about 500 euros")
    UP_TO_3000 = 2, _("up to about 3,000 euros")
    UP_TO_10000 = 3, _("up to about 10,000 euros")
    UP_TO_50000 = 4, _("up to about 50,000 euros")
    ABOVE = 5, _("more than 50,000 euros")


#: Minutes of a full day of work, as durations of several days are counted in the methods file.
DAY = 480
