"""How the guide hangs in Wagtail's admin, and the tasks of this room."""

from __future__ import annotations

from typing import Any

from django.forms import Media
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import Component

from cms_blocks.guide.tasks import Task, all_tasks, register_task
from cms_blocks.guide.views import GuideView, TaskView

ROOM = "cms_blocks"
PAGES = ("wagtailadmin_explore_root", "wagtailadmin_explore", "wagtailadmin_pages:add_subpage")

register_task(
    Task(
        "new-page",
        ROOM,
        "path",
        20,
        "wagtailadmin_explore_root",
        (*PAGES, "wagtailadmin_pages:add", "wagtailadmin_pages:edit"),
    )
)
register_task(
    Task(
        "picture",
        ROOM,
        "culture",
        30,
        "wagtailimages:index",
        ("wagtailimages:*", "files:images*", "wagtailadmin_pages:edit"),
    )
)
register_task(Task("document", ROOM, "inform", 40, "wagtaildocs:index", ("wagtaildocs:*", "files:documents*")))
register_task(
    Task(
        "plan-and-undo", ROOM, "time", 80, "wagtailadmin_explore_root",
        (
            "wagtailadmin_explore", "wagtailadmin_pages:edit", "wagtailadmin_pages:history",
            "wagtailadmin_pages:unpublish",
        ),
    )
)  # fmt: skip
register_task(
    Task(
        "translate", ROOM, "easy_language", 90, "languages:report",
        ("languages:*", "wagtail_localize:*", "wagtailadmin_pages:edit"),
    )
)  # fmt: skip

urls = (
    [path("", GuideView.as_view(), name="index"), path("<slug:name>/", TaskView.as_view(), name="task")],
    "guide",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("guide/", include(urls, namespace="guide"))]


@hooks.register("register_admin_menu_item")
def register_guide() -> MenuItem:
    return MenuItem(_("Guide"), reverse("guide:index"), name="guide", icon_name="help", order=11000)


@hooks.register("insert_global_admin_css")
def style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("cms_blocks/admin/guide.css"))


class GuidePanel(Component):
    """The titles of all tasks, at the foot of the first page."""

    order = 900
    template_name = "cms_blocks/guide/panel.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"tasks": all_tasks()}

    @property
    def media(self) -> Media:
        return Media()


@hooks.register("construct_homepage_panels")
def add_guide(request: Any, panels: list[Any]) -> None:
    panels.append(GuidePanel())
