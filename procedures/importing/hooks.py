"""How the import hangs in Wagtail's admin: in the menu, at the list, and in the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from procedures.importing import desk
from procedures.importing.writing import may_import
from procedures.models import ProcedureIndexPage


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
