"""How editions hang in Wagtail's admin: in the menu, on the desk, in the editor of a page, and in the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from cms_blocks.desk.cards import Card, Entry, register_card
from procedures import wording
from procedures.edition import desk
from procedures.edition.states import State
from procedures.models import Edition, EditionDraft, ProcedurePage
from procedures.policies import may_make_editions

urls = (
    [
        path("", desk.EditionsView.as_view(), name="index"),
        path("new/", desk.FactsView.as_view(), name="add"),
        path("<int:pk>/", desk.EditionView.as_view(), name="edition"),
        path("<int:pk>/facts/", desk.FactsView.as_view(), name="facts"),
        path("<int:pk>/draft.pdf", desk.draft_paper, name="draft_paper"),
        path("<int:pk>/choose/", desk.choose, name="choose"),
        path("<int:pk>/agree/", desk.agree, name="agree"),
        path("<int:pk>/schedule/", desk.schedule, name="schedule"),
        path("<int:pk>/publish/", desk.publish, name="publish"),
        path("<int:pk>/call-off/", desk.call_off, name="call_off"),
        path("<int:pk>/delete/", desk.delete, name="delete"),
        path("<int:pk>/withdraw/", desk.withdraw, name="withdraw"),
        path("drafts/<int:pk>/take/", desk.take, name="take"),
    ],
    "editions",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("editions/", include(urls, namespace="editions"))]


class EditionsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_make_editions(request.user)


@hooks.register("register_admin_menu_item")
def register_editions() -> MenuItem:
    return EditionsMenuItem(
        gettext_lazy("Editions"), reverse("editions:index"), "editions", icon_name="doc-full", order=161
    )


@register_card
class PendingEditions(Card):
    """Editions that are not public yet: when they will be, and which could not be published."""

    name = "editions"
    heading = gettext_lazy("Editions of the list")
    lead = gettext_lazy("Editions in preparation: when they are published, and what went wrong.")
    empty = gettext_lazy("No edition is in preparation.")
    order = 26

    def is_shown(self) -> bool:
        return may_make_editions(self.user)

    def rows(self) -> QuerySet[Any]:
        return Edition.objects.slim().pending().order_by("embargo", "pk")

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [self._entry(edition) for edition in rows]

    def _entry(self, edition: Any) -> Entry:
        state = edition.state
        note = str(state.label)
        if state == State.PLANNED:
            note = _("published on {moment}").format(moment=wording.moment(edition.embargo))
        address = reverse("editions:edition", args=[edition.pk])
        return Entry(edition.title, address, note, state == State.FAILED)

    @property
    def all_url(self) -> str:
        return reverse("editions:index")


@hooks.register("before_edit_page")
def say_that_it_goes_along(request: Any, page: Page) -> None:
    """Whoever edits a page that waits for an edition knows when it becomes public, and that this version stays."""
    if request.method != "GET" or not isinstance(page, ProcedurePage):
        return
    waiting = EditionDraft.objects.filter(page=page, edition__published_at=None, edition__scheduled_at__isnull=False)
    for draft in waiting.select_related("edition").defer("edition__entries"):
        said = _(
            "A version of this page is published with “{title}” on {moment}. What you write now does not change it. "
            "If you publish the page by itself, it is public before."
        )
        words = said.format(title=draft.edition.title, moment=wording.moment(draft.edition.embargo))
        messages.info(request, words)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for word, label, sentence in (
        ("create", gettext_lazy("Edition: begun"), gettext_lazy("Began the edition")),
        ("change", gettext_lazy("Edition: facts"), gettext_lazy("Changed the facts of the edition")),
        ("choose", gettext_lazy("Edition: choice"), gettext_lazy("Chose the drafts of the edition")),
        ("take", gettext_lazy("Edition: newer version"), gettext_lazy("Took a newer version into the edition")),
        ("agree", gettext_lazy("Edition: agreed"), gettext_lazy("Agreed to drafts of the edition")),
        ("schedule", gettext_lazy("Edition: planned"), gettext_lazy("Planned the publication of the edition")),
        ("call_off", gettext_lazy("Edition: called off"), gettext_lazy("Called the publication off")),
        ("publish", gettext_lazy("Edition: published"), gettext_lazy("The edition was published")),
        ("fail", gettext_lazy("Edition: not published"), gettext_lazy("The edition could not be published")),
        ("delete", gettext_lazy("Edition: deleted"), gettext_lazy("Deleted the edition")),
        ("withdraw", gettext_lazy("Edition: withdrawn"), gettext_lazy("Withdrew the edition")),
    ):
        actions.register_action(f"procedures.edition.{word}", label, sentence)
