"""The pages of the desk for four eyes: what waits for me, one version to review, sending, and urgent corrections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from cms_blocks.pages import BasePage
from cms_blocks.publication.unit import unit
from governance.acts import AnswerAct, PublishUrgently, UnilateralAct
from governance.halves import groups_of, half_of
from governance.policies import ADMINISTRATORS
from governance.review import HalfReview, half_label, names_with_halves
from governance.rights import Action
from governance.standing import Standing


def may_see_approvals(user: Any) -> bool:
    """Editors of both halves alike, and those who run the site."""
    return user.is_superuser or half_of(user) is not None or ADMINISTRATORS.key in groups_of(user)


class ApprovalsView(WagtailAdminTemplateMixin, TemplateView):
    """What waits for me, what waits for others, and what the other half did alone."""

    template_name = "governance/approvals.html"
    page_title = _("Approvals")
    header_icon = "check"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_see_approvals(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        mine = with_pages(HalfReview.objects.for_reviewer(user))
        ids = {review.pk for review in mine}
        half = half_of(user)
        acts = UnilateralAct.objects.select_related("user", "page")
        return {
            **super().get_context_data(**kwargs),
            "own_half": half_label(half) if half else "",
            "mine": mine,
            "elsewhere": [review for review in with_pages(HalfReview.objects.waiting()) if review.pk not in ids],
            "acts": [shown(act) for act in (acts.for_half(half) if half else acts).open()[:50]],
            "may_answer": half is not None,
            "unanswered": [shown(act) for act in acts.open().filter(user=user)[:20]],
            "answered": [shown(act) for act in acts.exclude(answer="").select_related("answered_by")[:10]],
        }


def with_pages(reviews: QuerySet[Any]) -> list[Any]:
    """Reviews with their page, its author and who has it, in two queries however many there are."""
    found = list(reviews.select_related("revision__user", "workflow_state").order_by("started_at", "pk"))
    pages = Page.objects.in_bulk([int(review.workflow_state.object_id) for review in found])
    names: dict[str, str] = {}
    for review in found:
        review.page = pages.get(int(review.workflow_state.object_id))
        review.half_label = names.setdefault(review.half, "") or half_label(review.half)
        names[review.half] = review.half_label
    return [review for review in found if review.page is not None]


def shown(act: UnilateralAct) -> UnilateralAct:
    """With the words for the half that is asked."""
    act.half_label = half_label(act.half)
    return act


class PageStepView(WagtailAdminTemplateMixin, FormView):
    """One step with one of our pages: a question, a form, and back to where the person came from."""

    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("governance:approvals"), "label": ApprovalsView.page_title},
            {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs: Any) -> Any:
        self.page = get_object_or_404(Page, pk=page_id).specific
        if not isinstance(self.page, BasePage) or self.page.alias_of_id:
            raise PermissionDenied
        self.tester = self.page.permissions_for_user(request.user)
        if not self.may():
            raise PermissionDenied
        return super().dispatch(request, **kwargs)

    def may(self) -> bool:
        raise NotImplementedError

    @cached_property
    def standing(self) -> Standing:
        return Standing(self.page)

    def get_page_subtitle(self) -> str:
        return self.page.get_admin_display_title()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "page": self.page,
            "standing": self.standing,
            "missing": [half_label(half) for half in sorted(self.standing.missing)],
        }

    def get_success_url(self) -> str:
        return reverse("wagtailadmin_explore", args=[self.page.get_parent().pk])


class ReviewForm(forms.Form):
    comment = forms.CharField(
        label=_("Note to the author"),
        help_text=_("What should change, or why it is fine. Needed when you ask for changes."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "reject" in self.data and not cleaned.get("comment"):
            self.add_error("comment", _("Please say what should change."))
        return cleaned


class ReviewView(PageStepView):
    """Read a version, see what changed, approve it or ask for changes. Works for translations too."""

    template_name = "governance/review.html"
    page_title = _("Approve")
    header_icon = "check"
    form_class = ReviewForm

    def may(self) -> bool:
        return self.tester.can_edit() or may_see_approvals(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.standing.review is None:
            messages.info(request, gettext("This page is not waiting for approval any more."))
            return redirect("governance:approvals")
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.standing.review is None or str(self.standing.review.pk) != request.POST.get("review"):
            messages.warning(request, gettext("Somebody was quicker: this page has changed. Please look again."))
            return redirect("governance:approvals")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        name = next((name for name in ("approve", "reject", "hand_over") if name in self.request.POST), "")
        review = self.standing.review
        review.task.specific.on_action(review, self.request.user, name, comment=form.cleaned_data["comment"])
        say_what_came_of_it(self.request, self.page)
        return redirect("governance:approvals")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, review = self.request.user, self.standing.review
        return {
            **super().get_context_data(**kwargs),
            "review": review,
            "with_half": half_label(review.half),
            "author": review.revision.user,
            "reviewers": review.task.specific.reviewers_of(review),
            "newest": self.page.latest_revision_id,
            "may_approve": self.standing.allows(user, Action.APPROVE),
            "may_request_changes": self.standing.allows(user, Action.REQUEST_CHANGES),
            "may_hand_over": self.standing.allows(user, Action.HAND_OVER),
            "may_edit": self.tester.can_edit() and not self.tester.page_locked(),
        }


def say_what_came_of_it(request: HttpRequest, page: Any) -> None:
    """One message on where the page is now."""
    page = Page.objects.get(pk=page.pk).specific
    standing, title = Standing(page), page.get_admin_display_title()
    if standing.review is not None:
        text = gettext("“{title}” is with {half} now for approval.")
        messages.success(request, text.format(title=title, half=half_label(standing.review.half)))
    elif page.current_workflow_state is not None:
        messages.success(request, gettext("“{title}” was sent back with your note.").format(title=title))
    elif page.live and not page.has_unpublished_changes:
        buttons = [messages.button(page.url, gettext("View live"))] if page.url else []
        messages.success(request, gettext("“{title}” is approved and public.").format(title=title), buttons=buttons)
    elif page.go_live_at:
        messages.success(request, gettext("“{title}” is approved and becomes public as planned.").format(title=title))


def sent_back(answer: Any) -> str:
    """Who asked for changes, of which half, when, and with which words."""
    by = names_with_halves([answer.finished_by])[answer.finished_by_id] if answer.finished_by else gettext("Somebody")
    day = date_format(localtime(answer.finished_at), "DATE_FORMAT")
    text = gettext("{by} sent this page back on {day}: please change it, then send it again.").format(by=by, day=day)
    note = gettext("The note says: “{note}”").format(note=answer.comment) if answer.comment else ""
    return f"{text} {note}".strip()


class SubmitView(PageStepView):
    """Send the newest version to the half that has to agree; for editors that have no such button (translations)."""

    template_name = "governance/submit.html"
    page_title = _("Send for approval")
    header_icon = "resubmit"
    form_class = forms.Form

    def may(self) -> bool:
        return self.tester.can_edit() and self.tester.can_submit_for_moderation()

    def form_valid(self, form: Any) -> HttpResponse:
        with unit():
            take_translation_over(self.page, self.request.user)
            state = self.page.current_workflow_state
            if state is not None:
                state.resume(self.request.user)
            else:
                self.page.get_workflow().start(self.page, self.request.user)
        say_what_came_of_it(self.request, self.page)
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        half = half_of(self.request.user)
        turn = self.standing.reviewers
        if half and translation_of(self.page):  # the draft that is sent will be theirs
            turn = next(iter(self.standing.halves - {half}), turn)
        return {**super().get_context_data(**kwargs), "turn": half_label(turn)}


def translation_of(page: Any) -> Any:
    """The translation by which wagtail-localize keeps this page, in an editor of its own; ``None`` without one."""
    if not apps.is_installed("wagtail_localize"):
        return None
    from wagtail_localize.models import Translation

    return Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    ).first()


def take_translation_over(page: Any, user: Any) -> None:
    """Write what was translated so far into a draft of the page, if wagtail-localize keeps it."""
    translation = translation_of(page)
    if translation is not None:
        translation.save_target(user=user, publish=False)


class UrgentForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Why can this not wait? The other half reads this sentence."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UrgentView(PageStepView):
    """Publish at once, with a reason; the other half confirms afterwards."""

    template_name = "governance/urgent.html"
    page_title = _("Urgent correction")
    header_icon = "warning"
    form_class = UrgentForm

    def may(self) -> bool:
        return self.tester.can_publish_urgently()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        half = half_of(self.request.user)
        asked = sorted(self.standing.halves - {half})
        return {**super().get_context_data(**kwargs), "asked": [half_label(half) for half in asked]}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            PublishUrgently(self.page, self.request.user, form.cleaned_data["reason"]).execute()
        except ValidationError as error:
            messages.error(self.request, gettext("The page is not complete and was not published:"))
            for line in _sentences(self.page, error):
                messages.error(self.request, line)
            return redirect("wagtailadmin_pages:edit", self.page.pk)
        title = self.page.get_admin_display_title()
        messages.success(
            self.request,
            gettext("“{title}” is public. The other half has been asked to confirm.").format(title=title),
        )
        return redirect(self.get_success_url())


def _sentences(page: Any, error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return error.messages
    labels = {field.name: field.verbose_name for field in page._meta.fields}
    return [f"{labels.get(name, '')}: {' '.join(lines)}" for name, lines in error.message_dict.items()]


def answer_act(request: HttpRequest, act_id: int) -> HttpResponse:
    """Confirm or object; POST only."""
    act = get_object_or_404(UnilateralAct, pk=act_id)
    if request.method == "POST":
        action = AnswerAct(act, request.user, request.POST.get("answer", ""), request.POST.get("note", "")[:1000])
        try:
            action.execute()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, gettext("Thank you. Your answer is noted and has been sent."))
    elif not may_see_approvals(request.user):
        raise PermissionDenied
    return redirect("governance:approvals")


def waiting_for(user: Any) -> int:
    """How much waits for ``user``: versions to review and acts to confirm."""
    half = half_of(user)
    return HalfReview.objects.for_reviewer(user).count() + UnilateralAct.objects.for_half(half).open().count()
