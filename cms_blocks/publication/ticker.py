"""Things that happen by the clock, each by one worker at a time. The worker is the ticker: there is no cron."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

_tasks: dict[str, tuple[timedelta, Callable[[], None]]] = {}


class Tick(models.Model):
    """When a periodic task runs next. Taking it is one conditional UPDATE, so two workers never both run it."""

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("periodic task")
        verbose_name_plural = _("periodic tasks")

    def __str__(self) -> str:
        return self.name


def every(**interval: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a periodic task: ``@every(minutes=1)``."""

    def remember(function: Callable[[], None]) -> Callable[[], None]:
        _tasks[function.__name__] = (timedelta(**interval), function)
        return function

    return remember


def last_ran() -> datetime | None:
    """When a worker last ran anything by the clock: within seconds of now as long as one is at work."""
    taken = [due_at - _tasks[name][0] for name, due_at in Tick.objects.values_list("name", "due_at") if name in _tasks]
    return max(taken, default=None)


def run_due() -> list[str]:
    """Run every task whose time has come and that no other worker has taken. Returns their names.

    A task that fails is logged and comes again at its next time.
    """
    now = timezone.now()
    known = dict(Tick.objects.values_list("name", "due_at"))
    ran = []
    for name, (interval, function) in _tasks.items():
        if name not in known:
            Tick.objects.get_or_create(name=name, defaults={"due_at": now})
        elif known[name] > now:
            continue
        if Tick.objects.filter(name=name, due_at__lte=now).update(due_at=now + interval):
            ran.append(name)
            try:
                function()
            except Exception:
                logger.exception("The periodic task %s failed; it runs again in %s.", name, interval)
    return ran
