"""Says which rights of a group were given and taken away, whoever changed them: the desk, ``setup_office``, any code.

The signal :data:`rights_changed` comes once for everything that happens inside :func:`change_of`, otherwise once for
each change. Rights written in bulk (``bulk_create``) are noticed inside :func:`change_of` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal
from wagtail.models import GroupCollectionPermission, GroupPagePermission

#: ``group``, and names of rights: ``given``, ``taken`` (sets, at least one of them not empty).
rights_changed = Signal()
#: Ids of the groups whose change is told as one; ``None`` for one that has no id yet.
_as_one: ContextVar[frozenset[int | None]] = ContextVar("groups_changed_as_one", default=frozenset())


def rights_of(group: Group) -> set[str]:
    """What the members of a group may do, each right with the page or collection that it holds for."""
    if group.pk is None:
        return set()
    pages = group.page_permissions.select_related("page", "permission")
    collections = group.collection_permissions.select_related("collection", "permission")
    return {*group.permissions.values_list("name", flat=True), *map(_name, pages), *map(_name, collections)}


@contextmanager
def change_of(group: Group) -> Iterator[None]:
    """Everything that the block does to the rights of ``group`` is one change, also if it makes the group."""
    before = rights_of(group)
    token = _as_one.set(_as_one.get() | {group.pk})
    try:
        yield
    finally:
        _as_one.reset(token)
    after = rights_of(group)
    _tell(group, after - before, before - after)


def connect() -> None:
    m2m_changed.connect(_permissions, sender=Group.permissions.through, dispatch_uid="group_rights")
    for model in (GroupPagePermission, GroupCollectionPermission):
        post_save.connect(_row_saved, sender=model, dispatch_uid=f"group_rights_{model.__name__}")
        post_delete.connect(_row_deleted, sender=model, dispatch_uid=f"group_rights_{model.__name__}")


def _name(row: Any) -> str:
    place = row.page.title if isinstance(row, GroupPagePermission) else row.collection.name
    return f"{row.permission.name} ({place})"


def _tell(group: Group, given: set[str], taken: set[str]) -> None:
    if given or taken:
        rights_changed.send(Group, group=group, given=given, taken=taken)


def _changed(group: Group, names: set[str], *, given: bool) -> None:
    """One change; inside :func:`change_of` it is told at the end."""
    if not {group.pk, None} & _as_one.get():
        _tell(group, names if given else set(), set() if given else names)


def _permissions(instance: Any, action: str, reverse: bool, pk_set: Any, **kwargs: Any) -> None:
    """``reverse``: from the right's side, where ``pk_set`` names groups."""
    if action not in {"post_add", "post_remove", "pre_clear"}:
        return
    if reverse:
        groups = instance.group_set.all() if pk_set is None else Group.objects.filter(pk__in=pk_set)
        for group in groups:
            _changed(group, {instance.name}, given=action == "post_add")
    else:
        rights = instance.permissions.all() if pk_set is None else Permission.objects.filter(pk__in=pk_set)
        _changed(instance, set(rights.values_list("name", flat=True)), given=action == "post_add")


def _row_saved(instance: Any, created: bool, **kwargs: Any) -> None:
    if created:
        _changed(instance.group, {_name(instance)}, given=True)


def _row_deleted(instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Not when it goes along with its group or page."""
    if (origin.model if isinstance(origin, QuerySet) else type(origin)) is type(instance):
        _changed(instance.group, {_name(instance)}, given=False)
