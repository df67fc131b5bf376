"""Who may do what on a page: Wagtail's rules, which a higher room may narrow for all our pages at once."""

from __future__ import annotations

from typing import Any

from wagtail.models import PagePermissionTester

_testers: list[type[PagePermissionTester]] = [PagePermissionTester]


def register_page_tester(tester: type[PagePermissionTester]) -> None:
    """Let ``tester`` answer for every :class:`~cms_blocks.pages.BasePage`: admin, write API, bulk actions, translation.

    Called when the apps are ready. The last one wins, so it subclasses what :func:`page_tester` gives.
    """
    _testers.append(tester)


def page_tester(user: Any, page: Any) -> PagePermissionTester:
    """What ``user`` may do with ``page``."""
    return _testers[-1](user, page)
