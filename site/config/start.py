"""The beginning of every program: the settings, or one sentence that says what is wrong with them."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured


def settings_or_exit(*, serving: bool) -> None:
    """Load the settings. Ends the program with status 1 and one sentence when they are not fit.

    ``serving``: the program answers the public, so settings for building an image do not do.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    try:
        building = getattr(settings, "ENVIRONMENT", "") == "build"
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")
    if serving and building:
        sys.exit("Error: ENVIRONMENT is 'build', which only prepares files: unset it, or set it to 'production'.")
