"""For administrators: is everything running, how much room is taken, which version is this?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import __version__ as wagtail_version
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms_blocks import health
from cms_blocks.desk.cards import Card, register_card
from cms_blocks.desk.deliveries import may_mend
from cms_blocks.publication.ticker import last_ran

#: A worker looks at the clock every second, but may be busy with one delivery for as long as its lease.
SILENCE = timedelta(minutes=3)
#: Below this share of free disk space it is time to act.
SPARE = 0.1


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the card. ``fine`` is ``None`` where there is nothing to judge."""

    label: str
    words: str
    fine: bool | None = None


@register_card
class Running(Card):
    name = "running"
    heading = gettext_lazy("Is everything running?")
    order = 90
    template_name = "cms_blocks/desk/running.html"

    def is_shown(self) -> bool:
        return may_mend(self.user)

    @property
    def is_empty(self) -> bool:
        return False

    def facts(self) -> list[Fact]:
        return [*_health(), _worker(), *_room(), _version()]


def _health() -> list[Fact]:
    found = health.report()
    labels = {"database": _("Database"), "search": _("Search"), "outbox": _("Outbox")}
    troubles = {
        "database": _("does not answer"),
        "search": _("does not answer"),
        "outbox": _("something has been waiting for more than ten minutes"),
    }
    return [
        Fact(labels[part], _("works") if found.get(part) == health.OK else troubles[part], found.get(part) == health.OK)
        for part in health.PARTS
    ]


def _worker() -> Fact:
    seen, label = last_ran(), _("Worker")
    if seen is None:
        return Fact(label, _("has never run. Letters and planned pages wait for it."), False)
    ago = timezone.now() - seen
    if ago < SILENCE:
        return Fact(label, _("at work, last seen less than three minutes ago"), True)
    words = _("last seen {time} ago. Letters and planned pages wait for it.")
    return Fact(label, words.format(time=timesince(seen)), False)


def _room() -> list[Fact]:
    files = 0
    for model in (get_image_model(), get_document_model()):
        files += model.objects.aggregate(sum=Sum("file_size"))["sum"] or 0
    facts = [Fact(_("Pictures and documents"), filesizeformat(files))]
    if measure := _DATABASE_SIZE.get(connection.vendor):
        facts.append(Fact(_("Size of the database"), filesizeformat(measure())))
    if (free := _free_share()) is not None:
        space, share = free
        facts.append(Fact(_("Free disk space"), filesizeformat(space), share >= SPARE))
    return facts


def _one_number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


_DATABASE_SIZE: dict[str, Callable[[], int]] = {
    "sqlite": lambda: _one_number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"),
    "postgresql": lambda: _one_number("SELECT pg_database_size(current_database())"),
}


def _free_share() -> tuple[int, float] | None:
    """Free bytes and their share of the disk that uploads lie on; ``None`` where they do not lie on one."""
    storage: Any = get_document_model()._meta.get_field("file").storage
    if not isinstance(storage, FileSystemStorage):
        return None
    place = Path(storage.location)
    place = next((folder for folder in (place, *place.parents) if folder.exists()), place)
    usage = shutil.disk_usage(place)
    return usage.free, usage.free / usage.total


def _version() -> Fact:
    parts = [getattr(settings, "RELEASE", ""), f"Wagtail {wagtail_version}", f"Django {django.get_version()}"]
    return Fact(_("Version"), ", ".join(filter(None, parts)))
