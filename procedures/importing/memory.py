"""How the headings of a sheet are understood: as they were the last time, else as they sound."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from procedures.importing.cells import fold
from procedures.importing.columns import BY_KEY, guess
from procedures.models.imports import ColumnMemory


def understood(headings: Iterable[str]) -> dict[str, str]:
    """Key of the column by heading; empty where it is left out."""
    named = list(dict.fromkeys(heading for heading in headings if heading))
    kept = ColumnMemory.objects.filter(headings=_name(named)).first()
    known = {heading: key for heading, key in kept.mapping.items() if key in BY_KEY or not key} if kept else {}
    return guess(named) | {heading: known[fold(heading)] for heading in named if fold(heading) in known}


def remember(mapping: Mapping[str, str]) -> None:
    """For the next sheet with these headings, whatever their order."""
    values = {fold(heading): key for heading, key in mapping.items()}
    ColumnMemory.objects.update_or_create(headings=_name(mapping), defaults={"mapping": values})


def _name(headings: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(map(fold, headings))).encode()).hexdigest()
