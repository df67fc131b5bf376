"""Wagtail's group editor: nobody changes a group of their own, and the log says what a change has given and taken."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from wagtail.users.views.groups import CreateView, DeleteView, EditView, GroupViewSet

from accounts import powers
from governance.group_rights import change_of


class ToldAsOne:
    """The form writes some rights in bulk, which sends no signals."""

    object: Group

    def process_form(self) -> HttpResponse:
        with change_of(self.object):
            response: HttpResponse = super().process_form()  # type: ignore[misc]
        return response


class NotOnesOwn:
    """Refuses whoever is in the group and no superuser."""

    request: HttpRequest

    def run_before_hook(self) -> HttpResponse | None:
        if not powers.may_change_group(self.request.user, self.get_object()):  # type: ignore[attr-defined]
            return powers.refuse(self.request, powers.OWN_GROUP)
        answer: HttpResponse | None = super().run_before_hook()  # type: ignore[misc]
        return answer


class NewGroupView(ToldAsOne, CreateView):
    pass


class GroupView(NotOnesOwn, ToldAsOne, EditView):
    pass


class DeleteGroupView(NotOnesOwn, DeleteView):
    pass


class AccountGroupViewSet(GroupViewSet):
    add_view_class: Any = NewGroupView
    edit_view_class: Any = GroupView
    delete_view_class: Any = DeleteGroupView
