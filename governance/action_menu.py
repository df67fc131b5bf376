"""The buttons at the foot of the page editor, in the words of the office and with the likeliest one first."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import (
    ActionMenuItem,
    CancelWorkflowMenuItem,
    PageLockedMenuItem,
    PublishMenuItem,
    RestartWorkflowMenuItem,
    SubmitForModerationMenuItem,
    WorkflowMenuItem,
)

from cms_blocks.pages import BasePage
from governance.permissions import OfficePageTester
from governance.review import half_label
from governance.rights import Phase, Voice
from governance.standing import Standing

FIRST = -10

#: Wagtail has no German for these states of a page (its own catalogue says "moderation").
STATES = (gettext_noop("in moderation"), gettext_noop("live + in moderation"))


class SubmitMenuItem(SubmitForModerationMenuItem):
    """Wagtail's "Submit", saying to whom."""

    template_name = "governance/action_menu/submit.html"
    icon_name = "resubmit"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        page = context.get("page")
        context["label"], context["why"] = self._words(page, context["request"].user)
        return context

    def _words(self, page: Any, user: Any) -> tuple[str, str]:
        standing = Standing(page) if isinstance(page, BasePage) else None
        again = standing is not None and standing.phase is Phase.RETURNED
        if standing is not None and not standing.needs_approval(user):
            return gettext("Ask a colleague to check it"), gettext("You may also publish it yourself.")
        if again:
            return gettext("Send to the other half again"), gettext("It becomes public when they approve it.")
        if standing is not None and standing.voice is Voice.OTHERS and len(standing.missing) == 1:
            label = gettext("Send to {half} for approval").format(half=half_label(standing.reviewers))
            return label, gettext("The page speaks in their name, so they publish it.")
        return (
            gettext("Send to the other half for approval"),
            gettext("The page speaks for both halves. It becomes public when the other half approves it."),
        )


class UrgentMenuItem(ActionMenuItem):
    """Save what stands in the form, then ask for the reason; on a locked page straight to the question."""

    name = "action-urgent"
    label = _("Urgent correction …")
    icon_name = "warning"
    order = 90

    def is_shown(self, context: Any) -> bool:
        page = context.get("page")
        if context["view"] != "edit" or not isinstance(page, BasePage):
            return False
        tester = self.get_user_page_permissions_tester(context)
        return isinstance(tester, OfficePageTester) and tester.can_publish_urgently()

    def get_url(self, context: Any) -> str | None:
        if context["locked_for_user"]:
            return reverse("governance:urgent", args=[context["page"].pk])
        return None


def arrange(menu_items: list[Any], request: Any, context: Any) -> None:
    """Wagtail's items in our words and order. Hook ``construct_page_action_menu``."""
    page = context.get("page") or context.get("parent_page")
    if not isinstance(page, BasePage):
        return
    may_publish = any(isinstance(item, PublishMenuItem) for item in menu_items)
    for position, item in enumerate(menu_items):
        if isinstance(item, SubmitForModerationMenuItem):
            menu_items[position] = SubmitMenuItem(order=10 if may_publish else FIRST)
        elif isinstance(item, WorkflowMenuItem):
            item.order = 15
            if item.name in {"approve", "hand_over"}:
                item.order = FIRST
                item.label = gettext("Approve and publish") if item.name == "approve" else item.label
        elif isinstance(item, CancelWorkflowMenuItem):
            item = menu_items[position] = TakeBackMenuItem(order=FIRST if context.get("locked_for_user") else 40)
        elif isinstance(item, PublishMenuItem):
            menu_items[position] = PublishMenuItem(order=FIRST)
    # Taking back and sending again is the same in two steps that people understand.
    menu_items[:] = [item for item in menu_items if not isinstance(item, (RestartWorkflowMenuItem, PageLockedMenuItem))]
    menu_items.sort(key=lambda item: item.order)
    if not menu_items:
        menu_items.append(PageLockedMenuItem())


class TakeBackMenuItem(CancelWorkflowMenuItem):
    """Wagtail's "Cancel workflow", saying what it means here."""

    label = _("Take back and go on writing")
    icon_name = "rotate"


class BackToApprovals(ActionMenuItem):
    """For those who only wait: where the page is."""

    name = "action-approvals"
    label = _("To the approvals")
    icon_name = "check"
    order = 100

    def is_shown(self, context: Any) -> bool:
        page = context.get("page")
        return bool(
            context["view"] == "edit" and isinstance(page, BasePage) and page.current_workflow_task_state is not None
        )

    def get_url(self, context: Any) -> str:
        return reverse("governance:review", args=[context["page"].pk])
