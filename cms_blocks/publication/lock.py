"""One flush at a time, whatever the database."""

from __future__ import annotations

from django.db import connection

#: Any constant number; it only has to be the same for every process on one database.
FLUSH_LOCK = 0x6D697465696E


def take_flush_lock() -> None:
    """Wait for the lock and hold it to the end of the transaction.

    PostgreSQL: without it two concurrent transactions (restrict a section, publish a leaf) each miss the other's
    uncommitted change and leak. SQLite has one writer at a time anyway (``transaction_mode: IMMEDIATE``).
    """
    take_lock(FLUSH_LOCK)


def take_lock(number: int) -> None:
    """Wait for the lock of this number and hold it to the end of the transaction. On SQLite there is one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
