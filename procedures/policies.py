"""Who runs the office's work on its list. What is not allowed here is refused."""

from __future__ import annotations

from typing import Any

from governance.desk import may_see_approvals


def may_run_rounds(user: Any) -> bool:
    """Editors of both halves alike, and those who run the site; about each procedure only who may change it."""
    return bool(user.is_active and may_see_approvals(user))
