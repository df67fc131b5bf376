"""Wagtail's group editor; the log says which rights a change has given and taken away."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpResponse
from wagtail.users.views.groups import CreateView, EditView, GroupViewSet

from accounts.audit import log_rights


def rights_of(group: Group) -> set[str]:
    """What the members of a group may do, each right with the page or collection that it holds for."""
    if group.pk is None:
        return set()
    pages = group.page_permissions.select_related("page", "permission")
    collections = group.collection_permissions.select_related("collection", "permission")
    return {
        *group.permissions.values_list("name", flat=True),
        *(f"{one.permission.name} ({one.page.title})" for one in pages),
        *(f"{one.permission.name} ({one.collection.name})" for one in collections),
    }


class LoggedRights:
    """Compares the rights before and after; the form writes them in bulk, which sends no signals."""

    object: Group

    def process_form(self) -> HttpResponse:
        before = rights_of(self.object)
        response: HttpResponse = super().process_form()  # type: ignore[misc]
        after = rights_of(self.object)
        if self.object.pk is not None:
            log_rights(self.object, given=after - before, taken=before - after)
        return response


class LoggedCreateView(LoggedRights, CreateView):
    pass


class LoggedEditView(LoggedRights, EditView):
    pass


class LoggedGroupViewSet(GroupViewSet):
    add_view_class: Any = LoggedCreateView
    edit_view_class: Any = LoggedEditView
