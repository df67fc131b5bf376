"""What the room adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from cms_blocks.pages import BasePage
from governance import dashboard, guide  # noqa: F401  (register themselves)
from governance.action_menu import BackToApprovals, UrgentMenuItem, arrange
from governance.desk import (
    ApprovalsView,
    ReviewView,
    SubmitView,
    UrgentView,
    answer_act,
    may_see_approvals,
    say_what_came_of_it,
    sent_back,
    translation_of,
    waiting_for,
)
from governance.halves import half_of
from governance.parity import ParityReportView
from governance.permissions import OfficePageTester
from governance.review import half_label
from governance.rights import Phase
from governance.standing import Standing

urls = (
    [
        path("", ApprovalsView.as_view(), name="approvals"),
        path("review/<int:page_id>/", ReviewView.as_view(), name="review"),
        path("submit/<int:page_id>/", SubmitView.as_view(), name="submit"),
        path("urgent/<int:page_id>/", UrgentView.as_view(), name="urgent"),
        path("answer/<int:act_id>/", answer_act, name="answer"),
        path("parity/", ParityReportView.as_view(), name="parity"),
        path("parity/results/", ParityReportView.as_view(results_only=True), name="parity_results"),
    ],
    "governance",
)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [path("approvals/", include(urls, namespace="governance"))]


class ApprovalsMenuItem(MenuItem):
    """With the number of things that wait for this person."""

    def is_shown(self, request: Any) -> bool:
        return may_see_approvals(request.user)

    def render_component(self, request: Any) -> Any:
        component = super().render_component(request)
        number = waiting_for(request.user)
        if number:
            component.label = f"{component.label} ({number})"
        return component


@hooks.register("register_admin_menu_item")
def register_approvals() -> MenuItem:
    return ApprovalsMenuItem(_("Approvals"), reverse("governance:approvals"), "approvals", icon_name="check", order=150)


class ParityMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return may_see_approvals(request.user)


@hooks.register("register_reports_menu_item")
def register_parity() -> MenuItem:
    return ParityMenuItem(_("Parity"), reverse("governance:parity"), "parity", icon_name="group", order=600)


hooks.register("register_page_action_menu_item", UrgentMenuItem)
hooks.register("register_page_action_menu_item", BackToApprovals)
hooks.register("construct_page_action_menu", arrange)


@hooks.register("before_create_page")
def new_pages_begin_as_drafts(request: Any, parent_page: Any, page_class: type) -> None:
    """Also below a page that is none of ours (a home page below the root): Wagtail would write it live first."""
    if "action-publish" not in request.POST or not issubclass(page_class, BasePage) or request.user.is_superuser:
        return
    tester = parent_page.permissions_for_user(request.user)
    if not isinstance(tester, OfficePageTester) or not tester.can_publish_subpage():
        request.POST = request.POST.copy()
        del request.POST["action-publish"]


@hooks.register("before_publish_page")
def nobody_publishes_for_others(request: Any, page: Any) -> Any:
    """The form may have changed in whose name the page speaks; Wagtail asked for the right before it read the form."""
    if isinstance(page, BasePage) and not page.permissions_for_user(request.user).can_publish():
        text = gettext("The page speaks for the other half too. It is saved as a draft: please send it for approval.")
        messages.warning(request, text)
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("after_edit_page")
def after_saving(request: Any, page: Any) -> Any:
    """Go on to the reason of an urgent correction, or say where the page is now."""
    if not isinstance(page, BasePage):
        return None
    user = request.user
    if "action-urgent" in request.POST:
        return redirect("governance:urgent", page.pk)
    if "action-workflow-action" in request.POST or "action-submit" in request.POST:
        _forget_last_message(request)
        say_what_came_of_it(request, page)
    elif "action-publish" in request.POST and _is_draft(page) and not page.permissions_for_user(user).can_publish():
        # No button of ours sends this. Wagtail saves and says no word about it.
        text = gettext("You may not publish this page. Your text is saved as a draft: please send it for approval.")
        messages.error(request, text)
    return None


def _is_draft(page: Any) -> bool:
    return not page.live or page.has_unpublished_changes


@hooks.register("after_create_page")
def after_creating(request: Any, page: Any) -> Any:
    if isinstance(page, BasePage) and "action-submit" in request.POST:
        _forget_last_message(request)
        say_what_came_of_it(request, page)


def _forget_last_message(request: Any) -> None:
    """Wagtail has said "submitted for moderation"; ours says to whom."""
    queued = request._messages._queued_messages
    if queued:
        queued.pop()


# Before wagtail-localize, which answers with an editor of its own that knows no workflow.
@hooks.register("before_edit_page", order=-10)
def say_what_waits(request: Any, page: Any) -> None:
    """At the top of the editor: that it was sent back and why, who reviews it, where translators send their work."""
    if request.method != "GET" or not isinstance(page, BasePage) or "_w_hydrate_create_view" in request.GET:
        return
    half, standing = half_of(request.user), Standing(page)
    review = standing.review
    if standing.phase is Phase.RETURNED:
        messages.warning(request, sent_back(page.current_workflow_state.current_task_state))
    if review is not None and half and review.is_turn_of(half):
        button = messages.button(reverse("governance:review", args=[page.pk]), gettext("See what changed"))
        text = gettext("This version waits for the approval of your half: {half}.")
        messages.info(request, text.format(half=half_label(half)), buttons=[button])
    elif review is None and translation_of(page) is not None and _sends(page.permissions_for_user(request.user)):
        button = messages.button(reverse("governance:submit", args=[page.pk]), gettext("Send for approval"))
        messages.info(request, gettext("When all is translated, send the page for approval."), buttons=[button])


def _sends(tester: OfficePageTester) -> bool:
    """Whether this person writes here and somebody else publishes."""
    return tester.can_edit() and not tester.can_publish() and tester.can_submit_for_moderation()


@hooks.register("register_page_header_buttons")
def header_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """For editors without our foot of the page, above all that of translations."""
    if not isinstance(page, BasePage) or page.alias_of_id:
        return
    tester = page.permissions_for_user(user)
    if tester.standing.review is not None:
        url = reverse("governance:review", args=[page.pk])
        yield Button(gettext("Approval"), url=url, icon_name="check", priority=45)
    elif _sends(tester):
        url = reverse("governance:submit", args=[page.pk])
        yield Button(gettext("Send for approval"), url=url, icon_name="resubmit", priority=45)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("governance.urgent", _("Urgent correction"), _("Published without waiting for approval"))
    actions.register_action("governance.answer", _("Answer to the other half"), _("Answered what the other half did"))
