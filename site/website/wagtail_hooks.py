"""What the website adds to Wagtail's admin: the office's own help in the place of Wagtail's English one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

#: Beginnings of the names of Wagtail's entries that lead to its maker's site.
ELSEWHERE = ("whats-new-in-wagtail", "editor-guide")


@hooks.register("construct_help_menu")
def only_our_own_help(request: HttpRequest, menu_items: list[Any]) -> None:
    menu_items[:] = [item for item in menu_items if not item.name.startswith(ELSEWHERE)]
