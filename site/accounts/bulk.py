"""What can be done with many accounts at once, by the rules of :mod:`accounts.powers`, each account logged.

Accounts that may not be changed are left out and named with the reason; if none is left, the answer is a refusal.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from wagtail.log_actions import log
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction

from accounts import powers


class ByTheRules:
    """``confirmation``: Wagtail's page that asks once more; ``not_oneself``: why one's own account is left out."""

    request: HttpRequest
    template_name = "accounts/bulk.html"
    confirmation: str
    not_oneself: str | Promise = powers.NOT_ONESELF

    def check_perm(self, obj: Any) -> bool:
        return super().check_perm(obj) and powers.may_change_account(self.request.user, obj)  # type: ignore[misc]

    def reasons(self, left_out: list[Any]) -> list[str | Promise]:
        user = self.request.user
        superusers = any(not powers.may_change_account(user, account) for account in left_out)
        oneself = any(account.pk == user.pk for account in left_out)
        return [powers.SUPERUSERS] * superusers + [self.not_oneself] * oneself

    def prepare_action(self, objects: list[Any], objects_without_access: dict[str, list[Any]]) -> HttpResponse | None:
        if objects:
            return None
        reasons = self.reasons([one for some in objects_without_access.values() for one in some])
        if not reasons:
            raise PermissionDenied
        return powers.refuse(self.request, format_lazy(" ".join(["{}"] * len(reasons)), *reasons))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "reasons": self.reasons(context["items_with_no_access"])}


class AssignRole(ByTheRules, AssignRoleBulkAction):
    confirmation = AssignRoleBulkAction.template_name
    not_oneself = powers.OWN_GROUPS

    def check_perm(self, obj: Any) -> bool:
        return super().check_perm(obj) and powers.may_set_groups_of(self.request.user, obj)


class SetActiveState(ByTheRules, SetActiveStateBulkAction):
    confirmation = SetActiveStateBulkAction.template_name

    @classmethod
    def execute_action(cls, objects: list[Any], mark_as_active: bool = False, **kwargs: Any) -> tuple[int, int]:
        """One by one, so that the log hears of it."""
        for account in objects:
            account.is_active = mark_as_active
            account.save(update_fields=["is_active"])
        return len(objects), 0


class Delete(ByTheRules, DeleteBulkAction):
    confirmation = DeleteBulkAction.template_name

    @classmethod
    def execute_action(cls, objects: list[Any], **kwargs: Any) -> tuple[int, int]:
        for account in objects:
            log(account, "wagtail.delete", deleted=True)
        done: tuple[int, int] = super().execute_action(objects, **kwargs)
        return done


ACTIONS = (AssignRole, SetActiveState, Delete)
