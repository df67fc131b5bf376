"""How the checks hang in Wagtail's editor: a part of its panel "Checks" (see the template of that name)."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static

from cms_blocks.content_checks.views import hints


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("content-checks/<int:page_id>/", hints, name="content_checks")]


@hooks.register("insert_editor_js")
def script() -> SafeString:
    return format_html('<script src="{}" defer></script>', versioned_static("cms_blocks/admin/content-checks.js"))
