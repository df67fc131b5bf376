"""What the procedures add to Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from procedures.importing import desk
from procedures.importing.writing import may_import
from procedures.models import ProcedureIndexPage, ProcedurePage
from procedures.rules import is_listed_late

#: Procedures that a message names.
MOST_NAMED = 5


def procedures_in(pages: Iterable[Page]) -> list[str]:
    """Titles of the procedures that name a district among these pages or below them."""
    below = Q()
    for page in pages:
        below |= Q(districts__district__path__startswith=page.path)
    if not below:
        return []
    found = ProcedurePage.objects.filter(below).distinct().order_by("title")
    return [page.get_admin_display_title() for page in found]


@hooks.register("before_delete_page")
def keep_a_district_that_is_named(request: Any, page: Page) -> HttpResponse | None:
    return _refused(request, [page])


@hooks.register("before_bulk_action")
def keep_districts_that_are_named(
    request: Any, action_type: str, objects: Iterable[Any], action_class_instance: Any
) -> HttpResponse | None:
    pages = [one for one in objects if isinstance(one, Page)]
    return _refused(request, pages) if action_type == "delete" else None


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_that_it_is_listed_late(request: Any, page: Page) -> None:
    """Nothing that could be corrected: the editor knows what the public will read."""
    if isinstance(page, ProcedurePage) and is_listed_late(page):
        messages.warning(
            request,
            _("The council reads it less than three months after it came on the list. The public page says so."),
        )


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("procedures/import/", include(desk.urls, namespace="procedure_imports"))]


class ImportMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return bool(desk.lists_for(request.user))


@hooks.register("register_admin_menu_item")
def register_import() -> MenuItem:
    return ImportMenuItem(
        gettext_lazy("Import procedures"),
        reverse("procedure_imports:index"),
        "procedure-imports",
        icon_name="upload",
        order=160,
    )


@hooks.register("register_page_header_buttons")
def import_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """At the list itself, where editors look for it."""
    if isinstance(page, ProcedureIndexPage) and may_import(user, page):
        yield Button(_("Import a sheet"), url=reverse("procedure_imports:index"), icon_name="upload", priority=60)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for word, label, sentence in (
        ("import", gettext_lazy("Import of procedures"), gettext_lazy("Imported procedures from a sheet")),
        (
            "import.faulty",
            gettext_lazy("Import of procedures: draft"),
            gettext_lazy("Made a draft of a row with faulty cells"),
        ),
        (
            "import.undone",
            gettext_lazy("Import of procedures: taken back"),
            gettext_lazy("Took an import of procedures back"),
        ),
    ):
        actions.register_action(f"procedures.{word}", label, sentence)


def _refused(request: Any, pages: list[Page]) -> HttpResponse | None:
    titles = procedures_in(pages)
    if not titles:
        return None
    named = ", ".join(_("“%(words)s”") % {"words": title} for title in titles[:MOST_NAMED])
    named += " …" if len(titles) > MOST_NAMED else ""
    said = _("Not deleted: procedures name a district in it: {named}. Take it out of them first.")
    messages.error(request, said.format(named=named))
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)
