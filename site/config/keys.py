"""Secret keys: from the environment, else made once and kept in a file of their own that only its owner can read.

So nothing insecure is the default: a site started without any setting has keys that nobody else knows, and commands
and server of one ``DATA_DIR`` share them.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def key(name: str, data_dir: Path) -> str:
    """The environment variable ``name``, else the content of ``data_dir/keys/<name>``, made on first use (mode 600).

    Raises :class:`ImproperlyConfigured` naming the variable where neither is possible.
    """
    if given := os.environ.get(name):
        return given
    path = data_dir / "keys" / name
    try:
        if kept := _read(path):
            return kept
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written beside it and linked in one step: of two processes that start together one wins, both read its key.
        draft = path.with_name(f"{name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Environment variable {name} is not set, and no key can be kept in {path.parent} "
            f"({error.strerror}): set {name}, or DATA_DIR to a folder that can be written."
        ) from error


def passing_key() -> str:
    """A key that nobody keeps, for commands that sign nothing."""
    return secrets.token_urlsafe(50)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""
