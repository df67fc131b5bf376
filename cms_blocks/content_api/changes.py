"""What has changed since: new, changed and gone records, also those whose time has come or is over by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q

from cms_blocks.content_api.problems import bad_parameter
from cms_blocks.content_api.resources import EVERYTHING, resources
from cms_blocks.publication.reader import Moment
from cms_blocks.publication.records import NEVER, PublicRecord

SALT = "content-api.changes"
#: Changes in one answer.
MOST = 200


@dataclass(frozen=True, slots=True)
class Since:
    """A place in the history: all of ``sequence`` and before is known, as it was seen at ``seen``. In the midst of an
    answer of several pages the last told is ``(row_sequence, row)``, and the whole answer is as of ``until``."""

    sequence: int = 0
    seen: datetime = NEVER
    until: datetime | None = None
    row_sequence: int = -1
    row: int = 0

    def as_text(self) -> str:
        until = self.until.isoformat() if self.until else None
        return signing.dumps([self.sequence, self.seen.isoformat(), until, self.row_sequence, self.row], salt=SALT)

    @classmethod
    def from_text(cls, text: str) -> Since:
        try:
            sequence, seen, until, row_sequence, row = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            message = "Is none that this site has given out. Start without it, or take since from the last answer."
            raise bad_parameter("since", message) from None
        return cls(
            sequence, datetime.fromisoformat(seen), datetime.fromisoformat(until) if until else None, row_sequence, row
        )


def changes(since: Since, present: Moment, site_id: int | None) -> dict[str, Any]:
    """One stretch of the history after ``since``, at the moment that was read before. One query."""
    until = since.until or present.now
    crossed = Q(visible_from__gt=since.seen, visible_from__lte=until)
    crossed |= Q(visible_until__gt=since.seen, visible_until__lte=until)
    rows = PublicRecord.objects.at(present.now).filter(Q(sequence__gt=since.sequence) | Q(is_live=True) & crossed)
    rows = rows.filter(Q(site_id=site_id) | Q(site_id=None))
    if not since.sequence:  # from the beginning: whoever knows nothing need not hear what is gone
        rows = rows.live()
    rows = rows.filter(Q(sequence__gt=since.row_sequence) | Q(sequence=since.row_sequence, pk__gt=since.row))
    columns = resources()[EVERYTHING].columns
    names = ("is_live", "listed", "visible_from", "visible_until", "sequence")
    found = list(rows.order_by("sequence", "pk").values(*columns, *names)[: MOST + 1])
    told, more = found[:MOST], len(found) > MOST
    if more:
        after = Since(since.sequence, since.seen, until, told[-1]["sequence"], told[-1]["id"])
    else:
        after = Since(max(present.sequence, since.sequence), until)
    return {
        "data": [_told(row, present.now, columns) for row in told],
        "since": after.as_text(),
        "more": more,
    }


def _told(row: dict[str, Any], now: datetime, columns: Any) -> dict[str, Any]:
    told = {name: row[name] for name in ("id", "kind", "object_id", "version")}
    if row["is_live"] and row["listed"] and row["visible_from"] <= now < row["visible_until"]:
        return told | {"event": "changed", "record": {name: row[name] for name in columns}}
    return told | {"event": "gone"}
