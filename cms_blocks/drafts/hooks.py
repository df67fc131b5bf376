"""How the care for texts hangs in Wagtail's editor."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import include, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from cms_blocks.drafts.guard import keep_what_cannot_be_saved
from cms_blocks.drafts.kept import ACTION
from cms_blocks.drafts.views import BothTextsView, standing

urls = (
    [
        path("standing/", standing, name="standing"),
        path("standing/<int:page_id>/", standing, name="page_standing"),
        path("<int:page_id>/<int:revision_id>/", BothTextsView.as_view(), name="both"),
    ],
    "drafts",
)

# After wagtail-localize, which answers with an editor of its own.
hooks.register("before_edit_page", keep_what_cannot_be_saved, order=10)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("drafts/", include(urls, namespace="drafts"))]


@hooks.register("insert_editor_js")
def care_for_unsaved_text() -> SafeString:
    """The script of the editor and what it may have to say."""
    return render_to_string("cms_blocks/drafts/care.html")


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(ACTION, _("Keep a text"), _("Text kept that could not be saved as the newest version"))
