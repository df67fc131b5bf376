"""gunicorn reads this by itself. Settings are looked at once, before any worker starts."""

from typing import Any


def on_starting(server: Any) -> None:
    """End with one sentence, not with a traceback from each worker."""
    from config.start import settings_or_exit

    settings_or_exit(serving=True)
