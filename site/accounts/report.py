"""Wagtail's report "Site history"; its exports say what happened in words, too."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.reports.audit_logging import LogEntriesView


class HistoryReport(LogEntriesView):
    export_headings: Any = {**LogEntriesView.export_headings, "message": _("What happened")}
    list_export: Any = [*LogEntriesView.list_export, "message"]
