"""Environment variables, read once and typed. A bad value stops the start with one sentence that names it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

ROOT = Path(__file__).resolve().parent.parent.parent
env = Env()


def read(kind: str, name: str, *default: Any, **options: Any) -> Any:
    """The variable ``name`` as ``kind`` (an ``environs`` method: ``str``, ``bool``, ``int``, ``list`` …).

    Raises :class:`ImproperlyConfigured` naming the variable, its value and the expected type.
    """
    try:
        return getattr(env, kind)(name, *default, **options)
    except EnvError as error:
        found = os.environ.get(name)
        shown = "is not set" if found is None else f"is {found!r}"
        raise ImproperlyConfigured(
            f"Environment variable {name} {shown}, but a value of type {kind} is needed: {error}"
        ) from error


def admin_path(given: str) -> str:
    """The path of the editor's desk as URL patterns want it: ``admin/``, ``intern/desk/``.

    Raises :class:`ImproperlyConfigured` for a path that is empty or has other signs than small letters, digits and
    hyphens.
    """
    path = given.strip("/")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)*", path):
        raise ImproperlyConfigured(
            f"Environment variable ADMIN_PATH is {given!r}, but must be made of small letters, digits and hyphens, "
            "such as admin/ or our-desk/."
        )
    return f"{path}/"


def front_end_address(given: str) -> str:
    """Where a front end shows drafts, with ``{token}`` in it; empty without one.

    Raises :class:`ImproperlyConfigured` for an address that is not complete or has no place for the token.
    """
    if given and ("{token}" not in given or not re.match(r"https?://[^/\s]+/", given)):
        raise ImproperlyConfigured(
            f"Environment variable HEADLESS_PREVIEW_URL is {given!r}, but must be a complete address with {{token}} in "
            "it, such as https://www.example.org/preview?token={token}."
        )
    return given


def tiles_address(given: str, attribution: str) -> str:
    """Where the map with streets gets its pictures; empty without one.

    Raises :class:`ImproperlyConfigured` for an address that is not complete or has no place for a tile's numbers, and
    for one whose licence nobody would read of.
    """
    if not given:
        return ""
    parts = sorted(re.findall(r"\{.*?\}", given))
    if parts != ["{x}", "{y}", "{z}"] or not re.match(r"https?://[a-zA-Z0-9.-]+(:\d+)?/\S+\Z", given):
        raise ImproperlyConfigured(
            f"Environment variable MAP_TILES_URL is {given!r}, but must be a complete address of one host with {{z}}, "
            "{x} and {y} in it, such as https://tiles.example.org/{z}/{x}/{y}.png."
        )
    if not attribution:
        raise ImproperlyConfigured(
            "Environment variable MAP_TILES_ATTRIBUTION is empty, but MAP_TILES_URL is set: say whose map it is."
        )
    return given


def release() -> str:
    """A word that changes with every template, style and catalogue: from their paths, sizes and times."""
    digest = hashlib.sha256()
    for room in ("cms_blocks", "governance", "procedures", "toolkit", "site"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".html", ".svg", ".css", ".js", ".mo", ".py"}:
                known = path.stat()
                digest.update(f"{path.relative_to(ROOT)} {known.st_size} {known.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]


def database(url: str) -> dict[str, Any]:
    """Django's settings for ``DATABASE_URL``: ``sqlite:///path`` or ``postgres://user:password@host:port/name``."""
    from environs import Env as _Env

    config = dict(_Env().dj_db_url("__DATABASE_URL", default=url, conn_max_age=600))
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            # Writers queue at BEGIN instead of failing in the middle; readers never wait (WAL).
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
    else:
        # After so many times a connection keeps the plan of a query that the public asks again and again.
        options = config.setdefault("OPTIONS", {})
        threshold = options.get("prepare_threshold", 5)
        options["prepare_threshold"] = None if threshold == "never" else threshold
    return config
