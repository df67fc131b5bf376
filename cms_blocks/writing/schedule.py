"""When a page appears and disappears by itself: Wagtail's dialog, saying what its two fields do here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import PublishingPanel

HELP = {
    "go_live_at": _("Leave it empty, and the page appears as soon as it is published."),
    "expire_at": _("From then on the page is gone, also from lists and search. Leave it empty for pages that stay."),
}


class SchedulePanel(PublishingPanel):
    """Wagtail's panel with a help text at each field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for panel in self.children:
            panel.help_text = HELP[panel.field_name]
