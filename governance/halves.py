"""Who belongs to which half of the office."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import translation

from cms_blocks.office import Half
from governance.policies import ADMINISTRATION_EDITORS, CARRIER_EDITORS, GROUPS, GroupPolicy

#: The two halves, each with the group of its editors.
EDITORS: dict[Half, GroupPolicy] = {
    Half.ADMINISTRATION: ADMINISTRATION_EDITORS,
    Half.CARRIER: CARRIER_EDITORS,
}
BOTH = frozenset(EDITORS)


def group_name(policy: GroupPolicy) -> str:
    """The name under which ``setup_office`` keeps the group."""
    with translation.override(settings.LANGUAGE_CODE):
        return translation.gettext(policy.name)


def groups_of(user: Any) -> frozenset[str]:
    """Keys of the policies whose groups ``user`` is in; read once for each user object."""
    if user is None or not user.is_authenticated or not user.is_active:
        return frozenset()
    found: frozenset[str] | None = getattr(user, "_office_groups", None)  # that of a request is behind a lazy object
    if found is None:
        names = {group.name for group in user.groups.all()}  # may have been read ahead for several people
        found = user._office_groups = frozenset(policy.key for policy in GROUPS if group_name(policy) in names)
    return found


def half_of(user: Any) -> Half | None:
    """The half ``user`` writes for. Whoever is in both groups counts for neither, since nobody reviews themselves."""
    groups = groups_of(user)
    halves = [half for half, policy in EDITORS.items() if policy.key in groups]
    return halves[0] if len(halves) == 1 else None


def editors_of(*halves: str) -> QuerySet[Any]:
    """Active accounts that write for one of these halves."""
    users = get_user_model().objects.filter(is_active=True)
    names = {half: group_name(policy) for half, policy in EDITORS.items()}
    in_both = users.filter(groups__name=names[Half.ADMINISTRATION]).filter(groups__name=names[Half.CARRIER])
    wanted = [name for half, name in names.items() if half in halves]
    return users.filter(groups__name__in=wanted).exclude(pk__in=in_both.values("pk")).distinct()


def speaks_for(half: str) -> frozenset[Half]:
    """The halves in whose name a page with this value of ``half`` speaks."""
    return BOTH if half == Half.JOINT else frozenset({Half(half)})
