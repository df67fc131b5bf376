"""How the desk for languages hangs in Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from cms_blocks.translating.panels import note_statement
from cms_blocks.translating.report import LanguageReportView, may_see
from cms_blocks.translating.views import page_languages, review

urls = (
    [
        path("", LanguageReportView.as_view(), name="report"),
        path("results/", LanguageReportView.as_view(results_only=True), name="report_results"),
        path("page/<int:page_id>/", page_languages, name="page"),
        path("review/<int:page_id>/", review, name="review"),
    ],
    "languages",
)


class LanguagesMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_see(request.user)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("languages/", include(urls, namespace="languages"))]


@hooks.register("register_reports_menu_item")
def register_report() -> MenuItem:
    return LanguagesMenuItem(_("Languages"), reverse("languages:report"), name="languages", icon_name="globe", order=50)


@hooks.register("register_page_header_buttons")
def header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if not page.is_root() and may_see(user):
        yield Button(
            _("Languages of this page"), reverse("languages:page", args=[page.pk]), icon_name="globe", priority=55
        )


@hooks.register("register_permissions")
def permission() -> Any:
    return Permission.objects.filter(content_type__app_label="cms_blocks", codename="review_easy_language")


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(
        "cms_blocks.easy_language.approve", _("Approve as Leichte Sprache"), _("Approved as Leichte Sprache")
    )
    actions.register_action(
        "cms_blocks.easy_language.withdraw", _("Take back the approval"), _("Took back the approval as Leichte Sprache")
    )


hooks.register("after_edit_page", note_statement)
