"""How files hang in Wagtail's admin beyond what Wagtail has itself."""

from __future__ import annotations

from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms_blocks.media.tidying import DocumentsReportView, ImagesReportView, may_tidy

urls = (
    [
        path("images/", ImagesReportView.as_view(), name="images"),
        path("images/results/", ImagesReportView.as_view(results_only=True), name="images_results"),
        path("documents/", DocumentsReportView.as_view(), name="documents"),
        path("documents/results/", DocumentsReportView.as_view(results_only=True), name="documents_results"),
    ],
    "files",
)


class TidyingMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_tidy(request.user, ImagesReportView.model)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("files/", include(urls, namespace="files"))]


@hooks.register("register_reports_menu_item")
def register_report() -> MenuItem:
    return TidyingMenuItem(
        _("Files to tidy up"), reverse("files:images"), name="files", icon_name="folder-open-inverse", order=1100
    )
