"""How rounds hang in Wagtail's admin: in the menu, on the desk, and in the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import include, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms_blocks.desk.cards import Card, Entry, register_card
from procedures.models import UpdateRound
from procedures.policies import may_run_rounds
from procedures.round import desk

urls = (
    [
        path("", desk.RoundsView.as_view(), name="index"),
        path("new/", desk.NewRoundView.as_view(), name="add"),
        path("<int:pk>/", desk.RoundView.as_view(), name="round"),
        path("<int:pk>/remind/", desk.remind, name="remind"),
        path("<int:pk>/close/", desk.close, name="close"),
        path("letters/<int:pk>/reissue/", desk.reissue, name="reissue"),
        path("requests/<int:pk>/draft/", desk.make_draft, name="draft"),
        path("requests/<int:pk>/discard/", desk.discard, name="discard"),
    ],
    "rounds",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("update-rounds/", include(urls, namespace="rounds"))]


class RoundsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_run_rounds(request.user)


@hooks.register("register_admin_menu_item")
def register_rounds() -> MenuItem:
    return RoundsMenuItem(
        # Shorter than the title of the page: the sidebar cuts off what is longer.
        pgettext_lazy("menu", "Update rounds"),
        reverse("rounds:index"),
        "update-rounds",
        icon_name="mail",
        order=160,
    )


@register_card
class OpenRounds(Card):
    """Rounds under way: answers that are missing, and changes that wait for an editor."""

    name = "rounds"
    heading = gettext_lazy("Update rounds")
    lead = gettext_lazy("Rounds under way: whose answers are missing, and which changes wait for you.")
    empty = gettext_lazy("No round is under way.")
    order = 25

    def is_shown(self) -> bool:
        return may_run_rounds(self.user)

    def rows(self) -> QuerySet[Any]:
        return UpdateRound.objects.open().counted().order_by("deadline", "pk")

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [self._entry(round) for round in rows]

    def _entry(self, round: Any) -> Entry:
        parts = [
            _("until {day}").format(day=date_format(round.deadline, "SHORT_DATE_FORMAT")),
            ngettext("{number} answer missing", "{number} answers missing", round.missing).format(number=round.missing),
            ngettext("{number} change", "{number} changes", round.waiting).format(number=round.waiting),
        ]
        late = bool(round.missing) and not round.is_open()
        return Entry(round.title, reverse("rounds:round", args=[round.pk]), ", ".join(parts), late)

    @property
    def all_url(self) -> str:
        return reverse("rounds:index")


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    for word, label, sentence in (
        ("send", gettext_lazy("Update round: begun"), gettext_lazy("Began the round")),
        ("remind", gettext_lazy("Update round: reminder"), gettext_lazy("Reminded who has not answered")),
        ("close", gettext_lazy("Update round: closed"), gettext_lazy("Closed the round")),
        ("reissue", gettext_lazy("Update round: new link"), gettext_lazy("Sent a new link")),
        ("confirmed", gettext_lazy("Update round: confirmed"), gettext_lazy("The department confirmed the page")),
        ("changed", gettext_lazy("Update round: change"), gettext_lazy("The department sent a change")),
        ("draft", gettext_lazy("Update round: draft"), gettext_lazy("A change of the department became a draft")),
        ("discard", gettext_lazy("Update round: discarded"), gettext_lazy("Discarded the change of a department")),
    ):
        actions.register_action(f"procedures.round.{word}", label, sentence)
