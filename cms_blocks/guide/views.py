"""The pages of the guide: all tasks, and one task. Whoever may enter the desk may read them."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_blocks.guide.tasks import all_tasks, task_named


class GuideView(WagtailAdminTemplateMixin, TemplateView):
    """Every task as a card."""

    template_name = "cms_blocks/guide/index.html"
    page_title = _("Guide")
    header_icon = "help"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "tasks": all_tasks()}


class TaskView(WagtailAdminTemplateMixin, TemplateView):
    """One task, from the first step to what helps when it goes wrong."""

    template_name = "cms_blocks/guide/task.html"
    header_icon = "help"
    _show_breadcrumbs = True

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        task = task_named(kwargs["name"])
        if task is None:
            raise Http404
        self.task, self.words = task, task.words

    def get_page_title(self) -> str:
        return self.words.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        guide = {"url": reverse("guide:index"), "label": GuideView.page_title}
        return [*self.breadcrumbs_items, guide, {"url": "", "label": self.words.title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tasks = all_tasks()
        place = tasks.index(self.task)
        return {
            **super().get_context_data(**kwargs),
            "task": self.task,
            "words": self.words,
            "start_url": reverse(self.task.start),
            "next_task": tasks[place + 1] if place + 1 < len(tasks) else None,
        }
