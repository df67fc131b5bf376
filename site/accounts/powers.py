"""Who may change whose account and which group, and how it is said to those who may not.

Administrators set up accounts, also those of people who approve, and every such change is in the audit log. Two things
they cannot do, since either would make them somebody who approves (docs/adr/0008-parity-and-four-eyes.md): touch a
superuser's account, and give rights to themselves.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SUPERUSERS = _("A superuser's account is changed by superusers only.")
OWN_GROUPS = _("Nobody gives rights to themselves: another administrator puts you into a group.")
OWN_GROUP = _("You are in this group. Nobody gives rights to themselves: please ask a superuser to change it.")
NOT_ONESELF = _("Nobody deletes or locks their own account.")


def may_change_account(by: Any, account: Any) -> bool:
    """Whether the kind of account allows it; the right to change accounts is asked for elsewhere."""
    return bool(by.is_superuser or not account.is_superuser)


def may_set_groups_of(by: Any, account: Any) -> bool:
    return bool(by.is_superuser or by.pk != account.pk)


def may_change_group(by: Any, group: Group) -> bool:
    """Whoever is in a group would change their own rights with it."""
    return bool(by.is_superuser or not by.groups.filter(pk=group.pk).exists())


def refuse(request: HttpRequest, sentence: str | Promise) -> TemplateResponse:
    """The answer 403 with the reason; Wagtail's own refusal names none."""
    return TemplateResponse(request, "accounts/refused.html", {"sentence": sentence}, status=403)
