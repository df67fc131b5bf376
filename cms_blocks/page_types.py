"""What an editor is told of a page type before choosing it: its group, beside Wagtail's ``page_description``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, eq=False)
class PageGroup:
    """Page types that belong together for whoever looks for one. Smaller ``order`` comes first."""

    label: str | Promise
    order: int


CONTENT = PageGroup(_("Text and pictures"), 10)
