"""What the procedures add to Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.actions.delete_page import DeletePageAction
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms_blocks.wagtail_hooks import OnlyChoosing
from procedures import desk, guide, unasked  # noqa: F401  (register their cards, tasks and questions)
from procedures.edition import hooks as edition_hooks  # noqa: F401  (registers itself)
from procedures.importing import hooks as import_hooks  # noqa: F401  (registers itself)
from procedures.models import Principle, ProcedurePage
from procedures.named_districts import refusal
from procedures.round import hooks as round_hooks  # noqa: F401  (registers itself)
from procedures.rules import is_listed_late


@hooks.register("before_delete_page")
def keep_a_district_that_is_named(request: Any, page: Page) -> HttpResponse | None:
    return _refused(request, [page])


@hooks.register("before_bulk_action")
def keep_districts_that_are_named(
    request: Any, action_type: str, objects: Iterable[Any], action_class_instance: Any
) -> HttpResponse | None:
    pages = [one for one in objects if isinstance(one, Page)]
    return _refused(request, pages) if action_type == "delete" else None


class DeleteUnlessNamed(DeletePageAction):
    """As Wagtail's write API deletes pages: it asks none of the hooks above, and what it refuses must be said by it."""

    def check(self, skip_permission_checks: bool = False) -> None:
        super().check(skip_permission_checks)
        if said := refusal([self.page]):
            raise ValidationError(said)


@hooks.register("register_actions", order=100)
def refuse_in_the_write_api(registry: Any) -> None:
    registry.register(Page, DeleteUnlessNamed)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_that_it_is_listed_late(request: Any, page: Page) -> None:
    """Nothing that could be corrected: the editor knows what the public will read."""
    # A text that saves itself says nothing: each time would be one more message at the end.
    if request.accepts("text/html") and isinstance(page, ProcedurePage) and is_listed_late(page):
        messages.warning(
            request,
            _("The council reads it less than three months after it came on the list. The public page says so."),
        )


class PrincipleViewSet(SnippetViewSet):
    model = Principle
    chooser_viewset_class = OnlyChoosing
    icon = "circle-check"
    list_display = ["name", "question", "order", "locale"]
    search_fields = ["name"]
    add_to_admin_menu = True
    menu_label = gettext_lazy("Principles")
    menu_order = 310


register_snippet(PrincipleViewSet)


def _refused(request: Any, pages: list[Page]) -> HttpResponse | None:
    said = refusal(pages)
    if not said:
        return None
    messages.error(request, said)
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)
