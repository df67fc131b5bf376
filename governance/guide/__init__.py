"""The tasks of the guide that have to do with four eyes."""

from __future__ import annotations

from cms_blocks.guide.tasks import Task, register_task

EDITOR = "wagtailadmin_pages:edit"

register_task(Task("check-and-send", "governance", "decide", 50, "wagtailadmin_home", (EDITOR, "governance:submit")))
register_task(Task("approve", "governance", "join_in", 60, "governance:approvals", ("governance:*",)))
register_task(
    Task("urgent", "governance", "resolve_conflict", 70, "wagtailadmin_explore_root", (EDITOR, "governance:urgent"))
)
