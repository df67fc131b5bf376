"""Who runs the office's work on its list. What is not allowed here is refused."""

from __future__ import annotations

from typing import Any

from governance.desk import may_see_approvals
from governance.halves import groups_of
from governance.policies import ADMINISTRATORS


def may_run_rounds(user: Any) -> bool:
    """Editors of both halves alike, and those who run the site; about each procedure only who may change it."""
    return bool(user.is_active and may_see_approvals(user))


def may_make_editions(user: Any) -> bool:
    """Whoever may run update rounds; which pages go along is asked about each (:mod:`governance.standing`)."""
    return may_run_rounds(user)


def may_withdraw_editions(user: Any) -> bool:
    """An edition is a historical document: only those who run the site take one back, with a reason."""
    return bool(user.is_active and (user.is_superuser or ADMINISTRATORS.key in groups_of(user)))
