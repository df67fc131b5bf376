"""The printed edition: what it holds, from what is frozen and nothing else."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms_blocks.office import office_for
from cms_blocks.print.sheets import Paper
from procedures import wording
from procedures.edition.comparing import Comparison, Entry
from procedures.enums import Stage
from procedures.models import Edition
from procedures.short_addresses import short_address

TEMPLATE = Path(__file__).parent.parent / "print" / "edition.typ"


def data_of(
    edition: Edition, number: int, now: datetime, compared: Comparison, entries: list[Entry], last: Edition | None
) -> dict[str, Any]:
    """All that the paper depends on, in the active language. ``now``: the instant of publication."""
    language = edition.locale.language_code
    paper = Paper(str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")), language, office_for(language))
    return {
        **paper.frame(),
        "title": edition.title,
        "kicker": _("Edition {number} of the list").format(number=number),
        "facts": [{"label": label, "value": value} for label, value in facts_of(edition, now)],
        "count": ngettext("{count} procedure", "{count} procedures", len(entries)).format(count=len(entries)),
        "compared": compared_with(last),
        "sections": [
            {"title": _("New"), "empty": _("No procedure is new."), "entries": _short(compared.new, paper)},
            {
                "title": _("Changed"),
                "empty": _("No procedure changed."),
                "entries": _short(compared.changed, paper),
            },
            {"title": _("Ended"), "empty": _("No procedure has ended."), "entries": _ended(compared, entries, paper)},
        ]
        if last
        else [],
        "all": _("All procedures"),
        "nothing": _("No procedure is on the list."),
        "entries": [_entry(entry, paper) for entry in entries],
        "date": edition.title,
        "words": {"page": _("Page {page} of {pages}"), "number": _("Number")},
    }


def facts_of(edition: Edition, published: datetime) -> list[tuple[str, str]]:
    """What people want to know of an edition before they read it."""
    decision = ", ".join(
        part for part in (edition.adopted_by, wording.day(edition.adopted_on) if edition.adopted_on else "") if part
    )
    return [
        (_("Cut-off date"), wording.day(edition.cut_off)),
        (_("Adopted by"), decision or _("not adopted yet")),
        (_("Number of the decision"), edition.adopted_number or "–"),
        (_("Published on"), wording.moment(published)),
    ]


def compared_with(last: Edition | None) -> str:
    if last is None or last.published_at is None:
        return _("This is the first edition. There is none to compare it with.")
    return _("Compared with “{title}”, published on {day}.").format(
        title=last.title, day=wording.moment(last.published_at)
    )


def _about(entry: Entry) -> str:
    stage = _("Project: {stage}").format(stage=Stage(entry.stage).label) if entry.stage in Stage.values else ""
    return "  ·  ".join(filter(None, (wording.status_label(entry.status), stage, ", ".join(entry.places))))


def _short(entries: list[Entry], paper: Paper) -> list[dict[str, Any]]:
    return [_row(entry, paper) | {"news": _news(entry)} for entry in entries]


def _ended(compared: Comparison, entries: list[Entry], paper: Paper) -> list[dict[str, Any]]:
    here = {entry.page for entry in entries}
    rows = []
    for entry in compared.ended:
        row = _row(entry, paper) | {"news": _news(entry)}
        if entry.page not in here:
            row |= {"about": _("No longer on the list"), "news": [], "address": ""}
        rows.append(row)
    return rows


def _entry(entry: Entry, paper: Paper) -> dict[str, Any]:
    return _row(entry, paper) | {"brief": entry.brief}


def _row(entry: Entry, paper: Paper) -> dict[str, Any]:
    return {
        "title": entry.title,
        "reference": entry.reference,
        "about": _about(entry),
        "address": f"{paper.origin}{short_address(entry.reference) or entry.path}",
    }


def _news(entry: Entry) -> list[str]:
    """The newest last."""
    return [f"{wording.day(date.fromisoformat(on))}: {words}" for on, words in entry.news]
