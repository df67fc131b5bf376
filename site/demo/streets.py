"""The street directory of the demo: read once into an empty table, and never touched again."""

from __future__ import annotations

from demo.source import CONTENT
from procedures.models import Street
from procedures.streets.districts import known_districts
from procedures.streets.reading import read_streets
from procedures.streets.writing import write_streets

STREETS = CONTENT / "streets.csv"


def load_streets() -> int:
    """Returns how many rows are new. Raises ``ValueError`` with every mistake of the file."""
    if Street.objects.exists():
        return 0
    reading = read_streets(STREETS.read_bytes(), known_districts())
    if reading.problems:
        raise ValueError("\n".join([f"{STREETS}:", *map(str, reading.problems)]))
    return write_streets(reading.entries).created
