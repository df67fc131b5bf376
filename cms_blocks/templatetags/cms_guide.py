"""The link from a page of the admin to the tasks of the guide that help there."""

from __future__ import annotations

from typing import Any

from django import template

from cms_blocks.guide.tasks import Task, tasks_at

register = template.Library()


@register.simple_tag(takes_context=True)
def guide_tasks(context: Any) -> list[Task]:
    """The tasks that help on this page. Headers are included without their context, but know the request."""
    request = context.get("request") or getattr(context, "request", None)
    match = getattr(request, "resolver_match", None)
    return tasks_at(match.view_name) if match else []
