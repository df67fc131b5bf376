"""The room's cards on the desk: what waits for me, and who sent my drafts back.

They take the place of Wagtail's own two panels about workflows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.views.home import UserObjectsInWorkflowModerationPanel, WorkflowObjectsToModeratePanel

from cms_blocks.desk.cards import Card, Entry, register_card
from cms_blocks.desk.pages import Drafts, short_date
from governance.acts import UnilateralAct
from governance.desk import may_see_approvals, with_pages
from governance.halves import half_of
from governance.review import HalfReview, names_with_halves


@register_card
class WaitingForMe(Card):
    """Versions that my half has to approve, and what the other half did alone and I may answer."""

    name = "waiting"
    heading = gettext_lazy("Waiting for you")
    empty = gettext_lazy("Nothing waits for you. Well done!")
    order = 10

    def is_shown(self) -> bool:
        return may_see_approvals(self.user)

    def rows(self) -> Sequence[Any]:
        half = half_of(self.user)
        acts = UnilateralAct.objects.for_half(half).open().order_by("created_at", "pk") if half else []
        return [*with_pages(HalfReview.objects.for_reviewer(self.user)), *acts]

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        return [_of_act(row) if isinstance(row, UnilateralAct) else _of_review(row) for row in rows]

    @property
    def all_url(self) -> str:
        return reverse("governance:approvals")


def _of_review(review: Any) -> Entry:
    note = _("to be approved, sent on {day}").format(day=short_date(review.started_at))
    if review.is_overdue:
        note = _("to be approved, overdue: sent on {day}").format(day=short_date(review.started_at))
    url = reverse("governance:review", args=[review.page.pk])
    return Entry(review.revision.object_str or review.page.draft_title, url, note, review.is_overdue)


def _of_act(act: UnilateralAct) -> Entry:
    note = _("please confirm, done on {day}").format(day=short_date(act.created_at))
    return Entry(act.title, f"{reverse('governance:approvals')}#act-{act.pk}", note)


@register_card
class OfficeDrafts(Drafts):
    """My drafts; whoever sent one back is named with their half."""

    def senders(self, users: Iterable[Any]) -> dict[int, str]:
        return names_with_halves([user for user in users if user is not None])


@hooks.register("construct_homepage_panels")
def one_queue(request: Any, panels: list[Any]) -> None:
    """Theirs show the same pages with buttons that skip the note to the author."""
    theirs = (WorkflowObjectsToModeratePanel, UserObjectsInWorkflowModerationPanel)
    panels[:] = [panel for panel in panels if not isinstance(panel, theirs)]
