"""The pages of editors: all rounds, beginning one, and one round with its answers and buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from procedures.models import UpdateLetter, UpdateRequest, UpdateRound
from procedures.policies import may_run_rounds
from procedures.round.actions import CloseRound, ReissueLink, RemindRound, SendRound
from procedures.round.answers import DiscardChange, MakeDraft
from procedures.round.choice import candidates
from procedures.round.differences import Difference, differences
from procedures.round.forms import ChoiceForm, RoundForm, ticked
from procedures.round.letters import not_arrived
from procedures.round.states import Answer, Outcome, State


@dataclass(frozen=True, slots=True)
class Line:
    """One procedure of a round, as the page of the round shows it."""

    pk: int
    page_id: int
    title: str
    letter: UpdateLetter
    state: State
    is_public: bool
    answered_at: datetime | None
    remark: str
    outcome: Outcome | None
    differences: list[Difference]

    @property
    def is_waiting(self) -> bool:
        """Whether an editor has to do something about a change."""
        return self.outcome in {Outcome.WAITING, Outcome.DRAFT, Outcome.REMARK}


def lines_of(round: UpdateRound) -> list[Line]:
    """By contact and title. Two queries, however many."""
    rows = (
        UpdateRequest.objects.filter(letter__round=round)
        .with_public()
        .select_related("letter__round", "page__live_revision", "revision")
    )
    rows = rows.defer("page__live_revision__content", "revision__content")
    found = list(rows.order_by("letter__name", "letter_id", "page__title", "pk"))
    failed = not_arrived({request.letter for request in found})
    return [
        Line(
            request.pk,
            request.page_id,
            request.page.title,
            request.letter,
            request.state(mail_failed=request.letter_id in failed),
            request.is_public,
            request.answered_at,
            request.remark,
            request.outcome,
            differences(request),
        )
        for request in found
    ]


class RoundPage(WagtailAdminTemplateMixin, TemplateView):
    """What all pages of rounds have: who may see them, and the way back."""

    header_icon = "mail"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_run_rounds(request.user):  # before anybody learns which exist
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("rounds:index"), "label": RoundsView.page_title}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]


class RoundsView(RoundPage):
    """All rounds, the newest first."""

    template_name = "procedures/desk/rounds.html"
    page_title = gettext_lazy("Update rounds")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Begin a round"), reverse("rounds:add"), icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rounds = UpdateRound.objects.counted().order_by("-started_at", "-pk")
        return super().get_context_data(**kwargs) | {"rounds": rounds}


class NewRoundView(RoundPage):
    """Choose procedures, a day and the words; who cannot be asked is named before anything is sent."""

    template_name = "procedures/desk/new_round.html"
    page_title = gettext_lazy("Begin a round")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(RoundForm(), None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RoundForm(request.POST)
        chosen = ticked(request.POST, "page")
        if form.is_valid():
            values = {name: form.cleaned_data[name] for name in ("title", "deadline", "message")}
            try:
                round = SendRound(request.user, **values, page_ids=chosen).execute()
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, _("The round has begun. The mails leave within a minute."))
                return redirect("rounds:round", round.pk)
        # The list is long: the fields stand far below what one sees first.
        messages.error(request, _("No mail was sent. The fields below say what is missing."))
        return self._page(form, chosen)

    def _page(self, form: RoundForm, chosen: set[int] | None) -> HttpResponse:
        choice = ChoiceForm(self.request.GET)
        found = candidates(self.request.user, wanted=choice.wanted())
        context = {
            "form": form,
            "choice": choice,
            "unreachable": [one for one in found if not one.email],
            "reachable": [(one, chosen is None or one.page_id in chosen) for one in found if one.email],
        }
        return self.render_to_response(self.get_context_data() | context)


class RoundView(RoundPage):
    """One round: whose answer is missing, what is to be looked at, what is confirmed."""

    template_name = "procedures/desk/round.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_run_rounds(request.user):
            raise PermissionDenied
        self.round = get_object_or_404(UpdateRound, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.round.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = lines_of(self.round)
        unanswered = [line for line in lines if line.state not in Answer.values]
        context = {
            "round": self.round,
            "is_open": self.round.is_open(),
            "missing": [line for line in unanswered if line.is_public],
            "gone": [line for line in unanswered if not line.is_public],
            "waiting": [line for line in lines if line.is_waiting],
            "settled": [line for line in lines if line.state in Answer.values and not line.is_waiting],
            "asked": len(lines),
        }
        return super().get_context_data(**kwargs) | context


def _button(
    model: Any, act: Callable[[Any, Any], Any], said: Callable[[Any], str]
) -> Callable[[HttpRequest, int], HttpResponse]:
    """The view of a button on the page of a round: acts, says what came of it, and leads back there."""

    @require_POST
    def press(request: HttpRequest, pk: int) -> HttpResponse:
        if not may_run_rounds(request.user):
            raise PermissionDenied
        about = get_object_or_404(model, pk=pk)
        try:
            outcome = act(request.user, about)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, said(outcome))
        return redirect("rounds:round", _round_of(about))

    return press


def _round_of(about: Any) -> int:
    if isinstance(about, UpdateRequest):
        about = about.letter
    return int(about.round_id if isinstance(about, UpdateLetter) else about.pk)


def _reminded(number: int) -> str:
    return ngettext("{number} contact is reminded.", "{number} contacts are reminded.", number).format(number=number)


remind = _button(UpdateRound, lambda user, round: RemindRound(user, round).execute(), _reminded)
close = _button(
    UpdateRound,
    lambda user, round: CloseRound(user, round).execute(),
    lambda _outcome: _("The round is closed. No link works any more; the answers stay here."),
)
reissue = _button(
    UpdateLetter,
    lambda user, letter: ReissueLink(user, letter).execute(),
    lambda letter: _("A new link is on its way to {email}. The old one does not work any more.").format(
        email=letter.email
    ),
)
make_draft = _button(
    UpdateRequest,
    lambda user, request: MakeDraft(user, request).execute(),
    lambda _outcome: _("The change stands in a draft now. Open it to publish it."),
)
discard = _button(
    UpdateRequest,
    lambda user, request: DiscardChange(user, request).execute(),
    lambda _outcome: _("Discarded. What others have written in the draft stays."),
)
