"""Sixty public records of three kinds, some alike, some with gaps, beside some that are not public; made at random, the
same each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from cms_blocks.publication.records import FOREVER, NEVER, PublicRecord
from toolkit.models import MethodFacts

KINDS = ("method", "page", "home")
TITLES = ("Äpfel", "Zoo", "apfel", "Apfel", "100 % Stadt", "zz", "Straße|Platz", "Ein Titel, der kommt", "صفحة")
TOPICS = ("green", "green-city", "mobility", "a.b")
STATUSES = ("", "planned", "over")
PURPOSES = ("plan", "decide", "collect_ideas")
FIRST = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def fill() -> list[PublicRecord]:
    """Makes the records; returns the public ones."""
    chance = Random(20260301)
    rows = [_record(chance, number) for number in range(60)]
    private = [_record(chance, number) for number in range(60, 66)]
    private[0].listed = private[1].listed = False
    private[2].visible_from = private[3].visible_from = FOREVER - timedelta(days=1)
    private[4].visible_until = private[5].visible_until = NEVER + timedelta(days=1)
    PublicRecord.objects.bulk_create(rows + private)
    MethodFacts.objects.bulk_create(_facts(chance, row) for row in rows + private if row.kind == "method")
    return rows


def _record(chance: Random, number: int) -> PublicRecord:
    kind = KINDS[min(number % 5 // 3 + number % 7 // 6, 2)]
    some = lambda value: chance.choice([value, value, None])  # noqa: E731
    latitude = some(chance.choice([-33.5, 0.0, 52.4, 52.41]))
    begins = some(FIRST + timedelta(hours=chance.randrange(6)))
    return PublicRecord(
        kind=kind, object_id=1000 + number, locale=chance.choice(["de", "en", "de-simple"]),
        translation_key=some(UUID(int=number // 3)), path=f"/{number}/", title=chance.choice(TITLES),
        topics=chance.sample(TOPICS, chance.randrange(3)), districts=chance.sample(["nord", "sued"], chance.randrange(3)),
        levels=chance.sample(["consultation", "decision"], chance.randrange(3)), fixed_status=chance.choice(STATUSES),
        half=chance.choice(["", "carrier", "joint"]), starts_at=begins,
        ends_at=begins and some(begins + timedelta(minutes=chance.choice([0, 90, 91]), microseconds=1)),
        latitude=latitude, longitude=None if latitude is None else chance.choice([-180.0, -179.5, 13.05, 179.9]),
        in_menu=chance.random() < 0.5, published_at=some(FIRST - timedelta(days=number % 4)),
        changed_at=FIRST + timedelta(days=number // 4 % 3), visible_from=NEVER, visible_until=FOREVER, is_live=True,
        version=1, content_hash="-",
    )  # fmt: skip


def _facts(chance: Random, row: PublicRecord) -> MethodFacts:
    least = chance.randrange(1, 6)
    return MethodFacts(
        record=row, sort_key=row.title.lower(), purposes=chance.sample(PURPOSES, chance.randrange(4)),
        settings=chance.sample(["onsite", "online"], chance.randrange(3)), recruitment=("open",),
        group_size_min=least, group_size_max=chance.choice([None, least, least + 10]),
        duration_minutes_min=60, duration_minutes_max=chance.choice([60, 120]), preparation_weeks_min=0,
        preparation_weeks_max=chance.randrange(4), cost_level=chance.randrange(1, 6),
    )  # fmt: skip
