"""The tasks of the guide that have to do with procedures, and with the news about them."""

from __future__ import annotations

from cms_blocks.guide.tasks import Task, register_task

ROOM = "procedures"
ADD, EDIT, EXPLORE = "wagtailadmin_pages:add", "wagtailadmin_pages:edit", "wagtailadmin_explore"
PAGES = "wagtailadmin_explore_root"

register_task(Task("procedure", ROOM, "propose", 110, PAGES, (EXPLORE, ADD, EDIT)))
register_task(Task("update-round", ROOM, "meet", 120, "rounds:index", ("rounds:*",)))
register_task(Task("import", ROOM, "digital", 130, "procedure_imports:index", ("procedure_imports:*", EXPLORE)))
register_task(Task("news", ROOM, "inform", 140, PAGES, (EXPLORE, ADD, "wagtailsnippets_cms_blocks_notice:*")))
register_task(Task("outcome", ROOM, "evaluate", 150, PAGES, (EDIT, "wagtailsnippets_procedures_principle:*")))
