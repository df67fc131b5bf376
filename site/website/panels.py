"""What the editor of a legal page is told above its fields."""

from __future__ import annotations

from wagtail.admin.panels import Panel


class CheckDuePanel(Panel):
    """Says that nobody has checked the statement for a year."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "website/admin/check_due.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk) and self.instance.is_check_due
