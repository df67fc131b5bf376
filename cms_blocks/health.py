"""Whether the site is fit to serve: asked by ``/readyz`` and shown to administrators on their desk."""

from __future__ import annotations

from django.db import Error, connection

from cms_blocks.publication.outbox import oldest_due_age
from cms_blocks.search.engine import engine

#: Older than this (seconds), deliveries are not being made: the worker is down or its targets are.
OUTBOX_LIMIT = 600
OK = "ok"
PARTS = ("database", "search", "outbox")


def report() -> dict[str, str]:
    """One of ``"ok"`` or a reason for each part that could be asked; parts behind a broken database are left out."""
    found: dict[str, str] = {}
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = OK
        found["search"] = OK if engine().health() else "down"
        age = oldest_due_age()
        found["outbox"] = OK if age < OUTBOX_LIMIT else f"waits for {age:.0f} s: is a worker running?"
    except Error:
        found["database"] = found.get("database", "down")
    return found


def is_ready(found: dict[str, str]) -> bool:
    return all(found.get(part) == OK for part in PARTS)
