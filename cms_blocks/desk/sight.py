"""Which pages the desk names to whom: public ones to everybody, others to those who may work on them.

Wagtail's choosers and bulk actions name every page to everybody who may enter the desk, drafts of others included.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from wagtail import hooks
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.chooser import BrowseView, ChosenMultipleView
from wagtail.models import Page
from wagtail.permissions import policy_registry

#: Whoever may do one of these with something may know that it is there.
WORK = {"add", "change", "delete", "publish", "choose", "view"}


def seen(objects: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of ``objects`` that ``user`` may know of."""
    policy = policy_registry.get_by_type(objects.model)
    mine = Q(pk__in=policy.instances_user_has_any_permission_for(user, WORK).values("pk"))
    return objects.filter(mine | Q(live=True)) if issubclass(objects.model, Page) else objects.filter(mine)


@hooks.register("construct_page_chooser_queryset")
def choose_among_seen(pages: QuerySet[Page], request: HttpRequest) -> QuerySet[Page]:
    """Also for the chooser's search."""
    return seen(pages, request.user)


def _asked(view: Any, ids: Any) -> None:
    """404 unless all these pages are there for the person who asks; asked before anything else."""
    inner = view.get

    def get(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        wanted = {str(pk) for pk in ids(request, *args, **kwargs) if pk}
        known = seen(Page.objects.filter(pk__in=[pk for pk in wanted if pk.isdigit()]), request.user)
        if known.count() < len(wanted):
            raise Http404
        return inner(self, request, *args, **kwargs)

    view.get = get


def _only_seen(view: type[BulkAction]) -> None:
    """Of what somebody picked by hand in the address, what they may not know of is left out of the list of refusals."""
    inner = view.get_actionable_objects

    def get_actionable_objects(self: Any) -> Any:
        objects, others = inner(self)
        for name, refused in others.items():
            known = set(seen(self.model._default_manager.filter(pk__in=[one.pk for one in refused]), self.request.user)
                        .values_list("pk", flat=True))  # fmt: skip
            others[name] = [one for one in refused if one.pk in known]
        return objects, others

    view.get_actionable_objects = get_actionable_objects


_asked(BrowseView, lambda request, parent_page_id=None: [parent_page_id])
_asked(ChosenMultipleView, lambda request: request.GET.getlist("id"))
_only_seen(BulkAction)


@hooks.register("before_move_page")
def move_what_may_be_moved(request: HttpRequest, page: Page, destination: Page) -> None:
    """Wagtail asks only when the move is confirmed, and names page and place to everybody before."""
    if not page.permissions_for_user(request.user).can_move_to(destination):
        raise PermissionDenied
